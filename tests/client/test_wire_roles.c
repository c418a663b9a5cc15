/* test_wire_roles.c: authorizers, and roles that an application does not play (KF-143). */
#include "client/wire_case.h"
#include <stdlib.h>

/* ---- Authorizers ---- */

static void take_authorizer(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_expect_begin(s, FCL_AUTHORIZER, FCL_KEEP_CONN);
  fcl_script_expect_param(s, "CONTENT_LENGTH", NULL);
  fcl_script_expect_param(s, "PATH_INFO", NULL);
  fcl_script_expect_param(s, "PATH_TRANSLATED", NULL);
  fcl_script_expect_param(s, "SCRIPT_NAME", NULL);
  fcl_script_expect_param(s, "REQUEST_METHOD", "POST");
  fcl_script_expect_param(s, "REMOTE_ADDR", "::1");
  fcl_script_expect_body(s, "", 0);
  fcl_script_answer(s, "Status: 200\nVariable-A: b\n\n");
}

START_TEST(an_authorizer_is_sent_no_body_and_not_what_belongs_to_it) {
  world_start(&w, FCL_LOOP_UV, take_authorizer);
  exchange_new(&x, &w, "POST");
  fcl_request_role(x.request, FCL_AUTHORIZER);
  fcl_request_param(x.request, "CONTENT_LENGTH", "7");
  fcl_request_param(x.request, "PATH_INFO", "/p");
  fcl_request_param(x.request, "PATH_TRANSLATED", "/srv/p");
  fcl_request_param(x.request, "REMOTE_ADDR", "::1");
  go();
  ck_assert_log(&x, "head 200; done OK; ");
}
END_TEST

START_TEST(an_authorizer_with_a_body_is_refused) {
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_new(&x, &w, "POST");
  fcl_request_body(x.request, _i ? 7 : -1, FCL_BODY_STREAM);
  fcl_request_role(x.request, FCL_AUTHORIZER);
  go();
  ck_assert_error(&x, FCL_E_INVAL, "an authorizer is sent no request body");
  ck_assert_uint_eq(x.result.tries, 0);
}
END_TEST

static int is_redirect = -1;

static fcl_flow look_at_redirect(fcl_request *r, const fcl_head *head, void *user) {
  is_redirect = head->local_redirect;
  return FCL_NEXT;
}

static void authorizer_done(fcl_request *r, const fcl_result *result, void *user) {
  world_enter(&w);
  x.dones++;
  fcl_request_free(r);
  world_leave(&w);
}

static void redirect(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, "Location: /login\n\n");
}

START_TEST(a_path_in_its_location_is_for_the_client) { /* KF-143 */
  static const fcl_handlers handlers = {look_at_redirect, NULL, NULL, NULL, NULL, authorizer_done};
  world_start(&w, FCL_LOOP_UV, redirect);
  x.request = fcl_request_new(w.pool, &handlers, &x);
  fcl_request_role(x.request, FCL_AUTHORIZER);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  world_wait(&w, &x.dones, 1);
  ck_assert_int_eq(is_redirect, 0);
}
END_TEST

/* ---- Roles that are not played ---- */

static void do_not_know(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_end_request(s, 0, FCL_UNKNOWN_ROLE);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(a_role_that_is_not_known_is_named) {
  static const char *const names[] = {"role of responder", "role of authorizer", "role of filter"};
  world_start(&w, FCL_LOOP_UV, do_not_know);
  exchange_new(&x, &w, "GET");
  fcl_request_role(x.request, (fcl_role) (FCL_RESPONDER + _i));
  fcl_request_file(x.request, 0, 0);
  go();
  ck_assert_error(&x, FCL_E_ROLE, names[_i]);
  ck_assert_int_eq(x.result.protocol_status, FCL_UNKNOWN_ROLE);
  wire_get(&x, &w); /* on the same connection */
  ck_assert_done(&x);
}
END_TEST

static void hang_up(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_close(s);
}

START_TEST(who_hangs_up_on_a_role_may_not_know_it) { /* PHP does */
  world_start(&w, FCL_LOOP_UV, hang_up);
  exchange_new(&x, &w, "GET");
  fcl_request_role(x.request, FCL_AUTHORIZER);
  go();
  ck_assert_error(&x, FCL_E_IO, "Perhaps it does not know the role");
}
END_TEST

START_TEST(a_role_that_does_not_exist_is_refused) {
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_new(&x, &w, "GET");
  fcl_request_role(x.request, (fcl_role) (_i ? 4 : 0));
  go();
  ck_assert_error(&x, FCL_E_INVAL, "enum fcl_role");
}
END_TEST

int main(void) {
  TCase *t = wire_case("wire roles");
  tcase_add_test(t, an_authorizer_is_sent_no_body_and_not_what_belongs_to_it);
  tcase_add_loop_test(t, an_authorizer_with_a_body_is_refused, 0, 2);
  tcase_add_test(t, a_path_in_its_location_is_for_the_client);
  tcase_add_loop_test(t, a_role_that_is_not_known_is_named, 0, 3);
  tcase_add_test(t, who_hangs_up_on_a_role_may_not_know_it);
  tcase_add_loop_test(t, a_role_that_does_not_exist_is_refused, 0, 2);
  return test_suite_run("wire_roles", &t, 1);
}
