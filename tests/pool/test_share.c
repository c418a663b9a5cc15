/* test_share.c: members that take several requests at once (per_connection): who gets the next one,
 * how it is learnt and taken back, and what becomes of each when the member ends. */
#include "pool/recorder.h"

static void prepare(unsigned processes, unsigned per_connection) {
  world_prepare();
  w.settings.max_processes = processes;
  w.settings.per_connection = per_connection;
}

static void open_with(unsigned processes, unsigned per_connection) {
  unsigned i;
  prepare(processes, 1); /* so that each request starts a process */
  world_open();
  world_with_idle(processes);
  w.settings.per_connection = per_connection;
  for (i = 0; i < processes; i++)
    shares(i, per_connection, 1);
}

static void open_addresses(unsigned count, unsigned connections, unsigned per_connection) {
  world_prepare_addresses(count);
  w.settings.max_connections = connections;
  w.settings.per_connection = per_connection;
  world_open();
}

/* ---- Who gets the next one ---- */

START_TEST(a_process_takes_as_many_as_share_its_connection) {
  open_with(1, 3);
  submit('a');
  submit('b');
  submit('c');
  submit('d');
  ck_assert_str_eq(told(), "begin a on 0\nbegin b on 0\nbegin c on 0\n");
  ck_assert_int_eq(guest('d')->state, FCL__QUEUED);
  connected('b');
  finished('b');
  ck_assert_str_eq(told(), "begin d on 0\n");
}
END_TEST

START_TEST(an_idle_process_comes_before_one_that_has_room) {
  open_with(2, 5);
  submit('a');
  submit('b');
  ck_assert_str_eq(told(), "begin a on 1\nbegin b on 0\n");
}
END_TEST

START_TEST(those_with_room_take_turns) {
  open_with(2, 5);
  submit('a');
  submit('b');
  told();
  submit('c');
  submit('d');
  submit('e');
  ck_assert_str_eq(told(), "begin c on 1\nbegin d on 0\nbegin e on 1\n");
}
END_TEST

START_TEST(one_process_is_started_for_as_many_as_it_can_take) {
  prepare(4, 10);
  world_open();
  for (int id = 'a'; id <= 'j'; id++)
    submit(id);
  ck_assert_uint_eq(w.spawned, 1);
  submit('k');
  ck_assert_uint_eq(w.spawned, 2);
}
END_TEST

START_TEST(those_who_wait_for_a_start_do_not_count_as_queued) {
  prepare(1, 10);
  w.settings.queue_length = 2;
  world_open();
  for (int id = 128; id < 140; id++)
    submit(id);
  ck_assert_uint_eq(w.pool.queued, 12);
  submit(140);
  ck_assert(strstr(told(), "fail 140 QUEUE_FULL") != NULL);
}
END_TEST

