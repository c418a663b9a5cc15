/* test_connection.c: records on a connection, one request at a time, over a socket pair whose other
 * end is the test's. */
#include "base/list.h"
#include "support/allocator.h"
#include "support/fds.h"
#include "support/suite.h"
#include "transport/connection.h"
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The answers, byte by byte (§3.3, §5). */
#define OUT(len, content) "\1\6\0\1\0" len "\0\0" content
#define OUT_END           "\1\6\0\1\0\0\0\0"
#define ERR(len, content) "\1\7\0\1\0" len "\0\0" content
#define END               "\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\0"

static const char prologue[] =
    "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0"; /* BEGIN_REQUEST, as the params would begin */

static uv_loop_t loop;
static test_allocator memory;
static fcl__memory ours = {test_allocator_realloc, &memory};
static fcl__blocks blocks;
static fcl__connection c;
static int far; /* the other end */
static int before;
static char text[1024];
static fcl_error broken;
static unsigned closed, holds; /* holds: how many of the next spans are held */
static size_t takes;           /* of a held span */
static int close_in_out;
static unsigned pins; /* how many of the next spans are pinned */
static char *pinned[4];
static size_t pinned_count;

/* ---- The owner: it writes down what it hears ---- */

static void note(const char *fmt, ...) {
  size_t at = strlen(text);
  va_list args;
  va_start(args, fmt);
  vsnprintf(text + at, sizeof text - at, fmt, args);
  va_end(args);
}

static void on_moved(fcl__connection *it, int is_answer) {
  if (is_answer)
    note("first; ");
}

static size_t on_out(fcl__connection *it, const char *data, size_t len, int *hold) {
  if (close_in_out)
    fcl__connection_close(it);
  if (pins > 0) {
    pins--;
    pinned[pinned_count++] = fcl__connection_pin(it);
  }
  if (holds > 0) {
    holds--;
    *hold = 1;
    len = takes < len ? takes : len;
  }
  note("out %.*s; ", (int) (len < 20 ? len : 20), data);
  return len;
}

static void on_err(fcl__connection *it, const char *data, size_t len) {
  note("err %.*s; ", (int) len, data);
}

static void on_sent(fcl__connection *it, fcl_code code) {
  note("sent %s; ", fcl_code_name(code));
}

static void on_end(fcl__connection *it, const fcl_end *end) {
  note("end %u %u; ", end->app_status, end->protocol_status);
}

static void on_broke(fcl__connection *it, fcl__break how, const fcl_error *e) {
  static const char *const names[] = {"EOF", "IO", "PROTOCOL", "MEMORY"};
  note("broke %s; ", names[how]);
  broken = *e;
}

static void on_closed(fcl__connection *it) {
  note("closed; ");
  closed = 1;
}

static const fcl__connection_events events = {NULL,   on_moved, on_out,    on_err, on_sent,
                                              on_end, on_broke, on_closed, NULL};

/* ---- Opening, turning, closing ---- */

static void setup(void) {
  int pair[2];
  signal(SIGPIPE, SIG_IGN);
  uv_loop_init(&loop);
  uv_loop_close(&loop);
  before = test_fds();
  test_allocator_init(&memory);
  fcl__blocks_init(&blocks, &ours);
  ck_assert_int_eq(uv_loop_init(&loop), 0);
  ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
  far = pair[1];
  ck_assert_int_eq(fcl__connection_adopt(&c, &loop, pair[0], &blocks, &events), 1);
  uv_ref(&c.wire.uv.handle); /* by itself it keeps no loop running */
}

static void turn(void) {
  int i;
  for (i = 0; i < 5; i++)
    uv_run(&loop, UV_RUN_NOWAIT);
}

static void teardown(void) {
  fcl__connection_close(&c);
  while (!closed)
    uv_run(&loop, UV_RUN_DEFAULT);
  if (far >= 0)
    close(far);
  fcl__blocks_clear(&blocks);
  ck_assert_int_eq(uv_loop_close(&loop), 0);
  ck_assert_uint_eq(memory.live, 0);
  ck_assert_fds(before);
}

