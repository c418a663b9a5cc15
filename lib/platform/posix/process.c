/* process.c: process.h for POSIX: the life of application programs after their start. */
#include "platform/posix/failure.h"
#include "platform/posix/parts.h"
#include "platform/posix/proc.h"
#include "platform/posix/session.h"
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#define READ_AT_ONCE                                                                               \
  8192 /* bytes of output in one turn of the loop, so that a flood delays nobody */
#define DRAIN_MAX                                                                                  \
  262144 /* bytes of output taken after the exit: more than any pipe holds by default */

/* ---- Output ---- */

static int on_line(void *user, const char *line, size_t len) {
  fcl__process *p = user;
  if (!p->all->is_closing)
    p->all->events->output(p->owner, line, len);
  return p->all->is_closing;
}

/* Returns what read returns. */
static ssize_t read_output(fcl__process *p) {
  char bytes[READ_AT_ONCE];
  ssize_t n = read(p->output_fd, bytes, sizeof bytes);
  if (n > 0)
    fcl__lines_feed(&p->lines, bytes, (size_t) n, on_line, p);
  return n;
}

static void on_output(uv_poll_t *poll, int status, int events) {
  fcl__process *p = poll->data;
  ssize_t n = read_output(p);
  if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
    return;
  uv_poll_stop(poll); /* it has closed its output, or broken it: no matter, as long as it serves */
  fcl__lines_end(&p->lines, on_line, p);
}

/* Descendants may hold the other end for ever: so only what is there now, and not without a bound.
 */
static void drain_output(fcl__process *p) {
  size_t sum = 0;
  ssize_t n = 1;
  while (n > 0 && sum < DRAIN_MAX && !p->all->is_closing) {
    n = read_output(p);
    sum += n > 0 ? (size_t) n : 0;
  }
  fcl__lines_end(&p->lines, on_line, p);
}

/* ---- The end of processes ---- */

static void on_all_closed(uv_handle_t *h) {
  fcl__processes *all = h->data;
  fcl__memory memory = all->memory;
  if (all->closed)
    all->closed(all->user);
  fcl__free(&memory, (void *) (uintptr_t) all->policy);
  fcl__free(&memory, all);
}

static void close_if_empty(fcl__processes *all) {
  if (!all->is_closing || all->is_closed || !fcl__list_empty(&all->links) ||
      all->closing_outputs > 0)
    return;
  all->is_closed = 1;
  fcl__directory_remove(&all->directory);
  uv_close((uv_handle_t *) &all->last, on_all_closed);
}

static void on_output_closed(uv_handle_t *h) {
  fcl__process *p = h->data;
  fcl__processes *all = p->all;
  fcl__parcel_free(p->ask, &all->memory);
  fcl__parcel_free(p->force, &all->memory);
  fcl__free(&all->memory, p);
  all->closing_outputs--;
  close_if_empty(all);
}

static void free_process(fcl__process *p) {
  fcl__list_remove(&p->link);
  fcl__endpoint_close(&p->endpoint);
  p->all->closing_outputs++;
  uv_close((uv_handle_t *) &p->output, on_output_closed);
  close(p->output_fd);
  p->output_fd = -1;
}

void fcl__process_free(fcl__process *p) {
  free_process(p);
}

static void end_with_exit(fcl__process *p, int status, int sig) {
  p->state = FCL__ENDED;
  p->guardian = NULL;
  drain_output(p);
  if (p->all->is_closing) /* since a line of output */
    return;
  uv_poll_stop(&p->output);
  p->all->events->exited(p->owner, status, sig);
}

static void end_with_failure(fcl__process *p, const fcl_error *e) {
  p->state = FCL__ENDED;
  p->guardian = NULL;
  p->all->events->failed(p->owner, e);
}

/* ---- What the guardian says ---- */

static fcl__process *find(const fcl__processes *all, uint32_t id) {
  fcl__list *at, *after;
  FCL__LIST_EACH (at, after, &all->list) {
    fcl__process *p = FCL__OF(at, fcl__process, link);
    if (p->id == id)
      return p;
  }
  return NULL;
}

static void on_started(fcl__process *p, uint32_t pid, int lacks_limits) {
  if (p->state != FCL__ORDERED)
    return;
  p->state = FCL__STARTED;
  p->pid = (long) pid;
  p->lacks_limits = lacks_limits;
  uv_poll_start(&p->output, UV_READABLE, on_output);
  p->all->events->started(p->owner, p->pid);
}

static void on_failed(fcl__process *p, const fcl__report *r) {
  fcl_error e = {0};
  if (p->state != FCL__ORDERED)
    return;
  fcl__failure(&e, p->path, p->directory, p->user, (fcl__stage) r->detail, (int) r->number);
  end_with_failure(p, &e);
}

static void on_exited(fcl__process *p, const fcl__report *r) {
  if (p->state == FCL__STARTED)
    end_with_exit(p, r->detail ? -1 : (int) r->number, (int) r->detail);
}

