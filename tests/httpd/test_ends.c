/* test_ends.c: time limits of clients, and how the server ends. */
#include "site_case.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double) at.tv_sec + (double) at.tv_nsec / 1e9;
}

static void start(void) {
  static const char *const options[] = {
      "--app", ".app=" APP,   "--header-ms", "250", "--keep-alive-ms",
      "250",   "--client-ms", "250",         NULL};
  site_start(&s, options);
}

static void start_drained(void) {
  static const char *const options[] = {"--app",      ".app=" APP, "--quiet",
                                        "--drain-ms", "3000",      NULL};
  site_start(&s, options);
}

/* ---- Time limits ---- */

START_TEST(a_head_that_does_not_come_is_408) { /* loop */
  static const char *const rows[] = {"G", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\n"};
  talk_begin(&t, s.port);
  say(&t, rows[_i]);
  ck_assert_status(hear(&t, 0), 408);
  ck_assert_int_eq(is_closed(&t), 1);
  talk_end(&t);
}
END_TEST

/* A byte now and then is not enough. */
START_TEST(a_head_that_trickles_is_408) {
  double begin = now();
  answer a;
  talk_begin(&t, s.port);
  say(&t, "GET / HTTP/1.1\r\nX: ");
  while (now() - begin < 3 && recv(t.fd, &(char){0}, 1, MSG_PEEK | MSG_DONTWAIT) < 0) {
    usleep(50000); /* the slow client itself */
    say(&t, "x");
  }
  a = hear(&t, 0);
  ck_assert_int_eq(a.status, 408);
  answer_free(&a);
  talk_end(&t);
}
END_TEST

START_TEST(an_idle_connection_is_closed) {
  talk_begin(&t, s.port);
  say(&t, GET("/a.txt"));
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
  ck_assert_int_eq(is_closed(&t), 1);
  talk_end(&t);
}
END_TEST

START_TEST(a_connection_without_a_request_is_closed) {
  talk_begin(&t, s.port);
  ck_assert_int_eq(is_closed(&t), 1);
  talk_end(&t);
}
END_TEST

START_TEST(a_body_that_does_not_come_is_408) {
  talk_begin(&t, s.port);
  say(&t, "POST /hello.app HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  ck_assert_status(hear(&t, 0), 408);
  ck_assert_int_eq(is_closed(&t), 1);
  talk_end(&t);
}
END_TEST

START_TEST(a_slow_application_is_not_the_clients_fault) {
  answer a = get(s.port, "/hello.app?size=100&pieces=2&slow=500");
  ck_assert_int_eq(a.status, 200);
  ck_assert_int_eq(a.is_whole, 1);
  answer_free(&a);
}
END_TEST

/* It never reads, so that the server's write does not end; the log tells when the server does. */
START_TEST(a_client_that_does_not_read_is_given_up) {
  unsigned long bytes = 0;
  char line[200];
  talk_begin(&t, s.port);
  say(&t, GET("/hello.app?size=30000000"));
  do
    snprintf(line, sizeof line, "%s", site_log_line(&s));
  while (sscanf(line, "GET /hello.app?size=30000000 200 %lu ", &bytes) != 1);
  ck_assert_uint_lt(bytes, 30000000);
  talk_end(&t);
}
END_TEST

/* Its body comes back to it, and it goes on sending. */
START_TEST(a_client_that_sends_and_does_not_read_is_given_up) {
  char *body = calloc(1, 1 << 20), line[200];
  unsigned status = 0;
  int n;
  talk_begin(&t, s.port);
  say(&t, "POST /hello.app?echo=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 104857600\r\n\r\n");
  for (n = 0; n < 100; n++)
    say_bytes(&t, body, 1 << 20);
  do
    snprintf(line, sizeof line, "%s", site_log_line(&s));
  while (sscanf(line, "POST /hello.app?echo=1 %u ", &status) != 1);
  ck_assert_uint_eq(status, 200);
  talk_end(&t);
  free(body);
}
END_TEST

/* ---- The end ---- */

START_TEST(SIGTERM_ends_an_idle_server_with_0) { /* loop: both signals */
  double begin = now();
  site_signal(&s, _i ? SIGINT : SIGTERM);
  ck_assert_int_eq(site_wait(&s), 0);
  ck_assert_double_lt(now() - begin, 2.5);
  s.pid = 0;
}
END_TEST

START_TEST(idle_connections_are_closed_at_once) {
  double begin = now();
  talk_begin(&t, s.port);
  say(&t, GET("/a.txt"));
  ck_assert_answer(hear(&t, 0), 200, "hello\n");
  site_signal(&s, SIGTERM);
  ck_assert_int_eq(is_closed(&t), 1);
  ck_assert_int_eq(site_wait(&s), 0);
  ck_assert_double_lt(now() - begin, 2.5);
  talk_end(&t);
  s.pid = 0;
}
END_TEST

START_TEST(requests_are_finished_first) {
  answer a;
  talk_begin(&t, s.port);
  say(&t, GET("/hello.app?size=100&pieces=2&slow=200"));
  ck_assert_int_eq((int) recv(t.fd, &(char){0}, 1, MSG_PEEK), 1); /* it has begun */
  site_signal(&s, SIGTERM);
  a = hear(&t, 0);
  ck_assert_int_eq(a.status, 200);
  ck_assert_int_eq(a.is_whole, 1);
  ck_assert_int_eq(is_closed(&t), 1);
  ck_assert_int_eq(site_wait(&s), 0);
  answer_free(&a);
  talk_end(&t);
  s.pid = 0;
}
END_TEST

START_TEST(nobody_is_let_in_any_more) {
  struct sockaddr_in a;
  int fd, result;
  memset(&a, 0, sizeof a);
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  a.sin_port = htons((unsigned short) s.port);
  talk_begin(&t, s.port);
  say(&t, GET("/hello.app?size=100&pieces=2&slow=300"));
  ck_assert_int_eq((int) recv(t.fd, &(char){0}, 1, MSG_PEEK), 1);
  site_signal(&s, SIGTERM);
  do { /* until the signal has arrived */
    fd = socket(AF_INET, SOCK_STREAM, 0);
    result = connect(fd, (struct sockaddr *) &a, sizeof a);
    close(fd);
  } while (result == 0);
  ck_assert_status(hear(&t, 0), 200);
  ck_assert_int_eq(site_wait(&s), 0);
  talk_end(&t);
  s.pid = 0;
}
END_TEST

START_TEST(patience_ends) {
  static const char *const options[] = {"--app", ".app=" APP, "--quiet", "--drain-ms",
                                        "300",   "--stop-ms", "300",     NULL};
  double begin = now();
  site short_of_time;
  answer a;
  site_start(&short_of_time, options);
  talk_begin(&t, short_of_time.port);
  say(&t, GET("/hello.app?size=100&pieces=10&slow=2000"));
  ck_assert_int_eq((int) recv(t.fd, &(char){0}, 1, MSG_PEEK), 1);
  site_signal(&short_of_time, SIGTERM);
  a = hear(&t, 0);
  ck_assert_int_eq(a.is_whole, 0);
  ck_assert_int_eq(site_wait(&short_of_time), 0);
  ck_assert_double_lt(now() - begin, 10);
  answer_free(&a);
  talk_end(&t);
}
END_TEST

/* Among them those that are gone when they are told to continue. */
START_TEST(clients_that_leave_at_any_moment_leave_nothing_behind) {
  static const char *const rows[] = {
      "POST /hello.app HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n",
      "POST /hello.app HTTP/1.1\r\nHost: a\r\nContent-Length: 300\r\n\r\nabc",
      "POST /hello.app HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
      GET("/hello.app?size=100000"),
      GET("/big.bin"),
      "GET / HT"};
  struct linger at_once = {1, 0};
  double begin;
  int n;
  for (n = 0; n < 300; n++) {
    talk_begin(&t, s.port);
    say(&t, rows[n % 6]);
    setsockopt(t.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    talk_end(&t);
  }
  begin = now();
  ck_assert_answer(get(s.port, "/a.txt"), 200, "hello\n");
  site_signal(&s, SIGTERM);
  ck_assert_int_eq(site_wait(&s), 0);
  ck_assert_double_lt(now() - begin, 10);
  s.pid = 0;
}
END_TEST

/* The answer would be whole before drain_ms is over. */
START_TEST(a_second_signal_ends_it_at_once) {
  answer a;
  talk_begin(&t, s.port);
  say(&t, GET("/hello.app?size=100&pieces=40&slow=200"));
  ck_assert_int_eq((int) recv(t.fd, &(char){0}, 1, MSG_PEEK), 1);
  site_signal(&s, SIGTERM);
  usleep(100000); /* or both would be one signal */
  site_signal(&s, SIGTERM);
  a = hear(&t, 0);
  ck_assert_int_eq(a.is_whole, 0);
  ck_assert_int_eq(site_wait(&s), 0);
  answer_free(&a);
  talk_end(&t);
  s.pid = 0;
}
END_TEST

static int thread_count(pid_t pid) {
  char folder[64];
  int count = 0;
  DIR *d;
  snprintf(folder, sizeof folder, "/proc/%ld/task", (long) pid);
  for (d = opendir(folder); d && readdir(d);)
    count++;
  if (d)
    closedir(d);
  return count;
}

/* The other is gone already. */
START_TEST(a_second_signal_ends_the_thread_that_is_left) {
  static const char *const options[] = {"--app", ".app=" APP, "--quiet", "--threads", "2", NULL};
  int threads;
  site two;
  answer a;
  site_start(&two, options);
  talk_begin(&t, two.port);
  say(&t, GET("/hello.app?size=100&pieces=40&slow=200"));
  ck_assert_int_eq((int) recv(t.fd, &(char){0}, 1, MSG_PEEK), 1);
  threads = thread_count(two.pid);
  site_signal(&two, SIGTERM);
  while (thread_count(two.pid) >= threads)
    usleep(1000);
  site_signal(&two, SIGTERM);
  a = hear(&t, 0);
  ck_assert_int_eq(a.is_whole, 0);
  ck_assert_int_eq(site_wait(&two), 0);
  answer_free(&a);
  talk_end(&t);
}
END_TEST

/* ---- The beginning ---- */

static int run_with(const char *options) {
  char command[600];
  int status;
  snprintf(command, sizeof command, "%s %s >/dev/null 2>&1 </dev/null", HTTPD, options);
  status = system(command);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(a_wrong_option_is_told) { /* loop */
  static const char *const rows[] = {"--nothing",
                                     "--listen",
                                     "--listen nowhere",
                                     "--listen 127.0.0.1:99999",
                                     "--root /none/here",
                                     "--app php",
                                     "--app =x",
                                     "--app php=/none/here",
                                     "--app 'php=\"x'",
                                     "--app php=",
                                     "--processes many",
                                     "--threads 0",
                                     "--threads 1000",
                                     "--env NAME",
                                     "--param NAME",
                                     "--param =x",
                                     "--param CONTENT_LENGTH=1",
                                     "--param REQUEST_METHOD=PUT",
                                     "--index a/b",
                                     "--quiet=1",
                                     "--max-body -1",
                                     "--app a/b=/bin/sh",
                                     "plain"};
  ck_assert_int_eq(run_with(rows[_i]), 2);
}
END_TEST

/* Under LeakSanitizer the status would be another. */
START_TEST(an_option_that_is_given_again_takes_the_place_of_what_came_before) {
  static const char *const options[] = {"--app", ".app=" APP,   "--quiet", "--root", "/",
                                        "--env", "HOME=/",      "--index", "x",      "--processes",
                                        "2",     "--processes", "3",       NULL};
  site again;
  site_start(&again, options);
  ck_assert_status(get(again.port, "/a.txt"), 404);
  ck_assert_int_eq(site_stop(&again), 0);
}
END_TEST

START_TEST(help_and_version_are_no_errors) {
  ck_assert_int_eq(run_with("--help"), 0);
  ck_assert_int_eq(run_with("--version"), 0);
}
END_TEST

START_TEST(an_address_in_use_is_told) { /* loop: threads */
  char options[100];
  snprintf(options, sizeof options, "--listen 127.0.0.1:%u --threads %d", s.port, _i);
  ck_assert_int_eq(run_with(options), 1);
}
END_TEST

START_TEST(threads_divide_and_end_together) {
  static const char *const options[] = {"--app", ".app=" APP,   "--quiet", "--threads",
                                        "3",     "--processes", "3",       NULL};
  site three;
  talk talks[12];
  int n;
  site_start(&three, options);
  for (n = 0; n < 12; n++) {
    talk_begin(&talks[n], three.port);
    say(&talks[n], GET("/hello.app?size=5&length=1"));
  }
  for (n = 0; n < 12; n++) {
    ck_assert_status(hear(&talks[n], 0), 200);
    talk_end(&talks[n]);
  }
  ck_assert_int_eq(site_stop(&three), 0);
}
END_TEST

int main(void) {
  TCase *cases[2];
  TCase *c = cases[0] = tcase_create("limits"), *d = cases[1] = tcase_create("ends");
  tcase_set_timeout(c, 30);
  tcase_set_timeout(d, 30);
  tcase_add_unchecked_fixture(c, start, stop);
  tcase_add_loop_test(c, a_head_that_does_not_come_is_408, 0, 3);
  tcase_add_test(c, a_head_that_trickles_is_408);
  tcase_add_test(c, an_idle_connection_is_closed);
  tcase_add_test(c, a_connection_without_a_request_is_closed);
  tcase_add_test(c, a_body_that_does_not_come_is_408);
  tcase_add_test(c, a_slow_application_is_not_the_clients_fault);
  tcase_add_test(c, a_client_that_does_not_read_is_given_up);
  tcase_add_test(c, a_client_that_sends_and_does_not_read_is_given_up);
  tcase_add_loop_test(c, a_wrong_option_is_told, 0, 23);
  tcase_add_test(c, an_option_that_is_given_again_takes_the_place_of_what_came_before);
  tcase_add_test(c, help_and_version_are_no_errors);
  tcase_add_loop_test(c, an_address_in_use_is_told, 1, 3);
  tcase_add_test(c, threads_divide_and_end_together);
  tcase_add_checked_fixture(d, start_drained, stop);
  tcase_add_loop_test(d, SIGTERM_ends_an_idle_server_with_0, 0, 2);
  tcase_add_test(d, idle_connections_are_closed_at_once);
  tcase_add_test(d, requests_are_finished_first);
  tcase_add_test(d, nobody_is_let_in_any_more);
  tcase_add_test(d, patience_ends);
  tcase_add_test(d, clients_that_leave_at_any_moment_leave_nothing_behind);
  tcase_add_test(d, a_second_signal_ends_it_at_once);
  tcase_add_test(d, a_second_signal_ends_the_thread_that_is_left);
  return test_suite_run("httpd/ends", cases, 2);
}