static void say_bytes(const char *bytes, size_t len) {
  ck_assert_int_eq((int) send(far, bytes, len, MSG_NOSIGNAL), (int) len);
  turn();
}
#define say(bytes) say_bytes((bytes), sizeof(bytes) - 1)

static size_t hear(char *into, size_t size) {
  ssize_t n = recv(far, into, size, 0);
  return n > 0 ? (size_t) n : 0;
}

static void begin(void) {
  fcl_slice p = {prologue, sizeof prologue - 1};
  char waste[64];
  ck_assert_int_eq(fcl__connection_begin(&c, p), 0);
  fcl__connection_flush(&c);
  ck_assert_uint_eq(hear(waste, sizeof waste), 16);
  text[0] = 0;
}

static void assert_broken(const char *words) {
  ck_assert_int_eq(broken.code, FCL_E_PROTOCOL);
  ck_assert_msg(strstr(broken.text, words) != NULL, "\"%s\" is not in: %s", words, broken.text);
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 0);
}

/* ---- Out ---- */

START_TEST(nothing_goes_out_before_flush) {
  fcl_slice p = {prologue, sizeof prologue - 1};
  char got[64];
  fcl__connection_begin(&c, p);
  turn();
  ck_assert_uint_eq(hear(got, sizeof got), 0);
  fcl__connection_flush(&c);
  ck_assert_uint_eq(hear(got, sizeof got), 16);
  ck_assert_mem_eq(got, prologue, 16);
}
END_TEST

START_TEST(a_first_part_goes_along_with_the_prologue) {
  static const char expected[] = "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0" /* BEGIN_REQUEST */
                                 "\1\5\0\1\0\3\0\0"
                                 "abc"               /* STDIN */
                                 "\1\5\0\1\0\0\0\0"; /* its end */
  fcl_slice p = {prologue, sizeof prologue - 1};
  char got[128];
  fcl__connection_begin(&c, p);
  fcl__connection_lend(&c, "abc", 3);
  fcl__connection_finish(&c);
  fcl__connection_flush(&c);
  ck_assert_str_eq(text, "sent OK; ");
  ck_assert_uint_eq(hear(got, sizeof got), sizeof expected - 1);
  ck_assert_mem_eq(got, expected, sizeof expected - 1);
}
END_TEST

START_TEST(a_barrier_comes_back_without_a_byte) {
  char got[16];
  begin();
  fcl__connection_lend(&c, NULL, 0);
  fcl__connection_flush(&c);
  ck_assert_str_eq(text, "sent OK; ");
  ck_assert_uint_eq(hear(got, sizeof got), 0);
}
END_TEST

static char big[4 * 1024 * 1024];

START_TEST(what_does_not_fit_waits_and_comes_back_when_it_is_gone) {
  static char got[65536];
  size_t sum = 0, n;
  begin();
  fcl__connection_lend(&c, big, sizeof big);
  fcl__connection_flush(&c);
  ck_assert_str_eq(text, "");
  ck_assert_int_eq(fcl__connection_is_writing(&c), 1);
  while (text[0] == 0) {
    sum += n = hear(got, sizeof got);
    turn();
  }
  ck_assert_str_eq(text, "sent OK; ");
  while ((n = hear(got, sizeof got)) > 0)
    sum += n;
  ck_assert_uint_eq(sum, sizeof big + (sizeof big + 65527) / 65528 * 8);
}
END_TEST

START_TEST(closing_brings_a_queued_part_back_first) {
  begin();
  fcl__connection_lend(&c, big, sizeof big);
  fcl__connection_flush(&c);
  fcl__connection_close(&c);
  turn();
  ck_assert_str_eq(text, "sent CANCELED; closed; ");
}
END_TEST

