/* monitor.c: looks at the files that fcl_pool_options.monitor names: the pool recycles when one has
 * changed, and refuses requests while one is not there. */
#include "client/internal.h"
#include "platform/files.h"
#include "platform/path.h"
#include <stdio.h>
#include <string.h>

#define EACH_MS  1000
#define AGAIN_MS 100 /* while a file is missing */

/* ---- Paths ---- */

static size_t folder_len(const char *program, const char *path) {
  return fcl__path_is_absolute(path) ? 0 : (size_t) (fcl__path_name(program) - program);
}

int fcl__monitor_copy(const fcl__memory *memory, const fcl_pool_options *given, void **out) {
  const char *const *from = given->monitor;
  size_t size = sizeof *from, i;
  const char **copy;
  char *at;
  if (from == NULL || given->program == NULL)
    return 1;
  for (i = 0; from[i]; i++)
    size += sizeof *from + folder_len(given->program, from[i]) + strlen(from[i]) + 1;
  copy = fcl__zalloc(memory, size);
  if (copy == NULL)
    return 0;
  at = (char *) (copy + i + 1);
  for (i = 0; from[i]; i++) {
    copy[i] = at;
    at += (size_t) sprintf(at, "%.*s%s", (int) folder_len(given->program, from[i]), given->program,
                           from[i]) +
          1;
  }
  *out = copy;
  return 1;
}

/* ---- Looking ---- */

static void say(fcl_pool *p, fcl_level level, fcl_code code, const char *what) {
  fcl_error e;
  fcl__error_setx(&e, code, 0, "%s: %s", p->options.name, what);
  fcl__client_event(p->client, p->options.name, level, 0, NULL, code, e.text);
}

static void miss(fcl_pool *p, const char *path, int error) {
  fcl__monitor *m = &p->monitor;
  int was_missing = m->is_missing;
  fcl_error e;
  fcl__error_set(&e, FCL_E_CONFIG, error,
                 "requests are refused: %.300s (monitor) cannot be looked at", path);
  snprintf(m->fault, sizeof m->fault, "%.400s; see that it is there, or take it out of monitor.",
           e.text);
  m->is_missing = 1;
  fcl__pool_block(&p->pool, m->fault, fcl__client_now(p->client));
  if (!was_missing)
    say(p, FCL_LEVEL_ERROR, FCL_E_CONFIG, m->fault);
}

static void find(fcl_pool *p) {
  if (!p->monitor.is_missing)
    return;
  p->monitor.is_missing = 0;
  say(p, FCL_LEVEL_INFO, FCL_OK, "the files of monitor are all there; requests are served again.");
  fcl__pool_block(&p->pool, NULL, fcl__client_now(p->client));
}

/* Returns whether the files are others than before. */
static int look(fcl_pool *p) {
  const char *const *at;
  uint64_t stamp = 0, was = p->monitor.stamp;
  int error = 0;
  p->monitor.looked_at = fcl__client_now(p->client);
  for (at = p->options.monitor; *at && error == 0; at++)
    error = fcl__files_add(*at, &stamp);
  if (error) {
    miss(p, at[-1], error);
    return 0;
  }
  p->monitor.stamp = stamp;
  find(p);
  return stamp != was;
}

static void look_again(fcl_pool *p) {
  uint64_t now = fcl__client_now(p->client);
  if (!look(p))
    return;
  say(p, FCL_LEVEL_INFO, FCL_OK, "a file has changed (monitor).");
  fcl__learn_anew(p);
  fcl__pool_changed(&p->pool, now);
}

/* Between requests only while there are processes: new ones read the files anyhow. */
static void go_on(fcl_pool *p) {
  fcl__monitor *m = &p->monitor;
  if (p->pool.live > 0 && !fcl__clock_runs(&m->clock))
    fcl__clock_set(&m->clock, m->each, fcl__client_now(p->client));
}

static void on_clock(fcl__clock *clock, uint64_t now) {
  fcl_pool *p = FCL__OF(clock, fcl_pool, monitor.clock);
  (void) now;
  if (p->is_closed || p->pool.is_closing)
    return;
  look_again(p);
  go_on(p);
}

void fcl__monitor_check(fcl_pool *p) {
  uint64_t now = fcl__client_now(p->client);
  if (p->options.monitor == NULL || p->pool.is_closing)
    return;
  if (now - p->monitor.looked_at >= (p->monitor.is_missing ? AGAIN_MS : EACH_MS))
    look_again(p);
  if (!fcl__clock_runs(&p->monitor.clock))
    fcl__clock_set(&p->monitor.clock, p->monitor.each, now);
}

void fcl__monitor_begin(fcl_pool *p) {
  if (p->options.monitor == NULL)
    return;
  p->monitor.clock.expired = on_clock;
  p->monitor.each = fcl__duration_take(&p->client->timeouts, EACH_MS);
  look(p);
}

void fcl__monitor_end(fcl_pool *p) {
  fcl__clock_clear(&p->monitor.clock);
  fcl__duration_drop(p->monitor.each);
  p->monitor.each = NULL;
}

void fcl__monitor_again(fcl_pool *p) {
  fcl__monitor_end(p);
  p->monitor.is_missing = 0;
  fcl__pool_block(&p->pool, NULL, fcl__client_now(p->client));
  fcl__monitor_begin(p);
}
