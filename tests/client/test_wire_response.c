/* test_wire_response.c: what comes up of an application's response head and body (known faults of
   others: KF-068 to KF-095, response headers and bodies; head.c itself is tested in
   tests/codec/test_head.c). */
#include "client/wire_case.h"
#include <stdio.h>
#include <stdlib.h>

static answer a;

/* ---- Heads that are taken ---- */

typedef struct response {
  const char *method, *text; /* STDOUT */
  const char *head, *body;   /* what comes up */
} response;

static const response taken[] = {
    /* KF-070 */
    {"GET", "Status: 404\r\n\r\nx", "404 |", "x"},
    {"GET", "Status: 404 \r\n\r\nx", "404 |", "x"},
    {"GET", "Status: 404 Not Found\r\n\r\nx", "404 Not Found|", "x"},
    {"GET", "Status: 404\tX\r\n\r\nx", "404 X|", "x"},
    /* KF-071 */
    {"GET", TEXT "x", "200 |Content-Type=text/plain|", "x"},
    /* KF-072: Location and Status in both orders, alone, absolute and as a path. */
    {"GET", "Location: http://x/y\r\n\r\n", "302 |Location=http://x/y|", ""},
    {"GET", "Location: http://x/y\r\nStatus: 301 Moved\r\n\r\n", "301 Moved|Location=http://x/y|",
     ""},
    {"GET", "Status: 301 Moved\r\nLocation: http://x/y\r\n\r\n", "301 Moved|Location=http://x/y|",
     ""},
    {"GET", "Status: 201 Made\r\nLocation: /y\r\n\r\n", "201 Made|Location=/y|", ""},
    /* KF-077: a local redirect is told, and nothing else happens. */
    {"GET", "Location: /y?z\r\n\r\n", "302 |Location=/y?z|redirect|", ""},
    /* KF-073: longer is cut, also where the surplus is much, or without a body. */
    {"GET", "Content-Length: 5\r\n" TEXT "helloX",
     "200 |Content-Length=5|Content-Type=text/plain|length=5|", "hello"},
    {"HEAD", "Content-Length: 5\r\n" TEXT,
     "200 |Content-Length=5|Content-Type=text/plain|length=5|", ""},
    {"HEAD", "Content-Length: 5\r\n" TEXT "hello",
     "200 |Content-Length=5|Content-Type=text/plain|length=5|", ""},
    /* KF-079: nothing is added to what the application said. */
    {"HEAD", TEXT, "200 |Content-Type=text/plain|", ""},
    {"GET", "Status: 204 None\r\n\r\nno", "204 None|", ""},
    {"GET", "Status: 304 Same\r\nContent-Length: 9\r\n\r\nno",
     "304 Same|Content-Length=9|length=9|", ""},
    /* KF-075, KF-080, KF-083, KF-084: framing of a connection that is not the application's is
       dropped. */
    /* KF-082: dropped, and the body passed on as it stands */
    {"GET", "Transfer-Encoding: chunked\r\n" TEXT "5\r\nhello", "200 |Content-Type=text/plain|",
     "5\r\nhello"},
    {"GET", "Content-Length: 2\r\nTransfer-Encoding: gzip, chunked\r\n" TEXT "hi",
     "200 |Content-Length=2|Content-Type=text/plain|length=2|", "hi"},
    {"GET",
     "Connection: close\r\nKeep-Alive: 5\r\nTE: x\r\nTrailer: x\r\nUpgrade: x\r\nProxy-Connection: "
     "x\r\n" TEXT,
     "200 |Content-Type=text/plain|", ""},
    /* KF-087: fields of one name stay several, in their order. */
    {"GET", "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n" TEXT,
     "200 |Set-Cookie=a=1|Set-Cookie=b=2|Content-Type=text/plain|", ""},
    /* KF-090 */
    {"GET", "X-A:\r\nX-B: \r\n" TEXT, "200 |X-A=|X-B=|Content-Type=text/plain|", ""},
    /* KF-085, KF-092: other servers' magic words are fields like any other. */
    {"GET", "X-Accel-Redirect: /a/../b\r\nX-Sendfile: /etc/passwd\r\n" TEXT "hi",
     "200 |X-Accel-Redirect=/a/../b|X-Sendfile=/etc/passwd|Content-Type=text/plain|", "hi"},
    /* KF-093 */
    {"HEAD", "Content-Length: 9223372036854775807\r\n" TEXT,
     "200 |Content-Length=9223372036854775807|Content-Type=text/plain|length=9223372036854775807|",
     ""},
    /* LF alone, and mixed. */
    {"GET", "Content-Type: a/b\nX: y\r\n\nhi", "200 |Content-Type=a/b|X=y|", "hi"},
    /* PHP: header("Content-Type:") leaves none; other servers take it for 200. */
    {"GET", "X-Only: this\r\n\r\nhi", "200 |X-Only=this|", "hi"},
    {"GET", "Status:\r\n\r\nhi", "200 |", "hi"},
};
#define TAKEN (int) (sizeof taken / sizeof *taken)

