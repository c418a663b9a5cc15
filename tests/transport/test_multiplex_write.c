/* test_multiplex_write.c: what goes out on a wire that many requests share: in which order, cut
 * anywhere, and what comes back when it cannot. */
#include "transport/multiplex_world.h"

/* ---- Out ---- */

START_TEST(what_was_begun_in_one_turn_goes_out_together) {
  char got[256];
  begin(0);
  begin(1);
  ck_assert_uint_eq(hear(got, sizeof got), 0);
  fcl__multiplex_turns(&turns);
  ck_assert_uint_eq(hear(got, sizeof got), 32);
  ck_assert_mem_eq(got, "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0\1\1\0\2\0\10\0\0\0\1\1\0\0\0\0\0", 32);
}
END_TEST

START_TEST(a_barrier_comes_back_without_a_byte) {
  char got[16];
  begin_all(1);
  fcl__connection_lend(&peers[0].c, NULL, 0);
  fcl__connection_flush(&peers[0].c);
  turn();
  ck_assert_text("a sent OK; ");
  ck_assert_uint_eq(hear(got, sizeof got), 0);
}
END_TEST

START_TEST(barriers_come_back_however_many_there_are) {
  int i;
  begin_all(100);
  for (i = 0; i < 100; i++) {
    fcl__connection_lend(&peers[i].c, NULL, 0);
    fcl__connection_flush(&peers[i].c);
  }
  for (i = 0; i < 4; i++)
    turn();
  for (i = 0; i < 100; i++)
    ck_assert_uint_eq(peers[i].sents, 1);
}
END_TEST

static char big[4 * 1024 * 1024];

/* What the other end has read so remote, record by record. */
typedef struct reader {
  fcl_decoder decoder;
  uint64_t len[MANY + 1], hash[MANY + 1], all;
  uint8_t begun[MANY + 1], ended[MANY + 1], aborted[MANY + 1];
  unsigned records, longest; /* the most bytes of one id in a row */
  unsigned last;
  uint64_t in_a_row;
} reader;

static void read_record(reader *r) {
  const fcl_record *it = &r->decoder.record;
  ck_assert_uint_ge(it->id, 1);
  ck_assert_uint_le(it->id, MANY);
  r->records++;
  if (it->id != r->last)
    r->in_a_row = 0;
  r->last = it->id;
  r->in_a_row += it->length;
  if (r->in_a_row > r->longest)
    r->longest = (unsigned) r->in_a_row;
  if (it->type == FCL_BEGIN_REQUEST)
    r->begun[it->id] = 1;
  else if (it->type == FCL_ABORT_REQUEST)
    r->aborted[it->id] = 1;
  else
    ck_assert_uint_eq(it->type, FCL_STDIN);
  ck_assert(r->begun[it->id]);
  if (it->type == FCL_STDIN && it->length == 0)
    r->ended[it->id] = 1;
}

static size_t read_some(reader *r, size_t most) {
  static char got[1 << 20];
  size_t n = hear(got, most < sizeof got ? most : sizeof got);
  const char *p = got;
  fcl_slice span;
  fcl_decode_event event;
  r->all += n;
  while ((event = fcl_decode(&r->decoder, &p, got + n, &span)) != FCL_EV_MORE) {
    const fcl_record *it = &r->decoder.record;
    ck_assert_int_ne(event, FCL_EV_BAD_VERSION);
    if (event == FCL_EV_RECORD) {
      read_record(r);
    } else if (event == FCL_EV_CONTENT && it->type == FCL_STDIN) {
      r->len[it->id] += span.len;
      r->hash[it->id] = add_hash(r->hash[it->id], span.base, span.len);
    }
  }
  return n;
}

START_TEST(a_large_body_leaves_room_for_others) {
  static reader r;
  size_t n;
  memset(&r, 0, sizeof r);
  begin(0);
  begin(1);
  fcl__connection_lend(&peers[0].c, big, sizeof big);
  fcl__connection_flush(&peers[0].c);
  fcl__connection_lend(&peers[1].c, big, sizeof big / 4);
  fcl__connection_flush(&peers[1].c);
  do {
    turn();
    n = read_some(&r, 100000);
  } while (n > 0);
  ck_assert_uint_eq(r.len[1], sizeof big);
  ck_assert_uint_eq(r.len[2], sizeof big / 4);
  ck_assert_uint_le(r.longest, sizeof big * 3 / 4 + 2 * 65528);
  ck_assert_text("b sent OK; a sent OK; ");
}
END_TEST

START_TEST(who_comes_while_a_large_body_goes_out_waits_for_a_record_or_two) {
  static reader r;
  memset(&r, 0, sizeof r);
  begin(0);
  fcl__connection_lend(&peers[0].c, big, sizeof big);
  fcl__connection_flush(&peers[0].c);
  turn();
  begin(1);
  while (!r.begun[2]) {
    read_some(&r, 100000);
    turn();
  }
  ck_assert_uint_lt(r.len[1], sizeof big / 4); /* what the kernel holds, and little more */
}
END_TEST

