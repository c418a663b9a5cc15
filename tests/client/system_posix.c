/* system_posix.c: a loop by epoll, with an eventfd; Unix sockets; limits. */
#include "client/system.h"
#include <check.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

const char system_nowhere[] = "unix:/tmp/fcl-test-no-such-socket";
const char system_nowhere_words[] = "no such file";
const char *const system_narrow = NULL;
const char system_full_words[] = "no space left on device";
const char system_no_folder_words[] = "no such file or directory";
const char system_program[] = "/bin/true";
const char system_refusing[] = "unix:@fcl-test-no-such-name";

const unsigned system_look_ms = 0;
const int system_shares_process = 0;

void system_prepare(void) {
  uv_loop_t first;          /* of a process: it opens a pipe for signals that stays */
  signal(SIGPIPE, SIG_IGN); /* on a borrowed loop that is the caller's business */
  uv_loop_init(&first);
  uv_loop_close(&first);
}

void system_mind_broken_connections(void) {
  signal(SIGPIPE, SIG_DFL);
}

const int system_has_file_limits = 1;

void system_limit_files(unsigned bytes) {
  struct rlimit limit = {bytes, bytes};
  signal(SIGXFSZ, SIG_IGN); /* as SIGPIPE */
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void watch(by_hand *h, int fd) {
  struct epoll_event event = {0};
  event.events = EPOLLIN;
  event.data.fd = fd;
  ck_assert_int_eq(epoll_ctl((int) h->all, EPOLL_CTL_ADD, fd, &event), 0);
}

void by_hand_open(by_hand *h) {
  h->all = epoll_create1(EPOLL_CLOEXEC);
  h->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  watch(h, (int) h->event);
}

void by_hand_close(by_hand *h) {
  close((int) h->all);
  close((int) h->event);
}

void by_hand_watch(by_hand *h, fcl_client *client) {
  watch(h, fcl_client_fd(client));
}

void by_hand_wake(by_hand *h) {
  eventfd_write((int) h->event, 1);
}

void by_hand_wait(by_hand *h, unsigned ms) {
  struct epoll_event event;
  eventfd_t count;
  if (epoll_wait((int) h->all, &event, 1, (int) ms) == 1 && event.data.fd == h->event)
    eventfd_read((int) h->event, &count);
}
