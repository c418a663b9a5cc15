/* test_shared_cancel.c: a request that shares its connection is canceled in each state that it can
   be in: it is aborted, its neighbour is served whole, and its id is used again behind its end. */
#include "client/wire.h"

static world w;
static upload u;
static exchange neighbour, x, next;

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&u, 0, sizeof u);
  memset(&neighbour, 0, sizeof neighbour);
  memset(&x, 0, sizeof x);
  memset(&next, 0, sizeof next);
  w.multiplexed = 1;
  w.options.per_connection = 2;
  w.options.max_connections = 1;
}

static void teardown(void) {
  world_end(&w);
}

#undef OUT /* Windows has one of its own */
#define OUT(len, text) "\1\6\0\2\0" len "\0\0" text
#define END            "\1\3\0\2\0\10\0\0\0\0\0\0\0\0\0\0"
#define BYTES(text)    text, sizeof(text) - 1

/* What request 2 is answered before it is canceled, and what follows; what its caller is told. */
static const struct {
  const char *state, *before;
  size_t before_len;
  const char *behind;
  size_t behind_len;
  const char *log;
  fcl_flow head_flow, body_flow;
} states[] = {
    {"waiting", BYTES(""), BYTES(END), "done CANCELED; ", FCL_NEXT, FCL_NEXT},
    {"in a record's header", BYTES("\1\6\0\2"), BYTES("\0\0\0\0" END), "done CANCELED; ", FCL_NEXT,
     FCL_NEXT},
    {"in the head", BYTES(OUT("\12", "Content-Ty")), BYTES(OUT("\5", "later") END),
     "done CANCELED; ", FCL_NEXT, FCL_NEXT},
    {"behind STDERR", BYTES("\1\7\0\2\0\1\0\0e"), BYTES(END), "err \"e\"; done CANCELED; ",
     FCL_NEXT, FCL_NEXT},
    {"in the body", BYTES(OUT("\35", TEXT "a")), BYTES(OUT("\1", "b") END),
     "head 200; body \"a\"; done CANCELED; ", FCL_NEXT, FCL_NEXT},
    {"in a record", BYTES(OUT("\36", TEXT "a")), BYTES("b" END),
     "head 200; body \"a\"; done CANCELED; ", FCL_NEXT, FCL_NEXT},
    {"in END_REQUEST", BYTES(OUT("\35", TEXT "a") "\1\3\0\2\0\10\0\0\0\0\0"), BYTES("\0\0\0\0\0"),
     "head 200; body \"a\"; done CANCELED; ", FCL_NEXT, FCL_NEXT},
    {"in its padding", BYTES("\1\3\0\2\0\10\2\0\0\0\0\0\0\0\0\0p"), BYTES("p"), "done CANCELED; ",
     FCL_NEXT, FCL_NEXT},
    {"held at the head", BYTES(OUT("\35", TEXT "a")), BYTES(OUT("\1", "b") END),
     "head 200; done CANCELED; ", FCL_HOLD, FCL_NEXT},
    {"held in the body", BYTES(OUT("\35", TEXT "a")), BYTES(OUT("\1", "b") END),
     "head 200; body \"a\"; done CANCELED; ", FCL_NEXT, FCL_HOLD},
};
#define STATES (int) (sizeof states / sizeof *states)
static int now;

static void read_one(fcl_script *s) {
  fcl_script_read_begin(s);
  fcl_script_read_request(s);
}

static void read_abort(fcl_script *s) {
  fcl_slice got;
  fcl_script_read(s, 8);
  got = fcl_script_received(s);
  fcl_script_expect(s, got.len >= 8 && memcmp(got.base + got.len - 8, "\1\2\0\2\0\0\0\0", 8) == 0,
                    "ABORT_REQUEST came, of request 2");
}

static void answer_first(fcl_script *s) {
  static const char head[] = "\1\6\0\1\0\41\0\0" HELLO;
  fcl_script_send(s, head, sizeof head - 1);
  fcl_script_send(s, OUT_END END_REQUEST, 24);
  fcl_script_flush(s);
}