/* Bodies of many sizes, lent in steps, through a wire that takes little at a time; some leave. */
START_TEST(whatever_the_wire_takes_every_body_arrives_or_is_aborted_between_records) {
  static reader r;
  static size_t size[64], at[64];
  static int is_lent[64], has_left[64];
  unsigned i, idle = 0;
  memset(&r, 0, sizeof r);
  seed = 1 + (unsigned) _i;
  for (i = 0; i < sizeof big; i++)
    big[i] = (char) (i * 2654435761u >> 24);
  pair_narrow(&m.wire.uv.handle);
  for (i = 0; i < 64; i++) {
    begin((int) i);
    size[i] = chance(3) ? chance(300) : chance(400000);
    at[i] = has_left[i] = is_lent[i] = 0;
  }
  while (idle < 20) {
    for (i = 0; i < 64; i++) {
      peer *p = &peers[i];
      size_t n = 1 + chance(100000);
      if (is_lent[i] && p->sents == 0)
        continue;
      p->sents = 0;
      is_lent[i] = 0;
      if (has_left[i] || at[i] > size[i])
        continue;
      n = n < size[i] - at[i] ? n : size[i] - at[i];
      if (n > 0)
        fcl__connection_lend(&p->c, big + at[i], n);
      is_lent[i] = n > 0;
      at[i] += n;
      if (at[i] == size[i]) {
        fcl__connection_finish(&p->c);
        at[i]++;
      }
      fcl__connection_flush(&p->c);
    }
    if (chance(10) == 0) {
      i = chance(64);
      has_left[i] = 1;
      fcl__connection_close(&peers[i].c);
      fcl__multiplex_turns(&turns);
      ck_assert(!peers[i].c.has_lend); /* however full the wire is */
    }
    turn();
    idle = read_some(&r, 1 + chance(70000)) ? 0 : idle + 1;
    text[0] = 0;
  }
  for (i = 0; i < 64; i++) {
    unsigned id = i + 1;
    ck_assert_uint_eq(r.hash[id], add_hash(0, big, (size_t) r.len[id]));
    if (has_left[i] && r.begun[id])
      ck_assert(r.aborted[id]);
    if (!has_left[i]) {
      ck_assert_uint_eq(r.len[id], size[i]);
      ck_assert(r.ended[id] && !r.aborted[id]);
    }
  }
  ck_assert(fcl_decoder_between(&r.decoder));
}
END_TEST

START_TEST(what_cannot_be_written_comes_back_and_the_answers_are_still_read) {
  begin_all(2);
  ck_assert_int_eq((int) pair_send(remote, STDOUT("\1", "\2", "hi") END("\1"), 26), 26);
  hang_up();
  fcl__connection_lend(&peers[1].c, big, 10);
  fcl__connection_flush(&peers[1].c);
  fcl__multiplex_turns(&turns);
  ck_assert_text("b sent IO; ");
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
  turn();
  ck_assert_text("a first; a out hi; a end 0 0; b broke EOF; ");
  fcl__connection_lend(&peers[1].c, big, 10);
  fcl__connection_flush(&peers[1].c);
  ck_assert_text("b sent IO; ");
}
END_TEST

/* It was taken by nobody when the peer stopped reading; what the peer writes is read all the same.
 */
START_TEST(what_was_queued_and_cannot_be_written_comes_back_and_the_answers_are_still_read) {
  begin_all(2);
  fcl__connection_lend(&peers[0].c, big, sizeof big);
  fcl__connection_flush(&peers[0].c);
  turn();
  ck_assert_uint_gt(m.wire.writing, 0);
  fcl__connection_lend(&peers[1].c, big, 10);
  fcl__connection_flush(&peers[1].c);
  pair_shut_reads(remote);
  while (hear(big, sizeof big) > 0) /* so that the wire looks as if it could go on */
    ;
  turn();
  ck_assert_text("a sent IO; b sent IO; ");
  ck_assert_int_eq(fcl__multiplex_has_room(&m), 0);
  say(STDOUT("\1", "\1", "a") END("\1") END("\2"));
  ck_assert_text("a first; a out a; a end 0 0; b first; b end 0 0; ");
}
END_TEST

START_TEST(without_memory_for_what_the_wire_left_over_it_breaks_for_all) {
  begin_all(2);
  fcl__connection_lend(&peers[0].c, big, sizeof big);
  fcl__connection_flush(&peers[0].c);
  fcl__connection_lend(&peers[1].c, big, sizeof big);
  fcl__connection_flush(&peers[1].c);
  test_allocator_fail(&memory, 1, 1);
  turn();
  ck_assert_text("a broke MEMORY; b broke MEMORY; ");
}
END_TEST

static TCase *out(void) {
  TCase *t = multiplex_case("out");
  tcase_add_test(t, what_was_begun_in_one_turn_goes_out_together);
  tcase_add_test(t, a_barrier_comes_back_without_a_byte);
  tcase_add_test(t, a_large_body_leaves_room_for_others);
  tcase_add_test(t, who_comes_while_a_large_body_goes_out_waits_for_a_record_or_two);
  tcase_add_loop_test(t, whatever_the_wire_takes_every_body_arrives_or_is_aborted_between_records,
                      0, 10);
  tcase_add_test(t, barriers_come_back_however_many_there_are);
  tcase_add_test(t, without_memory_for_what_the_wire_left_over_it_breaks_for_all);
  if (pair_is_tcp)
    return t;
  tcase_add_test(t, what_cannot_be_written_comes_back_and_the_answers_are_still_read);
  tcase_add_test(t,
                 what_was_queued_and_cannot_be_written_comes_back_and_the_answers_are_still_read);
  return t;
}

int main(void) {
  TCase *cases[] = {out()};
  return test_suite_run("multiplex_write", cases, 1);
}
