/* test_commons.c: several clients with threads of their own whose pools have their limits in
   common: never more processes than one may have, and nobody waits for a place that another does
   not use. */
#include "real/driver.h"
#include <fcgiclient/stats.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLIENTS 3

static fcl_client *clients[CLIENTS];
static fcl_pool *pools[CLIENTS];

/* ---- Clients with a thread each ---- */

static fcl_pool_options options(unsigned processes) {
  fcl_pool_options o = {0};
  o.name = "app";
  o.program = REAL_APP;
  o.max_processes = processes;
  o.max_requests = FCL_NEVER;
  o.common_limits = "test";
  return o;
}

static void open_client(unsigned i, const fcl_pool_options *o) {
  fcl_client_options c = {0};
  fcl_error e;
  ck_assert_msg(fcl_client_new(&clients[i], &c, &e) == FCL_OK, "%s", e.text);
  ck_assert_msg(fcl_pool_new(&pools[i], clients[i], o, &e) == FCL_OK, "%s", e.text);
}

static void open_clients(const fcl_pool_options *o) {
  unsigned i;
  for (i = 0; i < CLIENTS; i++)
    open_client(i, o);
}

static void close_client(unsigned i) {
  if (clients[i] == NULL)
    return;
  fcl_client_close(clients[i], NULL, NULL);
  fcl_client_join(clients[i]);
  clients[i] = NULL;
}

static void close_clients(void) {
  unsigned i;
  for (i = 0; i < CLIENTS; i++)
    close_client(i);
}

/* ---- Requests ---- */

typedef struct asked {
  fcl_request *request;
  uv_sem_t done;
  fcl_result result;
} asked;

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  asked *a = user;
  a->result = *result;
  uv_sem_post(&a->done);
}

/* One that takes about so long. */
static void ask_start(asked *a, unsigned client, unsigned ms) {
  static const fcl_handlers handlers = {NULL, NULL, NULL, NULL, NULL, on_done};
  char query[64];
  snprintf(query, sizeof query, "pieces=1&slow=%u", ms);
  uv_sem_init(&a->done, 0);
  a->request = fcl_request_new(pools[client], &handlers, a);
  fcl_request_param(a->request, "REQUEST_METHOD", "GET");
  fcl_request_param(a->request, "QUERY_STRING", query);
  fcl_request_start(a->request);
  fcl_request_finish(a->request);
}

static unsigned ask_end(asked *a, fcl_code code) {
  uv_sem_wait(&a->done);
  fcl_request_free(a->request);
  uv_sem_destroy(&a->done);
  ck_assert_msg(a->result.error.code == code, "%s: %s", fcl_code_name(a->result.error.code),
                a->result.error.text);
  return a->result.total_us / 1000;
}

static unsigned ask(unsigned client, unsigned ms) {
  asked a;
  ask_start(&a, client, ms);
  return ask_end(&a, FCL_OK);
}

/* ---- Who counts the processes that live ---- */

static atomic_uint most;
static atomic_int is_counting;
static pthread_t counter;

/* Of those that a walk through /proc has found, one after the other, those that still live behind
   it: they all lived at once. */
static unsigned count_at_once(void) {
  const char *at = process_list(); /* "4711 app, 4712 app" */
  unsigned n = 0;
  while (at != NULL && *at) {
    char *name;
    long pid = strtol(at, &name, 10);
    n += strncmp(name, " app", 4) == 0 && process_lives(pid);
    at = strchr(name, ',');
    at = at ? at + 2 : NULL;
  }
  return n;
}

static void *count(void *arg) {
  while (atomic_load(&is_counting)) {
    unsigned n = count_at_once();
    if (n > atomic_load(&most))
      atomic_store(&most, n);
    usleep(1000);
  }
  return NULL;
}

static void count_begin(void) {
  atomic_store(&most, 0);
  atomic_store(&is_counting, 1);
  ck_assert_int_eq(pthread_create(&counter, NULL, count, NULL), 0);
}

static unsigned count_end(void) {
  atomic_store(&is_counting, 0);
  pthread_join(counter, NULL);
  return atomic_load(&most);
}

/* ---- Load ---- */

typedef struct load {
  pthread_t thread;
  unsigned client, rounds, at_once, worst_ms, pause_ms, seed;
} load;

