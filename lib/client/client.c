/* client.c: a client's life: made, asked to close, ended when its last pool, request and connection
 * are. */
#include "client/internal.h"
#include "platform/status.h"
#include "platform/thread.h"
#include "base/error.h"
#include <string.h>

#define GRACE_MS    250  /* a broken connection waits that long for the exit that explains it */
#define AGAIN_MS    10   /* until a full backlog is tried again */
#define ASKING_MS   1000 /* how long GET_VALUES is waited for */
#define HASTE_MS    10   /* until a kept connection makes room for a new, unanswered one */
#define PATIENCE_MS 50   /* until the next one does */

fcl_code fcl__client_processes(fcl_client *c, fcl__processes **out, fcl_error *e) {
  fcl_code code = FCL_OK;
  if (c->processes == NULL)
    code = fcl__processes_open(&c->processes, c->loop, &c->memory, c->options.guardian,
                               c->options.runtime_directory, &fcl__place_process_events, e);
  *out = c->processes;
  return code;
}

static void free_client(fcl_client *c) {
  fcl__memory memory = c->memory;
  while (c->spare) {
    fcl_request *r = c->spare;
    c->spare = r->next_spare;
    fcl_params_free(&r->params);
    fcl__free(&memory, r);
  }
  fcl__blocks_clear(&c->blocks);
  if (c->grace)
    fcl__duration_drop(c->grace);
  if (c->again)
    fcl__duration_drop(c->again);
  if (c->haste)
    fcl__duration_drop(c->haste);
  if (c->patience)
    fcl__duration_drop(c->patience);
  if (c->asking)
    fcl__duration_drop(c->asking);
  if (c->events.second)
    fcl__duration_drop(c->events.second);
  fcl__lanes_free(c);
  fcl_stats_free(c->past);
  fcl__timeouts_free(&c->timeouts);
  uv_mutex_destroy(&c->lock);
  uv_mutex_destroy(&c->changing);
  fcl__free(&memory, (char *) c->options.guardian);
  fcl__free(&memory, (char *) c->options.runtime_directory);
  fcl__free(&memory, (char *) c->options.spool_directory);
  fcl__free(&memory, (char *) c->options.cgroup);
  fcl__free(&memory, (char *) c->options.control);
  fcl__free(&memory, c);
}

void fcl__client_unref(fcl_client *c) {
  if (atomic_fetch_sub(&c->refs, 1) == 1)
    free_client(c);
}

/* ---- The end ---- */

/* Behind is_closed notes are only about memory: callbacks are over. */
void fcl__client_ended(fcl_client *c) {
  fcl__notes_act(&c->notes);
  uv_mutex_lock(&c->lock);
  c->is_closed = 1;
  uv_mutex_unlock(&c->lock);
  atomic_store(&c->owner, NULL);
  fcl__notes_act(&c->notes);
  if (c->closed)
    c->closed(c->closed_user);
  if (c->options.mode == FCL_LOOP_UV)
    fcl__client_unref(c);
}

static void on_processes_closed(void *user) {
  fcl_client *c = user;
  c->processes = NULL;
  fcl__loop_end(c);
}

void fcl__client_maybe_end(fcl_client *c) {
  if (!c->is_closing || c->is_ending || !fcl__list_empty(&c->pools) || c->requests > 0 ||
      c->connections > 0 || c->questions > 0 || c->control)
    return;
  fcl__events_end(c);
  c->is_ending = 1;
  if (c->processes)
    fcl__processes_close(c->processes, on_processes_closed, c);
  else
    fcl__loop_end(c);
}

static void act(fcl__note *note, unsigned bits) {
  fcl_client *c = FCL__OF(note, fcl_client, note);
  fcl__list *at, *after;
  if (bits & FCL__CLIENT_CONTROL)
    fcl__control_begin(c);
  if (!(bits & FCL__CLIENT_CLOSE) || c->is_closing)
    return;
  c->is_closing = 1;
  fcl__client_work(c);
  FCL__LIST_EACH (at, after, &c->pools)
    fcl__pool_shut(FCL__OF(at, fcl_pool, link), 0);
  fcl__control_close(c);
  fcl__client_maybe_end(c);
}

/* ---- Public ---- */

static int copy_text(const fcl__memory *memory, const char **text) {
  const char *given = *text;
  *text = fcl__strdup(memory, given);
  return given == NULL || *text != NULL;
}

static fcl_code check_options(const fcl_client_options *o, fcl_error *e) {
  if (o->mode != FCL_LOOP_THREAD && o->mode != FCL_LOOP_UV && o->mode != FCL_LOOP_MANUAL)
    return fcl__error_setx(e, FCL_E_INVAL, 0,
                           "fcl_client_options.mode is %d; give one of enum fcl_loop",
                           (int) o->mode);
  if ((o->mode == FCL_LOOP_UV) != (o->uv != NULL))
    return fcl__error_setx(e, FCL_E_INVAL, 0,
                           "fcl_client_options.uv goes with FCL_LOOP_UV, and only with it");
  if (o->cgroup && o->cgroup[0] != '/')
    return fcl__error_setx(e, FCL_E_CONFIG, 0,
                           "fcl_client_options.cgroup \"%s\" is no absolute path; give a directory "
                           "below /sys/fs/cgroup",
                           o->cgroup);
  return o->policy ? fcl__policy_check(o->policy, e) : FCL_OK;
}

