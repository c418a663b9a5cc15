/* test_requests.c: requests through the module, with completions in each order that IIS may choose.
 */
#include "site.h"

/* Most tests run for each kind of server, and with each way to buffer: _i.  Where starting programs
   is slow (Wine) each kind has one way. */
#ifdef _WIN32
enum { WAYS = SERVER_KINDS };
#else
enum { WAYS = SERVER_KINDS * 3 };
#endif
static void kind(int i) {
  static const DWORD limits[] = {0, 50000, 4 << 20};
  x.kind = (server_kind) (i % SERVER_KINDS);
  x.limit = limits[(i / SERVER_KINDS + i) % 3];
}

static char *random_bytes(size_t size) {
  char *bytes = malloc(size);
  size_t i;
  for (i = 0; i < size; i++)
    bytes[i] = (char) (i * 2654435761u >> 13);
  return bytes;
}

/* ---- Responses ---- */

START_TEST(a_response_comes_whole) {
  kind(_i);
  site_get("size=1000000");
  ck_assert_uint_eq(x.status, 200);
  ck_assert_int_eq(x.result, RQ_NOTIFICATION_CONTINUE);
  site_expect_pattern(&x, 1000000);
}
END_TEST

START_TEST(many_small_pieces_come_whole) {
  kind(_i);
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

START_TEST(HEAD_has_no_body) {
  kind(_i);
  x.method = "HEAD";
  site_get("size=1000&length=1");
  ck_assert_str_eq(server_field(&x, "Content-Length"), "1000");
  ck_assert_uint_eq(x.out_len, 0);
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
  kind(_i);
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

START_TEST(a_local_redirect_becomes_302) {
  site_get("location=/b.test");
  ck_assert_uint_eq(x.status, 302);
  ck_assert_str_eq(server_field(&x, "Location"), "/b.test");
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

static void post(const char *bytes, size_t size, const char *fields) {
  x.method = "POST";
  x.body = bytes;
  x.body_len = size;
  x.fields = fields;
}

START_TEST(a_body_goes_to_the_application_and_back) {
  char *bytes = random_bytes(300000);
  kind(_i);
  post(bytes, 300000, "Content-Length: 300000\r\n");
  site_get("echo=1");
  ck_assert_uint_eq(x.out_len, 300000);
  ck_assert_mem_eq(x.out, bytes, 300000);
  free(bytes);
}
END_TEST

START_TEST(a_chunked_body_is_read_to_its_end) {
  char *bytes = random_bytes(100000);
  kind(_i);
  post(bytes, 100000, "Transfer-Encoding: chunked\r\n");
  site_get("echo=1");
  ck_assert_uint_eq(x.out_len, 100000);
  ck_assert_mem_eq(x.out, bytes, 100000);
  free(bytes);
}
END_TEST

START_TEST(a_body_of_HTTP_2_needs_no_length) {
  kind(_i);
  post("hello", 5, NULL);
  x.major = 2;
  x.remaining = 0xffffffff;
  site_get("echo=1");
  ck_assert_str_eq(site_text(), "hello");
}
END_TEST

START_TEST(a_body_of_unknown_length_gets_its_length) {
  kind(_i);
  post("hello", 5, "Transfer-Encoding: chunked\r\n");
  site_get("");
  ck_assert_str_eq(site_param("CONTENT_LENGTH"), "5");
}
END_TEST

START_TEST(a_chunked_body_may_be_empty) {
  kind(_i);
  post("", 0, "Transfer-Encoding: chunked\r\n");
  site_get("sum=1");
  ck_assert_uint_eq(x.status, 200);
  ck_assert_int_eq(strncmp(site_text(), "0 ", 2), 0);
}
END_TEST

START_TEST(an_empty_body_has_the_length_0) {
  post("", 0, "Content-Length: 0\r\n");
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
  tcase_add_loop_test(responses, a_response_comes_whole, 0, WAYS);
  tcase_add_loop_test(responses, many_small_pieces_come_whole, 0, WAYS);
  tcase_add_test(responses, what_the_server_may_hold_back_is_not_flushed);
  tcase_add_test(responses, without_a_limit_each_part_is_flushed_as_it_is);
  tcase_add_test(responses, more_than_the_server_may_hold_back_is_flushed);
  tcase_add_test(responses, a_length_that_is_known_is_said);
  tcase_add_loop_test(responses, HEAD_has_no_body, 0, WAYS);
  tcase_add_test(responses, a_status_and_its_words_are_passed_on);
  tcase_add_test(responses, a_status_without_words_gets_some);
  tcase_add_loop_test(responses, a_page_of_the_applications_own_passes_the_servers, 0, WAYS);
  tcase_add_test(responses, fields_may_come_several_times);
  tcase_add_test(responses, a_cookie_of_another_module_stays);
  tcase_add_test(responses, fields_between_application_and_server_are_left_out);
  tcase_add_test(responses, a_local_redirect_becomes_302);
  tcase_add_loop_test(responses, a_status_of_1xx_is_refused, 0, 4);
  tcase_add_test(responses, traces_tell_of_application_head_and_end);
  tcase_add_checked_fixture(bodies, site_setup, site_teardown);
  tcase_set_timeout(bodies, 60);
  tcase_add_loop_test(bodies, a_body_goes_to_the_application_and_back, 0, WAYS);
  tcase_add_loop_test(bodies, a_chunked_body_is_read_to_its_end, 0, WAYS);
  tcase_add_loop_test(bodies, a_body_of_HTTP_2_needs_no_length, 0, SERVER_KINDS);
  tcase_add_loop_test(bodies, a_body_of_unknown_length_gets_its_length, 0, SERVER_KINDS);
  tcase_add_loop_test(bodies, a_chunked_body_may_be_empty, 0, SERVER_KINDS);
  tcase_add_test(bodies, an_empty_body_has_the_length_0);
  tcase_add_test(bodies, GET_without_a_body_has_no_length);
  return test_suite_run("iis7/requests", (TCase *[]){responses, bodies}, 2);
}
