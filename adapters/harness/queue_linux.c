/* queue_linux.c: whether the peer has read all that was sent to it, so that two sends are two reads
 * for it. */
#include "net.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct peer {
  uint64_t received; /* bytes, in all */
  unsigned unread;   /* of these */
} peer;

/* What the kernel says of the peer's socket, which is on this machine: its local address is our
   remote one.  1, 0: it is no more, or -1: it does not say. */
static int read_peer(const char *answer, ssize_t len, peer *p) {
  const struct nlmsghdr *h = (const struct nlmsghdr *) (const void *) answer;
  const struct inet_diag_msg *m = NLMSG_DATA(h);
  const struct rtattr *a = (const struct rtattr *) (const void *) (m + 1);
  struct tcp_info info;
  unsigned left;
  if (len < (ssize_t) sizeof *h || h->nlmsg_len > (size_t) len)
    return -1;
  if (h->nlmsg_type == NLMSG_ERROR)
    return ((const struct nlmsgerr *) NLMSG_DATA(h))->error == -ENOENT ? 0 : -1;
  if (h->nlmsg_type != SOCK_DIAG_BY_FAMILY || h->nlmsg_len < NLMSG_LENGTH(sizeof *m))
    return -1;
  for (left = h->nlmsg_len - NLMSG_LENGTH(sizeof *m); RTA_OK(a, left); a = RTA_NEXT(a, left))
    if (a->rta_type == INET_DIAG_INFO &&
        RTA_PAYLOAD(a) >= offsetof(struct tcp_info, tcpi_bytes_received) + 8) {
      memset(&info, 0, sizeof info);
      memcpy(&info, RTA_DATA(a), RTA_PAYLOAD(a) < sizeof info ? RTA_PAYLOAD(a) : sizeof info);
      p->received = info.tcpi_bytes_received;
      p->unread = m->idiag_rqueue;
      return 1;
    }
  return -1;
}

static int ask_peer(const struct sockaddr_in *ours, const struct sockaddr_in *theirs, peer *p) {
  struct {
    struct nlmsghdr h;
    struct inet_diag_req_v2 r;
  } question;
  _Alignas(8) char answer[4096];
  int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG), is_known = -1;
  if (fd < 0)
    return -1;
  memset(&question, 0, sizeof question);
  question.h.nlmsg_len = sizeof question;
  question.h.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.h.nlmsg_flags = NLM_F_REQUEST;
  question.r.sdiag_family = AF_INET;
  question.r.sdiag_protocol = IPPROTO_TCP;
  question.r.idiag_ext = 1 << (INET_DIAG_INFO - 1);
  question.r.idiag_states = ~0u;
  question.r.id.idiag_sport = theirs->sin_port;
  question.r.id.idiag_dport = ours->sin_port;
  question.r.id.idiag_src[0] = theirs->sin_addr.s_addr;
  question.r.id.idiag_dst[0] = ours->sin_addr.s_addr;
  question.r.id.idiag_cookie[0] = question.r.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  if (send(fd, &question, sizeof question, 0) == (ssize_t) sizeof question)
    is_known = read_peer(answer, recv(fd, answer, sizeof answer, MSG_DONTWAIT), p);
  close(fd);
  return is_known;
}

/* Where the kernel does not say more: what the peer has acknowledged lies in its receive queue
   until it is read, and /proc/net/tcp has its socket. */
static int table_is_empty(const struct sockaddr_in *ours, const struct sockaddr_in *theirs) {
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

static uint64_t sent_by(int fd) {
  struct tcp_info info;
  socklen_t len = sizeof info;
  memset(&info, 0, sizeof info);
  return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) || info.tcpi_bytes_sent == 0
             ? UINT64_MAX
             : info.tcpi_bytes_sent - info.tcpi_bytes_retrans;
}

/* An acknowledgement may come 40 ms later than what it is for; the peer's socket knows at once. */
static int tcp_is_empty(int fd, int unacknowledged, const struct sockaddr_in *ours,
                        const struct sockaddr_in *theirs) {
  int unsent = 0, is_known;
  peer p;
  if (unacknowledged > 0 && (ioctl(fd, SIOCOUTQNSD, &unsent) || unsent > 0))
    return 0;
  is_known = ask_peer(ours, theirs, &p);
  if (is_known == 1)
    return p.unread == 0 && (unacknowledged == 0 || p.received >= sent_by(fd));
  if (unacknowledged > 0)
    return 0;
  return is_known == 0 ? 1 : table_is_empty(ours, theirs);
}

int fcl__queue_is_empty(int fd, uint64_t since) {
  struct sockaddr_storage ours, theirs;
  socklen_t ours_len = sizeof ours, theirs_len = sizeof theirs;
  int unread = 0; /* TCP: not acknowledged */
  (void) since;
  if (ioctl(fd, SIOCOUTQ, &unread) || getsockname(fd, (struct sockaddr *) &ours, &ours_len))
    return -1;
  if (ours.ss_family == AF_UNIX)
    return unread == 0;
  if (ours.ss_family != AF_INET)
    return unread > 0 ? 0 : -1;
  if (getpeername(fd, (struct sockaddr *) &theirs, &theirs_len))
    return unread == 0; /* it is gone, and nothing is left to read */
  return tcp_is_empty(fd, unread, (struct sockaddr_in *) &ours, (struct sockaddr_in *) &theirs);
}
