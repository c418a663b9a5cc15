/* recorder.c: a world for one pool: writes down what it does, and keeps its requests in memory that
   is freed as soon as they end. */
#include "pool/recorder.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

world w;
static visitor *visitors[GUESTS];

/* ---- The record ---- */

static void note(char *log, size_t size, const char *fmt, ...) {
  size_t len = strlen(log);
  va_list args;
  va_start(args, fmt);
  vsnprintf(log + len, size - len, fmt, args);
  va_end(args);
}

#define TELL(...) note(w.told, sizeof w.told, __VA_ARGS__)

static const char *name(int id) {
  static char text[16];
  snprintf(text, sizeof text, id < 26 ? "%c" : "%d", id < 26 ? 'a' + id : id);
  return text;
}

static int index_of(int id) {
  return id >= 'a' && id <= 'z' ? id - 'a' : id;
}

static const char *take_log(char *log) {
  static char copies[4][1 << 16];
  static unsigned turn;
  char *copy = copies[turn++ % 4];
  strcpy(copy, log);
  log[0] = 0;
  return copy;
}

void forget_logs(void) {
  w.told[0] = w.said[0] = 0;
}

const char *told(void) {
  return take_log(w.told);
}

const char *said(void) {
  return take_log(w.said);
}

/* ---- Requests ---- */

static int id_of(const fcl__ticket *t) {
  return FCL__OF(t, const visitor, ticket)->id;
}

int is_here(int id) {
  return visitors[index_of(id)] != NULL;
}

fcl__ticket *guest(int id) {
  visitor *v = visitors[index_of(id)];
  if (v == NULL)
    ck_abort_msg("request %s is not there", name(index_of(id)));
  return &v->ticket;
}

/* The memory goes at once: whoever touches it afterwards is caught. */
static void leave(int id) {
  visitor *v = visitors[id];
  if (v == NULL)
    ck_abort_msg("request %s ended twice", name(id));
  HOLDS(v->ticket.state == FCL__ENDED);
  visitors[id] = NULL;
  memset(v, 0x5a, sizeof *v);
  free(v);
  w.ended++;
}

static visitor *enter(int id) {
  visitor *v = calloc(1, sizeof *v);
  HOLDS(visitors[id] == NULL);
  v->id = id;
  v->serial = w.submitted++;
  visitors[id] = v;
  w.begun[id] = 0;
  return v;
}

/* ---- Ops ---- */

static fcl_code do_spawn(void *io, fcl__member *m, fcl_error *e) {
  HOLDS(io == &w);
  HOLDS(m->state == FCL__STARTING);
  w.spawned++;
  TELL("spawn %u\n", m->index);
  if (w.refused_spawns == 0)
    return FCL_OK;
  w.refused_spawns--;
  return fcl__error_setx(e, FCL_E_SPAWN, 2, "php: /usr/bin/php-cgi is not there.");
}

static void do_stop(void *io, fcl__member *m, int force) {
  HOLDS(m->state == (force ? FCL__KILLING : FCL__STOPPING));
  TELL("stop %u%s\n", m->index, force ? " by force" : "");
}

static fcl_code do_begin(void *io, fcl__member *m, fcl__ticket *t, fcl_error *e) {
  HOLDS(t->state == FCL__CONNECTING);
  HOLDS(t->member == m);
  TELL("begin %s on %u\n", name(id_of(t)), m->index);
  w.begun[id_of(t)]++;
  HOLDS(w.begun[id_of(t)] == t->tries);
  if (w.refused_begins > 0) {
    w.refused_begins--;
    return fcl__error_setx(e, w.refuse_with, 0, "php: refused on the spot.");
  }
  if (w.connects_at_once) {
    HOLDS(!w.is_beginning); /* nothing recurses */
    w.is_beginning = 1;
    fcl__pool_connected(t, w.now);
    w.is_beginning = 0;
  }
  return FCL_OK;
}

static void do_fail(void *io, fcl__ticket *t, const fcl_error *e) {
  HOLDS(t->state == FCL__ENDED);
  HOLDS(!fcl__list_linked(&t->link));
  HOLDS(!fcl__clock_runs(&t->clock) && !fcl__clock_runs(&t->activity) &&
        !fcl__clock_runs(&t->limit));
  TELL("fail %s %s\n", name(id_of(t)), fcl_code_name(e->code));
  strcpy(w.sentence, e->text);
  leave(id_of(t));
}

static void do_probe(void *io, fcl__member *m) {
  HOLDS(m->is_proving || m->is_probed || m->state == FCL__STARTING);
  TELL("probe %u\n", m->index);
  if (w.proves_at_once)
    fcl__member_proven(m, w.now);
}

static int do_taken(void *io, fcl__member *m) {
  return w.has_taken;
}

static void do_forget(void *io, fcl__member *m) {
  TELL("forget %u\n", m->index);
}

static void do_event(void *io, fcl__member *m, const fcl_error *e, int level) {
  static const char *const levels[] = {"info", "warning", "error"};
  HOLDS(e->text[0] != 0);
  note(w.said, sizeof w.said, "%s %s\n", levels[level], e->text);
}

