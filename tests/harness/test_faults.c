/* test_faults.c: exchanges of the library with an application through a relay that cuts, holds up,
   gathers, breaks off and changes what it forwards.  FastCGI has no checksum: a changed byte of a
   page is another page.  What can be told is a stream out of step, and a page that is shorter or
   longer than its Content-Length says; so that is claimed. */
#define _GNU_SOURCE
#include "support/suite.h"
#include <fcgiclient/fcgiclient.h>
#include <fcgiclient/harness.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE   "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,"
#define LENGTH "Content-Type: text/plain\r\nContent-Length: 64\r\n\r\n"
#define PLAIN  "Content-Type: text/plain\r\n\r\n"

/* ---- The application: a page with its length; a page without; what it was sent ---- */

static uint64_t received; /* on the connection that was used last */

static void serve(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_slice path = {"", 0};
    fcl_script_may_close(s);
    if (!fcl_script_read_request(s))
      continue;
    received = fcl_script_received(s).len;
    fcl_seen_param(fcl_script_seen(s), "SCRIPT_NAME", &path);
    if (path.len == 7 && memcmp(path.base, "/length", 7) == 0) {
      fcl_script_answer(s, LENGTH PAGE);
    } else if (path.len == 5 && memcmp(path.base, "/echo", 5) == 0) {
      fcl_script_stdout(s, PLAIN);
      fcl_script_stdout(s, fcl_script_seen(s)->in.kept);
      fcl_script_answer(s, "");
    } else {
      fcl_script_stderr(s, "a notice");
      fcl_script_answer(s, PLAIN PAGE);
    }
  }
}

/* ---- The server: three requests, one after the other ---- */

typedef struct exchange {
  int is_done;
  int64_t length;
  char body[1024];
  size_t len;
  fcl_result result;
} exchange;

static fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user) {
  ((exchange *) user)->length = head->content_length;
  return FCL_NEXT;
}

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  exchange *x = user;
  size_t left = sizeof x->body - x->len, n = len < left ? len : left;
  memcpy(x->body + x->len, data, n);
  x->len += n;
  return FCL_NEXT;
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  exchange *x = user;
  x->is_done = 1;
  x->result = *result;
  fcl_request_free(r);
}

static void ask(exchange *x, fcl_client *client, fcl_pool *pool, const char *path,
                const char *body) {
  static const fcl_handlers handlers = {on_head, on_body, NULL, NULL, NULL, on_done};
  fcl_request *r = fcl_request_new(pool, &handlers, x);
  struct pollfd p = {fcl_client_fd(client), POLLIN, 0};
  memset(x, 0, sizeof *x);
  fcl_request_param(r, "REQUEST_METHOD", body ? "POST" : "GET");
  fcl_request_param(r, "SCRIPT_NAME", path);
  if (body)
    fcl_request_body(r, (int64_t) strlen(body), FCL_BODY_REFUSE);
  fcl_request_start(r);
  if (body)
    fcl_request_write(r, body, strlen(body));
  fcl_request_finish(r);
  while (!x->is_done) {
    poll(&p, 1, fcl_client_timeout(client));
    fcl_client_run(client);
  }
}

enum { LENGTH_SAID, NO_LENGTH, ECHO, EXCHANGES };

static fcl_error script_said;
static unsigned activity_ms = 300; /* what a stream out of step costs */

