/* test_response.c: what is sent to the client for a head of the application. */
#include "cgi_test.h"

static fcl_header headers[16];
static fcl_head head;
static fcl_cgi_reply reply;

static void setup(void) {
  memset(&head, 0, sizeof head);
  head.status = 200;
  head.content_length = -1;
  head.headers = headers;
}

static void add(const char *name, const char *value) {
  headers[head.count].name = text(name);
  headers[head.count].value = text(value);
  head.count++;
}

static void init(const char *method, int minor) {
  fcl_cgi_reply_init(&reply, &head, text(method), minor);
}

/* "Name: value|..." of the fields that are sent. */
static const char *sent(void) {
  static char room[500];
  size_t at = 0, used = 0;
  const fcl_header *h;
  room[0] = 0;
  while ((h = fcl_cgi_reply_next(&reply, &at)) != NULL)
    used += (size_t) snprintf(room + used, sizeof room - used, "%.*s: %.*s|", (int) h->name.len,
                              h->name.base, (int) h->value.len, h->value.base);
  return room;
}

START_TEST(the_framing_follows_from_method_version_status_and_length) { /* loop */
  static const struct {
    const char *method;
    int minor, status;
    int64_t length;
    fcl_cgi_framing framing;
    int64_t content_length;
  } rows[] = {
      {"GET", 1, 200, 5, FCL_CGI_LENGTH, 5},
      {"GET", 0, 200, 5, FCL_CGI_LENGTH, 5},
      {"GET", 1, 200, 0, FCL_CGI_LENGTH, 0},
      {"GET", 1, 200, -1, FCL_CGI_CHUNKED, -1},
      {"GET", 0, 200, -1, FCL_CGI_CLOSE, -1},
      {"POST", 1, 404, -1, FCL_CGI_CHUNKED, -1},
      {"HEAD", 1, 200, 5, FCL_CGI_NO_BODY, 5},
      {"HEAD", 1, 200, -1, FCL_CGI_NO_BODY, -1}, /* KF-079 */
      {"HEAD", 0, 200, -1, FCL_CGI_NO_BODY, -1},
      {"HEAD", 1, 204, 5, FCL_CGI_NO_BODY, -1},
      {"GET", 1, 204, -1, FCL_CGI_NO_BODY, -1},
      {"GET", 1, 204, 5, FCL_CGI_NO_BODY, -1},
      {"GET", 1, 205, 5, FCL_CGI_NO_BODY, 0},
      {"GET", 1, 205, -1, FCL_CGI_NO_BODY, 0},
      {"GET", 1, 304, 5, FCL_CGI_NO_BODY, -1},
      {"GET", 0, 304, -1, FCL_CGI_NO_BODY, -1},
      {"head", 1, 200, 5, FCL_CGI_LENGTH, 5}, /* methods know case */
      {"HEADS", 1, 200, -1, FCL_CGI_CHUNKED, -1},
      {"GET", 1, 999, -1, FCL_CGI_CHUNKED, -1},
  };
  head.status = rows[_i].status;
  head.content_length = rows[_i].length;
  init(rows[_i].method, rows[_i].minor);
  ck_assert_int_eq(reply.status, rows[_i].status);
  ck_assert_int_eq(reply.framing, rows[_i].framing);
  ck_assert_int_eq(reply.content_length, rows[_i].content_length);
}
END_TEST

START_TEST(fields_are_sent_in_their_order) {
  add("Content-Type", "text/plain");
  add("X-B", "");
  add("X-A", "1");
  init("GET", 1);
  ck_assert_str_eq(sent(), "Content-Type: text/plain|X-B: |X-A: 1|");
}
END_TEST

/* KF-087 */
START_TEST(cookies_stay_apart) {
  add("Set-Cookie", "a=1");
  add("X", "y");
  add("Set-Cookie", "b=2");
  init("GET", 1);
  ck_assert_str_eq(sent(), "Set-Cookie: a=1|X: y|Set-Cookie: b=2|");
}
END_TEST

/* KF-075, KF-078, KF-080, KF-083, KF-087 */
START_TEST(fields_of_framing_and_of_the_server_are_not_sent) { /* loop */
  static const char *const names[] = {"Connection",
                                      "Keep-Alive",
                                      "Proxy-Authenticate",
                                      "proxy-connection",
                                      "TE",
                                      "Trailer",
                                      "Transfer-Encoding",
                                      "TRANSFER-ENCODING",
                                      "Upgrade",
                                      "Content-Length",
                                      "content-length",
                                      "Status",
                                      "Date",
                                      "Server",
                                      "server",
                                      "dAtE"};
  add("Content-Type", "a/b");
  add(names[_i], "x");
  add("X", "y");
  init("GET", 1);
  ck_assert_str_eq(sent(), "Content-Type: a/b|X: y|");
}
END_TEST

