/* test_wire_raw.c: STDOUT handed over as it stands: no head, whole only by END_REQUEST. */
#include "client/wire_case.h"

static _Atomic size_t cut; /* for the script's thread */

static void ask(const char *method) {
  memset(&x, 0, sizeof x);
  exchange_new(&x, &w, method);
  fcl_request_raw(x.request);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
}

/* ---- What comes ---- */

static const char two_records[] = "\1\6\0\1\0\4\2\0"
                                  "no h"
                                  "\0\0"
                                  "\1\6\0\1\0\6\0\0"
                                  "ead\n\r\n" OUT_END END_REQUEST;

static void send_cut(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_cut(s, cut);
    fcl_script_send(s, two_records, sizeof two_records - 1);
  }
}

START_TEST(stdout_comes_as_it_is_wherever_it_is_cut) {
  world_start(&w, FCL_LOOP_UV, send_cut);
  for (cut = 0; cut < sizeof two_records - 1; cut += (size_t) test_loop_step()) {
    ask("GET");
    exchange_wait(&x);
    join_bodies(x.log);
    ck_assert_msg(strcmp(x.log, "body \"no head\n\r\n\"; done OK; ") == 0, "cut at %zu: %s", cut,
                  x.log);
    ck_assert_uint_eq(x.result.received, 10);
  }
}
END_TEST

static void say_length(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_answer(s, "Content-Length: 1\n\nabc");
  }
}

START_TEST(a_content_length_means_nothing_in_it) {
  world_start(&w, FCL_LOOP_UV, say_length);
  ask("GET");
  exchange_wait(&x);
  ck_assert_log(&x, "body \"Content-Length: 1\n\nabc\"; done OK; ");
}
END_TEST

START_TEST(it_comes_for_head_too) {
  world_start(&w, FCL_LOOP_UV, say_length);
  ask("HEAD");
  exchange_wait(&x);
  ck_assert_log(&x, "body \"Content-Length: 1\n\nabc\"; done OK; ");
}
END_TEST

static void say_nothing(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_end_request(s, 7, FCL_REQUEST_COMPLETE);
  }
}

START_TEST(an_answer_without_a_byte_is_whole) {
  world_start(&w, FCL_LOOP_UV, say_nothing);
  ask("GET");
  exchange_wait(&x);
  ck_assert_log(&x, "done OK; ");
  ck_assert_uint_eq(x.result.app_status, 7);
  ck_assert_int_eq(x.result.protocol_status, FCL_REQUEST_COMPLETE);
}
END_TEST

START_TEST(the_next_request_of_the_same_memory_has_a_head_again) {
  world_start(&w, FCL_LOOP_UV, NULL);
  ask("GET");
  exchange_wait(&x);
  ck_assert_log(&x, "body 33; done OK; ");
  wire_get(&x, &w);
  ck_assert_log(&x, "head 200; body \"hello\"; done OK; ");
}
END_TEST

/* ---- Its end ---- */

static void send_part(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_send(s, two_records, cut);
    fcl_script_may_close(s);
    fcl_script_close(s);
  }
}

START_TEST(only_end_request_makes_it_whole) {
  const size_t end = sizeof two_records - 1;
  world_start(&w, FCL_LOOP_UV, send_part);
  for (cut = 0; cut <= end; cut += (size_t) test_loop_step()) {
    ask("GET");
    exchange_wait(&x);
    if (cut == end)
      ck_assert_done(&x);
    else
      ck_assert_error(&x, x.bodies > 0 ? FCL_E_TRUNCATED : FCL_E_IO, "closed the connection");
    ck_assert_int_eq(x.result.protocol_status, cut == end ? 0 : -1);
  }
}
END_TEST

static void overloaded_behind_bytes(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, "a");
  fcl_script_end_request(s, 0, FCL_IS_OVERLOADED);
}

START_TEST(what_has_come_up_is_not_asked_for_again) {
  world_start(&w, FCL_LOOP_UV, overloaded_behind_bytes);
  ask("GET");
  exchange_wait(&x);
  ck_assert_log(&x, "body \"a\"; done OVERLOADED; ");
  ck_assert_uint_eq(x.result.tries, 1);
}
END_TEST

static void hold_then_resume(exchange *e, const char *what) {
  if (strcmp(what, "body") == 0)
    fcl_request_resume(e->request);
}

START_TEST(a_held_span_goes_on_when_it_is_resumed) {
  world_start(&w, FCL_LOOP_UV, NULL);
  exchange_new(&x, &w, "GET");
  fcl_request_raw(x.request);
  x.body_flow = FCL_HOLD;
  x.then = hold_then_resume;
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "body 33; done OK; ");
}
END_TEST

int main(void) {
  TCase *t = wire_case("raw");
  tcase_add_test(t, stdout_comes_as_it_is_wherever_it_is_cut);
  tcase_add_test(t, a_content_length_means_nothing_in_it);
  tcase_add_test(t, it_comes_for_head_too);
  tcase_add_test(t, an_answer_without_a_byte_is_whole);
  tcase_add_test(t, the_next_request_of_the_same_memory_has_a_head_again);
  tcase_add_test(t, only_end_request_makes_it_whole);
  tcase_add_test(t, what_has_come_up_is_not_asked_for_again);
  tcase_add_test(t, a_held_span_goes_on_when_it_is_resumed);
  return test_suite_run("wire_raw", &t, 1);
}
