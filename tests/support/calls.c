/* calls.c: stands between a test program with all its shared libraries and the C library. */
#define _GNU_SOURCE
#include "support/calls.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static test_calls own;
test_calls *test_call = &own;
static __thread int is_armed;

void test_calls_arm(int on) {
  is_armed = on;
}

void test_calls_plan(test_kind kind, int how, size_t nth, int for_ever) {
  test_call->kind = kind;
  test_call->how = how;
  test_call->nth = nth;
  test_call->for_ever = for_ever;
  test_call->calls = test_call->struck = 0;
  is_armed = 1;
}

int test_call_fails(test_kind kind) {
  test_calls *t = test_call;
  size_t n;
  if (!is_armed || t->kind != kind)
    return 0;
  n = __atomic_add_fetch(&t->calls, 1, __ATOMIC_SEQ_CST);
  if (t->nth == 0 || n < t->nth || (n > t->nth && !t->for_ever))
    return 0;
  __atomic_add_fetch(&t->struck, 1, __ATOMIC_SEQ_CST);
  return t->how;
}

/* The C library's own. */
static void *real(const char *name) {
  void *at = dlsym(RTLD_NEXT, name);
  if (at == NULL)
    abort();
  return at;
}

#define REAL(name)                                                                                 \
  static __typeof__(&name) real_##name;                                                            \
  if (real_##name == NULL)                                                                         \
  *(void **) &real_##name = real(#name)

static int fails(test_kind kind) {
  int how = test_call_fails(kind);
  if (how > 0)
    errno = how;
  return how > 0;
}

/* ---- Bytes ---- */

/* libuv ends the program when its own eventfd cannot be read; and no such call ever fails. */
static int is_stream(int fd) {
  struct stat s;
  return is_armed && fstat(fd, &s) == 0 && (S_ISSOCK(s.st_mode) || S_ISFIFO(s.st_mode));
}

/* Both sides must hear that a connection is broken: so it is. */
static int breaks(int fd, test_kind kind) {
  int how = is_stream(fd) ? test_call_fails(kind) : 0;
  if (how == EPIPE || how == ECONNRESET || how == ETIMEDOUT)
    shutdown(fd, SHUT_RDWR);
  if (how > 0)
    errno = how;
  return how;
}

/* The first byte of what is there. */
static struct iovec first(const struct iovec *v, size_t count) {
  struct iovec one = {NULL, 0};
  size_t i;
  for (i = 0; i < count && one.iov_len == 0; i++)
    if (v[i].iov_len > 0) {
      one.iov_base = v[i].iov_base;
      one.iov_len = 1;
    }
  return one;
}

ssize_t read(int fd, void *data, size_t len) {
  int how = breaks(fd, TEST_READ);
  REAL(read);
  return how > 0 ? -1 : real_read(fd, data, how && len ? 1 : len);
}

ssize_t recv(int fd, void *data, size_t len, int flags) {
  int how = breaks(fd, TEST_READ);
  REAL(recv);
  return how > 0 ? -1 : real_recv(fd, data, how && len ? 1 : len, flags);
}

ssize_t readv(int fd, const struct iovec *v, int count) {
  int how = breaks(fd, TEST_READ);
  struct iovec one = first(v, (size_t) count);
  REAL(readv);
  return how > 0 ? -1 : how ? real_readv(fd, &one, 1) : real_readv(fd, v, count);
}

ssize_t recvmsg(int fd, struct msghdr *m, int flags) {
  int how = breaks(fd, TEST_READ);
  struct iovec one = first(m->msg_iov, m->msg_iovlen), *all = m->msg_iov;
  size_t count = m->msg_iovlen;
  ssize_t n;
  REAL(recvmsg);
  if (how > 0)
    return -1;
  if (how) {
    m->msg_iov = &one;
    m->msg_iovlen = 1;
  }
  n = real_recvmsg(fd, m, flags);
  m->msg_iov = all;
  m->msg_iovlen = count;
  return n;
}

ssize_t write(int fd, const void *data, size_t len) {
  int how = breaks(fd, TEST_WRITE);
  REAL(write);
  return how > 0 ? -1 : real_write(fd, data, how && len ? 1 : len);
}

ssize_t send(int fd, const void *data, size_t len, int flags) {
  int how = breaks(fd, TEST_WRITE);
  REAL(send);
  return how > 0 ? -1 : real_send(fd, data, how && len ? 1 : len, flags);
}

ssize_t writev(int fd, const struct iovec *v, int count) {
  int how = breaks(fd, TEST_WRITE);
  struct iovec one = first(v, (size_t) count);
  REAL(writev);
  return how > 0 ? -1 : how ? real_writev(fd, &one, 1) : real_writev(fd, v, count);
}

ssize_t sendmsg(int fd, const struct msghdr *m, int flags) {
  int how = breaks(fd, TEST_WRITE);
  struct iovec one = first(m->msg_iov, m->msg_iovlen);
  struct msghdr little = *m;
  REAL(sendmsg);
  little.msg_iov = &one;
  little.msg_iovlen = 1;
  return how > 0 ? -1 : real_sendmsg(fd, how ? &little : m, flags);
}

/* ---- Connecting ---- */

int connect(int fd, const struct sockaddr *to, socklen_t len) {
  REAL(connect);
  return fails(TEST_CONNECT) ? -1 : real_connect(fd, to, len);
}

int getsockopt(int fd, int level, int name, void *value, socklen_t *len) {
  int how = level == SOL_SOCKET && name == SO_ERROR ? test_call_fails(TEST_CONNECT) : 0;
  REAL(getsockopt);
  if (how <= 0)
    return real_getsockopt(fd, level, name, value, len);
  *(int *) value = how;
  return 0;
}

/* ---- Descriptors ---- */

int socket(int domain, int type, int protocol) {
  REAL(socket);
  return fails(TEST_DESCRIPTORS) ? -1 : real_socket(domain, type, protocol);
}

int socketpair(int domain, int type, int protocol, int fds[2]) {
  REAL(socketpair);
  return fails(TEST_DESCRIPTORS) ? -1 : real_socketpair(domain, type, protocol, fds);
}

int pipe2(int fds[2], int flags) {
  REAL(pipe2);
  return fails(TEST_DESCRIPTORS) ? -1 : real_pipe2(fds, flags);
}

int accept4(int fd, struct sockaddr *from, socklen_t *len, int flags) {
  REAL(accept4);
  return fails(TEST_DESCRIPTORS) ? -1 : real_accept4(fd, from, len, flags);
}

int eventfd(unsigned count, int flags) {
  REAL(eventfd);
  return fails(TEST_DESCRIPTORS) ? -1 : real_eventfd(count, flags);
}

int epoll_create1(int flags) {
  REAL(epoll_create1);
  return fails(TEST_DESCRIPTORS) ? -1 : real_epoll_create1(flags);
}

int dup2(int fd, int as) {
  REAL(dup2);
  return fails(TEST_DESCRIPTORS) ? -1 : real_dup2(fd, as);
}

int dup3(int fd, int as, int flags) {
  REAL(dup3);
  return fails(TEST_DESCRIPTORS) ? -1 : real_dup3(fd, as, flags);
}

/* ---- Listening ---- */

int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  return fails(TEST_LISTEN) ? -1 : real_mkdir(path, mode);
}