START_TEST(fields_that_only_begin_like_those_are_sent) {
  add("Date-X", "1");
  add("Serve", "2");
  add("Server-Timing", "3");
  add("Upgrade-X", "4");
  add("Proxy", "5");
  add("Status-X", "6");
  add("Content-Language", "7");
  add("Location", "8");
  init("GET", 1);
  ck_assert_str_eq(sent(), "Date-X: 1|Serve: 2|Server-Timing: 3|Upgrade-X: 4|Proxy: 5|Status-X: 6|"
                           "Content-Language: 7|Location: 8|");
}
END_TEST

START_TEST(a_reason_of_the_application_is_kept) {
  head.reason = text("Fine");
  init("GET", 1);
  ck_assert_slice_eq(reply.reason, "Fine");
}
END_TEST

/* KF-070 */
START_TEST(a_missing_reason_is_the_standards) {
  head.status = 404;
  init("GET", 1);
  ck_assert_slice_eq(reply.reason, "Not Found");
}
END_TEST

START_TEST(a_status_without_a_phrase_has_an_empty_reason) {
  head.status = 799;
  init("GET", 1);
  ck_assert_slice_eq(reply.reason, "");
}
END_TEST

START_TEST(every_status_of_an_error_of_ours_has_a_phrase) { /* loop: fcl_code */
  ck_assert_uint_gt(fcl_cgi_reason(fcl_code_http((fcl_code) _i)).len, 0);
}
END_TEST

/* KF-077 */
START_TEST(a_local_redirect_is_told) {
  head.local_redirect = 1;
  add("Location", "/x");
  init("GET", 1);
  ck_assert_int_eq(reply.local_redirect, 1);
  head.local_redirect = 0;
  init("GET", 1);
  ck_assert_int_eq(reply.local_redirect, 0);
}
END_TEST

/* KF-073 */
START_TEST(a_body_longer_than_announced_is_cut) {
  head.content_length = 10;
  init("GET", 1);
  ck_assert_uint_eq(fcl_cgi_reply_take(&reply, 4), 4);
  ck_assert_uint_eq(fcl_cgi_reply_take(&reply, 65536), 6);
  ck_assert_uint_eq(fcl_cgi_reply_take(&reply, 1), 0);
  ck_assert_int_eq(fcl_cgi_reply_short(&reply), 0);
}
END_TEST

START_TEST(fields_are_written_as_lines_with_an_empty_one_behind_them) {
  static const char want[] = "X: 1\r\nSet-Cookie: a\r\nEmpty: \r\nContent-Length: 10\r\n\r\n";
  char out[sizeof want];
  add("X", "1");
  add("Status", "200");
  add("Set-Cookie", "a");
  add("Empty", "");
  head.content_length = 10;
  init("GET", 1);
  ck_assert_uint_eq(fcl_cgi_reply_fields(&reply, out, sizeof out), sizeof want - 1);
  ck_assert_slice_eq(slice(out, sizeof want - 1), want);
}
END_TEST

START_TEST(no_fields_are_an_empty_line) {
  char out[2];
  init("GET", 1);
  ck_assert_uint_eq(fcl_cgi_reply_fields(&reply, out, 2), 2);
  ck_assert_slice_eq(slice(out, 2), "\r\n");
}
END_TEST

START_TEST(fields_that_do_not_fit_tell_how_much_they_need) { /* loop: cap */
  char room[16], *out = room;
  memset(room, '#', sizeof room);
  add("X", "12345");
  init("GET", 1);
  ck_assert_uint_eq(fcl_cgi_reply_fields(&reply, out, (size_t) _i), 12);
  ck_assert_int_eq(room[_i], '#');
}
END_TEST

START_TEST(a_page_says_the_status_and_its_phrase) {
  fcl_cgi_page page;
  fcl_cgi_page_init(&page, 404, 0);
  ck_assert_slice_eq(page.body, "<!doctype html>\n<title>404 Not Found</title>\n"
                                "<h1>404 Not Found</h1>\n");
  fcl_cgi_reply_init(&reply, &page.head, text("GET"), 1);
  ck_assert_str_eq(sent(), "Content-Type: text/html|Cache-Control: no-store|");
  ck_assert_int_eq(reply.status, 404);
  ck_assert_int_eq(reply.content_length, (int64_t) page.body.len);
}
END_TEST

