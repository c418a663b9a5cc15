/* cases_ends.c: clients that leave, responses that break off, and that neither passes for a whole
 * one. */
#include "pages/pages.h"
#include <stdio.h>

/* ---- Clients that leave: the script tells when it has ended ---- */

static void leave_download(void) {
  char path[64];
  meeting end;
  talk t;
  meeting_make(&end);
  snprintf(path, sizeof path, "/left.php?end=%s", end.name);
  begin(&t);
  say(&t, request("GET", path, ""));
  ck_assert(has_come(&t));
  talk_end(&t);
  ck_assert_int_eq(meeting_hear(&end), 'a');
  meeting_end(&end);
}

START_TEST(a_client_that_leaves_a_download_frees_its_process) {
  int n;
  for (n = 0; n < HOST_PROCESSES + 2; n++)
    leave_download();
  still_serves();
}
END_TEST

/* Half a megabyte: more than a server reads ahead of the application. */
static void leave_upload(void) {
  char path[64];
  meeting end;
  talk t;
  meeting_make(&end);
  snprintf(path, sizeof path, "/left.php?end=%s", end.name);
  begin(&t);
  say(&t, request("POST", path, "Content-Length: 1000000\r\n"));
  say_pattern(&t, 0, 500000);
  talk_end(&t);
  ck_assert_int_ne(meeting_hear(&end), 0);
  meeting_end(&end);
}

START_TEST(a_client_that_leaves_an_upload_frees_its_process) {
  int n;
  for (n = 0; n < HOST_PROCESSES + 2; n++)
    leave_upload();
  still_serves();
}
END_TEST

START_TEST(clients_that_leave_at_once_harm_nobody) {
  talk t;
  int n;
  for (n = 0; n < 40; n++) {
    begin(&t);
    say(&t, n % 2 ? request("GET", "/hello.php", "")
                  : request("POST", "/sum.php", "Content-Length: 10\r\n"));
    talk_end(&t);
  }
  for (n = 0; n < 20; n++)
    still_serves();
}
END_TEST

/* ---- Responses that break off ---- */

START_TEST(a_response_that_is_shorter_than_announced_does_not_look_whole) {
  answer a = page("/break.php?length=1000&body=part");
  ck_assert_msg(!a.is_whole || a.status >= 500, "%s%s", a.head, a.body);
  answer_free(&a);
  still_serves();
}
END_TEST

START_TEST(a_response_without_a_length_that_breaks_does_not_look_whole) {
  answer a = page("/break.php?body=part");
  ck_assert_msg(!a.is_whole || a.status >= 500, "%s%s", a.head, a.body);
  answer_free(&a);
  still_serves();
}
END_TEST

/* The process is there until its output has gone; the script says less than it announced. */
START_TEST(a_script_that_says_less_than_it_announced_does_not_look_whole) {
  answer a = page("/answer.php?header[]=Content-Length:+1000&body=part");
  ck_assert_msg(!a.is_whole || a.status >= 500, "%s%s", a.head, a.body);
  answer_free(&a);
  still_serves();
}
END_TEST

START_TEST(what_is_said_behind_the_length_is_not_the_next_answer) {
  answer a;
  talk t;
  begin(&t);
  say(&t, request("GET", "/answer.php?header[]=Content-Length:+5&body=12345HTTP/1.1+200+No", ""));
  a = hear(&t, 0);
  ck_assert_str_eq(a.body, "12345");
  answer_free(&a);
  say(&t, request("GET", "/hello.php", ""));
  a = hear(&t, 0);
  if (a.status != 0) /* or the connection is closed */
    ck_assert_str_eq(a.body, "hello\n");
  answer_free(&a);
  talk_end(&t);
}
END_TEST

TCase *cases_ends(void) {
  TCase *c = tcase_create("ends");
  tcase_add_test(c, a_client_that_leaves_a_download_frees_its_process);
  tcase_add_test(c, a_client_that_leaves_an_upload_frees_its_process);
  tcase_add_test(c, clients_that_leave_at_once_harm_nobody);
  tcase_add_test(c, a_response_that_is_shorter_than_announced_does_not_look_whole);
  add_test_where(c, HOST_BREAK_CHUNKED,
                 a_response_without_a_length_that_breaks_does_not_look_whole);
  tcase_add_test(c, a_script_that_says_less_than_it_announced_does_not_look_whole);
  tcase_add_test(c, what_is_said_behind_the_length_is_not_the_next_answer);
  return c;
}