START_TEST(a_process_is_idle_when_its_last_request_is_over) {
  open_with(1, 3);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  finished('a');
  ck_assert_str_eq(state(0), "busy");
  finished('b');
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

START_TEST(an_address_takes_its_connections_times_what_shares_each) {
  open_addresses(1, 2, 3);
  for (int id = 'a'; id <= 'g'; id++)
    submit(id);
  ck_assert_uint_eq(member(0)->in_hand, 6);
  ck_assert_int_eq(guest('g')->state, FCL__QUEUED);
}
END_TEST

START_TEST(addresses_without_a_limit_stay_without_one) {
  open_addresses(1, FCL_NEVER, 1000);
  for (int id = 128; id < 140; id++)
    submit(id);
  ck_assert_uint_eq(member(0)->in_hand, 12);
}
END_TEST

/* ---- Learnt, and taken back ---- */

START_TEST(what_is_learnt_lets_those_in_who_wait) {
  open_with(1, 0);
  submit('a');
  submit('b');
  submit('c');
  ck_assert_str_eq(told(), "begin a on 0\n");
  w.settings.per_connection = 2;
  shares(0, 2, 1);
  ck_assert_str_eq(told(), "begin b on 0\n");
}
END_TEST

START_TEST(what_is_learnt_of_an_address_may_lower_its_connections) {
  open_addresses(1, FCL_NEVER, 0);
  submit('a');
  shares(0, 1, 1);
  submit('b');
  ck_assert_int_eq(guest('b')->state, FCL__QUEUED);
  connected('a');
  finished('a');
  ck_assert_int_eq(guest('b')->state, FCL__CONNECTING);
}
END_TEST

START_TEST(a_member_that_takes_one_again_finishes_what_it_has) {
  open_with(1, 3);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  shares(0, 1, 1);
  submit('c');
  finished('a');
  ck_assert_int_eq(guest('c')->state, FCL__QUEUED);
  finished('b');
  ck_assert_int_eq(guest('c')->state, FCL__CONNECTING);
}
END_TEST

START_TEST(one_that_was_refused_by_a_living_process_is_begun_again_without_proof) {
  open_with(1, 2);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  told();
  ck_assert_int_eq(returned('b'), 1);
  ck_assert_str_eq(told(), "begin b on 0\n");
  ck_assert_uint_eq(guest('b')->tries, 2);
}
END_TEST

START_TEST(one_that_was_refused_goes_to_the_front_of_the_queue) {
  open_with(1, 2);
  submit('a');
  submit('b');
  submit('c');
  connected('a');
  connected('b');
  shares(0, 1, 1);
  told();
  returned('b');
  finished('a');
  ck_assert_str_eq(told(), "begin b on 0\n");
}
END_TEST

START_TEST(one_that_is_always_refused_has_its_tries) {
  int i, did = 1;
  open_with(1, 2);
  submit('a');
  for (i = 0; did && i < 100; i++) {
    connected('a');
    did = returned('a');
  }
  ck_assert_int_eq(i, 5); /* 4 + max_processes */
  finished('a');
}
END_TEST

START_TEST(a_worn_process_takes_no_more_and_is_replaced_at_once) {
  prepare(1, 3);
  w.settings.max_requests = 3; /* one of them made it idle */
  world_open();
  world_with_idle(1);
  submit('a');
  submit('b');
  ck_assert_str_eq(state(0), "draining");
  submit('c');
  ck_assert_uint_eq(w.spawned, 2);
  connected('a');
  connected('b');
  finished('a');
  finished('b');
  ck_assert_str_eq(state(0), "stopping");
}
END_TEST

/* ---- Who is given up ---- */

/* ABORT_REQUEST went out: the process lives, and others are on the connection. */
START_TEST(one_that_leaves_a_shared_connection_asks_for_no_proof) {
  open_with(1, 2);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  told();
  finished('a');
  ck_assert_str_eq(told(), "");
  submit('c');
  ck_assert_str_eq(told(), "begin c on 0\n");
}
END_TEST

START_TEST(a_process_that_owes_an_end_for_too_long_leaves_when_the_others_are_done) {
  open_with(1, 3);
  submit('a');
  connected('a');
  overdue(0);
  ck_assert_str_eq(state(0), "draining");
  ck_assert(strstr(said(), "warning php: process 100 had not ended a request that was aborted") !=
            NULL);
  told();
  finished('a');
  ck_assert_str_eq(told(), "stop 0\n");
}
END_TEST

START_TEST(a_silent_request_fails_alone_and_its_process_is_replaced_behind_the_others) {
  open_with(1, 3);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  pass(60000);
  touched('b');
  pass(10000);
  ck_assert(strstr(told(), "fail a TIMEOUT_ACTIVITY") != NULL);
  ck_assert(strstr(w.sentence, "when its other requests are done") != NULL);
  ck_assert_str_eq(state(0), "draining");
  ck_assert(is_here('b'));
  finished('b');
  ck_assert_str_eq(state(0), "stopping");
}
END_TEST

START_TEST(the_last_silent_request_ends_the_process_by_force) {
  open_with(1, 3);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  told();
  pass(70000);
  ck_assert_str_eq(told(), "fail a TIMEOUT_ACTIVITY\nfail b TIMEOUT_ACTIVITY\nstop 0 by force\n");
}
END_TEST

START_TEST(a_silent_request_of_an_address_fails_alone) {
  open_addresses(1, 1, 3);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  pass(60000);
  touched('b');
  pass(10000);
  ck_assert(strstr(told(), "fail a TIMEOUT_ACTIVITY") != NULL);
  ck_assert(is_here('b'));
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

/* ---- Exits ---- */

START_TEST(the_exit_of_a_process_fails_each_with_its_own_sentence) {
  open_with(1, 3);
  submit_about('a', "/one.php", "");
  submit_about('b', "/two.php", "tag");
  connected('a');
  connected('b');
  answered('a');
  told();
  exits(0, 255);
  ck_assert_str_eq(told(), "fail a TRUNCATED\nfail b EXITED\nforget 0\n");
  ck_assert(strstr(w.sentence, "/two.php") != NULL && strstr(w.sentence, "[tag]") != NULL);
}
END_TEST

START_TEST(one_that_may_be_sent_again_leaves_the_others_to_their_fate) {
  open_with(2, 3);
  submit('a');
  submit('b');
  submit('c');
  submit('d');
  connected('a');
  connected('c');
  told();
  ck_assert_int_eq(retried('c', 1), 1); /* it is asked whether it lives, and gets none meanwhile */
  ck_assert_str_eq(told(), "probe 1\nbegin c on 0\n");
  dies(1, 11);
  ck_assert(strstr(told(), "fail a EXITED") != NULL);
  ck_assert(is_here('c'));
}
END_TEST

START_TEST(who_ends_meanwhile_proves_nothing) {
  open_with(1, 3);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  retried('a', 0);
  finished('b');
  ck_assert_str_eq(state(0), "busy");
  ck_assert_int_eq(guest('a')->state, FCL__QUEUED);
  proven(0);
  ck_assert_int_eq(guest('a')->state, FCL__CONNECTING);
}
END_TEST

START_TEST(a_start_that_takes_too_long_fails_all_that_it_was_given) {
  prepare(1, 3);
  world_open();
  submit('a');
  submit('b');
  started(0);
  told();
  w.settings.connect_ms = 0;
  connected('a');
  connected('b');
  pass(10000);
  ck_assert_str_eq(told(), "fail a TIMEOUT_START\nfail b TIMEOUT_START\nstop 0 by force\n");
}
END_TEST

START_TEST(a_refused_connection_of_a_process_with_others_in_hand_lets_them_finish) {
  open_with(1, 3);
  submit('a');
  connected('a');
  submit('b');
  refused('b');
  ck_assert_str_eq(state(0), "draining");
  ck_assert(is_here('a'));
  finished('a');
  ck_assert_str_eq(state(0), "stopping");
}
END_TEST

START_TEST(a_recycled_process_finishes_all_it_has) {
  open_with(1, 3);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  fcl__pool_recycle(&w.pool, w.now);
  finished('a');
  ck_assert_str_eq(state(0), "draining");
  finished('b');
  ck_assert_str_eq(state(0), "stopping");
}
END_TEST

START_TEST(closing_waits_for_all_that_share) {
  open_with(1, 3);
  submit('a');
  submit('b');
  connected('a');
  connected('b');
  fcl__pool_close(&w.pool, FCL_NEVER, w.now);
  finished('a');
  ck_assert_str_eq(state(0), "busy");
  finished('b');
  ck_assert_str_eq(state(0), "stopping");
}
END_TEST

static TCase *add(const char *name) {
  TCase *t = tcase_create(name);
  tcase_add_checked_fixture(t, NULL, world_end);
  return t;
}

static TCase *next_ones(void) {
  TCase *t = add("who gets the next one");
  tcase_add_test(t, a_process_takes_as_many_as_share_its_connection);
  tcase_add_test(t, an_idle_process_comes_before_one_that_has_room);
  tcase_add_test(t, those_with_room_take_turns);
  tcase_add_test(t, one_process_is_started_for_as_many_as_it_can_take);
  tcase_add_test(t, those_who_wait_for_a_start_do_not_count_as_queued);
  tcase_add_test(t, a_process_is_idle_when_its_last_request_is_over);
  tcase_add_test(t, an_address_takes_its_connections_times_what_shares_each);
  tcase_add_test(t, addresses_without_a_limit_stay_without_one);
  return t;
}

static TCase *learnt(void) {
  TCase *t = add("learnt and taken back");
  tcase_add_test(t, what_is_learnt_lets_those_in_who_wait);
  tcase_add_test(t, what_is_learnt_of_an_address_may_lower_its_connections);
  tcase_add_test(t, a_member_that_takes_one_again_finishes_what_it_has);
  tcase_add_test(t, one_that_was_refused_by_a_living_process_is_begun_again_without_proof);
  tcase_add_test(t, one_that_was_refused_goes_to_the_front_of_the_queue);
  tcase_add_test(t, one_that_is_always_refused_has_its_tries);
  tcase_add_test(t, a_worn_process_takes_no_more_and_is_replaced_at_once);
  return t;
}

static TCase *ends(void) {
  TCase *t = add("given up and exits");
  tcase_add_test(t, one_that_leaves_a_shared_connection_asks_for_no_proof);
  tcase_add_test(t, a_process_that_owes_an_end_for_too_long_leaves_when_the_others_are_done);
  tcase_add_test(t, a_silent_request_fails_alone_and_its_process_is_replaced_behind_the_others);
  tcase_add_test(t, the_last_silent_request_ends_the_process_by_force);
  tcase_add_test(t, a_silent_request_of_an_address_fails_alone);
  tcase_add_test(t, the_exit_of_a_process_fails_each_with_its_own_sentence);
  tcase_add_test(t, one_that_may_be_sent_again_leaves_the_others_to_their_fate);
  tcase_add_test(t, who_ends_meanwhile_proves_nothing);
  tcase_add_test(t, a_start_that_takes_too_long_fails_all_that_it_was_given);
  tcase_add_test(t, a_refused_connection_of_a_process_with_others_in_hand_lets_them_finish);
  tcase_add_test(t, a_recycled_process_finishes_all_it_has);
  tcase_add_test(t, closing_waits_for_all_that_share);
  return t;
}

int main(void) {
  TCase *cases[] = {next_ones(), learnt(), ends()};
  return test_suite_run("share", cases, 3);
}