static void say_taken(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, taken[now].text);
  fcl_script_read_request(s); /* the connection is kept */
  fcl_script_answer(s, HELLO);
}

START_TEST(a_response_comes_up_as_it_should) {
  start(say_taken, _i);
  answer_get(&a, &w, taken[_i].method);
  ck_assert_msg(a.result.error.code == FCL_OK, "%s", a.result.error.text);
  ck_assert_str_eq(a.head, taken[_i].head);
  ck_assert_str_eq(a.body, taken[_i].body);
  answer_get(&a, &w, "GET");
  ck_assert_str_eq(a.body, "hello");
}
END_TEST

/* ---- Heads that are refused ---- */

static const struct {
  const char *text;
  size_t len;
} refused[] = {
#define REFUSED(text)                                                                              \
  { (text), sizeof(text) - 1 }
    /* KF-074 */
    REFUSED("Content-Length: +5\r\n" TEXT "hello"),
    REFUSED("Content-Length: 5,5\r\n" TEXT "hello"),
    REFUSED("Content-Length: 0x5\r\n" TEXT "hello"),
    REFUSED("Content-Length: 5 5\r\n" TEXT "hello"),
    REFUSED("Content-Length: -1\r\n" TEXT "hello"),
    REFUSED("Content-Length: 99999999999999999999\r\n" TEXT "hello"),
    REFUSED("Content-Length: 9223372036854775808\r\n" TEXT "hello"),
    REFUSED("Content-Length: 5\r\nContent-Length: 5\r\n" TEXT "hello"),
    REFUSED("Content-Length:\r\n" TEXT "hello"),
    /* KF-076 */
    REFUSED("X-A: b\rX-C: d\r\n" TEXT),
    REFUSED("X-A: b\0c\r\n" TEXT),
    REFUSED("X\0A: b\r\n" TEXT),
    REFUSED("X A: b\r\n" TEXT),
    REFUSED(": b\r\n" TEXT),
    REFUSED("X-A: b\r\n folded\r\n" TEXT),
    REFUSED("no colon\r\n" TEXT),
    /* KF-070, KF-086 */
    REFUSED("Status: 40\r\n\r\n"),
    REFUSED("Status: 4040\r\n\r\n"),
    REFUSED("Status: abc\r\n\r\n"),
    REFUSED("Status: 100 Continue\r\n\r\n"),
    REFUSED("Status: 101 Switching\r\n\r\n"),
    REFUSED("Status: 200\r\nStatus: 200\r\n\r\n"),
    REFUSED("Content-Type: a/b\r\n" TEXT),
    REFUSED("\r\nhello"),
    REFUSED("HTTP/1.1 200 OK\r\n" TEXT),
};
#define REFUSEDS (int) (sizeof refused / sizeof *refused)

