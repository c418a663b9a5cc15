/* test_users.c: requests that speak for users, with an application of PHP's: whose token is on the
   loop's thread when a connection is opened, who shares connections, and that no token stays. */
#include "platform/win32/tokens.h"
#include "windows/apps.h"
#include <string.h>

static fcl_identity *anna, *otto; /* Anna has one group that only denies, Otto has none */

static struct {
  unsigned count, denied[32];
  const fcl_identity *whose[32];
  int answer;
} opened;

static int on_impersonate(const fcl_identity *identity, void *user) {
  HANDLE token = tokens_of_thread();
  ck_assert_ptr_nonnull(token);
  if (opened.count < 32) {
    opened.denied[opened.count] = tokens_denied(token);
    opened.whose[opened.count++] = identity;
  }
  CloseHandle(token);
  return opened.answer;
}

static fcl_identity *made_of(HANDLE token) {
  fcl_identity *id;
  fcl_error e;
  ck_assert_msg(fcl_identity_token(&id, token, &e) == FCL_OK, "%s", e.text);
  CloseHandle(token);
  return id;
}

static void setup(void) {
  memset(&opened, 0, sizeof opened);
  anna = made_of(tokens_restricted(0));
  otto = made_of(tokens_own());
}

static void teardown(void) {
  fcl_identity_unref(anna);
  fcl_identity_unref(otto);
  ck_assert(thread_is_bare());
}

static void is_bare(call *c) {
  ck_assert(thread_is_bare());
}

static fcl_flow body_is_bare(call *c, const char *data, size_t len) {
  ck_assert(thread_is_bare());
  return FCL_NEXT;
}

static call *ask(fcl_pool *pool, const fcl_identity *who, const char *query) {
  call_plan plan = {0};
  plan.query = query;
  plan.identity = who;
  plan.on_body = body_is_bare;
  plan.on_done = is_bare;
  return call_start(pool, &plan);
}

static void is_served(fcl_pool *pool, const fcl_identity *who) {
  call *c = ask(pool, who, "pid");
  call_wait(c);
  call_is_ok(c);
}

static fcl_pool *pool_of(unsigned processes, int is_tcp) {
  fcl_pool_options o = app_options("small-php", is_tcp);
  o.min_processes = o.max_processes = processes;
  return driver_pool(&o);
}

START_TEST(a_connection_is_opened_with_its_users_token_on_the_thread) {
  is_served(pool_of(1, 0), anna);
  ck_assert_uint_ge(opened.count, 1);
  ck_assert_ptr_eq(opened.whose[0], anna);
  ck_assert_uint_eq(opened.denied[0], 1);
}
END_TEST

START_TEST(for_nobody_it_is_opened_without) {
  is_served(pool_of(1, 0), NULL);
  ck_assert_uint_eq(opened.count, 0);
}
END_TEST

/* How often it is tried is the pool's matter; whose it was is told by the last. */
START_TEST(a_kept_connection_serves_its_user_only) {
  fcl_pool *pool = pool_of(1, 0);
  unsigned after_anna;
  is_served(pool, anna);
  after_anna = opened.count;
  is_served(pool, anna);
  ck_assert_uint_eq(opened.count, after_anna); /* kept */
  is_served(pool, otto);
  ck_assert_uint_gt(opened.count, after_anna);
  ck_assert_ptr_eq(opened.whose[opened.count - 1], otto);
  ck_assert_uint_eq(opened.denied[opened.count - 1], 0);
  is_served(pool, NULL);
  is_served(pool, anna);
  ck_assert_ptr_eq(opened.whose[opened.count - 1], anna);
}
END_TEST

START_TEST(twenty_requests_of_two_users_and_nobody_share_two_processes) {
  const fcl_identity *who[] = {anna, otto, NULL};
  fcl_pool *pool = pool_of(2, 0);
  call *calls[20];
  unsigned i;
  for (i = 0; i < 20; i++)
    calls[i] = ask(pool, who[i % 3], "size=20000");
  for (i = 0; i < 20; i++) {
    call_wait(calls[i]);
    call_is_ok(calls[i]);
  }
  for (i = 0; i < opened.count; i++)
    ck_assert_uint_eq(opened.denied[i], opened.whose[i] == anna);
}
END_TEST

START_TEST(the_host_may_refuse_one_and_others_are_served) {
  fcl_pool *pool = pool_of(1, 0);
  opened.answer = 1;
  call_failed(ask(pool, anna, "pid"), FCL_E_IDENTITY, "the host has refused it");
  ck_assert(thread_is_bare());
  opened.answer = 0;
  is_served(pool, NULL);
  is_served(pool, anna);
}
END_TEST

START_TEST(a_process_that_dies_in_its_answer_leaves_no_token) {
  call *c = ask(pool_of(1, 0), anna, "die");
  call_wait(c);
  ck_assert_int_ne(c->result.error.code, FCL_OK);
  ck_assert(thread_is_bare());
}
END_TEST

START_TEST(a_port_carries_no_user) {
  fcl_pool *pool = pool_of(1, 1);
  call_failed(ask(pool, anna, "pid"), FCL_E_IDENTITY, "only named pipes carry a user");
  ck_assert_uint_eq(opened.count, 0);
  is_served(pool, NULL);
}
END_TEST

int main(void) {
  TCase *t = driver_case("users");
  driver_on_impersonate = on_impersonate;
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, a_connection_is_opened_with_its_users_token_on_the_thread);
  tcase_add_test(t, for_nobody_it_is_opened_without);
  tcase_add_test(t, a_kept_connection_serves_its_user_only);
  tcase_add_test(t, twenty_requests_of_two_users_and_nobody_share_two_processes);
  tcase_add_test(t, the_host_may_refuse_one_and_others_are_served);
  tcase_add_test(t, a_process_that_dies_in_its_answer_leaves_no_token);
  tcase_add_test(t, a_port_carries_no_user);
  return app_main("windows_users", &t, 1);
}
