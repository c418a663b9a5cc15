/* test_transcript_start.c: transcripts from C: an application for a server's tests, the stock of
   them, a server for an application's tests. */
#include "support/suite.h"
#include <fcgiclient/fcgiclient.h>
#include <fcgiclient/harness.h>
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static fcl_error error;

/* ---- The server under test: a request of the library ---- */

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  *(fcl_result *) user = *result;
  fcl_request_free(r);
}

static void wait_for(fcl_client *client, const fcl_result *result) {
  struct pollfd p = {fcl_client_fd(client), POLLIN, 0};
  while (result->total_us == UINT32_MAX) {
    poll(&p, 1, fcl_client_timeout(client));
    fcl_client_run(client);
  }
}

static fcl_result get(const char *address) {
  static const fcl_handlers handlers = {NULL, NULL, NULL, NULL, NULL, on_done};
  const char *addresses[2] = {address, NULL};
  fcl_client_options manual = {.mode = FCL_LOOP_MANUAL};
  fcl_pool_options o = {
      .addresses = addresses, .first_ms = 800, .activity_ms = 1000, .request_ms = 1500};
  fcl_result result = {.total_us = UINT32_MAX};
  fcl_client *client;
  fcl_pool *pool;
  fcl_request *r;
  ck_assert_msg(fcl_client_new(&client, &manual, &error) == FCL_OK, "%s", error.text);
  ck_assert_msg(fcl_pool_new(&pool, client, &o, &error) == FCL_OK, "%s", error.text);
  r = fcl_request_new(pool, &handlers, &result);
  fcl_request_param(r, "REQUEST_METHOD", "GET");
  fcl_request_param(r, "SCRIPT_NAME", "/");
  fcl_request_start(r);
  fcl_request_finish(r);
  wait_for(client, &result);
  fcl_client_close(client, NULL, NULL);
  fcl_client_join(client);
  return result;
}

static fcl_result get_from(const char *text) {
  fcl_transcript *t;
  fcl_result result;
  ck_assert_msg(fcl_transcript_start(&t, text, NULL, &error) == FCL_OK, "%s", error.text);
  result = get(fcl_transcript_address(t));
  fcl_transcript_end(t, &error);
  return result;
}

/* ---- The stock ---- */

START_TEST(a_stock_transcript_provokes_its_error) {
  size_t count;
  const fcl_stock *stock = fcl_stock_transcripts(&count);
  if ((size_t) _i >= count)
    return;
  ck_assert_int_eq(get_from(stock[_i].text).error.code, stock[_i].code);
  ck_assert_msg(error.code == FCL_OK, "%s: %s", stock[_i].name, error.text);
}
END_TEST

START_TEST(the_stock_has_every_error_that_an_application_alone_brings_about) {
  static const fcl_code codes[] = {FCL_OK,
                                   FCL_E_CONNECT,
                                   FCL_E_IO,
                                   FCL_E_PROTOCOL,
                                   FCL_E_HEAD,
                                   FCL_E_TRUNCATED,
                                   FCL_E_ROLE,
                                   FCL_E_OVERLOADED,
                                   FCL_E_TIMEOUT_FIRST,
                                   FCL_E_TIMEOUT_ACTIVITY,
                                   FCL_E_TIMEOUT_REQUEST};
  size_t count, n, i;
  const fcl_stock *stock = fcl_stock_transcripts(&count);
  for (i = 0; i < sizeof codes / sizeof *codes; i++) {
    for (n = 0; n < count && stock[n].code != codes[i];)
      n++;
    ck_assert_msg(n < count, "none provokes %s", fcl_code_name(codes[i]));
  }
  ck_assert_uint_le(count, 24); /* the loop test above goes so far */
}
END_TEST

START_TEST(a_stock_transcript_answers_again_and_again) {
  fcl_transcript *t;
  size_t count, n = 0;
  const fcl_stock *stock = fcl_stock_transcripts(&count);
  while (strcmp(stock[n].name, "hello") != 0)
    n++;
  ck_assert_int_eq(fcl_transcript_start(&t, stock[n].text, NULL, &error), FCL_OK);
  ck_assert_int_eq(get(fcl_transcript_address(t)).error.code, FCL_OK);
  ck_assert_int_eq(get(fcl_transcript_address(t)).error.code, FCL_OK);
  ck_assert_msg(fcl_transcript_end(t, &error) == FCL_OK, "%s", error.text);
}
END_TEST

