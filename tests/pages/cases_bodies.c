/* cases_bodies.c: bodies of every size both ways, byte for byte, and as they come. */
#include "pages/pages.h"
#include <stdio.h>

static talk t;

static void start(void) {
  begin(&t);
}

static void end(void) {
  talk_end(&t);
}

/* ---- To the application ---- */

static void say_post(const char *path, uint64_t n) {
  char length[64];
  snprintf(length, sizeof length, "Content-Length: %llu\r\n", (unsigned long long) n);
  say(&t, request("POST", path, length));
}

/* Around those of a record, of what servers read ahead, of what adapters lend. */
static const uint64_t sizes[] = {0,     1,     8192,  49151, 49152,   49153,
                                 65528, 65535, 65536, 65537, 1000000, 10 << 20};
enum { SIZE_COUNT = sizeof sizes / sizeof *sizes };

START_TEST(an_upload_arrives_whole) { /* loop: sizes */
  say_post("/sum.php", sizes[_i]);
  say_pattern(&t, 0, sizes[_i]);
  ck_assert_answer(hear(&t, 0), 200, pattern_sum(sizes[_i]));
}
END_TEST

START_TEST(an_upload_of_100_MB_arrives_whole) {
  say_post("/sum.php", 100 << 20);
  say_pattern(&t, 0, 100 << 20);
  ck_assert_answer(hear(&t, 0), 200, pattern_sum(100 << 20));
}
END_TEST

START_TEST(an_upload_in_many_pieces_arrives_whole) {
  uint64_t n;
  say_post("/sum.php", 150000);
  for (n = 0; n < 150000; n += 500)
    say_pattern(&t, n, 500);
  ck_assert_answer(hear(&t, 0), 200, pattern_sum(150000));
}
END_TEST

START_TEST(a_chunked_upload_arrives_whole_with_its_length) {
  int want = pages_status(HOST_CHUNKED_UPLOAD, 200), n;
  answer a;
  say(&t, request("POST", "/sum.php", "Transfer-Encoding: chunked\r\n"));
  for (n = 0; n < 100; n++) {
    say(&t, "3e8\r\n");
    say_pattern(&t, (uint64_t) n * 1000, 1000);
    say(&t, "\r\n");
  }
  say(&t, "0\r\n\r\n");
  a = hear(&t, 0);
  ck_assert_int_eq(a.status, want);
  if (want == 200)
    ck_assert_str_eq(a.body, pattern_sum(100000));
  answer_free(&a);
}
END_TEST

/* What a server reads ahead of the application is less than half a megabyte; the rest is sent only
 * when the application has seen a part. */
START_TEST(an_upload_is_passed_on_as_it_comes) {
  char path[128];
  meeting got;
  meeting_make(&got);
  snprintf(path, sizeof path, "/listen.php?first=10000&got=%s", got.name);
  say_post(path, 1 << 20);
  say_pattern(&t, 0, 1 << 19);
  ck_assert_int_eq(meeting_hear(&got), 'x');
  say_pattern(&t, 1 << 19, 1 << 19);
  ck_assert_answer(hear(&t, 0), 200, "1048576");
  meeting_end(&got);
}
END_TEST

START_TEST(an_application_may_leave_the_body_unread) {
  say_post("/hello.php", 100000);
  say_pattern(&t, 0, 100000);
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
}
END_TEST

/* ---- From the application ---- */

static void ck_assert_pattern(answer a, size_t n) {
  ck_assert_int_eq(a.status, 200);
  ck_assert_int_eq(a.is_whole, 1);
  ck_assert_uint_eq(a.body_len, n);
  ck_assert(is_pattern(a.body, n));
  answer_free(&a);
}

START_TEST(a_download_arrives_whole) { /* loop: sizes */
  char path[64];
  snprintf(path, sizeof path, "/bytes.php?n=%llu", (unsigned long long) sizes[_i]);
  say(&t, request("GET", path, ""));
  ck_assert_pattern(hear(&t, 0), sizes[_i]);
}
END_TEST

START_TEST(a_download_with_a_length_arrives_whole) { /* loop: sizes */
  char path[64];
  answer a;
  snprintf(path, sizeof path, "/bytes.php?length=1&n=%llu", (unsigned long long) sizes[_i]);
  say(&t, request("GET", path, ""));
  a = hear(&t, 0);
  ck_assert_int_eq(a.is_chunked, 0);
  ck_assert_pattern(a, sizes[_i]);
}
END_TEST

START_TEST(a_download_of_100_MB_arrives_whole) {
  say(&t, request("GET", "/bytes.php?n=104857600", ""));
  ck_assert_pattern(hear(&t, 0), 104857600);
}
END_TEST

START_TEST(a_download_in_crumbs_arrives_whole) {
  say(&t, request("GET", "/bytes.php?crumbs=1&n=300000", ""));
  ck_assert_pattern(hear(&t, 0), 300000);
}
END_TEST

/* Returns when that many bytes of the answer have come. */
static void hear_first(const char *text) {
  char seen[4000] = "";
  size_t len = 0;
  while (strstr(seen, text) == NULL) {
    ck_assert_uint_lt(len, sizeof seen - 1);
    ck_assert_msg(hear_byte(&t, &seen[len]), "no \"%s\", only \"%s\"", text, seen);
    len++;
  }
}

START_TEST(the_first_bytes_come_before_the_last_are_made) { /* loop: with a length */
  char path[64];
  meeting go;
  meeting_make(&go);
  snprintf(path, sizeof path, "/stream.php?go=%s%s", go.name, _i ? "&length=1" : "");
  say(&t, request("GET", path, ""));
  hear_first("first");
  meeting_say(&go, 1);
  hear_first("last");
  meeting_end(&go);
}
END_TEST

TCase *cases_bodies(void) {
  TCase *c = tcase_create("bodies");
  tcase_add_checked_fixture(c, start, end);
  tcase_add_loop_test(c, an_upload_arrives_whole, 0, SIZE_COUNT);
  tcase_add_test(c, an_upload_of_100_MB_arrives_whole);
  tcase_add_test(c, an_upload_in_many_pieces_arrives_whole);
  add_test_where(c, HOST_CHUNKED_UPLOAD, a_chunked_upload_arrives_whole_with_its_length);
  tcase_add_test(c, an_upload_is_passed_on_as_it_comes);
  tcase_add_test(c, an_application_may_leave_the_body_unread);
  tcase_add_loop_test(c, a_download_arrives_whole, 0, SIZE_COUNT);
  tcase_add_loop_test(c, a_download_with_a_length_arrives_whole, 0, SIZE_COUNT);
  tcase_add_test(c, a_download_of_100_MB_arrives_whole);
  tcase_add_test(c, a_download_in_crumbs_arrives_whole);
  tcase_add_loop_test(c, the_first_bytes_come_before_the_last_are_made, 0, 2);
  return c;
}
