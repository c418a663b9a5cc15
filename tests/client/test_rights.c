/* test_rights.c: policies, users and limits as a client and a pool take them, or refuse them in a
 * sentence. */
#define _GNU_SOURCE
#include <fcgiclient/fcgiclient.h>
#include "support/fds.h"
#include "support/suite.h"
#include <string.h>
#include <unistd.h>
#include <uv.h>

static const char *const programs[] = {"/bin/true", NULL};
static fcl_error e;

static int new_client(fcl_client **c, const fcl_policy *policy) {
  fcl_client_options o = {0};
  memset(&e, 0, sizeof e);
  o.policy = policy;
  return fcl_client_new(c, &o, &e);
}

static void end_client(fcl_client *c) {
  fcl_client_close(c, NULL, NULL);
  fcl_client_join(c);
}

/* ---- Without options ---- */

START_TEST(without_options_there_are_the_defaults) {
  fcl_client *client;
  fcl_pool *pool;
  ck_assert_int_eq(fcl_client_new(&client, NULL, &e), FCL_OK);
  ck_assert_int_eq(fcl_pool_new(&pool, client, NULL, &e), FCL_E_CONFIG);
  ck_assert_str_eq(e.text, "pool: set either program or addresses in fcl_pool_options");
  end_client(client);
}
END_TEST

/* ---- Policies ---- */

static void expect_refused(const fcl_policy *policy, const char *sentence) {
  fcl_client *c;
  ck_assert_int_eq(new_client(&c, policy), FCL_E_CONFIG);
  ck_assert_str_eq(e.text, sentence);
  ck_assert_ptr_null(c);
}

START_TEST(a_policy_without_programs_is_refused) {
  const fcl_policy p = {0};
  expect_refused(&p,
                 "fcl_client_options.policy lists no programs, so nothing could be started; set "
                 "policy.programs");
}
END_TEST

START_TEST(paths_in_a_policy_are_absolute) {
  const char *const here[] = {"/bin/", "bin", NULL};
  const fcl_policy p = {here, NULL, 0, 0, 0, 0}, q = {programs, here, 0, 0, 0, 0};
  expect_refused(&p, "\"bin\" in fcl_client_options.policy.programs is no absolute path; give one "
                     "that starts with /");
  expect_refused(&q, "\"bin\" in fcl_client_options.policy.directories is no absolute path; give "
                     "one that starts with /");
}
END_TEST

START_TEST(ranges_in_a_policy_go_upwards) {
  const fcl_policy p = {programs, NULL, 2, 1, 0, 0}, q = {programs, NULL, 0, 0, 1, FCL_NEVER};
  expect_refused(&p,
                 "fcl_client_options.policy allows the uids 2 to 1; give the smaller one first, "
                 "and at most 4294967294");
  expect_refused(&q, "fcl_client_options.policy allows the gids 1 to 4294967295; give the smaller "
                     "one first, and at most 4294967294");
}
END_TEST

START_TEST(a_directory_of_control_groups_is_absolute) {
  fcl_client_options o = {0};
  fcl_client *c;
  o.cgroup = "httpd";
  ck_assert_int_eq(fcl_client_new(&c, &o, &e), FCL_E_CONFIG);
  ck_assert_str_eq(e.text, "fcl_client_options.cgroup \"httpd\" is no absolute path; give a "
                           "directory below /sys/fs/cgroup");
}
END_TEST

