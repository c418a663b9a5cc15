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

long host_process(void) {
  return (long) getpid();
}

int host_module(char *path, size_t size) {
  Dl_info info;
  int n = dladdr((void *) &host_path_flags, &info) ? snprintf(path, size, "%s", info.dli_fname) : 0;
  return n > 0 && (size_t) n < size;
}

int host_buffer_was_small(void) {
  return errno == ENOBUFS || errno == 122 /* Windows' number, as some say it */;
}

int host_same_in_paths(char a, char b) {
  return a == b;
}

/* In one write, so that lines of several processes do not mix. */
void host_log(const char *sentence) {
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

static int is_connection(int fd, const char *remote_addr, unsigned remote_port,
                         unsigned local_port) {
  struct sockaddr_storage remote, local;
  socklen_t remote_len = sizeof remote, local_len = sizeof local;
  char text[INET6_ADDRSTRLEN] = "", ignored[INET6_ADDRSTRLEN];
  return getpeername(fd, (struct sockaddr *) &remote, &remote_len) == 0 &&
         getsockname(fd, (struct sockaddr *) &local, &local_len) == 0 &&
         show(&remote, text) == remote_port && strcmp(text, remote_addr) == 0 &&
         show(&local, ignored) == local_port;
}

/* A duplicate stays what it is, whatever other threads close meanwhile.  Linux: to connect a TCP
   socket nowhere sends a reset, so that no client takes the end of the connection for the
   response's. */
static int reset(int fd, const char *remote_addr, unsigned remote_port, unsigned local_port) {
  struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
  int found, held;
  if (!is_connection(fd, remote_addr, remote_port, local_port) || (held = dup(fd)) < 0)
    return 0;
  found = is_connection(held, remote_addr, remote_port, local_port);
  if (found && connect(held, &nowhere, sizeof nowhere) != 0)
    shutdown(held, SHUT_RDWR);
  close(held);
  return found;
}

int host_reset(const char *remote_addr, unsigned remote_port, unsigned local_port) {
  DIR *fds = opendir("/proc/self/fd");
  struct dirent *entry;
  int found = remote_port == 0; /* not known */
  while (fds && !found && (entry = readdir(fds)) != NULL)
    if (entry->d_name[0] != '.')
      found = reset(atoi(entry->d_name), remote_addr, remote_port, local_port);
  if (fds)
    closedir(fds);
  errno = ECONNABORTED; /* Apache's log tells it */
  return found && remote_port;
}