START_TEST(a_page_says_when_to_come_again) {
  fcl_cgi_page page;
  fcl_slice value;
  fcl_cgi_page_init(&page, 503, 4294967295u);
  ck_assert_int_eq(fcl_head_get(&page.head, "Retry-After", &value), 1);
  ck_assert_slice_eq(value, "4294967295");
}
END_TEST

START_TEST(a_page_may_show_a_text_as_that_and_nothing_else) {
  fcl_cgi_page page;
  fcl_cgi_page_init(&page, 500, 7);
  fcl_cgi_page_show(&page, text("<b>oops"));
  ck_assert_slice_eq(page.body, "<b>oops");
  fcl_cgi_reply_init(&reply, &page.head, text("GET"), 1);
  ck_assert_str_eq(sent(), "Content-Type: text/plain; charset=utf-8|Cache-Control: no-store|"
                           "Retry-After: 7|X-Content-Type-Options: nosniff|");
  ck_assert_int_eq(reply.content_length, 7);
}
END_TEST

START_TEST(a_body_shorter_than_announced_is_short) {
  head.content_length = 10;
  init("GET", 1);
  ck_assert_int_eq(fcl_cgi_reply_short(&reply), 1);
  ck_assert_uint_eq(fcl_cgi_reply_take(&reply, 9), 9);
  ck_assert_int_eq(fcl_cgi_reply_short(&reply), 1);
  ck_assert_uint_eq(fcl_cgi_reply_take(&reply, 1), 1);
  ck_assert_int_eq(fcl_cgi_reply_short(&reply), 0);
}
END_TEST

START_TEST(a_body_of_4_GiB_and_more_is_counted_right) {
  head.content_length = INT64_C(5) << 30;
  init("GET", 1);
  ck_assert_uint_eq(fcl_cgi_reply_take(&reply, (size_t) 1 << 30), (size_t) 1 << 30);
  ck_assert_int_eq(reply.left, INT64_C(4) << 30);
}
END_TEST

START_TEST(no_body_takes_nothing_and_is_never_short) { /* loop */
  static const struct {
    const char *method;
    int status;
  } rows[] = {{"HEAD", 200}, {"GET", 204}, {"GET", 304}, {"GET", 205}};
  head.status = rows[_i].status;
  head.content_length = 10;
  init(rows[_i].method, 1);
  ck_assert_uint_eq(fcl_cgi_reply_take(&reply, 10), 0);
  ck_assert_int_eq(fcl_cgi_reply_short(&reply), 0);
}
END_TEST

START_TEST(a_body_without_a_length_is_sent_whole) { /* loop: HTTP/1.0 and 1.1 */
  init("GET", _i);
  ck_assert_uint_eq(fcl_cgi_reply_take(&reply, 123456), 123456);
  ck_assert_int_eq(fcl_cgi_reply_short(&reply), 0);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("response");
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_add_loop_test(t, the_framing_follows_from_method_version_status_and_length, 0, 19);
  tcase_add_test(t, fields_are_sent_in_their_order);
  tcase_add_test(t, cookies_stay_apart);
  tcase_add_loop_test(t, fields_of_framing_and_of_the_server_are_not_sent, 0, 16);
  tcase_add_test(t, fields_that_only_begin_like_those_are_sent);
  tcase_add_test(t, a_reason_of_the_application_is_kept);
  tcase_add_test(t, a_missing_reason_is_the_standards);
  tcase_add_test(t, a_status_without_a_phrase_has_an_empty_reason);
  tcase_add_loop_test(t, every_status_of_an_error_of_ours_has_a_phrase, 0, FCL_CODE_MAX);
  tcase_add_test(t, a_local_redirect_is_told);
  tcase_add_test(t, fields_are_written_as_lines_with_an_empty_one_behind_them);
  tcase_add_test(t, no_fields_are_an_empty_line);
  tcase_add_loop_test(t, fields_that_do_not_fit_tell_how_much_they_need, 0, 12);
  tcase_add_test(t, a_page_says_the_status_and_its_phrase);
  tcase_add_test(t, a_page_says_when_to_come_again);
  tcase_add_test(t, a_page_may_show_a_text_as_that_and_nothing_else);
  tcase_add_test(t, a_body_longer_than_announced_is_cut);
  tcase_add_test(t, a_body_shorter_than_announced_is_short);
  tcase_add_test(t, a_body_of_4_GiB_and_more_is_counted_right);
  tcase_add_loop_test(t, no_body_takes_nothing_and_is_never_short, 0, 4);
  tcase_add_loop_test(t, a_body_without_a_length_is_sent_whole, 0, 2);
  return test_suite_run("cgi/response", &t, 1);
}
