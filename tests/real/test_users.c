/* test_users.c: requests that speak for users: a process of one user never serves another, and all
   of them together stay within their limits. */
#define _GNU_SOURCE
#include "client/internal.h"
#include "real/driver.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define USERS 6

/* Three that every Debian has, and three that nobody knows. */
static const unsigned uids[USERS] = {65534, 33, 1, 60001, 60002, 60003};
static const char *const programs[] = {"/tmp/", NULL};
static const fcl_policy policy = {programs, NULL, 1, 65534, 1, 65534};
static fcl_identity *users[USERS];

/* ---- The world ---- */

static fcl_identity *user_of(unsigned uid) {
  fcl_identity *id;
  fcl_error e;
  ck_assert_msg(fcl_identity_posix(&id, uid, uid, NULL, 0, &e) == FCL_OK, "%s", e.text);
  return id;
}

static void setup(void) {
  unsigned i;
  driver_policy = &policy;
  driver_open();
  for (i = 0; i < USERS; i++)
    users[i] = user_of(uids[i]);
}

static void teardown(void) {
  unsigned i;
  for (i = 0; i < USERS; i++)
    fcl_identity_unref(users[i]);
  driver_close();
}

/* The program where everybody may execute it. */
static const char *installed_app(void) {
  const char *path = driver_path("app");
  char command[8400];
  snprintf(command, sizeof command, "cp %s %s", REAL_APP, path);
  ck_assert_int_eq(system(command), 0);
  return path;
}

static fcl_pool_options app_options(void) {
  fcl_pool_options o = {0};
  o.name = "app";
  o.program = installed_app();
  o.directory = "/";
  o.run_as = users[0];
  return o;
}

static call *ask(fcl_pool *pool, const fcl_identity *identity, const char *query) {
  call_plan plan = {0};
  plan.identity = identity;
  plan.script = "/x";
  plan.query = query;
  return call_start(pool, &plan);
}

static void answered(call *c, unsigned uid) {
  char text[16];
  snprintf(text, sizeof text, "%u\n", uid);
  call_wait(c);
  call_is_ok(c);
  ck_assert_str_eq(c->text, text);
}

/* ---- Who answers ---- */

START_TEST(without_an_identity_the_user_of_run_as_answers) {
  fcl_pool_options o = app_options();
  answered(ask(driver_pool(&o), NULL, "uid=1"), 65534);
}
END_TEST

START_TEST(each_user_is_answered_by_a_process_of_its_own) {
  fcl_pool_options o = app_options();
  fcl_pool *pool;
  unsigned i;
  o.max_processes = 2;
  pool = driver_pool(&o);
  for (i = 0; i < 3 * USERS; i++)
    answered(ask(pool, users[i % USERS], "uid=1"), uids[i % USERS]);
}
END_TEST

START_TEST(an_identity_that_equals_run_as_shares_its_processes) {
  fcl_pool_options o = app_options();
  fcl_identity *same = user_of(65534);
  fcl_pool *pool = driver_pool(&o);
  call *a = ask(pool, NULL, "pid=1"), *b;
  call_wait(a);
  b = ask(pool, same, "pid=1");
  call_wait(b);
  call_is_ok(a);
  call_is_ok(b);
  ck_assert_str_eq(a->text, b->text);
  fcl_identity_unref(same);
}
END_TEST

START_TEST(equal_identities_share_processes) {
  fcl_pool_options o = app_options();
  fcl_identity *same = user_of(33);
  fcl_pool *pool = driver_pool(&o);
  call *a = ask(pool, users[1], "pid=1"), *b;
  call_wait(a);
  b = ask(pool, same, "pid=1");
  call_wait(b);
  call_is_ok(a);
  ck_assert_str_eq(a->text, b->text);
  fcl_identity_unref(same);
}
END_TEST