/* ---- Transcripts of one's own ---- */

#define HEAD "fcgi 1\n-- connection 1\n> BEGIN_REQUEST\n"

START_TEST(a_server_that_does_as_expected_is_right) {
  fcl_result result =
      get_from(HEAD "> PARAMS {REQUEST_METHOD=GET ...}\n> STDIN {}\n"
                    "< STDOUT {\"Content-Type: text/plain\\r\\n\\r\\nhi\"}\n< END_REQUEST\n");
  ck_assert_int_eq(result.error.code, FCL_OK);
  ck_assert_uint_eq(result.received, 2);
  ck_assert_msg(error.code == FCL_OK, "%s", error.text);
}
END_TEST

START_TEST(a_server_that_does_otherwise_is_told_where) {
  get_from(HEAD "> PARAMS {REQUEST_METHOD=POST ...}\n");
  ck_assert_int_eq(error.code, FCL_E_PROTOCOL);
  ck_assert_ptr_nonnull(strstr(error.text, "line 4, expected: > PARAMS {REQUEST_METHOD=POST ...}"));
  ck_assert_ptr_nonnull(strstr(error.text, "got: PARAMS id=1 {REQUEST_METHOD=GET"));
}
END_TEST

START_TEST(a_server_that_never_comes_is_told) {
  fcl_transcript *t;
  ck_assert_int_eq(fcl_transcript_start(&t, HEAD, "tcp:127.0.0.1:0", &error), FCL_OK);
  ck_assert_ptr_nonnull(strstr(fcl_transcript_address(t), "tcp:127.0.0.1:"));
  ck_assert_int_eq(fcl_transcript_end(t, &error), FCL_E_PROTOCOL);
  ck_assert_ptr_nonnull(strstr(error.text, "line 2, expected: -- connection 1"));
  ck_assert_ptr_nonnull(strstr(error.text, "got: 0 connections"));
}
END_TEST

static int connect_to(const char *address) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  at.sin_port = htons((uint16_t) atoi(strrchr(address, ':') + 1));
  ck_assert_int_eq(connect(fd, (struct sockaddr *) &at, sizeof at), 0);
  return fd;
}

static void wait_for_close(int fd) {
  char byte;
  ck_assert_int_eq(read(fd, &byte, 1), 0);
  close(fd);
}

/* A server that comes again while it is played is for the next time. */
START_TEST(a_connection_that_waits_its_turn_costs_nothing) {
  fcl_transcript *t;
  clock_t before;
  int fd[2], n;
  ck_assert_int_eq(fcl_transcript_start(&t, "fcgi 1\nagain\n-- connection 1\nwait 400ms\n< close\n",
                                        "tcp:127.0.0.1:0", &error),
                   FCL_OK);
  for (n = 0; n < 2; n++)
    fd[n] = connect_to(fcl_transcript_address(t));
  before = clock();
  wait_for_close(fd[0]);
  ck_assert_int_lt((int) ((clock() - before) * 1000 / CLOCKS_PER_SEC), 100);
  wait_for_close(fd[1]);
  ck_assert_msg(fcl_transcript_end(t, &error) == FCL_OK, "%s", error.text);
}
END_TEST

START_TEST(a_file_is_read_too) {
  char path[] = "/tmp/transcriptXXXXXX";
  FILE *f = fdopen(mkstemp(path), "w");
  fputs(HEAD "> ...\n< END_REQUEST status=UNKNOWN_ROLE\n", f);
  fclose(f);
  ck_assert_int_eq(get_from(path).error.code, FCL_E_ROLE);
  ck_assert_msg(error.code == FCL_OK, "%s", error.text);
  unlink(path);
}
END_TEST

