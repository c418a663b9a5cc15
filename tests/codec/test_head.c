/* test_head.c: where a response head ends, and the fields of a document. */
#include "codec/head_world.h"

/* ---- Where it ends ---- */

typedef struct end_case {
  const char *text;
  size_t end; /* 0: not yet */
} end_case;

static const end_case ends[] = {
    {"A: b\n\nbody", 6},
    {"A: b\r\n\r\nbody", 8},
    {"A: b\r\n\nbody", 7},
    {"A: b\n\r\nbody", 7},
    {"A: b\nC: d\r\n\r\n", 13},
    {"\nbody", 1},
    {"\r\nbody", 2},
    {"A: b\r\r\n\r\n", 9},
    {"\r\r\n\n", 4}, /* a CR that no LF follows is part of a line */
    {"A: b\n\r\r\n\nx", 9},
    {"A: b\r\n\r", 0},
    {"A: b\r\n", 0},
    {"A: b\r\n\rC: d\r\n", 0},
    {"A: b", 0},
    {"", 0},
};

/* KF-068, KF-069: cut in two at each place, the first part moved; and nothing of the body taken. */
START_TEST(the_blank_line_is_found_however_the_head_is_cut) {
  const end_case *c = &ends[_i];
  const size_t len = strlen(c->text);
  size_t cut;
  for (cut = 0; cut <= len; cut++) {
    fcl_head_scan s = {0, 0};
    size_t end = fcl_head_end(&s, test_guard_put(&guard, c->text, cut), cut);
    if (end == 0)
      end = fcl_head_end(&s, test_guard_put(&guard, c->text, len), len);
    ck_assert_msg(end == c->end, "%zu, not %zu, at cut %zu", end, c->end, cut);
  }
}
END_TEST

START_TEST(the_blank_line_is_found_byte_by_byte) {
  const end_case *c = &ends[_i];
  fcl_head_scan s = {0, 0};
  size_t len = 0, end = 0;
  while (end == 0 && len < strlen(c->text)) {
    len++;
    end = fcl_head_end(&s, test_guard_put(&guard, c->text, len), len);
    ck_assert_uint_eq(s.at, len);
  }
  ck_assert_uint_eq(end, c->end);
}
END_TEST

START_TEST(bytes_once_seen_are_not_looked_at_again) {
  fcl_head_scan s = {0, 0};
  ck_assert_uint_eq(fcl_head_end(&s, "A: b\r\n", 6), 0);
  ck_assert_uint_eq(fcl_head_end(&s, "??????\r\n", 8), 8);
}
END_TEST

/* KF-036: lines around 8 KiB and of 64 KiB. */
START_TEST(a_line_may_be_long) {
  static const size_t sizes[] = {8191, 8192, 8193, 65535, 65536};
  const size_t len = sizes[_i];
  fcl_head_scan s = {0, 0};
  memcpy(big, "A: ", 3);
  memcpy(big + len, "\n\n", 2);
  ck_assert_uint_eq(fcl_head_end(&s, test_guard_put(&guard, big, 8000), 8000), 0);
  ck_assert_uint_eq(fcl_head_end(&s, test_guard_put(&guard, big, len + 2), len + 2), len + 2);
}
END_TEST

/* ---- Documents ---- */

START_TEST(a_document_has_status_200) { /* KF-071 */
  parse("Content-Type: text/html\r\n\r\n");
  ck_assert_str_eq(told(), "200 |Content-Type=text/html");
  ck_assert_int_eq(head.content_length, -1);
}
END_TEST

START_TEST(lines_end_with_LF_or_CRLF_in_any_mixture) {
  parse("Status: 201 Created\nContent-Type: a/b\r\nX-A: 1\n\r\n");
  ck_assert_str_eq(told(), "201 Created|Content-Type=a/b|X-A=1");
}
END_TEST

START_TEST(fields_keep_their_order_and_are_not_joined) { /* KF-087 */
  parse("Set-Cookie: a=1\nX-B: 2\nContent-Type: t/x\nSet-Cookie: b=2\nset-cookie: c=3\n\n");
  ck_assert_str_eq(told(),
                   "200 |Set-Cookie=a=1|X-B=2|Content-Type=t/x|Set-Cookie=b=2|set-cookie=c=3");
}
END_TEST

START_TEST(an_empty_value_is_kept) { /* KF-090 */
  parse("X-A:\nX-B: \nX-C: \t \r\nStatus: 200\n\n");
  ck_assert_str_eq(told(), "200 |X-A=|X-B=|X-C=");
}
END_TEST

START_TEST(blanks_around_a_value_are_no_part_of_it) {
  parse("X-A: \t a \t b\t \nStatus: 200 \n\n");
  ck_assert_str_eq(told(), "200 |X-A=a \t b");
}
END_TEST