START_TEST(the_last_identity_counts_and_none_is_none) {
  fcl_pool_options o = app_options();
  fcl_pool *pool = driver_pool(&o);
  static const fcl_handlers nothing;
  fcl_request *r = fcl_request_new(pool, &nothing, NULL);
  fcl_request_identity(r, users[1]);
  fcl_request_identity(r, users[2]);
  ck_assert_ptr_ne(r->pool, pool);
  fcl_request_identity(r, NULL);
  ck_assert_ptr_eq(r->pool, pool);
  fcl_request_free(r);
}
END_TEST

/* ---- Random load ---- */

typedef struct load {
  fcl_pool *pool;
  unsigned started, done, total, most;
} load;

static load l;
static unsigned chosen[8000];

static void next(void);

static void check(call *c) {
  unsigned i = (unsigned) (uintptr_t) c->user;
  char text[16];
  snprintf(text, sizeof text, "%u\n", uids[chosen[i]]);
  ck_assert_msg(c->result.error.code == FCL_OK, "%s", c->result.error.text);
  ck_assert_msg(strcmp(c->text, text) == 0, "uid %u was answered by %s", uids[chosen[i]], c->text);
  l.done++;
  next();
}

/* Some are cut short, some take a while. */
static void next(void) {
  static const char *const queries[] = {"uid=1", "uid=1", "uid=1&length=1", "uid=1&slow=3"};
  call_plan plan = {0};
  call *c;
  if (l.started == l.total)
    return;
  chosen[l.started] = (unsigned) random() % USERS;
  plan.identity = users[chosen[l.started]];
  plan.script = "/x";
  plan.query = queries[random() % 4];
  plan.on_done = check;
  c = call_start(l.pool, &plan);
  c->user = (void *) (uintptr_t) l.started++;
}

static unsigned count_serving(const fcl_client *c) {
  const fcl__list *at;
  unsigned n = 0;
  for (at = c->pools.next; at != &c->pools; at = at->next)
    n += FCL__OF(at, const fcl_pool, link)->pool.serving;
  return n;
}

START_TEST(a_process_of_one_user_never_serves_another) { /* loop test: over max_processes */
  fcl_pool_options o = app_options();
  unsigned i;
  memset(&l, 0, sizeof l);
  srandom((unsigned) _i);
  o.max_processes = (unsigned) _i;
  o.max_per_identity = _i > 4 ? 2 : 0;
  o.max_requests = 50;
  o.queue_ms = 60000;
  l.pool = driver_pool(&o);
  l.total = driver_is_long() ? 8000 : 800;
  for (i = 0; i < 16; i++)
    next();
  driver_patience(60000);
  while (l.done < l.total) {
    unsigned serving = count_serving(l.pool->client);
    driver_turn("the load is done", __FILE__, __LINE__);
    ck_assert_uint_le(serving, (unsigned) _i);
    l.most = serving > l.most ? serving : l.most;
  }
  ck_assert_uint_eq(l.most, (unsigned) _i);
}
END_TEST

/* ---- Limits ---- */

static void four_at_once(fcl_pool *pool) {
  call *c[4];
  unsigned i;
  for (i = 0; i < 4; i++)
    c[i] = ask(pool, users[1], "pid=1&slow=50");
  for (i = 0; i < 4; i++)
    call_wait(c[i]), call_is_ok(c[i]);
}

START_TEST(one_identity_has_no_more_than_its_share) {
  fcl_pool_options o = app_options();
  fcl_pool *pool;
  o.max_processes = 4;
  o.max_per_identity = 2;
  pool = driver_pool(&o);
  while (driver_events("was started; ") < 2) /* one may be done with all before the next is there */
    four_at_once(pool);
  four_at_once(pool);
  ck_assert_uint_eq(driver_events("was started; "), 2);
  ck_assert_ptr_nonnull(driver_event("of 2 (max_processes) run."));
}
END_TEST

START_TEST(an_idle_process_of_another_user_makes_room) {
  fcl_pool_options o = app_options();
  fcl_pool *pool;
  o.max_processes = 1;
  pool = driver_pool(&o);
  answered(ask(pool, users[1], "uid=1"), 33);
  answered(ask(pool, users[2], "uid=1"), 1);
  ck_assert_ptr_nonnull(driver_event("was idle and makes room for another user's."));
}
END_TEST