static void on_report(void *owner, fcl__link *link, const fcl__report *r) {
  fcl__processes *all = owner;
  fcl__process *p = find(all, r->id);
  if (all->is_closing || p == NULL)
    return;
  switch (r->kind) {
  case FCL__REPORT_READY:
    break;
  case FCL__REPORT_STARTED:
    on_started(p, r->number, r->detail != 0);
    break;
  case FCL__REPORT_FAILED:
    on_failed(p, r);
    break;
  case FCL__REPORT_EXITED:
    on_exited(p, r);
    break;
  }
}

/* Its direct children die with it; what these have started is in their groups, or at least in its
   session: which is its own for as long as nobody has waited for it. */
static void on_broken(void *owner, fcl__link *link) {
  fcl__processes *all = owner;
  fcl__list *at, *after;
  if (all->current == link)
    all->current = NULL;
  if (all->told == link)
    all->told = NULL;
  FCL__LIST_EACH (at, after, &all->list) {
    fcl__process *p = FCL__OF(at, fcl__process, link);
    if (p->guardian == link && p->state == FCL__STARTED)
      kill((pid_t) -p->pid, SIGKILL);
  }
  if (!all->is_closing) /* else it has left because it was told to */
    fcl__session_end(link->pid);
}

static fcl__process *orphan_of(const fcl__processes *all, const fcl__link *link) {
  fcl__list *at, *after;
  FCL__LIST_EACH (at, after, &all->list) {
    fcl__process *p = FCL__OF(at, fcl__process, link);
    if (p->guardian == link && p->state != FCL__ENDED)
      return p;
  }
  return NULL;
}

static void on_gone(void *owner, fcl__link *link, const char *how) {
  fcl__processes *all = owner;
  fcl__process *p;
  fcl_error e;
  while (!all->is_closing && (p = orphan_of(all, link)) != NULL) {
    if (p->state == FCL__STARTED) {
      end_with_exit(p, -1, SIGKILL);
      continue;
    }
    fcl__error_setx(&e, FCL_E_SPAWN, 0,
                    "cannot start %s: the guardian (process %ld) %s before it had done so; it will "
                    "be replaced at the next start",
                    p->path, link->pid, how);
    end_with_failure(p, &e);
  }
}

static void on_link_closed(void *owner, fcl__link *link) {
  fcl__processes *all = owner;
  fcl__list_remove(&link->link);
  close_if_empty(all);
}

const fcl__link_events fcl__process_link_events = {on_report, on_broken, on_gone, on_link_closed};

/* ---- The rest of process.h ---- */

int fcl__process_lacks_limits(const fcl__process *p) {
  return p->lacks_limits;
}

int fcl__process_connect(fcl__process *p) {
  return fcl__endpoint_connect(&p->endpoint);
}

int fcl__process_is_tcp(const fcl__process *p) {
  return p->endpoint.port != 0;
}

int fcl__process_is_awaited(fcl__process *p) {
  return fcl__endpoint_is_awaited(&p->endpoint);
}

int fcl__process_unaccepted(fcl__process *p) {
  return fcl__endpoint_unaccepted(&p->endpoint);
}

int fcl__process_is_ending(const fcl__process *p) {
  return p->state == FCL__STARTED && fcl__proc_is_ending(p->pid);
}

/* Behind the order to start, so it cannot come too early. */
void fcl__process_stop(fcl__process *p, int force) {
  fcl__parcel **order = force ? &p->force : &p->ask;
  if (p->state == FCL__ENDED || *order == NULL)
    return;
  fcl__link_post(p->guardian, *order);
  *order = NULL;
}

fcl_code fcl__processes_open(fcl__processes **out, uv_loop_t *loop, const fcl__memory *memory,
                             const char *guardian, const char *runtime_directory,
                             const fcl__process_events *events, fcl_error *e) {
  fcl__processes *all = fcl__zalloc(memory, sizeof *all);
  if (all == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "out of memory for processes");
  all->loop = loop;
  all->memory = *memory;
  all->guardian = guardian;
  all->runtime_directory = runtime_directory;
  all->events = events;
  fcl__list_init(&all->links);
  fcl__list_init(&all->list);
  uv_timer_init(loop, &all->last);
  all->last.data = all;
  *out = all;
  return FCL_OK;
}

void fcl__processes_close(fcl__processes *all, void (*closed)(void *user), void *user) {
  fcl__list *at, *after;
  all->is_closing = 1;
  all->closed = closed;
  all->user = user;
  FCL__LIST_EACH (at, after, &all->list)
    free_process(FCL__OF(at, fcl__process, link));
  FCL__LIST_EACH (at, after, &all->links)
    fcl__link_leave(FCL__OF(at, fcl__link, link));
  close_if_empty(all);
}

/* A Unix socket keeps what PHP has said when it leaves. */
unsigned fcl__process_requests(const char *const *env) {
  return 0;
}