START_TEST(a_client_with_a_policy_opens_and_closes_in_each_mode) { /* loop test: over modes */
  const fcl_policy p = {programs, NULL, 1, 2, 0, 0};
  fcl_client_options o = {0};
  uv_loop_t loop;
  fcl_client *c;
  int fds;
  ck_assert_int_eq(uv_loop_init(&loop), 0); /* opens libuv's own */
  fds = test_fds();
  o.mode = (fcl_loop) _i;
  o.uv = o.mode == FCL_LOOP_UV ? &loop : NULL;
  o.policy = &p;
  ck_assert_msg(fcl_client_new(&c, &o, &e) == FCL_OK, "%s", e.text);
  fcl_client_close(c, NULL, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  if (o.mode != FCL_LOOP_UV)
    fcl_client_join(c);
  ck_assert_fds(fds);
  uv_loop_close(&loop);
}
END_TEST

START_TEST(without_its_guardian_a_sealed_client_is_not_made) { /* loop test: over modes */
  const fcl_policy p = {programs, NULL, 1, 2, 0, 0};
  fcl_client_options o = {0};
  uv_loop_t loop;
  fcl_client *c;
  ck_assert_int_eq(uv_loop_init(&loop), 0);
  o.mode = (fcl_loop) _i;
  o.uv = o.mode == FCL_LOOP_UV ? &loop : NULL;
  o.policy = &p;
  o.guardian = "/nonexistent/fcl-guardian";
  ck_assert_int_eq(fcl_client_new(&c, &o, &e), FCL_E_SPAWN);
  ck_assert_str_eq(e.text,
                   "cannot start applications with the guardian /nonexistent/fcl-guardian: No such "
                   "file or directory; set guardian to the path of the program fcl-guardian");
  uv_run(&loop, UV_RUN_DEFAULT);
  ck_assert_int_eq(uv_loop_close(&loop), 0);
}
END_TEST

/* ---- Pools ---- */

static void expect_pool(const fcl_pool_options *o, const fcl_policy *policy, fcl_code code,
                        const char *sentence) {
  fcl_client *c;
  fcl_pool *p;
  ck_assert_int_eq(new_client(&c, policy), FCL_OK);
  ck_assert_int_eq(fcl_pool_new(&p, c, o, &e), code);
  ck_assert_str_eq(e.text, sentence);
  end_client(c);
}

static fcl_pool_options pool_as(unsigned uid) {
  fcl_pool_options o = {0};
  fcl_identity *id;
  ck_assert_int_eq(fcl_identity_posix(&id, uid, uid, NULL, 0, &e), FCL_OK);
  o.name = "php";
  o.program = "/bin/true";
  o.run_as = id;
  return o;
}

static void drop_user(const fcl_pool_options *o) {
  fcl_identity_unref((fcl_identity *) (uintptr_t) o->run_as);
}

START_TEST(a_user_without_a_policy_is_refused) {
  fcl_pool_options o = pool_as(77777);
  expect_pool(&o, NULL, FCL_E_IDENTITY,
              "php: cannot run programs as uid 77777: no policy allows other users; set "
              "fcl_client_options.policy, and make the client with the privilege to change users "
              "(run_as)");
  drop_user(&o);
}
END_TEST

START_TEST(root_is_refused_whatever_the_policy) {
  const fcl_policy all = {programs, NULL, 0, 60000, 0, 60000};
  fcl_pool_options o = pool_as(0);
  expect_pool(&o, &all, FCL_E_IDENTITY,
              "php: cannot run programs as uid 0: root is never allowed (run_as)");
  drop_user(&o);
}
END_TEST

START_TEST(a_user_beyond_the_policy_is_refused) {
  const fcl_policy some = {programs, NULL, 1000, 1001, 0, 0};
  fcl_pool_options o = pool_as(1002);
  expect_pool(
      &o, &some, FCL_E_IDENTITY,
      "php: cannot run programs as uid 1002: fcl_client_options.policy allows the uids 1000 "
      "to 1001 (run_as)");
  drop_user(&o);
}
END_TEST

START_TEST(groups_are_bounded_as_users_are_unless_said) {
  const fcl_policy some = {programs, NULL, 1000, 1001, 0, 0};
  const fcl_policy other = {programs, NULL, 1000, 1001, 2000, 2001};
  fcl_pool_options o = pool_as(1000);
  expect_pool(&o, &some, FCL_OK, "");
  expect_pool(&o, &other, FCL_E_IDENTITY,
              "php: cannot run programs as uid 1000: it is in the group 1000, and "
              "fcl_client_options.policy allows the gids 2000 to 2001, but never 0 (run_as)");
  drop_user(&o);
}
END_TEST

START_TEST(a_policy_without_users_allows_none) {
  const fcl_policy none = {programs, NULL, 0, 0, 0, 0};
  fcl_pool_options o = pool_as(1);
  ck_assert_uint_ne(geteuid(), 1);
  expect_pool(&o, &none, FCL_E_IDENTITY,
              "php: cannot run programs as uid 1: fcl_client_options.policy allows no other "
              "users; set min_uid and max_uid (run_as)");
  drop_user(&o);
}
END_TEST

START_TEST(a_pool_keeps_its_user) {
  const fcl_policy some = {programs, NULL, 1000, 1001, 0, 0};
  fcl_pool_options o = pool_as(1000);
  fcl_client *c;
  fcl_pool *p;
  ck_assert_int_eq(new_client(&c, &some), FCL_OK);
  ck_assert_int_eq(fcl_pool_new(&p, c, &o, &e), FCL_OK);
  drop_user(&o);
  end_client(c);
}
END_TEST

START_TEST(addresses_have_no_users_and_no_limits) {
  const char *const addresses[] = {"unix:/run/app.sock", NULL};
  const fcl_policy some = {programs, NULL, 1000, 1001, 0, 0};
  fcl_pool_options o = pool_as(1000);
  o.program = NULL;
  o.addresses = addresses;
  expect_pool(&o, &some, FCL_E_CONFIG,
              "php: run_as, umask and limits are for programs that the pool starts, and it reaches "
              "addresses; set them where those applications are started");
  drop_user(&o);
  o.run_as = NULL;
  o.open_files_limit = 1;
  expect_pool(&o, NULL, FCL_E_CONFIG,
              "php: run_as, umask and limits are for programs that the pool starts, and it reaches "
              "addresses; set them where those applications are started");
}
END_TEST

START_TEST(an_umask_has_nine_bits) {
  fcl_pool_options o = {0};
  o.name = "php";
  o.program = "/bin/true";
  o.umask = 0777;
  expect_pool(&o, NULL, FCL_OK, "");
  o.umask = FCL_NONE;
  expect_pool(&o, NULL, FCL_OK, "");
  o.umask = 01000;
  expect_pool(&o, NULL, FCL_E_CONFIG, "php: umask is 01000; give 1 to 0777, or FCL_NONE");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("rights");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, without_options_there_are_the_defaults);
  tcase_add_test(t, a_policy_without_programs_is_refused);
  tcase_add_test(t, paths_in_a_policy_are_absolute);
  tcase_add_test(t, ranges_in_a_policy_go_upwards);
  tcase_add_test(t, a_directory_of_control_groups_is_absolute);
  tcase_add_loop_test(t, a_client_with_a_policy_opens_and_closes_in_each_mode, 0, 3);
  tcase_add_loop_test(t, without_its_guardian_a_sealed_client_is_not_made, 0, 3);
  tcase_add_test(t, a_user_without_a_policy_is_refused);
  tcase_add_test(t, root_is_refused_whatever_the_policy);
  tcase_add_test(t, a_user_beyond_the_policy_is_refused);
  tcase_add_test(t, groups_are_bounded_as_users_are_unless_said);
  tcase_add_test(t, a_policy_without_users_allows_none);
  tcase_add_test(t, a_pool_keeps_its_user);
  tcase_add_test(t, addresses_have_no_users_and_no_limits);
  tcase_add_test(t, an_umask_has_nine_bits);
  return test_suite_run("rights", &t, 1);
}
