/* test_response.c: records, head and body together: what a response means does not hang on how it
 * was cut into records. */
#include "support/guard.h"
#include "support/suite.h"
#include <fcgiclient/codec.h>

static const char head_text[] = "Status: 404 Not Found\r\nContent-Type: text/plain\nX-A: b\r\n\r\n";
static const char body_text[] = "the body\n\nwith a blank line";

static char wire[200000];
static size_t wire_len;
static char out[200000], err[1000]; /* what came on STDOUT and STDERR */
static size_t out_len, err_len;

static void put_record(fcl_type type, const char *content, size_t len, unsigned padding) {
  fcl_put_header((uint8_t *) wire + wire_len, type, 1, len, padding);
  memcpy(wire + wire_len + 8, content, len);
  memset(wire + wire_len + 8 + len, 0x41, padding);
  wire_len += 8 + len + padding;
}

/* Decodes the wire in pieces of `size` bytes; returns the length of the head, found as the bytes
 * came. */
static size_t receive(size_t size) {
  test_guard guard = test_guard_make(size);
  fcl_decoder d = {0};
  fcl_head_scan scan = {0, 0};
  size_t at, head_len = 0;
  out_len = err_len = 0;
  for (at = 0; at < wire_len; at += size) {
    const size_t n = wire_len - at < size ? wire_len - at : size;
    const char *p = test_guard_put(&guard, wire + at, n), *end = p + n;
    fcl_decode_event event;
    fcl_slice span;
    while ((event = fcl_decode(&d, &p, end, &span)) != FCL_EV_MORE) {
      const int is_out = d.record.type == FCL_STDOUT;
      char *to = is_out ? out + out_len : err + err_len;
      ck_assert_int_ne(event, FCL_EV_BAD_VERSION);
      if (event != FCL_EV_CONTENT)
        continue;
      memcpy(to, span.base, span.len);
      *(is_out ? &out_len : &err_len) += span.len;
      if (is_out && head_len == 0)
        head_len = fcl_head_end(&scan, out, out_len);
    }
  }
  ck_assert(fcl_decoder_between(&d));
  test_guard_free(&guard);
  return head_len;
}

static void assert_response(size_t head_len) {
  fcl_header room[4];
  fcl_head head;
  fcl_error error = {FCL_OK, 0, ""};
  ck_assert_uint_eq(head_len, sizeof head_text - 1);
  ck_assert_msg(fcl_head_parse(out, head_len, room, 4, &head, &error) == FCL_OK, "%s", error.text);
  ck_assert_int_eq(head.status, 404);
  ck_assert_uint_eq(head.count, 2);
  ck_assert_mem_eq(head.reason.base, "Not Found", 9);
  ck_assert_mem_eq(head.headers[1].value.base, "b", 1);
  ck_assert_uint_eq(out_len - head_len, sizeof body_text - 1);
  ck_assert_mem_eq(out + head_len, body_text, sizeof body_text - 1);
}

/* KF-068, KF-069: _i is the cut of the response into two STDOUT records, padded at random, STDERR
 * between them. */
START_TEST(a_response_may_be_cut_between_records_anywhere) {
  char text[sizeof head_text + sizeof body_text];
  const size_t len = sizeof head_text + sizeof body_text - 2, cut = (size_t) _i;
  size_t size;
  memcpy(text, head_text, sizeof head_text - 1);
  memcpy(text + sizeof head_text - 1, body_text, sizeof body_text - 1);
  if (cut > 0)
    put_record(FCL_STDOUT, text, cut, (unsigned) _i % 9);
  put_record(FCL_STDERR, "PHP Notice\n\n", 12, 4);
  put_record(FCL_STDERR, "", 0, 0);
  put_record(FCL_STDOUT, text + cut, len - cut, 255);
  for (size = 1; size < 40; size++) {
    assert_response(receive(size));
    ck_assert_uint_eq(err_len, 12);
  }
}
END_TEST

START_TEST(a_response_may_come_in_records_of_one_byte) { /* KF-037, KF-068 */
  size_t i;
  for (i = 0; i < sizeof head_text - 1; i++) {
    put_record(FCL_STDERR, "e", 1, 7);
    put_record(FCL_STDOUT, head_text + i, 1, (unsigned) i % 8);
  }
  for (i = 0; i < sizeof body_text - 1; i++)
    put_record(FCL_STDOUT, body_text + i, 1, 0);
  assert_response(receive(13));
  ck_assert_uint_eq(err_len, sizeof head_text - 1);
}
END_TEST

START_TEST(a_line_may_run_through_several_records) { /* KF-036 */
  static const size_t sizes[] = {8191, 8192, 8193, 60000};
  static char line[60000];
  fcl_header room[2];
  fcl_head head;
  size_t left = sizes[_i], head_len;
  memset(line, 'v', sizeof line);
  put_record(FCL_STDOUT, "Status: 200\nX-A: ", 17, 0);
  for (; left > 1000; left -= 1000)
    put_record(FCL_STDOUT, line, 1000, 1);
  put_record(FCL_STDOUT, line, left, 2);
  put_record(FCL_STDOUT, "\n", 1, 0);
  put_record(FCL_STDOUT, "\n", 1, 0);
  head_len = receive(4096);
  ck_assert_uint_eq(head_len, 17 + sizes[_i] + 2);
  ck_assert_int_eq(fcl_head_parse(out, head_len, room, 2, &head, NULL), FCL_OK);
  ck_assert_uint_eq(head.headers[0].value.len, sizes[_i]);
}
END_TEST

static void setup(void) {
  wire_len = 0;
}

int main(void) {
  TCase *t = tcase_create("response");
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_add_loop_test(t, a_response_may_be_cut_between_records_anywhere, 0,
                      sizeof head_text + sizeof body_text - 2);
  tcase_add_test(t, a_response_may_come_in_records_of_one_byte);
  tcase_add_loop_test(t, a_line_may_run_through_several_records, 0, 4);
  return test_suite_run("response", &t, 1);
}
