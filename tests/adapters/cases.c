/* cases.c: what comes out the same in every server, in each of the ways that it has: _i. */
#include "adapters/site.h"

/* ---- Responses ---- */

START_TEST(a_response_comes_whole) {
  site_go_way(_i);
  site_get("size=1000000");
  ck_assert_uint_eq(site_status(), 200);
  ck_assert_int_eq(site_was_ended(), 0);
  ck_assert_int_eq(site_got_part(), 0);
  site_expect_pattern(&x, 1000000);
}
END_TEST

START_TEST(HEAD_has_no_body) {
  site_go_way(_i);
  x.method = "HEAD";
  site_get("size=1000&length=1");
  ck_assert_str_eq(server_field(&x, "Content-Length"), "1000");
  ck_assert_uint_eq(x.out_len, 0);
}
END_TEST

START_TEST(a_local_redirect_becomes_302) {
  site_get("location=/b.test");
  ck_assert_uint_eq(site_status(), 302);
  ck_assert_str_eq(server_field(&x, "Location"), "/b.test");
}
END_TEST

START_TEST(a_response_that_breaks_does_not_look_whole) {
  site_go_way(_i);
  site_get("size=10000000&exit=1");
  ck_assert_int_eq(site_got_part(), 1);
  ck_assert_int_eq(site_was_ended(), 1);
}
END_TEST

/* ---- Bodies ---- */

START_TEST(a_body_goes_to_the_application_and_back) { /* of a length that is known, or not */
  char *bytes = site_random_bytes(300000);
  site_go_way(_i / 2);
  site_post(bytes, 300000, _i % 2 ? -1 : 300000);
  site_get("echo=1");
  ck_assert_uint_eq(x.out_len, 300000);
  ck_assert_mem_eq(x.out, bytes, 300000);
  free(bytes);
}
END_TEST

START_TEST(a_body_of_unknown_length_gets_its_length) {
  site_go_way(_i);
  site_post("hello", 5, -1);
  site_get("");
  ck_assert_str_eq(site_param("CONTENT_LENGTH"), "5");
}
END_TEST

START_TEST(an_empty_body_has_the_length_0) {
  site_post("", 0, 0);
  site_get("");
  ck_assert_str_eq(site_param("CONTENT_LENGTH"), "0");
  ck_assert_uint_eq(x.reads, 0);
}
END_TEST

START_TEST(GET_without_a_body_has_no_length) {
  site_get("");
  ck_assert_str_eq(site_param("CONTENT_LENGTH"), "(absent)");
  ck_assert_uint_eq(x.reads, 0);
}
END_TEST

START_TEST(half_an_upload_is_no_request) {
  char *bytes = site_random_bytes(200000);
  site_go_way(_i);
  site_post(bytes, 200000, 200000);
  x.read_fails_at = 100000;
  site_get("sum=1");
  ck_assert_int_eq(site_got_nothing(), 1);
  ck_assert_int_eq(site_was_ended(), 1);
  free(bytes);
}
END_TEST

START_TEST(an_upload_that_ends_too_early_is_no_request) {
  site_go_way(_i);
  site_post("hello", 5, 6);
  site_get("sum=1");
  ck_assert_int_eq(site_got_nothing(), 1);
}
END_TEST

/* Nothing but a cancel ends the read. */
START_TEST(a_failure_does_not_wait_for_the_rest_of_an_upload) {
  site_go_way(_i);
  site_get("size=1"); /* an ISAPI server has shown now which it is */
  site_again();
  site_post("hello", 5, 1000);
  x.read_hangs = 1;
  site_get("early=1&exit=3&before=1");
  ck_assert(x.cancels == 1 || x.reads < 2); /* it may have failed before the read that hangs */
  ck_assert_uint_eq(site_status(), site_failed);
  ck_assert_int_eq(site_got_part(), 0);
}
END_TEST

/* ---- Clients ---- */

START_TEST(a_client_that_leaves_ends_the_request) {
  site_go_way(_i);
  x.write_fails_at = 200000;
  site_get("size=100000000");
  ck_assert_int_eq(site_was_ended(), 1);
  ck_assert_uint_le(x.out_len, 200000);
}
END_TEST

START_TEST(a_client_that_does_not_read_disturbs_nobody) {
  exchange *slow = malloc(sizeof *slow);
  uv_thread_t thread;
  site_gate g;
  int i;
  site_gate_make(&g);
  site_go_way(_i);
  site_get("size=1");
  site_again();
  site_prepare("size=10");
  *slow = x;
  slow->may_write = site_ask;
  slow->user = &g;
  uv_thread_create(&thread, site_run_of, slow);
  uv_sem_wait(&g.asked);
  for (i = 0; i < 10; i++) {
    site_again();
    site_get("size=1000");
    site_expect_pattern(&x, 1000);
  }
  uv_sem_post(&g.opened);
  uv_thread_join(&thread);
  site_expect_pattern(slow, 10);
  server_free(slow);
  free(slow);
}
END_TEST

TCase *site_cases(void) {
  TCase *c = tcase_create("every server");
  tcase_add_checked_fixture(c, site_setup, site_teardown);
  tcase_set_timeout(c, 60);
  tcase_add_loop_test(c, a_response_comes_whole, 0, site_ways);
  tcase_add_loop_test(c, HEAD_has_no_body, 0, site_ways);
  tcase_add_test(c, a_local_redirect_becomes_302);
  tcase_add_loop_test(c, a_response_that_breaks_does_not_look_whole, 0, site_ways);
  tcase_add_loop_test(c, a_body_goes_to_the_application_and_back, 0, site_ways * 2);
  tcase_add_loop_test(c, a_body_of_unknown_length_gets_its_length, 0, site_ways);
  tcase_add_test(c, an_empty_body_has_the_length_0);
  tcase_add_test(c, GET_without_a_body_has_no_length);
  tcase_add_loop_test(c, half_an_upload_is_no_request, 0, site_ways);
  tcase_add_loop_test(c, an_upload_that_ends_too_early_is_no_request, 0, site_ways);
  tcase_add_loop_test(c, a_failure_does_not_wait_for_the_rest_of_an_upload, site_first_async,
                      site_ways);
  tcase_add_loop_test(c, a_client_that_leaves_ends_the_request, 0, site_ways);
  tcase_add_loop_test(c, a_client_that_does_not_read_disturbs_nobody, 0, site_slow_ways);
  return c;
}