static void serve(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_one(s);
  read_one(s);
  fcl_script_send(s, states[now].before, states[now].before_len);
  fcl_script_drain(s);
  fcl_script_signal(s, "there");
  read_abort(s);
  fcl_script_send(s, states[now].behind, states[now].behind_len);
  answer_first(s);
  read_one(s);
  fcl_script_expect(s, fcl_script_id(s) == 1, "the lowest id is used again");
  fcl_script_answer(s, HELLO);
}

START_TEST(its_neighbour_is_served_and_then_the_next) {
  now = _i / 2;
  x.head_flow = states[now].head_flow;
  x.body_flow = states[now].body_flow;
  world_start(&w, _i % 2 ? FCL_LOOP_MANUAL : FCL_LOOP_UV, serve);
  exchange_get(&neighbour, &w);
  exchange_get(&x, &w);
  world_wait_point(&w, "there");
  world_rest(&w);
  fcl_request_cancel(x.request);
  if (x.head_flow == FCL_HOLD || x.body_flow == FCL_HOLD)
    fcl_request_resume(x.request);
  exchange_wait(&x);
  exchange_wait(&neighbour);
  ck_assert_msg(strcmp(x.log, states[now].log) == 0, "%s: %s", states[now].state, x.log);
  ck_assert_log(&neighbour, "head 200; body \"hello\"; done OK; ");
  exchange_get(&next, &w);
  exchange_wait(&next);
  ck_assert_log(&next, "head 200; body \"hello\"; done OK; ");
}
END_TEST

/* ---- Before anything of it was sent ---- */

static void serve_two(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_one(s);
  fcl_script_signal(s, "there");
  fcl_script_wait(s, "gone");
  answer_first(s);
  read_one(s);
  fcl_script_answer(s, HELLO);
}

START_TEST(one_that_was_not_sent_yet_is_never_heard_of) {
  world_start(&w, FCL_LOOP_UV, serve_two);
  exchange_get(&neighbour, &w);
  world_wait_point(&w, "there");
  exchange_get(&x, &w);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  fcl_script_signal(w.script, "gone");
  exchange_wait(&neighbour);
  ck_assert_log(&x, "done CANCELED; ");
  ck_assert_log(&neighbour, "head 200; body \"hello\"; done OK; ");
  exchange_get(&next, &w);
  exchange_wait(&next);
  ck_assert_done(&next);
}
END_TEST

START_TEST(one_that_waits_for_room_is_never_heard_of) {
  w.options.per_connection = 1;
  world_start(&w, FCL_LOOP_UV, serve_two);
  exchange_get(&neighbour, &w);
  world_wait_point(&w, "there");
  exchange_get(&x, &w);
  world_rest(&w);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  fcl_script_signal(w.script, "gone");
  exchange_wait(&neighbour);
  ck_assert_log(&x, "done CANCELED; ");
  exchange_get(&next, &w);
  exchange_wait(&next);
  ck_assert_done(&next);
}
END_TEST

/* ---- What it still had to send ---- */

/* Its body stops between two records, and is never ended. */
static void serve_half(fcl_script *s, void *user) {
  fcl_script_accept(s);
  read_one(s);
  fcl_script_read_begin(s);
  fcl_script_read_body(s, 10);
  fcl_script_signal(s, "there");
  read_abort(s);
  fcl_script_send(s, END, 16);
  answer_first(s);
}

START_TEST(one_whose_caller_owes_a_body_is_aborted) {
  world_start(&w, FCL_LOOP_UV, serve_half);
  exchange_get(&neighbour, &w);
  exchange_post(&x, &w, 20);
  fcl_request_write(x.request, "0123456789", 10);
  world_wait_point(&w, "there");
  world_wait(&w, &x.sents, 1);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  exchange_wait(&neighbour);
  ck_assert_log(&x, "sent OK; done CANCELED; ");
  ck_assert_log(&neighbour, "head 200; body \"hello\"; done OK; ");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("shared cancel");
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, setup, teardown);
  test_add_loop(t, its_neighbour_is_served_and_then_the_next, 0, 2 * STATES);
  tcase_add_test(t, one_that_was_not_sent_yet_is_never_heard_of);
  tcase_add_test(t, one_that_waits_for_room_is_never_heard_of);
  tcase_add_test(t, one_whose_caller_owes_a_body_is_aborted);
  return test_suite_run("shared_cancel", &t, 1);
}
