/* test_watch.c: processes that grow old, or large; several connections to one; and what a new one
 * shows before it takes requests. */
#include "pool/recorder.h"
#include <string.h>

/* ---- lifetime_ms ---- */

static void open_with_lifetime(void) {
  w.settings.lifetime_ms = 60000;
  w.settings.request_ms = w.settings.activity_ms = FCL_NEVER;
  world_open();
}

START_TEST(an_idle_process_leaves_when_it_is_old) {
  open_with_lifetime();
  world_with_idle(1);
  pass(59999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "stop 0\n");
  ck_assert_str_eq(said(),
                   "info php: process 100 has lived for 60 s (lifetime_ms) and is replaced.\n");
}
END_TEST

START_TEST(an_old_process_finishes_what_it_has) {
  open_with_lifetime();
  world_with_idle(1);
  pass(59000);
  serve('a');
  told();
  pass(20000);
  ck_assert_str_eq(state(0), "draining");
  finished('a');
  ck_assert_str_eq(told(), "stop 0\n");
}
END_TEST

START_TEST(the_next_request_goes_to_a_new_process_beside_the_old_one) {
  open_with_lifetime();
  world_with_idle(1);
  serve('a');
  pass(60000);
  told();
  submit('b');
  ck_assert_str_eq(told(), "spawn 1\n");
}
END_TEST

START_TEST(who_is_to_stay_is_started_anew_when_it_is_old) {
  w.settings.min_processes = 1;
  open_with_lifetime();
  world_with_idle(1);
  pass(60000);
  ck_assert_str_eq(told(), "stop 0\nspawn 1\n");
}
END_TEST

START_TEST(a_new_process_in_the_same_place_has_its_own_age) {
  open_with_lifetime();
  world_with_idle(1);
  pass(50000);
  exits(0, 0);
  submit('a');
  started(0);
  connected('a');
  answered('a');
  pass(59999);
  ck_assert_str_eq(state(0), "busy");
  pass(1);
  ck_assert_str_eq(state(0), "draining");
}
END_TEST

/* ---- max_memory ---- */

#define MIB (1u << 20)

static void open_with_memory(void) {
  w.settings.max_memory = 256 * MIB;
  world_open();
  world_with_idle(2);
}

START_TEST(a_process_above_max_memory_is_replaced_and_the_event_says_how_much) {
  open_with_memory();
  w.memories[0] = 256 * MIB;
  w.memories[1] = 300 * MIB;
  pass(4000);
  ck_assert_str_eq(told(), "stop 1\n");
  ck_assert_str_eq(said(), "warning php: process 101 uses 300 MiB of memory, more than 256 MiB "
                           "(max_memory), after 1 requests, and is replaced.\n");
}
END_TEST

START_TEST(a_process_above_max_memory_finishes_what_it_has) {
  open_with_memory();
  serve('a');
  w.memories[guest('a')->member->index] = 300 * MIB;
  told();
  pass(4000);
  ck_assert_str_eq(told(), "");
  finished('a');
  ck_assert_ptr_nonnull(strstr(told(), "stop "));
}
END_TEST

START_TEST(memory_is_looked_at_every_3_s) {
  open_with_memory();
  pass(6000);
  w.memories[0] = 300 * MIB;
  pass(2999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "stop 0\n");
}
END_TEST

START_TEST(where_nobody_can_tell_nothing_is_replaced) {
  open_with_memory();
  pass(20000);
  ck_assert_str_eq(told(), "");
}
END_TEST

START_TEST(no_clock_runs_when_no_process_is_left) {
  open_with_memory();
  exits(0, 0);
  exits(1, 0);
  pass(4000);
  ck_assert_uint_eq(fcl__timeouts_next(&w.timeouts), UINT64_MAX);
}
END_TEST

/* ---- per_process ---- */

static void open_with_threads(unsigned per_process) {
  w.settings.per_process = per_process;
  world_open();
  submit('z');
  started(0);
  connected('z');
  answered('z');
  finished('z');
  told();
}

START_TEST(a_process_takes_as_many_connections_as_per_process) {
  open_with_threads(2);
  submit('a');
  submit('b');
  submit('c');
  ck_assert_str_eq(told(), "begin a on 0\nbegin b on 0\nspawn 1\n");
}
END_TEST

START_TEST(one_start_is_enough_for_as_many_as_a_process_takes) {
  w.settings.per_process = 3;
  world_open();
  submit('a');
  submit('b');
  submit('c');
  ck_assert_str_eq(told(), "spawn 0\n");
  submit('d');
  ck_assert_str_eq(told(), "spawn 1\n");
}
END_TEST