int bind(int fd, const struct sockaddr *at, socklen_t len) {
  REAL(bind);
  return fails(TEST_LISTEN) ? -1 : real_bind(fd, at, len);
}

int chmod(const char *path, mode_t mode) {
  REAL(chmod);
  return fails(TEST_LISTEN) ? -1 : real_chmod(path, mode);
}

int listen(int fd, int backlog) {
  REAL(listen);
  return fails(TEST_LISTEN) ? -1 : real_listen(fd, backlog);
}

/* ---- Programs and threads ---- */

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *files,
                const posix_spawnattr_t *attributes, char *const argv[], char *const env[]) {
  int how = test_call_fails(TEST_SPAWN);
  REAL(posix_spawn);
  return how > 0 ? how : real_posix_spawn(pid, path, files, attributes, argv, env);
}

pid_t fork(void) {
  REAL(fork);
  return fails(TEST_SPAWN) ? -1 : real_fork();
}

int execve(const char *path, char *const argv[], char *const env[]) {
  REAL(execve);
  return fails(TEST_SPAWN) ? -1 : real_execve(path, argv, env);
}

typedef struct errand {
  void *(*run)(void *);
  void *user;
} errand;

static void *run_armed(void *user) {
  errand e = *(errand *) user;
  free(user);
  is_armed = 1;
  return e.run(e.user);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *user) {
  int how = test_call_fails(TEST_SPAWN);
  errand *e = is_armed && how <= 0 ? malloc(sizeof *e) : NULL;
  REAL(pthread_create);
  if (how > 0)
    return how;
  if (e == NULL)
    return real_pthread_create(thread, attributes, run, user);
  e->run = run;
  e->user = user;
  return real_pthread_create(thread, attributes, run_armed, e);
}