/* Through a relay with these faults; the first `count` exchanges. */
static void run(const fcl_faults faults[2], exchange x[EXCHANGES], int count) {
  fcl_script_options so = {.play = serve};
  fcl_relay_options ro = {.address = NULL};
  fcl_client_options co = {.mode = FCL_LOOP_MANUAL};
  fcl_pool_options po = {.activity_ms = activity_ms};
  const char *addresses[2] = {NULL, NULL};
  fcl_script *s;
  fcl_relay *relay;
  fcl_client *client;
  fcl_pool *pool;
  fcl_error e;
  ck_assert_int_eq(fcl_script_start(&s, &so, &e), FCL_OK);
  ro.target = fcl_script_address(s);
  memcpy(ro.faults, faults, sizeof ro.faults);
  ck_assert_msg(fcl_relay_start(&relay, &ro, &e) == FCL_OK, "%s", e.text);
  addresses[0] = fcl_relay_address(relay);
  po.addresses = addresses;
  ck_assert_int_eq(fcl_client_new(&client, &co, &e), FCL_OK);
  ck_assert_int_eq(fcl_pool_new(&pool, client, &po, &e), FCL_OK);
  ask(&x[LENGTH_SAID], client, pool, "/length", NULL);
  if (count > NO_LENGTH)
    ask(&x[NO_LENGTH], client, pool, "/plain", NULL);
  if (count > ECHO)
    ask(&x[ECHO], client, pool, "/echo", PAGE PAGE PAGE);
  fcl_client_close(client, NULL, NULL);
  fcl_client_join(client);
  fcl_relay_end(relay);
  fcl_script_end(s, &script_said);
}

static const char *page_of(int n) {
  return n == ECHO ? PAGE PAGE PAGE : PAGE;
}

static int is_right(const exchange *x, int n) {
  return x->result.error.code == FCL_OK && x->len == strlen(page_of(n)) &&
         memcmp(x->body, page_of(n), x->len) == 0;
}

static void all_right(const fcl_faults faults[2]) {
  exchange x[EXCHANGES];
  int n;
  activity_ms = 10000; /* a byte at a time is slow */
  run(faults, x, EXCHANGES);
  for (n = 0; n < EXCHANGES; n++)
    ck_assert_msg(is_right(&x[n], n), "exchange %d: %zu bytes, %s", n, x[n].len,
                  x[n].result.error.text);
  ck_assert_msg(script_said.code == FCL_OK, "%s", script_said.text);
}

/* ---- Faults that nobody may notice ---- */

START_TEST(a_relay_without_faults_changes_nothing) {
  fcl_faults none[2] = {{0}, {0}};
  all_right(none);
}
END_TEST

/* The first connection's answers have 400 bytes, its requests 470. */
START_TEST(answers_are_right_cut_at_any_byte) {
  fcl_faults f[2] = {{0}, {.cut_at = (uint64_t) _i}};
  all_right(f);
}
END_TEST

START_TEST(requests_are_right_cut_at_any_byte) {
  fcl_faults f[2] = {{.cut_at = (uint64_t) _i}, {0}};
  all_right(f);
}
END_TEST

START_TEST(all_is_right_in_pieces_of_any_size) {
  fcl_faults f[2] = {{.pieces = (size_t) _i}, {.pieces = (size_t) _i}};
  all_right(f);
}
END_TEST

START_TEST(all_is_right_gathered_and_held_up) {
  fcl_faults f[2] = {{.gather_ms = 5}, {.gather_ms = 5, .pieces = 50, .delay_ms = 2, .seed = 3}};
  all_right(f);
}
END_TEST

/* ---- Faults that are errors ---- */

static void right_or_error(const fcl_faults faults[2]) {
  exchange x[EXCHANGES];
  int n;
  run(faults, x, EXCHANGES);
  for (n = 0; n < EXCHANGES; n++)
    ck_assert_msg(x[n].result.error.code != FCL_OK || is_right(&x[n], n),
                  "exchange %d is said to be right, with %zu bytes", n, x[n].len);
}

START_TEST(an_answer_broken_off_is_right_or_an_error) {
  fcl_faults reset[2] = {{0}, {.reset_at = (uint64_t) _i}},
             closed[2] = {{0}, {.close_at = (uint64_t) _i}};
  right_or_error(reset);
  right_or_error(closed);
}
END_TEST

START_TEST(a_request_broken_off_is_right_or_an_error) {
  fcl_faults f[2] = {{.close_at = (uint64_t) _i}, {0}};
  right_or_error(f);
}
END_TEST

START_TEST(any_mixture_of_faults_is_right_or_an_error) {
  fcl_faults f[2];
  fcl_faults_draw(&f[FCL_SIDE_SERVER], (uint64_t) _i * 2, 500);
  fcl_faults_draw(&f[FCL_SIDE_APP], (uint64_t) _i * 2 + 1, 400);
  right_or_error(f);
}
END_TEST