static void *run(void *arg) {
  load *l = arg;
  asked a[8];
  unsigned round, i, n;
  for (round = 0; round < l->rounds; round++) {
    n = 1 + (unsigned) rand_r(&l->seed) % l->at_once;
    for (i = 0; i < n; i++)
      ask_start(&a[i], l->client, (unsigned) rand_r(&l->seed) % 5);
    for (i = 0; i < n; i++) {
      unsigned ms = ask_end(&a[i], FCL_OK);
      l->worst_ms = ms > l->worst_ms ? ms : l->worst_ms;
    }
    if (l->pause_ms)
      usleep(1000 * ((unsigned) rand_r(&l->seed) % l->pause_ms));
  }
  return NULL;
}

static void run_all(load *l, unsigned rounds, unsigned at_once, unsigned pause_ms) {
  unsigned i;
  memset(l, 0, CLIENTS * sizeof *l);
  for (i = 0; i < CLIENTS; i++) {
    l[i].client = i;
    l[i].rounds = rounds;
    l[i].at_once = at_once;
    l[i].pause_ms = pause_ms;
    l[i].seed = 4711 + i;
    ck_assert_int_eq(pthread_create(&l[i].thread, NULL, run, &l[i]), 0);
  }
  for (i = 0; i < CLIENTS; i++) {
    pthread_join(l[i].thread, NULL);
    printf("commons: client %u: %u rounds, the worst %u ms\n", i, rounds, l[i].worst_ms);
  }
}

/* ---- Tests ---- */

START_TEST(all_clients_never_have_more_processes_than_one_may) {
  fcl_pool_options o = options(4);
  load l[CLIENTS];
  open_clients(&o);
  count_begin();
  run_all(l, driver_is_long() ? 1000 : 60, 6, 40);
  ck_assert_uint_le(count_end(), 4);
  close_clients();
}
END_TEST

/* Fewer than clients: places go round. */
START_TEST(with_one_process_every_client_is_served) {
  fcl_pool_options o = options(1);
  load l[CLIENTS];
  unsigned i;
  open_clients(&o);
  count_begin();
  run_all(l, driver_is_long() ? 2000 : 200, 1, 0);
  ck_assert_uint_eq(count_end(), 1);
  for (i = 0; i < CLIENTS; i++)
    ck_assert_uint_lt(l[i].worst_ms, 5000);
  close_clients();
}
END_TEST

START_TEST(a_client_alone_has_all_of_the_limit) {
  fcl_pool_options o = options(4);
  asked a[4];
  unsigned i;
  open_clients(&o);
  for (i = 0; i < 4; i++)
    ask_start(&a[i], 0, 1000);
  wait_until(process_count_named("app") == 4);
  for (i = 0; i < 4; i++)
    ask_end(&a[i], FCL_OK);
  close_clients();
}
END_TEST

START_TEST(an_idle_process_of_another_client_makes_room) {
  fcl_pool_options o = options(2);
  asked a[2];
  unsigned i;
  open_clients(&o);
  for (i = 0; i < 2; i++)
    ask_start(&a[i], 0, 200);
  for (i = 0; i < 2; i++)
    ask_end(&a[i], FCL_OK);
  usleep(20000);
  count_begin();
  ck_assert_uint_lt(ask(1, 1), 1000);
  ck_assert_uint_lt(ask(2, 1), 1000);
  ck_assert_uint_le(count_end(), 2);
  close_clients();
}
END_TEST

START_TEST(a_client_that_closes_gives_its_processes_back) {
  fcl_pool_options o = options(1);
  asked a;
  open_clients(&o);
  ask(0, 1);
  ask_start(&a, 1, 1);
  close_client(0);
  ask_end(&a, FCL_OK);
  close_client(1);
  ck_assert_uint_lt(ask(2, 1), 1000);
  close_clients();
}
END_TEST

START_TEST(the_limit_that_was_given_last_holds_for_all) {
  fcl_pool_options o = options(6);
  asked a[2 * CLIENTS];
  unsigned i;
  fcl_error e;
  open_clients(&o);
  for (i = 0; i < 2 * CLIENTS; i++)
    ask_start(&a[i], i % CLIENTS, 300);
  wait_until(process_count_named("app") == 6);
  o.max_processes = 2;
  for (i = 0; i < CLIENTS; i++)
    ck_assert_int_eq(fcl_pool_configure(pools[i], &o, &e), FCL_OK);
  for (i = 0; i < 2 * CLIENTS; i++)
    ask_end(&a[i], FCL_OK);
  wait_until(process_count_named("app") == 2);
  for (i = 0; i < CLIENTS; i++)
    ask(i, 1);
  ck_assert_uint_le(process_count_named("app"), 2);
  close_clients();
}
END_TEST

