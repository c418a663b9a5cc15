/* test_wire_cuts.c: answers cut, ended and padded at every byte (known faults of others: KF-021 to
   KF-028, KF-038, KF-041, KF-066, KF-068, KF-069). */
#include "client/wire_case.h"
#include <stdio.h>

/* ---- Conversations ---- */

#define HEAD     "Content-Type: text/plain\r\n\r\n" /* 28 bytes */
#define OUT_HEAD "\1\6\0\1\0\34\0\0" HEAD
#define OUT_HI                                                                                     \
  "\1\6\0\1\0\2\0\0"                                                                               \
  "hi"

typedef struct bytes {
  const char *base;
  size_t len;
  const char *log; /* what comes up, cut or not */
} bytes;
#define BYTES(text, log)                                                                           \
  { (text), sizeof(text) - 1, (log) }

#define HI "head 200; body \"hi\"; done OK; "

static const bytes answers[] = {
    /* As the specification has it. */
    BYTES("\1\6\0\1\0\36\0\0" HEAD "hi" OUT_END END_REQUEST, HI),
    /* PHP: no empty STDOUT; padded to 8. */
    BYTES("\1\6\0\1\0\36\2\0" HEAD "hi"
          "\0\0" END_REQUEST,
          HI),
    /* wfastcgi: an empty STDOUT behind every write. */
    BYTES(OUT_HEAD OUT_END OUT_HI OUT_END END_REQUEST, HI),
    /* Ruby: paddings that align nothing; Go: content with one byte of it. */
    BYTES("\1\6\0\1\0\34\4\0" HEAD "zzzz"
          "\1\6\0\1\0\2\1\0"
          "hiz"
          "\1\6\0\1\0\0\3\0"
          "zzz"
          "\1\3\0\1\0\10\7\0"
          "\0\0\0\0\0\0\0\0"
          "zzzzzzz",
          HI),
    /* KF-068, KF-069: a head in several records, STDERR between them; and the body begins in the
       last of them. */
    BYTES("\1\6\0\1\0\11\0\0"
          "Content-T"
          "\1\7\0\1\0\1\2\0"
          "e"
          "zz"
          "\1\6\0\1\0\22\0\0"
          "ype: text/plain\r\n\r"
          "\1\7\0\1\0\0\1\0"
          "z"
          "\1\6\0\1\0\3\0\0"
          "\nhi"
          "\1\7\0\1\0\0\0\0" OUT_END END_REQUEST,
          "err \"e\"; " HI),
    /* Records that nobody asked for are skipped: of another id, of unknown types, of management. */
    BYTES("\1\6\0\2\0\2\1\0"
          "noz"
          "\1\77\0\1\0\3\1\0"
          "nooz"
          "\1\12\0\0\0\0\1\0"
          "z"
          "\1\13\0\0\0\10\0\0"
          "\77\0\0\0\0\0\0\0" OUT_HEAD OUT_HI END_REQUEST,
          HI),
};
#define ANSWERS (int) (sizeof answers / sizeof *answers)

static const bytes *told;
static _Atomic size_t cut, pieces; /* for the script's thread */

static void send_cut(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_pieces(s, pieces);
    fcl_script_cut(s, cut);
    fcl_script_send(s, told->base, told->len);
  }
}

static void assert_same(void) {
  wire_get(&x, &w);
  join_bodies(x.log);
  ck_assert_msg(strcmp(x.log, told->log) == 0, "cut at %zu: \"%s\" instead of \"%s\"; %s", cut,
                x.log, told->log, x.result.error.text);
}

START_TEST(an_answer_is_the_same_cut_at_any_byte) { /* KF-021, KF-022, KF-024, KF-025, KF-027,
                                                       KF-038, KF-041, KF-066 */
  told = &answers[_i];
  world_start(&w, FCL_LOOP_UV, send_cut);
  for (cut = 0; cut < told->len; cut += (size_t) test_loop_step())
    assert_same();
}
END_TEST

START_TEST(an_answer_is_the_same_cut_at_any_byte_on_tcp) {
  told = &answers[_i];
  w.listen = "tcp:127.0.0.1:0";
  world_start(&w, FCL_LOOP_UV, send_cut);
  for (cut = 0; cut < told->len; cut += (size_t) test_loop_step())
    assert_same();
}
END_TEST

START_TEST(an_answer_is_the_same_in_pieces_of_any_size) { /* KF-066 */
  told = &answers[_i];
  cut = 0;
  world_start(&w, FCL_LOOP_UV, send_cut);
  for (pieces = 1; pieces < 20; pieces++)
    assert_same();
}
END_TEST

/* ---- Ends ---- */

static void send_part(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_send(s, told->base, cut);
    fcl_script_may_close(s);
    if (pieces == 0)
      fcl_script_close(s);
    else
      fcl_script_half_close(s);
  }
}

/* Where END_REQUEST has said all it has to say: its last padding and what follows does not matter.
 */
static size_t end_of(const bytes *b) {
  size_t at = 0, end = 0;
  while (at < b->len) {
    const unsigned char *h = (const unsigned char *) b->base + at;
    size_t len = (size_t) h[4] << 8 | h[5];
    if (h[1] == FCL_END_REQUEST)
      end = at + 8 + len;
    at += 8 + len + h[6];
  }
  return end;
}

