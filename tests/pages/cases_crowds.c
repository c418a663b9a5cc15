/* cases_crowds.c: many clients at once, and slow ones among them. */
#include "pages/pages.h"
#include <stdio.h>

enum { CROWD = 32, SLOW = 3, ROUNDS = 5 };

static talk t[CROWD];

/* Each asks, then each hears. */
static void all_ask(int from, const char *path, const char *body) {
  int n;
  for (n = from; n < CROWD; n++)
    say(&t[n], request("GET", path, ""));
  for (n = from; n < CROWD; n++)
    ck_assert_answer(hear(&t[n], 0), 200, body);
}

static void all_begin(void) {
  int n;
  for (n = 0; n < CROWD; n++)
    begin(&t[n]);
}

static void all_end(void) {
  int n;
  for (n = 0; n < CROWD; n++)
    talk_end(&t[n]);
}

START_TEST(thirty_two_at_once_are_served) {
  int n;
  for (n = 0; n < ROUNDS; n++)
    all_ask(0, "/hello.php", "hello\n");
}
END_TEST

/* None ends before all have been asked: most wait for a process. */
START_TEST(thirty_two_wait_for_eight_processes) {
  char path[64];
  meeting go;
  int n;
  meeting_make(&go);
  snprintf(path, sizeof path, "/wait.php?go=%s", go.name);
  for (n = 0; n < CROWD; n++)
    say(&t[n], request("GET", path, ""));
  meeting_say(&go, CROWD);
  for (n = 0; n < CROWD; n++)
    ck_assert_answer(hear(&t[n], 0), 200, "done");
  meeting_end(&go);
}
END_TEST

START_TEST(thirty_two_uploads_at_once_arrive_whole) {
  int n;
  for (n = 0; n < CROWD; n++)
    say(&t[n], request("POST", "/sum.php", "Content-Length: 100000\r\n"));
  for (n = CROWD - 1; n >= 0; n--)
    say_pattern(&t[n], 0, 50000);
  for (n = 0; n < CROWD; n++)
    say_pattern(&t[n], 50000, 50000);
  for (n = 0; n < CROWD; n++)
    ck_assert_answer(hear(&t[n], 0), 200, pattern_sum(100000));
}
END_TEST

/* As many as there are processes: what they do not read is taken off the processes' hands. */
START_TEST(slow_readers_disturb_nobody) { /* loop: how many */
  static const int counts[] = {SLOW, HOST_PROCESSES};
  answer a;
  int n, slow = counts[_i];
  for (n = 0; n < slow; n++) {
    say(&t[n], request("GET", "/bytes.php?n=12000000&length=1", ""));
    ck_assert(has_come(&t[n]));
  }
  for (n = 0; n < ROUNDS; n++)
    all_ask(slow, "/hello.php", "hello\n");
  for (n = 0; n < slow; n++) {
    a = hear(&t[n], 0);
    ck_assert_uint_eq(a.body_len, 12000000);
    ck_assert(a.is_whole && is_pattern(a.body, a.body_len));
    answer_free(&a);
  }
}
END_TEST

START_TEST(uploads_that_do_not_end_disturb_nobody) {
  int n;
  for (n = 0; n < SLOW; n++) {
    say(&t[n], request("POST", "/sum.php", "Content-Length: 600000\r\n"));
    say_pattern(&t[n], 0, 200000);
  }
  for (n = 0; n < ROUNDS; n++)
    all_ask(SLOW, "/hello.php", "hello\n");
  for (n = 0; n < SLOW; n++)
    say_pattern(&t[n], 200000, 400000);
  for (n = 0; n < SLOW; n++)
    ck_assert_answer(hear(&t[n], 0), 200, pattern_sum(600000));
}
END_TEST

START_TEST(a_head_that_does_not_end_disturbs_nobody) {
  int n;
  for (n = 0; n < SLOW; n++)
    say(&t[n], "GET /hello.php HTTP/1.1\r\nHost: te");
  for (n = 0; n < ROUNDS; n++)
    all_ask(SLOW, "/hello.php", "hello\n");
}
END_TEST

enum { LARGE, UPLOAD, MISSING, PLAIN, BREAKS };

/* One process dies: more would be taken for a broken application. */
static int kind(int n) {
  return n == CROWD - 1 ? BREAKS : n % 4;
}

static void ask_kind(talk *one, int what) {
  static const char *const paths[] = {"/bytes.php?n=500000", "/sum.php",
                                      "/answer.php?status=404+No&body=none", "/hello.php",
                                      "/break.php"};
  say(one, what == UPLOAD ? request("POST", paths[what], "Content-Length: 70000\r\n")
                          : request("GET", paths[what], ""));
  if (what == UPLOAD)
    say_pattern(one, 0, 70000);
}

static void hear_kind(talk *one, int what) {
  const int statuses[] = {200, 200, 404, 200, pages_status(HOST_BAD_GATEWAY, 502)};
  answer a = hear(one, 0);
  ck_assert_msg(a.status == statuses[what], "%d: %s%s", what, a.head, a.body);
  if (what == LARGE)
    ck_assert(a.body_len == 500000 && is_pattern(a.body, a.body_len));
  if (what == UPLOAD)
    ck_assert_str_eq(a.body, pattern_sum(70000));
  answer_free(&a);
}

START_TEST(all_kinds_at_once_are_served) {
  int n;
  for (n = 0; n < CROWD; n++)
    ask_kind(&t[n], kind(n));
  for (n = 0; n < CROWD; n++)
    hear_kind(&t[n], kind(n));
}
END_TEST

TCase *cases_crowds(void) {
  TCase *c = tcase_create("crowds");
  tcase_add_checked_fixture(c, all_begin, all_end);
  tcase_add_test(c, thirty_two_at_once_are_served);
  tcase_add_test(c, thirty_two_wait_for_eight_processes);
  tcase_add_test(c, thirty_two_uploads_at_once_arrive_whole);
  tcase_add_loop_test(c, slow_readers_disturb_nobody, 0, 2);
  tcase_add_test(c, uploads_that_do_not_end_disturb_nobody);
  tcase_add_test(c, a_head_that_does_not_end_disturbs_nobody);
  tcase_add_test(c, all_kinds_at_once_are_served);
  return c;
}