START_TEST(users_who_are_gone_take_no_memory) {
  fcl_pool_options o = app_options();
  fcl_pool *pool;
  unsigned i, branches = 0;
  const fcl__list *at;
  o.max_processes = 2;
  pool = driver_pool(&o);
  for (i = 0; i < 40; i++) {
    fcl_identity *id = user_of(50000 + i);
    answered(ask(pool, id, "uid=1"), 50000 + i);
    fcl_identity_unref(id);
  }
  for (at = pool->branches.next; at != &pool->branches; at = at->next)
    branches++;
  ck_assert_uint_le(branches, 6); /* two that serve, and those that are leaving */
}
END_TEST

START_TEST(limits_that_cannot_be_kept_are_told_once) {
  fcl_pool_options o = app_options();
  fcl_pool *pool;
  o.max_processes = 2;
  o.max_requests = 1;
  o.tasks_limit = 100;
  pool = driver_pool(&o);
  call_wait(ask(pool, NULL, "uid=1"));
  call_wait(ask(pool, NULL, "uid=1"));
  ck_assert_uint_eq(driver_events("memory_limit and tasks_limit are not kept"), 1);
}
END_TEST

/* ---- Verbs of the pool ---- */

START_TEST(recycling_is_for_all_users) {
  fcl_pool_options o = app_options();
  fcl_pool *pool = driver_pool(&o);
  call *a = ask(pool, users[1], "pid=1"), *b;
  call_wait(a);
  fcl_pool_recycle(pool);
  b = ask(pool, users[1], "pid=1");
  call_wait(b);
  call_is_ok(b);
  ck_assert_str_ne(a->text, b->text);
}
END_TEST

static void configure(fcl_pool *pool, const fcl_pool_options *o) {
  fcl_error e = {0};
  ck_assert_msg(fcl_pool_configure(pool, o, &e) == FCL_OK, "%s", e.text);
}

START_TEST(other_options_are_for_all_users) {
  static const char *const env[] = {"A=b", NULL};
  fcl_pool_options o = app_options();
  fcl_pool *pool = driver_pool(&o);
  call *a = ask(pool, users[1], "pid=1"), *b, *c;
  call_wait(a);
  o.request_ms = 1500;
  configure(pool, &o);
  b = ask(pool, users[1], "pid=1");
  call_wait(b);
  ck_assert_str_eq(a->text, b->text); /* in place */
  call_failed(ask(pool, users[1], "hang=1"), FCL_E_TIMEOUT_REQUEST, "1500 ms (request_ms)");
  b = ask(pool, users[1], "pid=1");
  call_wait(b);
  o.env = env;
  configure(pool, &o);
  c = ask(pool, users[1], "pid=1");
  call_wait(c);
  call_is_ok(c);
  ck_assert_str_ne(b->text, c->text); /* by new processes */
  answered(ask(pool, users[1], "uid=1"), uids[1]);
}
END_TEST

static void uid_is(call *c) {
  char text[16];
  snprintf(text, sizeof text, "%u\n", uids[(uintptr_t) c->user]);
  ck_assert_msg(c->result.error.code == FCL_OK, "%s", c->result.error.text);
  ck_assert_str_eq(c->text, text);
  l.done++;
}

START_TEST(changes_under_load_lose_no_request_of_any_user) {
  static const char *const red[] = {"A=red", NULL}, *const blue[] = {"A=blue", NULL};
  fcl_pool_options o = app_options();
  unsigned i;
  memset(&l, 0, sizeof l);
  o.max_processes = 3;
  o.queue_ms = 60000;
  l.pool = driver_pool(&o);
  for (i = 0; i < 300; i++) {
    call_plan plan = {0};
    call *c;
    plan.identity = users[i % USERS];
    plan.script = "/x";
    plan.query = "uid=1";
    plan.on_done = uid_is;
    c = call_start(l.pool, &plan);
    c->user = (void *) (uintptr_t) (i % USERS);
    if (i % 30 == 29) {
      o.env = i % 60 == 29 ? red : blue;
      o.max_processes = 2 + i % 4;
      configure(l.pool, &o);
      driver_run_for(10);
    }
  }
  driver_patience(60000);
  while (l.done < 300)
    driver_turn("all are answered", __FILE__, __LINE__);
}
END_TEST