/* In one piece, or so that the head comes in two reads. */
static void say_refused(fcl_script *s, void *user) {
  const char *text = refused[now % REFUSEDS].text;
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  if (now >= REFUSEDS)
    fcl_script_cut(s, 9);
  fcl_script_stream(s, FCL_STDOUT, text, refused[now % REFUSEDS].len);
  fcl_script_answer(s, "");
  if (!fcl_script_next(s)) /* the next one works, on this connection or another */
    return;
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(a_head_that_is_none_is_refused_with_a_sentence) {
  start(say_refused, _i);
  answer_get(&a, &w, "GET");
  ck_assert_msg(a.result.error.code == FCL_E_HEAD, "%s: %s", fcl_code_name(a.result.error.code),
                a.result.error.text);
  ck_assert_int_eq(fcl_code_http(a.result.error.code), 502);
  ck_assert_uint_eq(a.heads, 0);
  ck_assert_uint_eq(a.body_len, 0);
  answer_get(&a, &w, "GET");
  ck_assert_msg(a.result.error.code == FCL_OK, "%s", a.result.error.text);
}
END_TEST

/* ---- Lengths ---- */

#define CL 1000

/* The body in one record with the head, or the surplus in records of its own. */
static void say_length(fcl_script *s, void *user) {
  static const int sizes[] = {CL - 1, CL, CL + 1, CL + 65536};
  int size = sizes[now % 4];
  char *body = wire_bytes((size_t) size);
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, "Content-Length: 1000\r\n" TEXT);
  if (now >= 4) {
    fcl_script_stream(s, FCL_STDOUT, body, 500);
    fcl_script_drain(s);
    fcl_script_stream(s, FCL_STDOUT, body + 500, (size_t) size - 500);
  } else {
    fcl_script_stream(s, FCL_STDOUT, body, (size_t) size);
  }
  fcl_script_answer(s, "");
  free(body);
  if (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_answer(s, HELLO);
  }
}

START_TEST(a_body_shorter_than_its_length_is_an_error_and_a_longer_one_is_cut) { /* KF-073 */
  start(say_length, _i);
  wire_get(&x, &w);
  if (_i % 4 == 0) {
    ck_assert_error(&x, FCL_E_TRUNCATED, "1 bytes shorter");
    ck_assert_body(&x, CL - 1);
  } else {
    ck_assert_done(&x);
    ck_assert_body(&x, CL);
  }
  wire_get(&x, &w);
  ck_assert_done(&x);
}
END_TEST

/* ---- Heads in pieces ---- */

#define LONG_HEAD "Status: 404 Not Found\r\nSet-Cookie: a=1\nContent-Type: text/plain\r\n\r\n"

/* Two records, cut at `now`, with STDERR between them; and two reads. */
static void head_in_two(fcl_script *s, void *user) {
  static const char text[] = LONG_HEAD "hi";
  int at;
  fcl_script_accept(s);
  for (at = 1; at < (int) sizeof text - 1; at++) {
    fcl_script_read_request(s);
    fcl_script_stream(s, FCL_STDOUT, text, (size_t) at);
    if (now & 1)
      fcl_script_stderr(s, "e");
    if (now & 2)
      fcl_script_drain(s);
    fcl_script_stream(s, FCL_STDOUT, text + at, sizeof text - 1 - (size_t) at);
    fcl_script_answer(s, "");
  }
}

START_TEST(a_head_may_come_in_two_records_cut_anywhere) { /* KF-068, KF-069 */
  int at;
  start(head_in_two, _i);
  for (at = 1; at < (int) sizeof LONG_HEAD + 1; at++) {
    answer_get(&a, &w, "GET");
    ck_assert_msg(a.result.error.code == FCL_OK, "cut at %d: %s", at, a.result.error.text);
    ck_assert_str_eq(a.head, "404 Not Found|Set-Cookie=a=1|Content-Type=text/plain|");
    ck_assert_str_eq(a.body, "hi");
  }
}
END_TEST

/* ---- Ends before there is anything ---- */