START_TEST(what_cannot_be_played_is_refused_at_the_start) {
  fcl_transcript *t;
  ck_assert_int_eq(fcl_transcript_start(&t, "fcgi 1\nfoo\n", NULL, &error), FCL_E_CONFIG);
  ck_assert_ptr_nonnull(strstr(error.text, "line 2, column 1"));
  ck_assert_int_eq(fcl_transcript_start(&t, "/nowhere/x.fcgi", NULL, &error), FCL_E_CONFIG);
  ck_assert_ptr_nonnull(strstr(error.text, "/nowhere/x.fcgi: No such file"));
  ck_assert_int_eq(fcl_transcript_start(&t, HEAD, "tcp:nowhere", &error), FCL_E_INVAL);
  ck_assert_ptr_null(t);
  ck_assert_int_eq(fcl_transcript_end(NULL, &error), FCL_OK);
}
END_TEST

/* ---- The server's side ---- */

/* What is said when a web server after `server` meets an application after `app`. */
static int play_both(const char *app, const char *server, int app_is_met) {
  fcl_transcript *t;
  fcl_error other;
  int code;
  ck_assert_msg(fcl_transcript_start(&t, app, NULL, &error) == FCL_OK, "%s", error.text);
  code = fcl_transcript_play(server, fcl_transcript_address(t), &error);
  ck_assert_int_eq(fcl_transcript_end(t, &other) == FCL_OK, app_is_met);
  return code;
}

#define ASKS                                                                                       \
  "fcgi 1\n-- connection 1\n> BEGIN_REQUEST id=1 role=RESPONDER flags=0\n> PARAMS "                \
  "{SCRIPT_NAME=/x}\n> STDIN {}\n"

START_TEST(a_scripted_server_meets_an_application_that_answers_as_expected) {
  static const char both[] = ASKS "< STDOUT \"Status: 299\\r\\n\\r\\nhi\"\n< END_REQUEST\n";
  ck_assert_msg(play_both(both, both, 1) == FCL_OK, "%s", error.text);
}
END_TEST

START_TEST(an_application_that_answers_otherwise_is_told_where) {
  static const char app[] = ASKS "< STDOUT \"Status: 200\\r\\n\\r\\nhi\"\n< END_REQUEST\n";
  static const char server[] = ASKS "< STDOUT \"Status: 299\\r\\n\\r\\nhi\"\n< END_REQUEST\n";
  ck_assert_int_eq(play_both(app, server, 1), FCL_E_PROTOCOL);
  ck_assert_ptr_nonnull(strstr(error.text, "line "));
  ck_assert_ptr_nonnull(strstr(error.text, "expected"));
}
END_TEST

START_TEST(a_scripted_server_without_an_application_says_so) {
  static const char server[] = ASKS "< END_REQUEST\n";
  ck_assert_int_eq(fcl_transcript_play(server, "unix:/nowhere/x.sock", &error), FCL_E_PROTOCOL);
  ck_assert_ptr_nonnull(strstr(error.text, "/nowhere/x.sock"));
  ck_assert_int_eq(fcl_transcript_play("fcgi 1\nfoo\n", "unix:/x", &error), FCL_E_CONFIG);
}
END_TEST

int main(void) {
  TCase *stock = tcase_create("stock"), *own = tcase_create("own");
  TCase *server = tcase_create("the server's side"), *cases[3];
  cases[0] = stock;
  cases[1] = own;
  cases[2] = server;
  tcase_add_test(server, a_scripted_server_meets_an_application_that_answers_as_expected);
  tcase_add_test(server, an_application_that_answers_otherwise_is_told_where);
  tcase_add_test(server, a_scripted_server_without_an_application_says_so);
  tcase_add_loop_test(stock, a_stock_transcript_provokes_its_error, 0, 24);
  tcase_add_test(stock, the_stock_has_every_error_that_an_application_alone_brings_about);
  tcase_add_test(stock, a_stock_transcript_answers_again_and_again);
  tcase_add_test(own, a_server_that_does_as_expected_is_right);
  tcase_add_test(own, a_server_that_does_otherwise_is_told_where);
  tcase_add_test(own, a_server_that_never_comes_is_told);
  tcase_add_test(own, a_connection_that_waits_its_turn_costs_nothing);
  tcase_add_test(own, a_file_is_read_too);
  tcase_add_test(own, what_cannot_be_played_is_refused_at_the_start);
  return test_suite_run("transcript_start", cases, 3);
}