/* No clock is set: a test that waits for one fails. */
static void assert_ended(void) {
  wire_get(&x, &w);
  if (cut >= end_of(told))
    ck_assert_done(&x);
  else if (x.heads > 0)
    ck_assert_error(&x, FCL_E_TRUNCATED, "closed the connection");
  else
    ck_assert_error(&x, FCL_E_IO, "closed the connection");
}

START_TEST(an_end_at_any_byte_is_told_at_once) { /* KF-028 */
  told = &answers[_i];
  pieces = 0;
  w.options.activity_ms = w.options.request_ms = FCL_NEVER;
  world_start(&w, FCL_LOOP_UV, send_part);
  for (cut = 0; cut <= told->len; cut += (size_t) test_loop_step())
    assert_ended();
}
END_TEST

START_TEST(a_half_close_at_any_byte_is_told_at_once) { /* KF-028 */
  told = &answers[_i];
  pieces = 1;
  w.options.activity_ms = w.options.request_ms = FCL_NEVER;
  world_start(&w, FCL_LOOP_UV, send_part);
  for (cut = 0; cut <= told->len; cut += (size_t) test_loop_step())
    assert_ended();
}
END_TEST

/* ---- Paddings ---- */

static void send_padded(fcl_script *s, void *user) {
  char body[8] = {0};
  int n;
  fcl_script_accept(s);
  for (n = 0; n < 256; n++) {
    size_t padding = (size_t) n;
    fcl_script_read_request(s);
    fcl_script_send_record(s, FCL_STDERR, 1, "e", 1, padding);
    fcl_script_send_record(s, FCL_STDERR, 1, "", 0, padding);
    fcl_script_send_record(s, FCL_STDOUT, 1, HEAD, 28, padding);
    fcl_script_send_record(s, FCL_STDOUT, 1, "", 0, padding);
    fcl_script_send_record(s, FCL_STDOUT, 1, "hi", 2, padding);
    fcl_script_send_record(s, FCL_GET_VALUES_RESULT, 0, "", 0, padding);
    fcl_script_send_record(s, FCL_END_REQUEST, 1, body, 8, padding);
  }
}

START_TEST(any_padding_is_skipped_on_every_record_and_the_connection_is_kept) { /* KF-023 */
  int n;
  world_start(&w, FCL_LOOP_UV, send_padded);
  for (n = 0; n < 256; n++) {
    wire_get(&x, &w);
    ck_assert_str_eq(x.log, "err \"e\"; " HI);
  }
}
END_TEST

static void pad_late(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, HELLO);
  fcl_script_send(s,
                  "\1\3\0\1\0\10\7\0"
                  "\0\0\0\0\0\0\0\0",
                  16);
  fcl_script_drain(s);
  fcl_script_pieces(s, 1);
  fcl_script_send(s, "zzzzzzz", 7);
  fcl_script_pieces(s, 0);
  fcl_script_read_request(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(a_connection_is_used_again_only_behind_the_last_padding) { /* KF-024 */
  world_start(&w, FCL_LOOP_UV, pad_late);
  wire_get(&x, &w);
  ck_assert_done(&x);
  wire_get(&x, &w);
  ck_assert_done(&x);
}
END_TEST

/* ---- Records that are skipped ---- */

static const struct {
  unsigned type, id;
} skipped[] = {{FCL_STDOUT, 2}, {FCL_STDERR, 65535}, {63, 1}, {255, 0}, {FCL_GET_VALUES_RESULT, 0}};
#define SKIPPED (int) (sizeof skipped / sizeof *skipped)

static void send_skipped(fcl_script *s, void *user) {
  static const char big[65535] = "\1\3\0\1\0\10\0\0";
  static const size_t paddings[] = {0, 1, 7, 255};
  size_t n;
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    for (n = 0; n < sizeof paddings / sizeof *paddings; n++)
      fcl_script_send_record(s, skipped[cut].type, skipped[cut].id, big, sizeof big, paddings[n]);
    fcl_script_answer(s, TEXT "hi");
  }
}

START_TEST(a_skipped_record_of_full_size_and_padding_is_skipped_whole) { /* KF-020 */
  cut = (size_t) _i;
  world_start(&w, FCL_LOOP_UV, send_skipped);
  wire_get(&x, &w);
  ck_assert_str_eq(x.log, HI);
}
END_TEST

int main(void) {
  TCase *t = wire_case("cuts");
  test_add_loop(t, an_answer_is_the_same_cut_at_any_byte, 0, ANSWERS);
  test_add_loop(t, an_answer_is_the_same_cut_at_any_byte_on_tcp, 0, ANSWERS);
  test_add_loop(t, an_answer_is_the_same_in_pieces_of_any_size, 0, ANSWERS);
  test_add_loop(t, an_end_at_any_byte_is_told_at_once, 0, ANSWERS);
  test_add_loop(t, a_half_close_at_any_byte_is_told_at_once, 0, ANSWERS);
  tcase_add_test(t, any_padding_is_skipped_on_every_record_and_the_connection_is_kept);
  tcase_add_test(t, a_connection_is_used_again_only_behind_the_last_padding);
  test_add_loop(t, a_skipped_record_of_full_size_and_padding_is_skipped_whole, 0, SKIPPED);
  return test_suite_run("wire_cuts", &t, 1);
}