static void say_nothing(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  if (now & 1)
    fcl_script_stdout(s, "");
  if (now & 2)
    fcl_script_stderr(s, "why");
  if (now & 4)
    fcl_script_stdout(s, "Content-Type: te");
  if (now & 8)
    fcl_script_close(s);
  else
    fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
}

START_TEST(an_end_before_a_head_is_an_error_with_its_reason) { /* KF-088, KF-089 */
  start(say_nothing, _i);
  wire_get(&x, &w);
  ck_assert_uint_eq(x.heads, 0);
  if (_i & 8)
    ck_assert_error(&x, FCL_E_IO, "closed the connection");
  else
    ck_assert_error(&x, FCL_E_HEAD,
                    _i & 4 ? "in the middle of its response head" : "without a response head");
}
END_TEST

/* ---- When it comes up ---- */

static void say_head_and_wait(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, TEXT);
  fcl_script_flush(s);
  fcl_script_wait(s, "head came");
  fcl_script_answer(s, "hi");
}

START_TEST(a_head_does_not_wait_for_the_body) { /* KF-095 */
  start(say_head_and_wait, 0);
  exchange_get(&x, &w);
  world_wait(&w, &x.heads, 1);
  fcl_script_signal(w.script, "head came");
  exchange_wait(&x);
  ck_assert_done(&x);
}
END_TEST

static void say_all(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
  fcl_script_drain(s);
  fcl_script_signal(s, "said");
}

START_TEST(an_end_is_not_lost_while_the_caller_holds_the_last_span) { /* KF-094 */
  x.body_flow = FCL_HOLD;
  start(say_all, 0);
  exchange_get(&x, &w);
  world_wait(&w, &x.bodies, 1);
  world_rest(&w);
  ck_assert_uint_eq(x.dones, 0);
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_done(&x);
}
END_TEST

/* ---- Callers that ask again ---- */

static exchange retried[4];

/* An error page from the same pool, which fails as well: the library itself asks nobody twice. */
static void ask_again(exchange *one, const char *what) {
  size_t next = (size_t) (one - retried) + 1;
  if (strcmp(what, "done") == 0 && next < 4) {
    retried[next].then = ask_again;
    exchange_get(&retried[next], &w);
  }
}

static void fail_always(fcl_script *s, void *user) {
  int n;
  for (n = 0; n < 4; n++) {
    fcl_script_next(s);
    fcl_script_read_request(s);
    fcl_script_answer(s, "");
  }
}

START_TEST(a_request_made_in_on_done_of_one_that_failed_is_one_of_its_own) { /* KF-091 */
  size_t n;
  memset(retried, 0, sizeof retried);
  retried[0].then = ask_again;
  start(fail_always, 0);
  exchange_get(&retried[0], &w);
  world_wait(&w, &retried[3].dones, 1);
  for (n = 0; n < 4; n++)
    ck_assert_error(&retried[n], FCL_E_HEAD, "without a response head");
}
END_TEST

int main(void) {
  TCase *t = wire_case("response");
  test_add_loop(t, a_response_comes_up_as_it_should, 0, TAKEN);
  test_add_loop(t, a_head_that_is_none_is_refused_with_a_sentence, 0, 2 * REFUSEDS);
  tcase_add_loop_test(t, a_body_shorter_than_its_length_is_an_error_and_a_longer_one_is_cut, 0, 8);
  tcase_add_loop_test(t, a_head_may_come_in_two_records_cut_anywhere, 0, 4);
  tcase_add_loop_test(t, an_end_before_a_head_is_an_error_with_its_reason, 0, 16);
  tcase_add_test(t, a_head_does_not_wait_for_the_body);
  tcase_add_test(t, an_end_is_not_lost_while_the_caller_holds_the_last_span);
  tcase_add_test(t, a_request_made_in_on_done_of_one_that_failed_is_one_of_its_own);
  return test_suite_run("wire_response", &t, 1);
}