static void do_closed(void *io) {
  HOLDS(!w.is_closed);
  HOLDS(fcl__timeouts_next(&w.timeouts) == UINT64_MAX);
  w.is_closed = 1;
  TELL("closed\n");
}

static uint64_t do_memory(void *io, fcl__member *m) {
  HOLDS(m->pid != 0);
  return w.memories[m->index % 64];
}

static void do_describe(void *io, fcl__member *m, fcl__fact fact, char *out, size_t cap) {
  snprintf(out, cap, "%s", w.facts[fact] ? w.facts[fact] : "");
}

static uint64_t do_wanted(void *io, fcl__member *m) {
  HOLDS(m->pid != 0);
  return w.wanted ? w.wanted(m) : 0;
}

static void do_machine(void *io, fcl__machine *out) {
  *out = w.machine;
}

/* The pool never has more than it took; what it has no more goes back. */
static void count_held(void) {
  unsigned held = fcl__pool_held(&w.pool);
  HOLDS(held <= w.common.held);
  w.common.left += w.common.held - held;
  w.common.held = held;
}

static int do_take(void *io, int is_needed) {
  count_held();
  if (w.common.left == 0 || (!is_needed && !w.common.is_short_of_min))
    return 0;
  w.common.left--;
  w.common.held++;
  return 1;
}

static int do_yields(void *io, uint64_t now) {
  HOLDS(now == w.now);
  return w.common.yields;
}

static int do_stays(void *io) {
  return w.common.stays;
}

static void do_changed(void *io, uint64_t now) {
  count_held();
}

static int do_is_crowded(void *io) {
  return fcl__pool_beyond(&w.pool) > w.common.queue;
}

static const fcl__pool_ops ops = {.spawn = do_spawn,
                                  .stop = do_stop,
                                  .begin = do_begin,
                                  .fail = do_fail,
                                  .probe = do_probe,
                                  .taken = do_taken,
                                  .forget = do_forget,
                                  .event = do_event,
                                  .closed = do_closed,
                                  .memory = do_memory,
                                  .describe = do_describe,
                                  .wanted = do_wanted,
                                  .machine = do_machine,
                                  .take = do_take,
                                  .yields = do_yields,
                                  .stays = do_stays,
                                  .changed = do_changed,
                                  .is_crowded = do_is_crowded};

/* ---- The world ---- */

void world_prepare(void) {
  static const fcl__pool_settings settings = {
      .name = "php",
      .program = "/usr/bin/php-cgi",
      .max_processes = 2,
      .max_connections = FCL_NEVER,
      .max_requests = FCL_NEVER,
      .queue_length = 10,
      .rapid_fails = FCL_NEVER,
      .rapid_fail_ms = 60000,
      .start_ms = 10000,
      .connect_ms = 5000,
      .queue_ms = 30000,
      .first_ms = FCL_NEVER,
      .activity_ms = 70000,
      .request_ms = 90000,
      .idle_ms = 300000,
      .stop_ms = 5000,
  };
  memset(&w, 0, sizeof w);
  memset(visitors, 0, sizeof visitors);
  test_allocator_init(&w.allocator);
  w.memory.fn = test_allocator_realloc;
  w.memory.user = &w.allocator;
  w.settings = settings;
  w.refuse_with = FCL_E_CONNECT;
  w.now = 1000000;
  w.common.queue = FCL_NEVER;
}

void world_prepare_addresses(unsigned count) {
  static const char *const addresses[] = {"tcp:a:9000", "tcp:b:9000", "tcp:c:9000", "tcp:d:9000"};
  world_prepare();
  w.settings.name = "app";
  w.settings.program = NULL;
  w.settings.addresses = addresses;
  w.settings.address_count = count;
}

void world_open(void) {
  fcl_error e;
  fcl__timeouts_init(&w.timeouts, &w.memory);
  ck_assert_int_eq(fcl__pool_init(&w.pool, &w.settings, &ops, &w, &w.memory, &w.timeouts, &e),
                   FCL_OK);
  world_check();
}

void world_make(void) {
  world_prepare();
  world_open();
}

static void let_go(fcl__member *m) {
  const fcl__exit how = {0, 0};
  if (w.settings.program != NULL && m->state != FCL__ABSENT)
    fcl__member_exited(m, &how, w.now);
}

void world_end(void) {
  unsigned i;
  fcl__pool_close(&w.pool, 0, w.now);
  while (w.pool.is_closing && !w.pool.is_stopping)
    pass(1000);
  for (i = 0; i < w.pool.member_count; i++)
    let_go(&w.pool.members[i]);
  ck_assert(w.is_closed);
  ck_assert_uint_eq(w.submitted, w.ended);
  ck_assert_uint_eq(fcl__timeouts_next(&w.timeouts), UINT64_MAX);
  fcl__pool_free(&w.pool);
  ck_assert(fcl__list_empty(&w.timeouts.durations)); /* it has dropped all that it took */
  fcl__timeouts_free(&w.timeouts);
  ck_assert_uint_eq(w.allocator.live, 0);
  ck_assert_uint_eq(w.allocator.misuses, 0);
  test_allocator_destroy(&w.allocator);
}