START_TEST(a_value_may_hold_colons_and_bytes_above_127) {
  parse("X-A:b:c: d \xc3\xa9\xff\nStatus:200\n\n");
  ck_assert_str_eq(told(), "200 |X-A=b:c: d \xc3\xa9\xff");
}
END_TEST

START_TEST(field_names_are_known_in_any_case) {
  parse("STATUS: 404\nconTENT-leNGth: 5\ncontent-TYPE: a/b\n\n");
  ck_assert_str_eq(told(), "404 |conTENT-leNGth=5|content-TYPE=a/b");
  ck_assert_int_eq(head.content_length, 5);
}
END_TEST

START_TEST(names_that_are_nearly_known_are_other_fields) {
  parse("Status: 200\nStatuss: 1\nStatu: 2\nT: 3\nTEE: 4\nProxy: 5\nUpgrades: 6\n\n");
  ck_assert_str_eq(told(), "200 |Statuss=1|Statu=2|T=3|TEE=4|Proxy=5|Upgrades=6");
}
END_TEST

START_TEST(slices_lie_inside_the_head) {
  const char *text = "Status: 404 Not Found\nContent-Type: t/x\n\n", *p;
  p = test_guard_put(&guard, text, strlen(text));
  ck_assert_int_eq(fcl_head_parse(p, strlen(text), room, 2, &head, &failure), FCL_OK);
  ck_assert_ptr_eq(head.reason.base, p + 12);
  ck_assert_ptr_eq(head.headers, room);
  ck_assert_ptr_eq(room[0].name.base, p + 22);
  ck_assert_ptr_eq(room[0].value.base, p + 36);
}
END_TEST

static void assert_inside(fcl_slice s, const char *from, size_t len) {
  ck_assert(s.base >= from && s.base + s.len <= from + len);
}

START_TEST(a_head_that_is_cut_anywhere_is_read_within_its_bytes) {
  static const char text[] = "Status: 404 Not Found\r\nContent-Type: t/x\nX: y\r\n\r\n";
  const char *from = test_guard_put(&guard, text, (size_t) _i);
  fcl_code code = fcl_head_parse(from, (size_t) _i, room, FCL_HEADERS_MAX, &head, &failure);
  size_t i;
  ck_assert_int_eq(code, failure.code);
  if (code == FCL_OK && head.reason.len)
    assert_inside(head.reason, from, (size_t) _i);
  for (i = 0; i < head.count; i++) {
    assert_inside(head.headers[i].name, from, (size_t) _i);
    assert_inside(head.headers[i].value, from, (size_t) _i);
  }
}
END_TEST

/* KF-075, KF-078, KF-080, KF-083: what frames one connection is not for the next. */
START_TEST(hop_by_hop_fields_are_dropped) {
  parse("Status: 200\nConnection: close\nKeep-Alive: 5\nProxy-Authenticate: x\nproxy-: y\n"
        "TE: t\nTrailer: X\nTransfer-Encoding: chunked\ntransfer-encoding: gzip, x\nUpgrade: h2\n"
        "X-A: 1\n\n");
  ck_assert_str_eq(told(), "200 |X-A=1");
}
END_TEST

START_TEST(
    a_length_beside_a_transfer_encoding_is_a_length) { /* KF-075: we count the bytes ourselves */
  parse("Content-Type: t/x\nTransfer-Encoding: chunked\nContent-Length: 5\n\n");
  ck_assert_str_eq(told(), "200 |Content-Type=t/x|Content-Length=5");
  ck_assert_int_eq(head.content_length, 5);
}
END_TEST

int main(void) {
  TCase *t = head_world_case("head");
  tcase_add_loop_test(t, the_blank_line_is_found_however_the_head_is_cut, 0, COUNT(ends));
  tcase_add_loop_test(t, the_blank_line_is_found_byte_by_byte, 0, COUNT(ends));
  tcase_add_test(t, bytes_once_seen_are_not_looked_at_again);
  tcase_add_loop_test(t, a_line_may_be_long, 0, 5);
  tcase_add_test(t, a_document_has_status_200);
  tcase_add_test(t, lines_end_with_LF_or_CRLF_in_any_mixture);
  tcase_add_test(t, fields_keep_their_order_and_are_not_joined);
  tcase_add_test(t, an_empty_value_is_kept);
  tcase_add_test(t, blanks_around_a_value_are_no_part_of_it);
  tcase_add_test(t, a_value_may_hold_colons_and_bytes_above_127);
  tcase_add_test(t, field_names_are_known_in_any_case);
  tcase_add_test(t, names_that_are_nearly_known_are_other_fields);
  tcase_add_test(t, slices_lie_inside_the_head);
  tcase_add_loop_test(t, a_head_that_is_cut_anywhere_is_read_within_its_bytes, 0, 50);
  tcase_add_test(t, hop_by_hop_fields_are_dropped);
  tcase_add_test(t, a_length_beside_a_transfer_encoding_is_a_length);
  return test_suite_run("head", &t, 1);
}
