/* test_requests.c: requests through the module, with completions in each order that IIS may choose.
 */
#include "site.h"

/* ---- Responses ---- */

START_TEST(many_small_pieces_come_whole) {
  site_go_way(_i);
  site_get("size=30000&pieces=300");
  site_expect_pattern(&x, 30000);
}
END_TEST

START_TEST(what_the_server_may_hold_back_is_not_flushed) {
  x.limit = 1000;
  site_get("size=1000");
  ck_assert_uint_eq(x.flushes, 0);
  ck_assert_uint_ge(x.copies, 1);
  ck_assert_str_eq(server_field(&x, "Content-Length"), "1000");
}
END_TEST

START_TEST(without_a_limit_each_part_is_flushed_as_it_is) {
  x.limit = 0;
  site_get("size=1000");
  ck_assert_uint_ge(x.flushes, 1);
  ck_assert_uint_eq(x.copies, 0);
}
END_TEST

START_TEST(more_than_the_server_may_hold_back_is_flushed) {
  x.limit = 1000;
  site_get("size=3000&pieces=3");
  ck_assert_uint_ge(x.flushes, 1);
  site_expect_pattern(&x, 3000);
}
END_TEST

START_TEST(a_length_that_is_known_is_said) {
  site_get("size=10&length=1");
  ck_assert_str_eq(server_field(&x, "Content-Length"), "10");
}
END_TEST

START_TEST(a_status_and_its_words_are_passed_on) {
  site_get("size=0&status=404%20Gone%20Fishing");
  ck_assert_uint_eq(x.status, 404);
  ck_assert_str_eq(x.reason, "Gone Fishing");
}
END_TEST

START_TEST(a_status_without_words_gets_some) {
  site_get("size=0&status=404");
  ck_assert_str_eq(x.reason, "Not Found");
}
END_TEST

START_TEST(a_page_of_the_applications_own_passes_the_servers) {
  site_go_way(_i);
  site_get("size=10&status=500%20Sorry");
  ck_assert_uint_eq(x.status, 500);
  ck_assert_int_eq(x.is_own, 1);
  site_expect_pattern(&x, 10);
}
END_TEST

START_TEST(fields_may_come_several_times) {
  site_get("size=0&header=Set-Cookie:a&header=Set-Cookie:b&header=X-A:1&header=X-A:2");
  ck_assert_ptr_nonnull(strstr(x.fields_out, "Set-Cookie: a\r\nSet-Cookie: b\r\n"));
  ck_assert_ptr_nonnull(strstr(x.fields_out, "X-A: 1\r\nX-A: 2\r\n"));
}
END_TEST

START_TEST(a_cookie_of_another_module_stays) {
  strcpy(x.fields_out, "Set-Cookie: theirs\r\nX-A: theirs\r\n");
  site_get("size=0&header=Set-Cookie:ours&header=X-A:ours");
  ck_assert_ptr_nonnull(strstr(x.fields_out, "Set-Cookie: theirs\r\n"));
  ck_assert_ptr_nonnull(strstr(x.fields_out, "Set-Cookie: ours\r\n"));
  ck_assert_ptr_null(strstr(x.fields_out, "X-A: theirs\r\n"));
}
END_TEST

START_TEST(fields_between_application_and_server_are_left_out) {
  site_get("size=0&header=Connection:close&header=Date:today&header=Server:me");
  ck_assert_str_eq(server_field(&x, "Connection"), "(absent)");
  ck_assert_str_eq(server_field(&x, "Date"), "(absent)");
  ck_assert_str_eq(server_field(&x, "Server"), "(absent)");
}
END_TEST

START_TEST(a_status_of_1xx_is_refused) { /* loop: 100 to 103 */
  char query[40];
  snprintf(query, sizeof query, "size=10&status=%d", 100 + _i);
  site_get(query);
  ck_assert_uint_ge(x.status, 500);
  ck_assert_int_eq(x.result, RQ_NOTIFICATION_FINISH_REQUEST);
}
END_TEST

/* ---- Bodies ---- */

START_TEST(a_body_of_HTTP_2_needs_no_length) {
  site_go_way(_i);
  site_post("hello", 5, 0);
  x.fields = NULL;
  x.major = 2;
  x.remaining = 0xffffffff;
  site_get("echo=1");
  ck_assert_str_eq(site_text(), "hello");
}
END_TEST

START_TEST(a_chunked_body_may_be_empty) {
  site_go_way(_i);
  site_post("", 0, -1);
  site_get("sum=1");
  ck_assert_uint_eq(x.status, 200);
  ck_assert_int_eq(strncmp(site_text(), "0 ", 2), 0);
}
END_TEST

/* ---- Traces ---- */

START_TEST(traces_tell_of_application_head_and_end) {
  site_get("size=10&status=201");
  ck_assert_str_eq(x.traces,
                   "FCGICLIENT_APPLICATION: app\nFCGICLIENT_HEAD: 201\nFCGICLIENT_END: \n");
}
END_TEST

int main(void) {
  TCase *responses = tcase_create("responses"), *bodies = tcase_create("bodies");
  tcase_add_checked_fixture(responses, site_setup, site_teardown);
  tcase_set_timeout(responses, 60);
  tcase_add_loop_test(responses, many_small_pieces_come_whole, 0, site_ways);
  tcase_add_test(responses, what_the_server_may_hold_back_is_not_flushed);
  tcase_add_test(responses, without_a_limit_each_part_is_flushed_as_it_is);
  tcase_add_test(responses, more_than_the_server_may_hold_back_is_flushed);
  tcase_add_test(responses, a_length_that_is_known_is_said);
  tcase_add_test(responses, a_status_and_its_words_are_passed_on);
  tcase_add_test(responses, a_status_without_words_gets_some);
  tcase_add_loop_test(responses, a_page_of_the_applications_own_passes_the_servers, 0, site_ways);
  tcase_add_test(responses, fields_may_come_several_times);
  tcase_add_test(responses, a_cookie_of_another_module_stays);
  tcase_add_test(responses, fields_between_application_and_server_are_left_out);
  tcase_add_loop_test(responses, a_status_of_1xx_is_refused, 0, 4);
  tcase_add_test(responses, traces_tell_of_application_head_and_end);
  tcase_add_checked_fixture(bodies, site_setup, site_teardown);
  tcase_set_timeout(bodies, 60);
  tcase_add_loop_test(bodies, a_body_of_HTTP_2_needs_no_length, 0, SERVER_KINDS);
  tcase_add_loop_test(bodies, a_chunked_body_may_be_empty, 0, SERVER_KINDS);
  return test_suite_run("iis7/requests", (TCase *[]){site_cases(), responses, bodies}, 3);
}