void pass(uint64_t ms) {
  uint64_t until = w.now + ms;
  uint64_t next = fcl__timeouts_next(&w.timeouts);
  while (next <= until) {
    w.now = next > w.now ? next : w.now;
    next = fcl__pools_tick(&w.timeouts, w.now);
    HOLDS(next > w.now);
    if (!w.is_closed)
      world_check();
  }
  w.now = until;
}

/* ---- What happens to requests ---- */

void submit(int id) {
  submit_about(id, "", "");
}

void submit_about(int id, const char *subject, const char *tag) {
  visitor *v = enter(index_of(id));
  v->ticket.subject.base = subject;
  v->ticket.subject.len = strlen(subject);
  v->ticket.tag.base = tag;
  v->ticket.tag.len = strlen(tag);
  fcl__pool_submit(&w.pool, &v->ticket, w.now);
  world_check();
}

void submit_for(int id, const char *key) {
  visitor *v = enter(index_of(id));
  v->ticket.affinity = fcl__affinity_hash(key, strlen(key));
  v->ticket.has_affinity = 1;
  fcl__pool_submit(&w.pool, &v->ticket, w.now);
  world_check();
}

void submit_from(int id, uint64_t key) {
  visitor *v = enter(index_of(id));
  v->ticket.key = key;
  fcl__pool_submit(&w.pool, &v->ticket, w.now);
  world_check();
}

void connected(int id) {
  fcl__pool_connected(guest(id), w.now);
  world_check();
}

void answered(int id) {
  fcl__pool_answered(guest(id), w.now);
  world_check();
}

void serve(int id) {
  submit(id);
  connected(id);
  answered(id);
}

/* The ticket ends before the client frees it, and frees it after the call. */
static void ended(int id) {
  leave(index_of(id));
  if (!w.is_closed)
    world_check();
}

void finished(int id) {
  fcl__pool_release(guest(id), FCL__FREE, w.now);
  ended(id);
}

void dropped(int id) {
  fcl__pool_release(guest(id), FCL__UNKNOWN, w.now);
  ended(id);
}

void canceled(int id) {
  fcl__pool_cancel(guest(id), w.now);
  ended(id);
}

void touched(int id) {
  fcl__pool_touch(guest(id), w.now);
}

void turned(int id) {
  if (guest(id)->is_paused)
    fcl__pool_unpause(guest(id), w.now);
  else
    fcl__pool_pause(guest(id), w.now);
  world_check();
}

void refused(int id) {
  fcl_error e;
  fcl__error_setx(&e, FCL_E_CONNECT, 111, "%s: connection refused.", w.settings.name);
  fcl__pool_refused(guest(id), &e, w.now);
  world_check();
}

int retried(int id, int is_certain) {
  int did = fcl__pool_retry(guest(id), is_certain, w.now);
  world_check();
  return did;
}

int returned(int id) {
  int did = fcl__pool_return(guest(id), w.now);
  world_check();
  return did;
}

/* ---- What happens to members ---- */

fcl__member *member(unsigned index) {
  HOLDS(index < w.pool.member_count);
  return &w.pool.members[index];
}

const char *state(unsigned index) {
  return fcl__member_state_name(member(index)->state);
}

void started(unsigned index) {
  fcl__member_started(member(index), 100 + (long) index, w.now);
  world_check();
}

void start_fails(unsigned index) {
  fcl_error e;
  fcl__error_setx(&e, FCL_E_SPAWN, 13, "php: /usr/bin/php-cgi may not be run.");
  fcl__member_failed(member(index), &e, w.now);
  world_check();
}

static void ends(unsigned index, int status, int signal) {
  const fcl__exit how = {status, signal};
  fcl__member_exited(member(index), &how, w.now);
  if (!w.is_closed)
    world_check();
}

void exits(unsigned index, int status) {
  ends(index, status, 0);
}

void dies(unsigned index, int signal) {
  ends(index, -1, signal);
}

void hung_up(unsigned index) {
  fcl__member_hung_up(member(index), w.now);
  world_check();
}

void proven(unsigned index) {
  fcl__member_proven(member(index), w.now);
  world_check();
}

void shares(unsigned index, unsigned per_connection, unsigned connections) {
  fcl__member_share(member(index), per_connection, connections, w.now);
  world_check();
}

void overdue(unsigned index) {
  fcl__member_overdue(member(index), w.now);
  world_check();
}

void world_with_addresses(unsigned count) {
  world_prepare_addresses(count);
  world_open();
}

void world_with_idle(unsigned count) {
  unsigned i;
  for (i = 0; i < count; i++)
    submit((int) (200 + i));
  for (i = 0; i < count; i++)
    started(i);
  for (i = 0; i < count; i++) {
    connected((int) (200 + i));
    answered((int) (200 + i));
  }
  for (i = 0; i < count; i++)
    finished((int) (200 + i));
  told();
  said();
}