/* The application may have answered before it closed. */
START_TEST(what_cannot_be_written_comes_back_and_the_answer_is_still_read) {
  begin();
  ck_assert_int_eq((int) send(far, OUT("\2", "hi") END, 26, MSG_NOSIGNAL), 26);
  close(far);
  far = -1;
  fcl__connection_lend(&c, big, 10);
  fcl__connection_flush(&c);
  ck_assert_str_eq(text, "sent IO; ");
  turn();
  ck_assert_str_eq(text, "sent IO; first; out hi; end 0 0; broke EOF; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 0);
}
END_TEST

START_TEST(after_a_failed_write_other_parts_come_back_at_once) {
  begin();
  close(far);
  far = -1;
  fcl__connection_lend(&c, "abc", 3);
  fcl__connection_flush(&c);
  fcl__connection_lend(&c, "def", 3);
  fcl__connection_finish(&c);
  fcl__connection_flush(&c);
  ck_assert_str_eq(text, "sent IO; sent IO; ");
}
END_TEST

/* ---- In ---- */

START_TEST(an_answer_comes_up_as_spans_and_its_end) {
  begin();
  say(OUT("\2", "hi") ERR("\2", "oh") OUT_END END);
  ck_assert_str_eq(text, "first; out hi; err oh; end 0 0; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 1);
}
END_TEST

START_TEST(end_request_is_read_in_any_pieces) {
  static const char end[] = "\1\3\0\1\0\10\3\0\1\2\3\4\1\0\0\0pad";
  size_t i;
  begin();
  for (i = 0; i + 1 < sizeof end - 1; i++) {
    say_bytes(end + i, 1);
    ck_assert_int_eq(fcl__connection_is_reusable(&c), 0);
  }
  say_bytes(end + i, 1);
  ck_assert_str_eq(text, "first; end 16909060 1; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 1);
}
END_TEST

START_TEST(the_next_request_uses_the_same_connection) {
  begin();
  say(OUT("\1", "a") END);
  begin();
  say(OUT("\1", "b") END);
  ck_assert_str_eq(text, "first; out b; end 0 0; ");
  ck_assert_uint_eq(c.served, 2);
}
END_TEST

START_TEST(records_of_other_ids_are_skipped_and_end_the_reuse) {
  begin();
  say("\1\6\0\2\0\5\0\0other" OUT("\1", "a"));
  say("\1\7\1\1\0\5\0\0other"
      "\1\3\0\7\0\10\0\0\0\0\0\0\0\0\0\0");
  say(END);
  ck_assert_str_eq(text, "first; out a; end 0 0; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 0);
}
END_TEST

START_TEST(records_of_unknown_types_are_skipped) {
  begin();
  say("\1\14\0\1\0\5\2\0vast!xx" OUT("\1", "a") "\1\377\0\0\0\0\0\0" END);
  ck_assert_str_eq(text, "first; out a; end 0 0; ");
}
END_TEST

START_TEST(management_answers_are_skipped_and_change_nothing) {
  begin();
  say("\1\12\0\0\0\21\0\0\16\1FCGI_MAX_CONNS1"
      "\1\13\0\0\0\10\0\0\14\0\0\0\0\0\0\0" OUT("\1", "a") END);
  ck_assert_str_eq(text, "first; out a; end 0 0; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 1);
}
END_TEST

START_TEST(an_end_that_is_longer_than_8_bytes_ends_the_reuse) {
  begin();
  say("\1\3\0\1\0\11\0\0\0\0\0\0\0\0\0\0!");
  ck_assert_str_eq(text, "first; end 0 0; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 0);
}
END_TEST

START_TEST(bytes_behind_the_end_end_the_reuse) {
  begin();
  say(END "!");
  ck_assert_str_eq(text, "first; end 0 0; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 0);
}
END_TEST

START_TEST(bytes_outside_of_any_request_break_the_connection) {
  begin();
  say(END);
  text[0] = 0;
  say("!");
  ck_assert_str_eq(text, "broke PROTOCOL; ");
  assert_broken(
      "sent 1 bytes outside of any request, behind record 1 of the connection, at offset 16: 21");
}
END_TEST

START_TEST(the_end_of_an_idle_connection_is_told) {
  begin();
  say(END);
  text[0] = 0;
  shutdown(far, SHUT_WR);
  turn();
  ck_assert_str_eq(text, "broke EOF; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 0);
}
END_TEST

/* ---- What may not come ---- */

typedef struct violation {
  const char *bytes;
  size_t len;
  const char *words;
} violation;

#define BYTES(text_) text_, sizeof(text_) - 1

static const violation violations[] = {
    {BYTES("\1\6\0\0\0\1\0\0!"), "a request with id 0"},
    {BYTES("\1\7\0\0\0\1\0\0!"), "a request with id 0"},
    {BYTES("\1\3\0\0\0\10\0\0\0\0\0\0\0\0\0\0"), "a request with id 0"},
    {BYTES("\1\3\0\1\0\7\0\0\0\0\0\0\0\0\0"), "END_REQUEST record that is too short"},
    {BYTES("\1\3\0\1\0\0\0\0"), "END_REQUEST record that is too short"},
    {BYTES("\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0"), "only web servers send"},
    {BYTES("\1\2\0\1\0\0\0\0"), "only web servers send"},
    {BYTES("\1\4\0\1\0\0\0\0"), "only web servers send"},
    {BYTES(OUT("\2", "hi") "\1\5\0\1\0\0\0\0"),
     "only web servers send (record 2 of the connection, type 5 STDIN, id 1, 0 bytes, at offset "
     "10, "
     "header 01 05 00 01 00 00 00 00)"},
    {BYTES("\1\10\0\1\0\0\0\0"), "only web servers send"},
    {BYTES("\1\11\0\0\0\0\0\0"), "only web servers send"},
    {BYTES("HTTP/1.1 400 Bad Request\r\n"),
     "version 72 (record 1 of the connection, at offset 0, bytes 48 54 54 50 2f 31 2e 31 "
     "\"HTTP/1.1\"): that is an HTTP server"},
    {BYTES("\26\3\1\0\5hello"), "bytes 16 03 01 00 05 68 65 6c): that is TLS"},
    {BYTES("\25\3\3\0\2\2\50!"), "bytes 15 03 03 00 02 02 28 21): that is TLS"},
    {BYTES("\0\0\0\0\0\0\0\0"), "version 0 (record 1 of the connection, at offset 0, bytes 00 00 "
                                "00 00 00 00 00 00): it has lost "
                                "its place"},
    {BYTES("\2\6\0\1\0\0\0\0"), "bytes 02 06 00 01 00 00 00 00): it does not speak FastCGI"},
    {BYTES(OUT("\2", "hi") "\0\0\0\0\0\0\0\0"), "(record 2 of the connection, at offset 10, bytes"},
    {BYTES("H"), "bytes 48 \"H\"): that is an HTTP server"},
    {BYTES("SSH-2.0-x"), "that is an SSH server"},
    {BYTES("220 mail.example ESMTP"), "that is a mail or FTP server"},
    {BYTES("Content-Type: text/plain\n\n"), "that is CGI output"},
    {BYTES("Status: 500\n\n"), "that is CGI output"},
    {BYTES("Location: /\n\n"), "that is CGI output"},
    {BYTES("Hello, I am not HTTP"), "it does not speak FastCGI"},
    {BYTES("\26plain"), "it does not speak FastCGI"},
};

START_TEST(what_an_application_may_not_send_breaks_the_connection) {
  const violation *v = &violations[_i];
  begin();
  say_bytes(v->bytes, v->len);
  ck_assert_msg(strstr(text, "broke PROTOCOL; ") != NULL, "%s", text);
  ck_assert_ptr_null(strstr(text, "end"));
  assert_broken(v->words);
}
END_TEST

START_TEST(nothing_comes_up_behind_a_violation) {
  begin();
  say("\1\5\0\1\0\0\0\0" OUT("\2", "hi") END);
  say(OUT("\2", "ho") END);
  ck_assert_str_eq(text, "first; broke PROTOCOL; ");
}
END_TEST

static void assert_says(const char *words) {
  ck_assert_msg(strstr(broken.text, words) != NULL, "%s", broken.text);
}

START_TEST(an_end_inside_a_record_says_so) {
  begin();
  say("\1\6\0\1\0\5\0\0he");
  shutdown(far, SHUT_WR);
  turn();
  ck_assert_str_eq(text, "first; out he; broke EOF; ");
  assert_says("in the middle of a record (record 1 of the connection, type 6 STDOUT, id 1, 2 of 5 "
              "bytes, at offset 0)");
}
END_TEST

START_TEST(an_end_inside_a_header_says_so) {
  begin();
  say(OUT("\2", "hi") "\1\6\0");
  shutdown(far, SHUT_WR);
  turn();
  assert_says("(record 2 of the connection, 3 bytes of its header, at offset 10)");
}
END_TEST

START_TEST(an_end_between_records_does_not_speak_of_records) {
  begin();
  say(OUT("\2", "hi"));
  shutdown(far, SHUT_WR);
  turn();
  ck_assert_str_eq(broken.text, "closed the connection");
}
END_TEST

/* ---- Holding ---- */

START_TEST(a_held_span_stops_everything_behind_it) {
  begin();
  holds = 1;
  takes = 20;
  say(OUT("\3", "one") OUT("\3", "two") ERR("\1", "!") END);
  say("more");
  ck_assert_str_eq(text, "first; out one; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 0);
  fcl__connection_resume(&c);
  ck_assert_str_eq(text, "first; out one; out two; err !; end 0 0; ");
}
END_TEST

START_TEST(what_was_not_taken_of_a_held_span_comes_again) {
  begin();
  holds = 3;
  takes = 2;
  say(OUT("\5", "01234") END);
  fcl__connection_resume(&c);
  fcl__connection_resume(&c);
  fcl__connection_resume(&c);
  ck_assert_str_eq(text, "first; out 01; out 23; out 4; end 0 0; ");
  ck_assert_int_eq(fcl__connection_is_reusable(&c), 1);
}
END_TEST

START_TEST(reading_goes_on_after_resume) {
  begin();
  holds = 1;
  takes = 20;
  say(OUT("\3", "one"));
  fcl__connection_resume(&c);
  say(OUT("\3", "two") END);
  ck_assert_str_eq(text, "first; out one; out two; end 0 0; ");
}
END_TEST

START_TEST(a_resume_of_nothing_is_harmless) {
  begin();
  fcl__connection_resume(&c);
  say(OUT("\3", "one") END);
  fcl__connection_resume(&c);
  ck_assert_str_eq(text, "first; out one; end 0 0; ");
}
END_TEST

START_TEST(the_block_of_a_held_span_can_outlive_the_connection) {
  char *kept;
  begin();
  holds = 1;
  takes = 20;
  say(OUT("\3", "one"));
  kept = fcl__connection_keep(&c);
  ck_assert_ptr_nonnull(kept);
  fcl__connection_close(&c);
  turn();
  ck_assert_str_eq(text, "first; out one; closed; ");
  ck_assert_mem_eq(kept + 8, "one", 3);
  fcl__block_give(&blocks, kept);
}
END_TEST

START_TEST(a_pinned_block_stays_while_the_connection_reads_on) {
  begin();
  pins = 2;
  say(OUT("\3", "one") OUT("\3", "two"));
  say(OUT("\5", "three") END);
  ck_assert_str_eq(text, "first; out one; out two; out three; end 0 0; ");
  ck_assert_ptr_eq(pinned[0], pinned[1]);
  fcl__block_give(&blocks, pinned[1]);
  ck_assert_mem_eq(pinned[0] + 8, "one", 3);
  fcl__block_give(&blocks, pinned[0]);
}
END_TEST

START_TEST(what_was_held_can_be_pinned_when_it_comes_again) {
  begin();
  holds = 1;
  takes = 1;
  say(OUT("\3", "one"));
  pins = 1;
  fcl__connection_resume(&c);
  say(OUT("\3", "two") END);
  ck_assert_str_eq(text, "first; out o; out ne; out two; end 0 0; ");
  ck_assert_mem_eq(pinned[0] + 9, "ne", 2);
  fcl__block_give(&blocks, pinned[0]);
}
END_TEST

START_TEST(a_held_block_that_nobody_keeps_is_given_back) {
  begin();
  holds = 1;
  takes = 20;
  say(OUT("\3", "one"));
  fcl__connection_close(&c);
  turn(); /* the teardown sees that no memory is left */
  ck_assert_str_eq(text, "first; out one; closed; ");
}
END_TEST

/* ---- Closing ---- */

START_TEST(nothing_but_closed_comes_after_close) {
  begin();
  ck_assert_int_eq((int) send(far, OUT("\2", "hi") END, 26, MSG_NOSIGNAL), 26);
  fcl__connection_close(&c);
  fcl__connection_close(&c); /* harmless */
  turn();
  ck_assert_str_eq(text, "closed; ");
}
END_TEST

START_TEST(closing_inside_a_span_ends_the_reading) {
  begin();
  close_in_out = 1;
  say(OUT("\3", "one") OUT("\3", "two") END);
  ck_assert_str_eq(text, "first; out one; closed; ");
}
END_TEST

START_TEST(without_memory_for_a_block_the_connection_breaks) {
  begin();
  test_allocator_fail(&memory, 1, 1);
  say(OUT("\2", "hi"));
  ck_assert_str_eq(text, "broke MEMORY; ");
  ck_assert_int_eq(broken.code, FCL_E_NOMEM);
}
END_TEST

static TCase *add(const char *name) {
  TCase *t = tcase_create(name);
  tcase_add_checked_fixture(t, setup, teardown);
  return t;
}

static TCase *out(void) {
  TCase *t = add("out");
  tcase_add_test(t, nothing_goes_out_before_flush);
  tcase_add_test(t, a_first_part_goes_along_with_the_prologue);
  tcase_add_test(t, a_barrier_comes_back_without_a_byte);
  tcase_add_test(t, what_does_not_fit_waits_and_comes_back_when_it_is_gone);
  tcase_add_test(t, closing_brings_a_queued_part_back_first);
  tcase_add_test(t, what_cannot_be_written_comes_back_and_the_answer_is_still_read);
  tcase_add_test(t, after_a_failed_write_other_parts_come_back_at_once);
  return t;
}

static TCase *in(void) {
  TCase *t = add("in");
  tcase_add_test(t, an_answer_comes_up_as_spans_and_its_end);
  tcase_add_test(t, end_request_is_read_in_any_pieces);
  tcase_add_test(t, the_next_request_uses_the_same_connection);
  tcase_add_test(t, records_of_other_ids_are_skipped_and_end_the_reuse);
  tcase_add_test(t, records_of_unknown_types_are_skipped);
  tcase_add_test(t, management_answers_are_skipped_and_change_nothing);
  tcase_add_test(t, an_end_that_is_longer_than_8_bytes_ends_the_reuse);
  tcase_add_test(t, bytes_behind_the_end_end_the_reuse);
  tcase_add_test(t, bytes_outside_of_any_request_break_the_connection);
  tcase_add_test(t, the_end_of_an_idle_connection_is_told);
  tcase_add_loop_test(t, what_an_application_may_not_send_breaks_the_connection, 0,
                      sizeof violations / sizeof *violations);
  tcase_add_test(t, nothing_comes_up_behind_a_violation);
  tcase_add_test(t, an_end_inside_a_record_says_so);
  tcase_add_test(t, an_end_inside_a_header_says_so);
  tcase_add_test(t, an_end_between_records_does_not_speak_of_records);
  return t;
}

static TCase *holding_and_closing(void) {
  TCase *t = add("holding and closing");
  tcase_add_test(t, a_held_span_stops_everything_behind_it);
  tcase_add_test(t, what_was_not_taken_of_a_held_span_comes_again);
  tcase_add_test(t, reading_goes_on_after_resume);
  tcase_add_test(t, a_resume_of_nothing_is_harmless);
  tcase_add_test(t, the_block_of_a_held_span_can_outlive_the_connection);
  tcase_add_test(t, a_pinned_block_stays_while_the_connection_reads_on);
  tcase_add_test(t, what_was_held_can_be_pinned_when_it_comes_again);
  tcase_add_test(t, a_held_block_that_nobody_keeps_is_given_back);
  tcase_add_test(t, nothing_but_closed_comes_after_close);
  tcase_add_test(t, closing_inside_a_span_ends_the_reading);
  tcase_add_test(t, without_memory_for_a_block_the_connection_breaks);
  return t;
}

int main(void) {
  TCase *cases[] = {out(), in(), holding_and_closing()};
  return test_suite_run("connection", cases, 3);
}
