/* queue_linux.c: whether the peer has read all that was sent to it, so that two sends are two reads
 * for it. */
#include "net.h"
#include <arpa/inet.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* TCP: what the peer's kernel has acknowledged lies in the peer's receive queue until it is read.
   The peer is on this machine, so /proc/net/tcp has its socket: its local address is our remote
   one. */
static int tcp_queue_is_empty(const struct sockaddr_in *ours, const struct sockaddr_in *theirs) {
  char line[512], want[64];
  unsigned long queued = 0;
  int is_found = 0;
  FILE *table = fopen("/proc/net/tcp", "re");
  if (table == NULL)
    return -1;
  snprintf(want, sizeof want, ": %08X:%04X %08X:%04X ", (unsigned) theirs->sin_addr.s_addr,
           ntohs(theirs->sin_port), (unsigned) ours->sin_addr.s_addr, ntohs(ours->sin_port));
  while (!is_found && fgets(line, sizeof line, table)) {
    const char *at = strstr(line, want);
    is_found = at && sscanf(at + strlen(want), "%*x %*x:%lx", &queued) == 1;
  }
  fclose(table);
  return queued == 0;
}

int fcl__queue_is_empty(int fd, uint64_t since) {
  struct sockaddr_storage ours, theirs;
  socklen_t ours_len = sizeof ours, theirs_len = sizeof theirs;
  int unsent = 0;
  (void) since;
  if (ioctl(fd, SIOCOUTQ, &unsent))
    return -1;
  if (unsent > 0)
    return 0;
  if (getsockname(fd, (struct sockaddr *) &ours, &ours_len) || ours.ss_family != AF_INET)
    return ours.ss_family == AF_UNIX ? 1 : -1;
  if (getpeername(fd, (struct sockaddr *) &theirs, &theirs_len))
    return 1; /* it is gone, and nothing is left to read */
  return tcp_queue_is_empty((struct sockaddr_in *) &ours, (struct sockaddr_in *) &theirs);
}
