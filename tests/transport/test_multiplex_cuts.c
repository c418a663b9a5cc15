/* test_multiplex_cuts.c: a wire that many requests share takes what goes out in pieces, cut at
 * every byte: nothing is lost, doubled or mixed, and whoever leaves does so between two records. */
#include "transport/multiplex_world.h"

/* What the kernel takes of the next write; then whatever it can. */
static size_t taking;

ssize_t __real_fcl__wire_try(fcl__wire *w, const fcl_slice *vecs, size_t count);

ssize_t __wrap_fcl__wire_try(fcl__wire *w, const fcl_slice *vecs, size_t count) {
  fcl_slice some[FCL__WIRE_TRIES];
  size_t i, left = taking;
  for (i = 0; i < count && left > 0; i++) {
    some[i] = vecs[i];
    if (some[i].len > left)
      some[i].len = left;
    left -= some[i].len;
  }
  taking = (size_t) -1;
  return i == 0 ? 0 : __real_fcl__wire_try(w, some, i);
}

/* BEGIN_REQUEST, a part of STDIN and its end; of request 1, then of request 2. */
static const char one[] = "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0"
                          "\1\5\0\1\0\5\0\0hello"
                          "\1\5\0\1\0\0\0\0";
static const char two[] = "\1\1\0\2\0\10\0\0\0\1\1\0\0\0\0\0"
                          "\1\5\0\2\0\5\0\0world"
                          "\1\5\0\2\0\0\0\0";
enum { ONE = sizeof one - 1, BOTH = 2 * ONE };

static void send_one(int i, const char *body) {
  begin(i);
  fcl__connection_lend(&peers[i].c, body, 5);
  fcl__connection_finish(&peers[i].c);
  fcl__connection_flush(&peers[i].c);
}

/* The records of each request by themselves. */
static void sort(const char *got, size_t len, char sorted[2][256], size_t lens[2]) {
  size_t at = 0, size;
  lens[0] = lens[1] = 0;
  while (at < len) {
    unsigned which = (unsigned) got[at + 3] - 1;
    ck_assert_uint_le(at + 8, len);
    ck_assert_uint_le(which, 1);
    size = 8 + (size_t) got[at + 5];
    ck_assert_uint_le(at + size, len);
    memcpy(sorted[which] + lens[which], got + at, size);
    lens[which] += size;
    at += size;
  }
}

START_TEST(what_goes_out_is_the_same_however_it_is_cut) {
  char got[256], sorted[2][256];
  size_t lens[2], len;
  send_one(0, "hello");
  send_one(1, "world");
  taking = (size_t) _i;
  turn();
  len = hear(got, sizeof got);
  ck_assert_uint_eq(len, BOTH);
  sort(got, len, sorted, lens);
  ck_assert_uint_eq(lens[0], ONE);
  ck_assert_mem_eq(sorted[0], one, ONE);
  ck_assert_mem_eq(sorted[1], two, ONE);
  ck_assert_uint_eq(peers[0].sents, 1);
  ck_assert_uint_eq(peers[1].sents, 1);
}
END_TEST

START_TEST(who_leaves_when_it_was_cut_leaves_between_two_records) {
  static const char aborted[] = "\1\2\0\1\0\0\0\0";
  char got[256], sorted[2][256];
  size_t lens[2];
  send_one(0, "hello");
  send_one(1, "world");
  taking = (size_t) _i;
  fcl__multiplex_turns(&turns);
  fcl__connection_close(&peers[0].c);
  turn();
  ck_assert_uint_eq(peers[0].sents, 1);
  sort(got, hear(got, sizeof got), sorted, lens);
  ck_assert_uint_eq(lens[1], ONE);
  ck_assert_mem_eq(sorted[1], two, ONE);
  ck_assert_uint_ge(lens[0], 16 + 8); /* the record that was cut, or the next one, and the abort */
  ck_assert_mem_eq(sorted[0], one, lens[0] - 8);
  ck_assert_mem_eq(sorted[0] + lens[0] - 8, aborted, 8);
}
END_TEST

int main(void) {
  TCase *t = multiplex_case("cuts");
  tcase_add_loop_test(t, what_goes_out_is_the_same_however_it_is_cut, 0, BOTH + 1);
  tcase_add_loop_test(t, who_leaves_when_it_was_cut_leaves_between_two_records, 0, BOTH + 1);
  return test_suite_run("multiplex_cuts", &t, 1);
}
