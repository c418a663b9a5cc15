/* houses.c: several pools that are counted together, and a log of what they do. */
#include "pool/houses.h"
#include <stdio.h>
#include <string.h>

#define UNPROVEN 100 /* pids begin there */

house houses[HOUSES_MAX];
unsigned house_count;
fcl__quota quota;
static fcl__timeouts timeouts;
static fcl__memory memory;
uint64_t now;
static long pids;
static unsigned closed;
static char log_text[4096];

static void note(const char *what, const fcl__member *m) {
  size_t len = strlen(log_text);
  const house *h = m->pool->io;
  if (len < sizeof log_text - 40)
    snprintf(log_text + len, sizeof log_text - len, "%s %c%u; ", what, (char) ('A' + (h - houses)),
             m->index);
}

static fcl_code on_spawn(void *io, fcl__member *m, fcl_error *e) {
  note("spawn", m);
  return FCL_OK;
}

static void on_stop(void *io, fcl__member *m, int force) {
  note(force ? "kill" : "stop", m);
}

static fcl_code on_begin(void *io, fcl__member *m, fcl__ticket *t, fcl_error *e) {
  house *h = io;
  ck_assert_ptr_eq(m->pool, &h->pool); /* its own, and nobody else's */
  ck_assert_ptr_eq(t->pool, &h->pool);
  h->begun++;
  note("begin", m);
  return FCL_OK;
}

static void on_fail(void *io, fcl__ticket *t, const fcl_error *e) {
  house *h = io;
  h->failed++;
  snprintf(h->last, sizeof h->last, "%s", e->text);
}

static void on_probe(void *io, fcl__member *m) {
}

static int on_taken(void *io, fcl__member *m) {
  return 1;
}

static void on_forget(void *io, fcl__member *m) {
}

static void on_event(void *io, fcl__member *m, const fcl_error *e, int level) {
}

static void on_closed(void *io) {
  closed++;
}

static uint64_t on_memory(void *io, fcl__member *m) {
  return 0;
}

static const fcl__pool_ops ops = {.spawn = on_spawn,
                                  .stop = on_stop,
                                  .begin = on_begin,
                                  .fail = on_fail,
                                  .probe = on_probe,
                                  .taken = on_taken,
                                  .forget = on_forget,
                                  .event = on_event,
                                  .closed = on_closed,
                                  .memory = on_memory};

void open_houses(unsigned count, unsigned max, unsigned each) {
  fcl__pool_settings s = {.name = "php",
                          .program = "/bin/php",
                          .max_requests = FCL_NEVER,
                          .queue_length = 10,
                          .rapid_fails = FCL_NEVER,
                          .start_ms = 10000,
                          .connect_ms = 5000,
                          .queue_ms = 30000,
                          .first_ms = FCL_NEVER,
                          .activity_ms = 70000,
                          .request_ms = 90000,
                          .idle_ms = 300000,
                          .stop_ms = 5000};
  unsigned i;
  s.max_processes = each;
  fcl__quota_init(&quota, max, 20);
  fcl__timeouts_init(&timeouts, &memory);
  house_count = count;
  now = closed = 0;
  pids = UNPROVEN;
  for (i = 0; i < count; i++) {
    memset(&houses[i], 0, sizeof houses[i]);
    ck_assert_int_eq(
        fcl__pool_init(&houses[i].pool, &s, &ops, &houses[i], &memory, &timeouts, NULL), FCL_OK);
    fcl__quota_join(&quota, &houses[i].pool);
  }
  log_text[0] = 0;
}

const char *logged(void) {
  static char copy[sizeof log_text];
  memcpy(copy, log_text, sizeof copy);
  log_text[0] = 0;
  return copy;
}

fcl__member *of(unsigned h, unsigned i) {
  return &houses[h].pool.members[i];
}

void started(fcl__member *m) {
  fcl__member_started(m, ++pids, now);
}

void exits(fcl__member *m) {
  const fcl__exit how = {0, 0};
  fcl__member_exited(m, &how, now);
}

void submit(unsigned h, fcl__ticket *t) {
  memset(t, 0, sizeof *t);
  fcl__pool_submit(&houses[h].pool, t, now);
}

void finish(fcl__ticket *t) {
  fcl__pool_connected(t, now);
  fcl__pool_answered(t, now);
  fcl__pool_release(t, FCL__FREE, now);
}

void pass(unsigned ms) {
  now += ms;
  fcl__pools_tick(&timeouts, now);
}

void make_busy(unsigned h, unsigned i, fcl__ticket *t) {
  submit(h, t);
  started(of(h, i));
}

void make_idle(unsigned h, unsigned i, fcl__ticket *t) {
  make_busy(h, i, t);
  finish(t);
}

static void end_houses(void) {
  unsigned i, k;
  for (i = 0; i < house_count; i++)
    fcl__pool_close(&houses[i].pool, 0, now);
  for (i = 0; i < house_count; i++)
    for (k = 0; k < houses[i].pool.member_count; k++)
      if (of(i, k)->state != FCL__ABSENT)
        exits(of(i, k));
  ck_assert_uint_eq(closed, house_count);
  ck_assert_uint_eq(quota.serving, 0);
  ck_assert_uint_eq(quota.starting, 0);
  ck_assert_uint_eq(quota.queued, 0);
  ck_assert(fcl__list_empty(&quota.pools) && fcl__list_empty(&quota.idle));
  ck_assert(fcl__list_empty(&quota.starving) && fcl__list_empty(&quota.wanting));
  for (i = 0; i < house_count; i++)
    fcl__pool_free(&houses[i].pool);
  fcl__timeouts_free(&timeouts);
}

TCase *houses_case(const char *name) {
  TCase *t = tcase_create(name);
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, NULL, end_houses);
  return t;
}