/* ---- Files without a name ---- */

static int open_any(int (*as)(const char *, int, ...), const char *path, int flags, mode_t mode) {
  if ((flags & O_TMPFILE) == O_TMPFILE && fails(TEST_SPOOL))
    return -1;
  return as(path, flags, mode);
}

#define MODE_OF(flags)                                                                             \
  mode_t mode;                                                                                     \
  va_list args;                                                                                    \
  va_start(args, flags);                                                                           \
  mode = va_arg(args, mode_t); /* is there where it matters */                                     \
  va_end(args)

int open(const char *path, int flags, ...) {
  MODE_OF(flags);
  REAL(open);
  return open_any(real_open, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  MODE_OF(flags);
  REAL(open64);
  return open_any(real_open64, path, flags, mode);
}

int mkostemp(char *path, int flags) {
  REAL(mkostemp);
  return fails(TEST_SPOOL) ? -1 : real_mkostemp(path, flags);
}

ssize_t pread(int fd, void *data, size_t len, off_t at) {
  int how = test_call_fails(TEST_SPOOL);
  REAL(pread);
  if (how > 0)
    errno = how;
  return how > 0 ? -1 : real_pread(fd, data, how && len ? 1 : len, at);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at) {
  int how = test_call_fails(TEST_SPOOL);
  REAL(pwrite);
  if (how > 0)
    errno = how;
  return how > 0 ? -1 : real_pwrite(fd, data, how && len ? 1 : len, at);
}

int ftruncate(int fd, off_t len) {
  REAL(ftruncate);
  return fails(TEST_SPOOL) ? -1 : real_ftruncate(fd, len);
}

/* ---- Time ---- */

/* With nothing, only where a time was set: libuv relies on that. */
static int waits_in_vain(int has_limit, int *status) {
  int how = has_limit || test_call->how > 0 ? test_call_fails(TEST_WAIT) : 0;
  *status = how > 0 ? -1 : 0;
  if (how > 0)
    errno = how;
  return how != 0;
}

int epoll_wait(int fd, struct epoll_event *events, int max, int ms) {
  int status;
  REAL(epoll_wait);
  return waits_in_vain(ms >= 0, &status) ? status : real_epoll_wait(fd, events, max, ms);
}

int epoll_pwait(int fd, struct epoll_event *events, int max, int ms, const sigset_t *mask) {
  int status;
  REAL(epoll_pwait);
  return waits_in_vain(ms >= 0, &status) ? status : real_epoll_pwait(fd, events, max, ms, mask);
}

int poll(struct pollfd *fds, nfds_t count, int ms) {
  int status;
  REAL(poll);
  return waits_in_vain(ms >= 0, &status) ? status : real_poll(fds, count, ms);
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *limit, const sigset_t *mask) {
  int status;
  REAL(ppoll);
  return waits_in_vain(limit != NULL, &status) ? status : real_ppoll(fds, count, limit, mask);
}

/* From the nth reading on, an hour later. */
int clock_gettime(clockid_t clock, struct timespec *now) {
  int status;
  REAL(clock_gettime);
  status = real_clock_gettime(clock, now);
  if ((clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE) && test_call_fails(TEST_CLOCK))
    now->tv_sec += 3600;
  return status;
}