START_TEST(max_requests_counts_those_of_all_connections) {
  w.settings.max_requests = 3;
  w.settings.max_processes = 1;
  open_with_threads(2); /* one was served */
  submit('a');
  submit('b');
  submit('c');
  ck_assert_str_eq(told(), "begin a on 0\nbegin b on 0\nspawn 1\n");
  ck_assert_str_eq(state(0), "draining");
}
END_TEST

START_TEST(a_canceled_request_lets_the_others_of_its_process_go_on) {
  open_with_threads(2);
  serve('a');
  serve('b');
  told();
  canceled('a');
  ck_assert_str_eq(told(), "probe 0\n");
  proven(0);
  finished('b');
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

START_TEST(the_sentence_of_a_full_queue_names_per_process) {
  w.settings.max_processes = 1;
  w.settings.queue_length = 0;
  open_with_threads(2);
  submit('a');
  submit('b');
  submit('c');
  ck_assert_str_eq(w.sentence,
                   "php: all 1 processes (max_processes) were busy with as many requests as they "
                   "take (per_process) and 0 requests (queue_length) were waiting; this one was "
                   "refused. Raise max_processes, or find what is slow.");
}
END_TEST

/* ---- ready ---- */

static void open_with_ready(fcl_ready ready) {
  w.settings.ready = ready;
  world_open();
  submit('a');
  started(0);
}

START_TEST(a_process_that_is_not_ready_gets_no_request) {
  open_with_ready(FCL_READY_ANSWERED);
  ck_assert_str_eq(told(), "spawn 0\nprobe 0\n");
  ck_assert_str_eq(state(0), "starting");
}
END_TEST

START_TEST(who_has_answered_is_ready) {
  open_with_ready(FCL_READY_ANSWERED);
  told();
  said();
  pass(1500);
  proven(0);
  ck_assert_str_eq(told(), "begin a on 0\n");
  ck_assert_str_eq(said(), "info php: process 100 is ready, 1500 ms after it was started.\n");
}
END_TEST

START_TEST(who_has_accepted_is_ready_where_that_is_enough) {
  open_with_ready(FCL_READY_ACCEPTED);
  told();
  pass(1000);
  ck_assert_str_eq(told(), "");
  w.has_taken = 1;
  pass(160);
  ck_assert_str_eq(told(), "begin a on 0\n");
}
END_TEST

START_TEST(to_have_accepted_is_not_to_have_answered) {
  w.has_taken = 1;
  open_with_ready(FCL_READY_ANSWERED);
  told();
  pass(5000);
  ck_assert_str_eq(told(), "");
}
END_TEST

START_TEST(who_hangs_up_and_lives_is_ready) {
  open_with_ready(FCL_READY_ANSWERED);
  told();
  hung_up(0);
  ck_assert_str_eq(told(), "");
  pass(160);
  ck_assert_str_eq(told(), "begin a on 0\n");
}
END_TEST

START_TEST(who_hangs_up_because_it_dies_is_a_failed_start) {
  open_with_ready(FCL_READY_ANSWERED);
  hung_up(0);
  exits(0, 1);
  ck_assert(fcl__clock_runs(&w.pool.breaker.back_off));
  ck_assert_str_eq(told(), "spawn 0\nprobe 0\nforget 0\nfail a EXITED\n");
}
END_TEST

START_TEST(who_waits_goes_to_whoever_is_free_first) {
  open_with_ready(FCL_READY_ANSWERED);
  proven(0);
  connected('a');
  answered('a');
  submit('b');
  started(1);
  told();
  finished('a');
  ck_assert_str_eq(told(), "begin b on 0\n");
}
END_TEST

START_TEST(who_is_not_ready_in_start_ms_is_ended) {
  open_with_ready(FCL_READY_ANSWERED);
  told();
  pass(10000);
  ck_assert_str_eq(told(), "stop 0 by force\nfail a TIMEOUT_START\n");
  ck_assert_str_eq(w.sentence,
                   "php: process 100 (/usr/bin/php-cgi) did not answer GET_VALUES (ready) within "
                   "10 s (start_ms) and was ended. See that it speaks FastCGI on its standard "
                   "input, or raise start_ms. Starting again in 1 s.");
}
END_TEST

START_TEST(who_is_to_answer_a_probe_is_asked_until_it_does) {
  open_with_ready(FCL_READY_PROBED);
  ck_assert_str_eq(told(), "spawn 0\nprobe 0\n");
  pass(20 + 40 + 80 + 160);
  ck_assert_str_eq(told(), "probe 0\nprobe 0\nprobe 0\nprobe 0\n");
  proven(0);
  ck_assert_str_eq(told(), "begin a on 0\n");
  pass(4000);
  ck_assert_str_eq(told(), ""); /* and no more */
}
END_TEST

START_TEST(a_probe_that_could_not_be_sent_is_sent_again) { /* loop: starting, proving */
  if (_i == 0) {
    open_with_ready(FCL_READY_ANSWERED);
  } else {
    world_open();
    world_with_idle(1);
    serve('a');
    canceled('a');
  }
  fcl__member_unasked(member(0));
  told();
  pass(20);
  ck_assert_str_eq(told(), "probe 0\n");
  pass(500);
  ck_assert_str_eq(told(), ""); /* it is out */
}
END_TEST

START_TEST(to_take_a_probe_or_to_hang_up_on_it_is_not_to_answer_it) {
  open_with_ready(FCL_READY_PROBED);
  w.has_taken = 1;
  hung_up(0);
  pass(3000);
  ck_assert_str_eq(state(0), "starting");
}
END_TEST

START_TEST(who_answers_no_probe_is_ended_and_what_it_did_is_said) {
  open_with_ready(FCL_READY_PROBED);
  w.facts[FCL__UNREADY] = "answered with status 503";
  pass(10000);
  ck_assert_str_eq(w.sentence,
                   "php: process 100 (/usr/bin/php-cgi) did not answer the probe as it should "
                   "(ready) within 10 s (start_ms) and was ended. See that it speaks FastCGI on "
                   "its standard input, or raise start_ms. The last time it answered with status "
                   "503. Starting again in 1 s.");
}
END_TEST

START_TEST(a_process_that_is_not_ready_can_be_recycled) {
  open_with_ready(FCL_READY_ACCEPTED);
  told();
  fcl__pool_recycle(&w.pool, w.now);
  world_check();
  ck_assert_str_eq(told(), "stop 0\nspawn 1\n");
}
END_TEST

#define ADD(test) tcase_add_test(tc, test)

int main(void) {
  TCase *tc = tcase_create("watch");
  tcase_add_checked_fixture(tc, world_prepare, world_end);
  ADD(an_idle_process_leaves_when_it_is_old);
  ADD(an_old_process_finishes_what_it_has);
  ADD(the_next_request_goes_to_a_new_process_beside_the_old_one);
  ADD(who_is_to_stay_is_started_anew_when_it_is_old);
  ADD(a_new_process_in_the_same_place_has_its_own_age);
  ADD(a_process_above_max_memory_is_replaced_and_the_event_says_how_much);
  ADD(a_process_above_max_memory_finishes_what_it_has);
  ADD(memory_is_looked_at_every_3_s);
  ADD(where_nobody_can_tell_nothing_is_replaced);
  ADD(no_clock_runs_when_no_process_is_left);
  ADD(a_process_takes_as_many_connections_as_per_process);
  ADD(one_start_is_enough_for_as_many_as_a_process_takes);
  ADD(max_requests_counts_those_of_all_connections);
  ADD(a_canceled_request_lets_the_others_of_its_process_go_on);
  ADD(the_sentence_of_a_full_queue_names_per_process);
  ADD(a_process_that_is_not_ready_gets_no_request);
  ADD(who_has_answered_is_ready);
  ADD(who_has_accepted_is_ready_where_that_is_enough);
  ADD(to_have_accepted_is_not_to_have_answered);
  ADD(who_hangs_up_and_lives_is_ready);
  ADD(who_hangs_up_because_it_dies_is_a_failed_start);
  ADD(who_waits_goes_to_whoever_is_free_first);
  ADD(who_is_not_ready_in_start_ms_is_ended);
  ADD(who_is_to_answer_a_probe_is_asked_until_it_does);
  tcase_add_loop_test(tc, a_probe_that_could_not_be_sent_is_sent_again, 0, 2);
  ADD(to_take_a_probe_or_to_hang_up_on_it_is_not_to_answer_it);
  ADD(who_answers_no_probe_is_ended_and_what_it_did_is_said);
  ADD(a_process_that_is_not_ready_can_be_recycled);
  return test_suite_run("watch", &tc, 1);
}
