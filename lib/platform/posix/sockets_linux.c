/* sockets_linux.c: whom another process's socket speaks with, from /proc/PID/net. */
#include "platform/posix/sockets_linux.h"
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { LINES_MAX = 5000 };

/* Four bytes of an address are one number there, in the machine's order. */
static int read_address(const char *hex, int words, char *out, size_t cap) {
  uint32_t bytes[4];
  unsigned port;
  char text[INET6_ADDRSTRLEN];
  int i, used = 0, n;
  for (i = 0; i < words; i++, used += n)
    if (sscanf(hex + used, "%8x%n", &bytes[i], &n) != 1 || n != 8)
      return 0;
  if (sscanf(hex + used, ":%x", &port) != 1 ||
      inet_ntop(words == 4 ? AF_INET6 : AF_INET, bytes, text, sizeof text) == NULL)
    return 0;
  snprintf(out, cap, words == 4 ? "[%s]:%u" : "%s:%u", text, port);
  return 1;
}

/* Looks for the inode in a table; 1: it is there.  `words`: of an address; 0: it is Unix sockets.
 */
static int search(long pid, const char *table, int words, unsigned long inode, char *out,
                  size_t cap) {
  char path[64], line[512], remote[64];
  unsigned long one;
  int lines, found = 0;
  FILE *f;
  snprintf(path, sizeof path, "/proc/%ld/net/%s", pid, table);
  f = fopen(path, "re");
  for (lines = 0; f && !found && lines < LINES_MAX && fgets(line, sizeof line, f); lines++) {
    if (words)
      found = sscanf(line, " %*d: %*s %63s %*s %*s %*s %*s %*u %*u %lu", remote, &one) == 2 &&
              one == inode && read_address(remote, words, out, cap);
    else
      found = sscanf(line, "%*s %*s %*s %*s %*s %*s %lu", &one) == 1 && one == inode;
  }
  if (f)
    fclose(f);
  return found;
}

void fcl__socket_peer(long pid, unsigned long inode, char *out, size_t cap) {
  if (search(pid, "tcp", 1, inode, out, cap) || search(pid, "tcp6", 4, inode, out, cap))
    return;
  snprintf(out, cap, "%s", search(pid, "unix", 0, inode, out, cap) ? "a Unix socket" : "a socket");
}
