/* link.c: starts a guardian, talks with it, and clears it away when it is dead. */
#define _GNU_SOURCE
#include "platform/posix/link.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LEAVE_MS 3000u
#define READY_MS 5000u
#define LOOK_MS  2u /* between looks whether it is dead */
#define DYING_MS 1000u
#define AGAIN_MS 20u /* until an order that the system refused is tried again */
#define REFUSALS 100u

extern char **environ;

/* ---- The end of a link ---- */

static void drop_unsent(fcl__link *l) {
  while (!fcl__list_empty(&l->unsent))
    fcl__parcel_free(FCL__OF(l->unsent.next, fcl__parcel, link), l->memory);
}

static void on_closed(uv_handle_t *h) {
  fcl__link *l = h->data;
  const fcl__memory *memory = l->memory;
  if (--l->open_handles > 0)
    return;
  l->events->closed(l->owner, l);
  fcl__parcel_free(l->leave, memory);
  fcl__free(memory, l);
}

static void describe(char *how, size_t cap, const fcl__link *l, int status) {
  if (l->version != 0 && l->version != FCL__ORDER_VERSION)
    snprintf(how, cap, "speaks version %u of our language, we %u; install both from one build",
             l->version, FCL__ORDER_VERSION);
  else if (l->was_silent)
    snprintf(how, cap, "said nothing for %u ms; set guardian to the program fcl-guardian",
             READY_MS);
  else if (WIFSIGNALED(status))
    snprintf(how, cap, "was ended by signal %d", WTERMSIG(status));
  else if (WIFEXITED(status))
    snprintf(how, cap, "left with status %d", WEXITSTATUS(status));
  else
    snprintf(how, cap, "ended");
}

static void gone(fcl__link *l, int status) {
  char how[128];
  describe(how, sizeof how, l, status);
  l->state = FCL__LINK_GONE;
  uv_close((uv_handle_t *) &l->timer, on_closed);
  l->events->gone(l->owner, l, how);
}

/* Waits for its death without blocking, and without a SIGCHLD handler: those are the host's.  Where
   somebody else has reaped it (or SIGCHLD is ignored), nothing is known of its end.  As long as
   waitpid says 0 the number is its own. */
static void look(fcl__link *l) {
  int status = 0;
  pid_t pid = waitpid((pid_t) l->pid, &status, WNOHANG);
  if (pid == 0) {
    if (++l->waited == DYING_MS / LOOK_MS)
      kill((pid_t) l->pid, SIGKILL);
    return;
  }
  gone(l, pid < 0 ? 0x7f : status); /* 0x7f: neither exited nor signaled */
}

static void on_look(uv_timer_t *timer) {
  look(timer->data);
}

static void broken(fcl__link *l) {
  if (l->state >= FCL__LINK_BROKEN)
    return;
  l->state = FCL__LINK_BROKEN;
  uv_close((uv_handle_t *) &l->poll, on_closed);
  uv_close((uv_handle_t *) &l->again, on_closed);
  close(l->fd);
  l->fd = -1;
  drop_unsent(l);
  uv_timer_start(&l->timer, on_look, 0, LOOK_MS);
  l->events->broken(l->owner, l);
}

/* ---- Reports ---- */

/* The first word, which must be this one: else anything could be in what follows, also orders to
 * kill. */
static void take_ready(fcl__link *l, const fcl__report *r) {
  if (r->kind == FCL__REPORT_READY)
    l->version = r->number;
  if (l->version != FCL__ORDER_VERSION) {
    broken(l);
    return;
  }
  l->is_ready = 1;
  if (l->state == FCL__LINK_UP)
    uv_timer_stop(&l->timer);
}

static void take(fcl__link *l, const fcl__report *r) {
  if (!l->is_ready)
    take_ready(l, r);
  else
    l->events->report(l->owner, l, r);
}