static int init_memory(fcl_client *c) {
  int has_texts = copy_text(&c->memory, &c->options.guardian) &
                  copy_text(&c->memory, &c->options.runtime_directory) &
                  copy_text(&c->memory, &c->options.spool_directory) &
                  copy_text(&c->memory, &c->options.cgroup) &
                  copy_text(&c->memory, &c->options.control);
  fcl__list_init(&c->pools);
  fcl__list_init(&c->turns);
  fcl__list_init(&c->lanes);
  fcl__timeouts_init(&c->timeouts, &c->memory);
  fcl__blocks_init(&c->blocks, &c->memory);
  c->grace = fcl__duration_take(&c->timeouts, GRACE_MS);
  c->again = fcl__duration_take(&c->timeouts, AGAIN_MS);
  c->haste = fcl__duration_take(&c->timeouts, HASTE_MS);
  c->patience = fcl__duration_take(&c->timeouts, PATIENCE_MS);
  c->asking = fcl__duration_take(&c->timeouts, ASKING_MS);
  return has_texts && fcl__events_init(c) && c->grace && c->again && c->haste && c->patience &&
         c->asking;
}

/* Before there is a thread: the privileges that the guardian is to have may be gone soon. */
static fcl_code seal(fcl_client *c, fcl_error *e) {
  fcl__processes *all;
  fcl_code code = FCL_OK;
  if (!c->is_sealed && c->options.cgroup == NULL)
    return FCL_OK;
  code = fcl__client_processes(c, &all, e);
  return code == FCL_OK
             ? fcl__processes_seal(all, c->is_sealed ? &c->policy : NULL, c->options.cgroup, e)
             : code;
}

static fcl_code start_loop(fcl_client *c, fcl_error *e) {
  int status = fcl__loop_start(c);
  char words[256];
  if (status == 0)
    return FCL_OK;
  return fcl__error_setx(e, FCL_E_INVAL, fcl__status_sys(status),
                         "cannot set up the client's loop: %s",
                         fcl__status_words(status, words, sizeof words));
}

static fcl_code begin(fcl_client *c, fcl_error *e) {
  int status = fcl__loop_init(c);
  char words[256];
  fcl_code code;
  if (status != 0)
    return fcl__error_setx(e, FCL_E_INVAL, fcl__status_sys(status),
                           "cannot make a loop for the client: %s",
                           fcl__status_words(status, words, sizeof words));
  code = seal(c, e);
  if (code == FCL_OK)
    code = fcl__control_open(c, e);
  if (code == FCL_OK && (code = start_loop(c, e)) != FCL_OK)
    fcl__control_abandon(c);
  c->policy.programs = c->policy.directories = NULL; /* the caller's; the guardian has its own */
  if (code == FCL_OK)
    return FCL_OK;
  if (c->processes)
    fcl__processes_close(c->processes, NULL, NULL);
  fcl__loop_undo(c);
  return code;
}

int fcl__client_new(fcl_client **client, const fcl_client_options *options, size_t size,
                    fcl_error *error) {
  fcl_client_options given;
  fcl__memory memory;
  fcl_client *c;
  fcl_code code;
  memset(&given, 0, sizeof given);
  if (options)
    memcpy(&given, options, size < sizeof given ? size : sizeof given);
  *client = NULL;
  code = check_options(&given, error);
  if (code != FCL_OK)
    return (int) code;
  memory.fn = given.realloc_fn;
  memory.user = given.user;
  c = fcl__zalloc(&memory, sizeof *c);
  if (c && uv_mutex_init(&c->lock) != 0) {
    fcl__free(&memory, c);
    c = NULL;
  }
  if (c && uv_mutex_init(&c->changing) != 0) {
    uv_mutex_destroy(&c->lock);
    fcl__free(&memory, c);
    c = NULL;
  }
  if (c == NULL)
    return (int) fcl__error_setx(error, FCL_E_NOMEM, 0, "no memory for a client");
  c->memory = memory;
  c->options = given;
  c->is_sealed = given.policy != NULL;
  if (given.policy)
    fcl__policy_copy(&c->policy, given.policy);
  c->note.act = act;
  uv_random(NULL, NULL, c->secret, sizeof c->secret, 0, NULL); /* without it keys can be guessed */
  c->born_ms = uv_hrtime() / 1000000;
  atomic_store(&c->refs, 1);
  if (!init_memory(c)) {
    free_client(c);
    return (int) fcl__error_setx(error, FCL_E_NOMEM, 0, "no memory for a client");
  }
  code = begin(c, error);
  if (code != FCL_OK) {
    free_client(c);
    return (int) code;
  }
  fcl__control_ready(c);
  *client = c;
  return FCL_OK;
}

void fcl_client_close(fcl_client *c, void (*closed)(void *), void *user) {
  c->closed = closed;
  c->closed_user = user;
  atomic_store(&c->is_leaving, 1);
  fcl__client_post(c, &c->note, FCL__CLIENT_CLOSE);
}

void fcl_client_join(fcl_client *c) {
  if (c->options.mode == FCL_LOOP_THREAD)
    uv_thread_join(&c->thread);
  else
    uv_run(c->loop, UV_RUN_DEFAULT);
  uv_loop_close(c->loop);
  fcl__client_unref(c);
}

int fcl_client_fd(fcl_client *c) {
  return uv_backend_fd(c->loop);
}

/* What was noted before the loop's first turn is told nowhere but in that turn. */
int fcl_client_timeout(fcl_client *c) {
  if (!c->has_begun)
    return 0;
  uv_update_time(c->loop);
  return fcl__thread_wait_ms(c->loop);
}

void fcl_client_run(fcl_client *c) {
  uv_run(c->loop, UV_RUN_NOWAIT);
}