/* A pool that was replaced does not keep the new one waiting. */
START_TEST(a_draining_pool_is_an_old_generation) {
  fcl_pool_options o = options(1);
  asked old, new;
  fcl_error e;
  open_client(0, &o);
  ask(0, 1);
  ask_start(&old, 0, 3000);
  fcl_pool_close(pools[0], FCL_NEVER);
  ck_assert_int_eq(fcl_pool_new(&pools[0], clients[0], &o, &e), FCL_OK);
  ask_start(&new, 0, 1);
  ck_assert_uint_lt(ask_end(&new, FCL_OK), 2000);
  ask_end(&old, FCL_OK);
  close_clients();
}
END_TEST

START_TEST(the_queue_is_that_of_all) {
  fcl_pool_options o = options(1);
  asked a[3], b;
  o.queue_length = 2;
  open_clients(&o);
  ask(0, 1);
  ask_start(&a[0], 0, 2000);
  ask_start(&a[1], 0, 1);
  ask_start(&a[2], 1, 1);
  usleep(100000);
  ask_start(&b, 2, 1);
  ask_end(&b, FCL_E_QUEUE_FULL);
  ck_assert_ptr_nonnull(strstr(b.result.error.text, "common_limits"));
  ask_end(&a[0], FCL_OK);
  ask_end(&a[1], FCL_OK);
  ask_end(&a[2], FCL_OK);
  close_clients();
}
END_TEST

START_TEST(min_processes_stay_in_all) {
  fcl_pool_options o = options(4);
  asked a[4];
  unsigned i;
  o.min_processes = 2;
  o.idle_ms = 100;
  open_clients(&o);
  for (i = 0; i < 4; i++)
    ask_start(&a[i], i % 2, 100);
  for (i = 0; i < 4; i++)
    ask_end(&a[i], FCL_OK);
  wait_until(process_count_named("app") == 2);
  driver_run_for(500);
  ck_assert_uint_eq(process_count_named("app"), 2);
  close_clients();
}
END_TEST

START_TEST(a_recycle_replaces_the_processes_of_its_own_pool) {
  fcl_pool_options o = options(2);
  open_clients(&o);
  ask(0, 1);
  ask(1, 1);
  fcl_pool_recycle(pools[0]);
  ask(0, 1);
  ask(1, 1);
  wait_until(process_count_named("app") == 2);
  close_clients();
}
END_TEST

static void on_stats(fcl_stats *stats, void *user) {
  atomic_store((_Atomic(fcl_stats *) *) user, stats);
}

START_TEST(statistics_tell_the_limit_once) {
  fcl_pool_options o = options(4);
  _Atomic(fcl_stats *) answer = NULL;
  fcl_stats *stats;
  fcl_error e;
  open_clients(&o);
  ask(1, 1);
  ck_assert_int_eq(fcl_stats_take(clients, CLIENTS, on_stats, &answer, &e), FCL_OK);
  wait_until(atomic_load(&answer) != NULL);
  stats = answer;
  ck_assert_uint_eq(fcl_stats_count(stats), 1);
  ck_assert_uint_eq(fcl_stats_at(stats, 0)->max_processes, 4);
  ck_assert_uint_eq(fcl_stats_at(stats, 0)->queue_length, 1000);
  ck_assert_uint_eq(fcl_stats_at(stats, 0)->pools, CLIENTS);
  fcl_stats_free(stats);
  close_clients();
}
END_TEST

START_TEST(what_cannot_change_says_so) {
  fcl_pool_options o = options(4);
  fcl_error e;
  open_clients(&o);
  o.common_limits = "other";
  ck_assert_int_eq(fcl_pool_configure(pools[0], &o, &e), FCL_E_CONFIG);
  ck_assert_ptr_nonnull(strstr(e.text, "app: common_limits cannot change"));
  close_clients();
}
END_TEST

int main(void) {
  TCase *t = driver_case("commons");
  tcase_add_test(t, all_clients_never_have_more_processes_than_one_may);
  tcase_add_test(t, with_one_process_every_client_is_served);
  tcase_add_test(t, a_client_alone_has_all_of_the_limit);
  tcase_add_test(t, an_idle_process_of_another_client_makes_room);
  tcase_add_test(t, a_client_that_closes_gives_its_processes_back);
  tcase_add_test(t, the_limit_that_was_given_last_holds_for_all);
  tcase_add_test(t, a_draining_pool_is_an_old_generation);
  tcase_add_test(t, the_queue_is_that_of_all);
  tcase_add_test(t, min_processes_stay_in_all);
  tcase_add_test(t, a_recycle_replaces_the_processes_of_its_own_pool);
  tcase_add_test(t, statistics_tell_the_limit_once);
  tcase_add_test(t, what_cannot_change_says_so);
  return driver_main("commons", &t, 1, 0);
}
