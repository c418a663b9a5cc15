/* process.c: process.h for Windows: the life of application programs after their start. */
#include "platform/status.h"
#include "platform/win32/failure.h"
#include "platform/win32/job.h"
#include "platform/win32/parts.h"

/* ---- The end of processes ---- */

static void on_all_closed(uv_handle_t *h) {
  fcl__processes *all = h->data;
  fcl__memory memory = all->memory;
  if (all->closed)
    all->closed(all->user);
  fcl__free(&memory, all);
}

static void close_if_empty(fcl__processes *all) {
  if (!all->is_closing || all->is_closed || all->closing_timers > 0)
    return;
  all->is_closed = 1;
  uv_close((uv_handle_t *) &all->news, on_all_closed);
}

static void on_timer_closed(uv_handle_t *h) {
  fcl__process *p = h->data;
  fcl__processes *all = p->all;
  fcl__free(&all->memory, p);
  all->closing_timers--;
  close_if_empty(all);
}

void fcl__process_free(fcl__process *p) {
  fcl__list_remove(&p->link);
  fcl__process_let_go(p);
  fcl__endpoint_close(&p->endpoint);
  p->all->closing_timers++;
  uv_close((uv_handle_t *) &p->knocker, on_timer_closed);
}

/* Whoever leaves its descendants behind leaves them to us. */
static void end_with_exit(fcl__process *p) {
  DWORD status = 0;
  GetExitCodeProcess(p->process, &status);
  p->state = FCL__ENDED;
  uv_timer_stop(&p->knocker);
  TerminateJobObject(p->job, FCL__ENDED_BY_FORCE);
  fcl__own_pipe_close(&p->endpoint.pipe);
  p->all->events->exited(p->owner, (int) status, 0);
}

/* ---- News ---- */

/* Events may free what they are about, and close everything. */
static int tell_one(fcl__processes *all) {
  fcl__list *at, *after;
  FCL__LIST_EACH (at, after, &all->list) {
    fcl__process *p = FCL__OF(at, fcl__process, link);
    if (p->state == FCL__ORDERED) {
      p->state = FCL__STARTED;
      all->events->started(p->owner, p->pid);
      return 1;
    }
    if (p->state == FCL__STARTED && atomic_load(&p->has_ended)) {
      end_with_exit(p);
      return 1;
    }
  }
  return 0;
}

static void on_news(uv_async_t *news) {
  fcl__processes *all = news->data;
  while (!all->is_closing && tell_one(all))
    ;
}

/* ---- All of them ---- */

static fcl_code check_guardian(const char *guardian, fcl_error *e) {
  return guardian == NULL
             ? FCL_OK
             : fcl__error_setx(e, FCL_E_CONFIG, 0,
                               "fcl_client_options.guardian is \"%s\", and on Windows there is no "
                               "guardian: programs are ended with us by job objects; leave it NULL",
                               guardian);
}

fcl_code fcl__processes_open(fcl__processes **out, uv_loop_t *loop, const fcl__memory *memory,
                             const char *guardian, const char *runtime_directory,
                             const fcl__process_events *events, fcl_error *e) {
  fcl__processes *all;
  char words[256];
  int status;
  if (check_guardian(guardian, e) != FCL_OK)
    return FCL_E_CONFIG;
  all = fcl__zalloc(memory, sizeof *all);
  if (all == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "out of memory for processes");
  status = uv_async_init(loop, &all->news, on_news);
  if (status != 0) {
    fcl__free(memory, all);
    return fcl__error_setx(e, FCL_E_SPAWN, fcl__status_sys(status), "cannot watch processes: %s",
                           fcl__status_words(status, words, sizeof words));
  }
  uv_unref((uv_handle_t *) &all->news);
  all->news.data = all;
  all->loop = loop;
  all->memory = *memory;
  all->events = events;
  fcl__list_init(&all->list);
  *out = all;
  return FCL_OK;
}

fcl_code fcl__processes_seal(fcl__processes *all, const fcl_policy *policy, const char *cgroup,
                             fcl_error *e) {
  if (cgroup)
    return fcl__error_setx(
        e, FCL_E_CONFIG, 0,
        "fcl_client_options.cgroup is \"%s\", and Windows has no control groups; "
        "leave it NULL: each program has a job object of its own",
        cgroup);
  if (policy)
    return fcl__error_setx(
        e, FCL_E_CONFIG, 0,
        "fcl_client_options.policy is given, and on Windows nobody would keep to "
        "it: there is no guardian that outlives a host's privileges; leave it "
        "NULL, and run the host as a user with as few rights as it needs");
  return FCL_OK;
}

void fcl__processes_close(fcl__processes *all, void (*closed)(void *user), void *user) {
  fcl__list *at, *after;
  all->is_closing = 1;
  all->closed = closed;
  all->user = user;
  FCL__LIST_EACH (at, after, &all->list)
    fcl__process_free(FCL__OF(at, fcl__process, link));
  close_if_empty(all);
}

/* ---- One of them ---- */

int fcl__process_lacks_limits(const fcl__process *p) {
  return 0;
}

/* Nobody listens any more once a program is gone, before its exit has been told: that is waited
   for, and says more than a refusal. */
int fcl__process_connect(fcl__process *p) {
  int fd = fcl__endpoint_connect(&p->endpoint);
  return fd == UV_ECONNREFUSED && p->state != FCL__ENDED ? UV_EAGAIN : fd;
}

int fcl__process_is_tcp(const fcl__process *p) {
  return fcl__endpoint_is_tcp(&p->endpoint);
}

int fcl__process_is_awaited(fcl__process *p) {
  return fcl__endpoint_is_awaited(&p->endpoint);
}

int fcl__process_unaccepted(fcl__process *p) {
  return fcl__endpoint_unaccepted(&p->endpoint);
}

/* Its handle is signalled when all that it had open is closed. */
int fcl__process_is_ending(const fcl__process *p) {
  return p->state == FCL__STARTED && WaitForSingleObject(p->process, 0) == WAIT_OBJECT_0;
}
