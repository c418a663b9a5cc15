/* test_wire_bytes.c: a stream of bytes: read, paused, written, queued. */
#include "transport/stream_world.h"

START_TEST(nothing_is_read_while_paused) {
  open_pair();
  fcl__wire_read(&w);
  fcl__wire_pause(&w);
  ck_assert_int_eq((int) pair_send(remote, "abc", 3), 3);
  pair_turn(&loop);
  ck_assert_uint_eq(came, 0);
  fcl__wire_read(&w);
  pair_turn(&loop);
  ck_assert_uint_eq(came, 3);
}
END_TEST

START_TEST(an_idle_wire_has_no_block) {
  open_pair();
  fcl__wire_read(&w);
  ck_assert_uint_eq(memory.live, 0);
  ck_assert_int_eq((int) pair_send(remote, "abc", 3), 3);
  pair_turn(&loop);
  ck_assert_uint_eq(memory.live, 1); /* on the free list */
  ck_assert_uint_eq(blocks.count, 1);
}
END_TEST

START_TEST(a_block_that_is_kept_is_not_used_again) {
  open_pair();
  keep = 1;
  fcl__wire_read(&w);
  ck_assert_int_eq((int) pair_send(remote, "abc", 3), 3);
  pair_turn(&loop);
  keep = 0;
  ck_assert_int_eq((int) pair_send(remote, "def", 3), 3);
  pair_turn(&loop);
  ck_assert_mem_eq(kept, "abc", 3);
  ck_assert_mem_eq(got, "abcdef", 6);
}
END_TEST

START_TEST(many_slices_go_out_in_order) {
  fcl_slice vecs[64];
  char text[64];
  int i;
  open_pair();
  for (i = 0; i < 64; i++) {
    text[i] = (char) ('0' + i);
    vecs[i].base = text + i;
    vecs[i].len = 1;
  }
  ck_assert_int_eq((int) fcl__wire_write(&w, vecs, 64), 64);
  ck_assert_int_eq((int) pair_receive(remote, got, sizeof got), 64);
  ck_assert_mem_eq(got, text, 64);
}
END_TEST

/* What goes at once and what follows make the whole, without a gap, in whatever slices. */
START_TEST(what_does_not_fit_follows) {
  static char big[3 * 1024 * 1024];
  fcl_slice vecs[6];
  size_t i, at = 0, sum = 0, all;
  ssize_t gone;
  long n;
  open_pair();
  for (i = 0; i < sizeof big; i++)
    big[i] = (char) (i * 2654435761u >> 24);
  for (i = 0; i < 6; i++, at += vecs[i - 1].len) {
    vecs[i].base = big + at;
    vecs[i].len = i % 2 ? 8 : 1000000;
  }
  gone = fcl__wire_write(&w, vecs, 6);
  ck_assert_int_gt((int) gone, 0);
  all = (size_t) gone + w.writing; /* perhaps not all six: the caller goes on behind them */
  ck_assert_uint_le(all, at);
  while (sum < all) {
    while ((n = pair_receive(remote, got, sizeof got)) > 0) {
      ck_assert_mem_eq(got, big + sum, (size_t) n);
      sum += (size_t) n;
    }
    pair_turn(&loop);
  }
  pair_turn(&loop);
  ck_assert_uint_eq((size_t) gone + written, all);
  ck_assert_int_eq(written_status, 0);
  ck_assert_uint_eq(w.writing, 0);
}
END_TEST

START_TEST(a_queued_write_is_told_as_canceled_before_closed) {
  static char big[3 * 1024 * 1024];
  fcl_slice vec = {big, sizeof big};
  open_pair();
  fcl__wire_write(&w, &vec, 1);
  fcl__wire_close(&w);
  run_until(&closed);
  ck_assert_int_eq(written_status, UV_ECANCELED);
}
END_TEST

START_TEST(a_write_where_nobody_reads_is_an_error) {
  fcl_slice vec = {"abc", 3};
  open_pair();
  pair_close(remote);
  remote = -1;
  ck_assert_int_eq((int) fcl__wire_write(&w, &vec, 1), UV_EPIPE);
}
END_TEST

static TCase *reading_and_writing(void) {
  TCase *t = stream_case("reading and writing");
  tcase_add_test(t, nothing_is_read_while_paused);
  tcase_add_test(t, an_idle_wire_has_no_block);
  tcase_add_test(t, a_block_that_is_kept_is_not_used_again);
  tcase_add_test(t, many_slices_go_out_in_order);
  tcase_add_test(t, what_does_not_fit_follows);
  tcase_add_test(t, a_queued_write_is_told_as_canceled_before_closed);
  if (!pair_is_tcp)
    tcase_add_test(t, a_write_where_nobody_reads_is_an_error);
  return t;
}

int main(void) {
  TCase *t = reading_and_writing();
  return test_suite_run("wire_bytes", &t, 1);
}