static void hand_on(fcl__link *l) {
  size_t at = 0;
  fcl__report r;
  while (l->state < FCL__LINK_BROKEN && l->in_len - at >= FCL__REPORT_SIZE) {
    if (fcl__report_read(l->in + at, &r) != 0) {
      broken(l);
      return;
    }
    at += FCL__REPORT_SIZE;
    take(l, &r);
  }
  l->in_len -= at;
  memmove(l->in, l->in + at, l->in_len);
}

static void read_reports(fcl__link *l) {
  ssize_t n = recv(l->fd, l->in + l->in_len, sizeof l->in - l->in_len, MSG_DONTWAIT);
  if (n > 0) {
    l->in_len += (size_t) n;
    hand_on(l);
  } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
    broken(l);
  }
}

/* ---- Orders ---- */

static void on_poll(uv_poll_t *poll, int status, int events);
static void on_again(uv_timer_t *timer);

static void watch(fcl__link *l) {
  int is_full = !fcl__list_empty(&l->unsent) && !uv_is_active((uv_handle_t *) &l->again);
  uv_poll_start(&l->poll, UV_READABLE | (is_full ? UV_WRITABLE : 0), on_poll);
}

/* What cannot be sent for another reason than a full socket: reading tells that the guardian is
   dead, or else memory is short, or there is ETOOMANYREFS (too many descriptors under way), which
   pass.  If they do not, nobody can be stopped any more but with the guardian. */
static void send_unsent(fcl__link *l) {
  int error = 0;
  uv_timer_stop(&l->again);
  while (error == 0 && !fcl__list_empty(&l->unsent)) {
    fcl__parcel *p = FCL__OF(l->unsent.next, fcl__parcel, link);
    error = fcl__parcel_send(p, l->fd);
    if (error == 0)
      fcl__parcel_free(p, l->memory);
  }
  if (error == 0)
    l->refusals = 0;
  else if (error != EAGAIN)
    uv_timer_start(&l->again, on_again, AGAIN_MS, 0);
  watch(l);
}

static void on_poll(uv_poll_t *poll, int status, int events) {
  fcl__link *l = poll->data;
  if (status < 0) {
    broken(l);
    return;
  }
  if (events & UV_WRITABLE)
    send_unsent(l);
  if (events & UV_READABLE)
    read_reports(l);
}

void fcl__link_post(fcl__link *l, fcl__parcel *p) {
  if (l->state >= FCL__LINK_BROKEN) {
    fcl__parcel_free(p, l->memory);
    return;
  }
  fcl__list_append(&l->unsent, &p->link);
  send_unsent(l);
}

int fcl__link_alive(const fcl__link *l) {
  char c;
  ssize_t n;
  if (l->state != FCL__LINK_UP)
    return 0;
  n = recv(l->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);
  return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* It will be killed at the first look that finds it alive. */
static void lose_patience(fcl__link *l) {
  l->waited = DYING_MS / LOOK_MS - 1;
  broken(l);
}

static void on_again(uv_timer_t *timer) {
  fcl__link *l = timer->data;
  if (++l->refusals == REFUSALS)
    lose_patience(l);
  else
    send_unsent(l);
}

static void on_left(uv_timer_t *timer) {
  lose_patience(timer->data);
}

/* The loop may have stood still for long, and the word may be waiting. */
static void on_unready(uv_timer_t *timer) {
  fcl__link *l = timer->data;
  read_reports(l);
  if (l->state != FCL__LINK_UP || l->is_ready)
    return;
  l->was_silent = 1;
  lose_patience(l);
}

void fcl__link_leave(fcl__link *l) {
  if (l->state == FCL__LINK_GONE)
    return;
  uv_ref((uv_handle_t *) &l->timer);
  if (l->state != FCL__LINK_UP)
    return;
  l->state = FCL__LINK_LEAVING;
  uv_ref((uv_handle_t *) &l->poll);
  uv_timer_start(&l->timer, on_left, LEAVE_MS, 0);
  fcl__link_post(l, l->leave);
  l->leave = NULL;
}

/* ---- The start of a guardian ---- */

static int spawn_with(pid_t *pid, const char *path, int fd, posix_spawn_file_actions_t *files,
                      posix_spawnattr_t *attributes) {
  char title[128], *argv[2] = {title, NULL};
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  snprintf(title, sizeof title, "fcl-guardian: %.60s %ld", program_invocation_short_name,
           (long) getpid());
  posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setsigmask(attributes, &none);
  posix_spawnattr_setsigdefault(attributes, &all);
  if (posix_spawn_file_actions_adddup2(files, fd, 0) != 0 ||
      posix_spawn_file_actions_adddup2(files, fd, 1) != 0) /* some other program must not print */
    return ENOMEM;
  return posix_spawn(pid, path, files, attributes, argv, environ);
}

static int spawn(pid_t *pid, const char *path, int fd) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&files);
  if (error != 0)
    return error;
  error = posix_spawnattr_init(&attributes);
  if (error == 0) {
    error = spawn_with(pid, path, fd, &files, &attributes);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&files);
  return error;
}