/* ---- Changed bytes ---- */

/* The answer with its length: a record of 119 bytes, an empty one, END_REQUEST.  1 if byte `at` is
 * of a header. */
static int is_of_header(int at) {
  int content = (int) strlen(LENGTH PAGE);
  return at <= 8 || at > 8 + content;
}

/* A header's byte that is changed may hide, move or double what is said, but no page comes out
   shorter or longer than its length; a change of the content is another content, of the length that
   its own head says. */
START_TEST(a_changed_byte_never_makes_a_page_of_another_length) {
  static const unsigned by[] = {0x01, 0x04, 0x80, 0xff};
  size_t n;
  activity_ms = 100;
  for (n = 0; n < sizeof by / sizeof *by; n++) {
    fcl_faults f[2] = {{0}, {.change_at = (uint64_t) _i, .change_by = by[n]}};
    exchange x[EXCHANGES];
    run(f, x, 1);
    if (x[0].result.error.code != FCL_OK)
      continue;
    if (is_of_header(_i))
      ck_assert_msg(x[0].length == 64 && x[0].len == 64, "byte %d ^ %02x: %zu bytes", _i, by[n],
                    x[0].len);
    else if (x[0].length >= 0)
      ck_assert_msg((size_t) x[0].length == x[0].len, "byte %d ^ %02x: %zu bytes, %lld said", _i,
                    by[n], x[0].len, (long long) x[0].length);
  }
}
END_TEST

START_TEST(a_version_that_is_changed_is_an_error) {
  fcl_faults f[2] = {{0}, {.change_at = 1, .change_by = 2}};
  exchange x[EXCHANGES];
  run(f, x, 1);
  ck_assert_int_eq(x[0].result.error.code, FCL_E_PROTOCOL);
}
END_TEST

/* ---- Changed bytes of requests ---- */

/* What the application was asked may be another question, and what it says to the strict reader's
   fault nothing; but who is told that all went well has a whole page of those that there are. */
static int is_a_page(const exchange *x) {
  return (x->len == strlen(PAGE) || x->len == 3 * strlen(PAGE) || x->len == 0) &&
         (x->length < 0 || (size_t) x->length == x->len);
}

START_TEST(a_changed_byte_of_a_request_makes_another_request_or_an_error) {
  static const unsigned by[] = {0x01, 0x04, 0x80, 0xff};
  size_t n;
  activity_ms = 100;
  for (n = 0; n < sizeof by / sizeof *by; n++) {
    fcl_faults f[2] = {{.change_at = (uint64_t) _i, .change_by = by[n]}, {0}};
    exchange x[EXCHANGES];
    run(f, x, 1);
    ck_assert_msg(x[0].result.error.code != FCL_OK || is_a_page(&x[0]),
                  "byte %d ^ %02x: %zu bytes are said to be right", _i, by[n], x[0].len);
  }
}
END_TEST

START_TEST(a_version_that_is_changed_is_what_the_application_sees) {
  fcl_faults f[2] = {{.change_at = 1, .change_by = 2}, {0}};
  exchange x[EXCHANGES];
  run(f, x, 1);
  ck_assert_int_ne(x[0].result.error.code, FCL_OK);
  ck_assert_ptr_nonnull(strstr(script_said.text, "version"));
}
END_TEST

START_TEST(a_changed_byte_of_a_body_arrives_as_another) {
  fcl_faults f[2] = {{0}, {0}};
  exchange x[EXCHANGES];
  uint64_t end;
  int n, differ = 0;
  run(f, x, EXCHANGES);
  end = received - 8; /* the connection ends with the body's end; before it is the body */
  for (n = 0; n < 3; n++) {
    f[0].change_at = end - 10 * (unsigned) n;
    f[0].change_by = 0x20;
    run(f, x, EXCHANGES);
    ck_assert_msg(x[ECHO].result.error.code == FCL_OK, "%s", x[ECHO].result.error.text);
    ck_assert_uint_eq(x[ECHO].len, strlen(PAGE PAGE PAGE));
    differ += memcmp(x[ECHO].body, PAGE PAGE PAGE, x[ECHO].len) != 0;
  }
  ck_assert_int_eq(differ, 3);
}
END_TEST