START_TEST(a_pool_that_closes_finishes_for_all_users) {
  fcl_pool_options o = app_options();
  fcl_pool *pool = driver_pool(&o);
  call *c[USERS];
  unsigned i;
  for (i = 0; i < USERS; i++)
    c[i] = ask(pool, users[i], "uid=1&slow=30");
  fcl_pool_close(pool, FCL_NEVER);
  for (i = 0; i < USERS; i++)
    answered(c[i], uids[i]);
}
END_TEST

START_TEST(a_pool_that_closes_at_once_ends_all_users_requests) {
  fcl_pool_options o = app_options();
  fcl_pool *pool = driver_pool(&o);
  call *c[USERS];
  unsigned i;
  for (i = 0; i < USERS; i++)
    c[i] = ask(pool, users[i], "hang=1");
  fcl_pool_close(pool, 0);
  for (i = 0; i < USERS; i++) {
    call_wait(c[i]);
    ck_assert_int_eq(c[i]->result.error.code, FCL_E_CLOSING);
  }
}
END_TEST

/* ---- What is refused ---- */

START_TEST(a_user_beyond_the_policy_is_an_error_of_its_request) {
  fcl_pool_options o = app_options();
  fcl_identity *root = user_of(0);
  call *c = ask(driver_pool(&o), root, "uid=1");
  call_wait(c);
  call_failed(c, FCL_E_IDENTITY, "app: cannot run programs as uid 0: root is never allowed");
  fcl_identity_unref(root);
}
END_TEST

START_TEST(an_address_knows_no_users) {
  static const char *const addresses[] = {"unix:/nonexistent", NULL};
  fcl_pool_options o = {0};
  call *c;
  o.name = "fpm";
  o.addresses = addresses;
  c = ask(driver_pool(&o), users[1], "uid=1");
  call_wait(c);
  call_failed(
      c, FCL_E_IDENTITY,
      "fpm: a connection to unix:/nonexistent cannot speak for uid 33: this system does not "
      "support that");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("users");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 90);
  if (geteuid() != 0) {
    puts("skipped: only root can start programs as other users");
    return 77;
  }
  tcase_add_test(t, without_an_identity_the_user_of_run_as_answers);
  tcase_add_test(t, each_user_is_answered_by_a_process_of_its_own);
  tcase_add_test(t, an_identity_that_equals_run_as_shares_its_processes);
  tcase_add_test(t, equal_identities_share_processes);
  tcase_add_test(t, the_last_identity_counts_and_none_is_none);
  tcase_add_loop_test(t, a_process_of_one_user_never_serves_another, 1, 7);
  tcase_add_test(t, one_identity_has_no_more_than_its_share);
  tcase_add_test(t, an_idle_process_of_another_user_makes_room);
  tcase_add_test(t, users_who_are_gone_take_no_memory);
  tcase_add_test(t, limits_that_cannot_be_kept_are_told_once);
  tcase_add_test(t, recycling_is_for_all_users);
  tcase_add_test(t, other_options_are_for_all_users);
  tcase_add_test(t, changes_under_load_lose_no_request_of_any_user);
  tcase_add_test(t, a_pool_that_closes_finishes_for_all_users);
  tcase_add_test(t, a_pool_that_closes_at_once_ends_all_users_requests);
  tcase_add_test(t, a_user_beyond_the_policy_is_an_error_of_its_request);
  tcase_add_test(t, an_address_knows_no_users);
  return driver_main("users", &t, 1, 0);
}
