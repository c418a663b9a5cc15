/* host_posix.c: the host's system is POSIX; resetting a connection needs Linux. */
#define _GNU_SOURCE
#include "host.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const unsigned host_path_flags = 0;
const unsigned host_applies = 0;

long host_process(void) {
  return (long) getpid();
}

int host_module(char *path, size_t size) {
  Dl_info info;
  int n = dladdr((void *) &host_path_flags, &info) ? snprintf(path, size, "%s", info.dli_fname) : 0;
  return n > 0 && (size_t) n < size;
}

/* The linker has seen to it: -z nodelete. */
void host_stay(void) {
}

int host_buffer_was_small(void) {
  return errno == ENOBUFS || errno == 122 /* Windows' number, as some say it */;
}

int host_same_in_paths(char a, char b) {
  return a == b;
}

/* In one write, so that lines of several processes do not mix. */
void host_log(fcl_level level, const char *sentence) {
  char line[2048];
  int n = snprintf(line, sizeof line - 1, "fcgiclient: %s", sentence);
  if (n > (int) sizeof line - 2)
    n = (int) sizeof line - 2;
  line[n] = '\n';
  while (write(STDERR_FILENO, line, (size_t) n + 1) < 0 && errno == EINTR)
    ;
}

/* The address as text (IPv4 that was mapped into IPv6 as IPv4, as servers show it), and the port.
 */
static unsigned show(const struct sockaddr_storage *a, char text[INET6_ADDRSTRLEN]) {
  const struct sockaddr_in *v4 = (const void *) a;
  const struct sockaddr_in6 *v6 = (const void *) a;
  if (a->ss_family == AF_INET) {
    inet_ntop(AF_INET, &v4->sin_addr, text, INET6_ADDRSTRLEN);
    return ntohs(v4->sin_port);
  }
  if (a->ss_family != AF_INET6)
    return 0;
  if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
    inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], text, INET6_ADDRSTRLEN);
  else
    inet_ntop(AF_INET6, &v6->sin6_addr, text, INET6_ADDRSTRLEN);
  return ntohs(v6->sin6_port);
}

/* 2: it is the one; 1: but for the local port; 0: it is not. */
static int compare(int fd, const host_connection *c) {
  struct sockaddr_storage remote, local;
  socklen_t remote_len = sizeof remote, local_len = sizeof local;
  char remote_text[INET6_ADDRSTRLEN] = "", local_text[INET6_ADDRSTRLEN] = "";
  if (getpeername(fd, (struct sockaddr *) &remote, &remote_len) != 0 ||
      getsockname(fd, (struct sockaddr *) &local, &local_len) != 0 ||
      show(&remote, remote_text) != c->remote_port || strcmp(remote_text, c->remote_addr) != 0)
    return 0;
  return show(&local, local_text) == c->local_port ? 2 : strcmp(local_text, c->local_addr) == 0;
}

/* -1: none, or nobody knows which. */
static int find(const host_connection *c) {
  DIR *fds = opendir("/proc/self/fd");
  struct dirent *entry;
  int fd = -1, others = 0, is_exact = 0;
  while (fds && !is_exact && (entry = readdir(fds)) != NULL) {
    int found = entry->d_name[0] == '.' ? 0 : compare(atoi(entry->d_name), c);
    if (found)
      fd = atoi(entry->d_name);
    is_exact = found == 2;
    others += found == 1;
  }
  if (fds)
    closedir(fds);
  return is_exact || others == 1 ? fd : -1;
}

/* A duplicate stays what it is, whatever other threads close meanwhile.  Linux: to connect a TCP
   socket nowhere sends a reset. */
int host_reset(const host_connection *c) {
  struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
  int held = c->remote_port ? dup(find(c)) : -1, found = held >= 0 && compare(held, c) > 0;
  if (found && connect(held, &nowhere, sizeof nowhere) != 0)
    shutdown(held, SHUT_RDWR);
  if (held >= 0)
    close(held);
  errno = ECONNABORTED; /* Apache's log tells it */
  return found;
}