/* Whatever both sides' bytes become: each exchange ends, and a page that has a length has that
 * length. */
START_TEST(any_mixture_with_changed_bytes_ends) {
  fcl_faults f[2];
  exchange x[EXCHANGES];
  int n;
  fcl_faults_draw(&f[FCL_SIDE_SERVER], (uint64_t) _i * 2, 500);
  fcl_faults_draw(&f[FCL_SIDE_APP], (uint64_t) _i * 2 + 1, 400);
  f[FCL_SIDE_SERVER].change_at = 1 + (uint64_t) _i * 37 % 470;
  f[FCL_SIDE_APP].change_at = _i % 3 ? 1 + (uint64_t) _i * 53 % 400 : 0;
  f[FCL_SIDE_SERVER].change_by = f[FCL_SIDE_APP].change_by = 1 + (unsigned) _i % 255;
  run(f, x, EXCHANGES);
  for (n = 0; n < EXCHANGES; n++)
    ck_assert(x[n].result.error.code != FCL_OK || x[n].length < 0 ||
              (size_t) x[n].length == x[n].len);
}
END_TEST

START_TEST(what_a_seed_draws_is_the_same_for_ever) {
  fcl_faults a, b;
  int differ = 0, n;
  for (n = 0; n < 20; n++) {
    fcl_faults_draw(&a, (uint64_t) n, 500);
    fcl_faults_draw(&b, (uint64_t) n, 500);
    ck_assert_mem_eq(&a, &b, sizeof a);
    fcl_faults_draw(&b, (uint64_t) n + 1, 500);
    b.seed = a.seed;
    differ += memcmp(&a, &b, sizeof a) != 0;
  }
  ck_assert_int_gt(differ, 10);
}
END_TEST

int main(void) {
  int is_long = getenv("FCGICLIENT_TEST_ALL") != NULL;
  TCase *harmless = tcase_create("harmless"), *errors = tcase_create("errors"),
        *changed = tcase_create("changed");
  TCase *cases[3];
  cases[0] = harmless;
  cases[1] = errors;
  cases[2] = changed;
  signal(SIGPIPE, SIG_IGN); /* the loop is ours */
  tcase_add_test(harmless, a_relay_without_faults_changes_nothing);
  tcase_add_loop_test(harmless, answers_are_right_cut_at_any_byte, 1, 410);
  tcase_add_loop_test(harmless, requests_are_right_cut_at_any_byte, 1, 480);
  tcase_add_loop_test(harmless, all_is_right_in_pieces_of_any_size, 1, is_long ? 130 : 20);
  tcase_add_test(harmless, all_is_right_gathered_and_held_up);
  tcase_add_loop_test(errors, an_answer_broken_off_is_right_or_an_error, 1, 410);
  tcase_add_loop_test(errors, a_request_broken_off_is_right_or_an_error, 1, 480);
  tcase_add_loop_test(errors, any_mixture_of_faults_is_right_or_an_error, 0, is_long ? 3000 : 150);
  tcase_add_loop_test(changed, a_changed_byte_never_makes_a_page_of_another_length, 1, 145);
  tcase_add_test(changed, a_version_that_is_changed_is_an_error);
  tcase_add_loop_test(changed, a_changed_byte_of_a_request_makes_another_request_or_an_error, 1,
                      is_long ? 120 : 60);
  tcase_add_test(changed, a_version_that_is_changed_is_what_the_application_sees);
  tcase_add_test(changed, a_changed_byte_of_a_body_arrives_as_another);
  tcase_add_loop_test(changed, any_mixture_with_changed_bytes_ends, 0, is_long ? 2000 : 60);
  tcase_add_test(changed, what_a_seed_draws_is_the_same_for_ever);
  return test_suite_run("faults", cases, 3);
}