/* The other end must not stay open in here, or its end would not be seen. */
static int spawn_on_pair(fcl__link *l, const char *path) {
  int pair[2], error;
  pid_t pid = 0;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    return errno;
  error = spawn(&pid, path, pair[1]);
  close(pair[1]);
  if (error != 0)
    close(pair[0]);
  l->fd = pair[0];
  l->pid = (long) pid;
  return error;
}

static void watch_quietly(fcl__link *l, uv_loop_t *loop) {
  uv_timer_init(loop, &l->timer);
  uv_timer_init(loop, &l->again);
  l->open_handles = 3;
  l->poll.data = l->timer.data = l->again.data = l;
  uv_unref((uv_handle_t *) &l->again);
  uv_unref((uv_handle_t *) &l->poll);
  uv_unref((uv_handle_t *) &l->timer);
  watch(l);
  uv_timer_start(&l->timer, on_unready, READY_MS, 0);
}

static void undo_spawn(fcl__link *l) {
  close(l->fd);
  kill((pid_t) l->pid, SIGKILL);
  while (waitpid((pid_t) l->pid, NULL, 0) < 0 && errno == EINTR)
    ;
}

/* The first word to it, and the last one, which must not fail for want of memory. */
static fcl_code make_words(fcl__link *l, fcl__parcel **first, fcl_error *e) {
  fcl__order hello = {.kind = FCL__ORDER_HELLO, .number = FCL__ORDER_VERSION};
  fcl__order leave = {.kind = FCL__ORDER_LEAVE};
  fcl_code code = fcl__parcel_make(&l->leave, l->memory, &leave, e);
  hello.id = (uint32_t) getpid();
  return code == FCL_OK ? fcl__parcel_make(first, l->memory, &hello, e) : code;
}

static fcl_code open_on(fcl__link *l, uv_loop_t *loop, const char *path, fcl_error *e) {
  int error;
  error = spawn_on_pair(l, path);
  if (error != 0)
    return fcl__error_set(e, FCL_E_SPAWN, error, "cannot start the guardian %s", path);
  error = uv_poll_init(loop, &l->poll, l->fd);
  if (error == 0)
    return FCL_OK;
  undo_spawn(l);
  return fcl__error_set(e, FCL_E_SPAWN, error, "cannot watch the guardian's socket");
}

fcl_code fcl__link_open(fcl__link **out, uv_loop_t *loop, const fcl__memory *memory,
                        const char *path, const fcl__link_events *events, void *owner,
                        fcl_error *e) {
  fcl__link *l = fcl__zalloc(memory, sizeof *l);
  fcl__parcel *hello = NULL;
  fcl_code code;
  if (l == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "out of memory for a guardian");
  l->owner = owner;
  l->events = events;
  l->memory = memory;
  fcl__list_init(&l->unsent);
  code = make_words(l, &hello, e);
  if (code == FCL_OK)
    code = open_on(l, loop, path, e);
  if (code != FCL_OK) {
    fcl__parcel_free(l->leave, memory);
    fcl__parcel_free(hello, memory);
    fcl__free(memory, l);
    return code;
  }
  watch_quietly(l, loop);
  fcl__link_post(l, hello);
  *out = l;
  return FCL_OK;
}
