/* test_health.c: addresses that come and go, are drained and taken back, are probed, start slowly.
 */
#include "pool/recorder.h"
#include <string.h>

static void with(unsigned count) {
  world_prepare_addresses(count);
}

static void lives(unsigned index) {
  fcl__address_probed(member(index), NULL, w.now);
  world_check();
}

static void is_mute(unsigned index) {
  fcl_error e;
  fcl__error_setx(&e, FCL_E_TIMEOUT_CONNECT, 0, "app: no answer to a probe.");
  fcl__address_probed(member(index), &e, w.now);
  world_check();
}

static void drain(unsigned index) {
  fcl__address_drain(member(index), w.now);
  world_check();
}

static void undrain(unsigned index) {
  fcl__address_undrain(member(index), w.now);
  world_check();
}

/* ---- Drained ---- */

START_TEST(a_drained_address_takes_no_more_and_finishes_what_it_has) {
  with(2);
  world_open();
  serve('a');
  told();
  drain(0);
  ck_assert_str_eq(told(), "forget 0\n");
  serve('b');
  serve('c');
  ck_assert_str_eq(told(), "begin b on 1\nbegin c on 1\n");
  finished('a');
  ck_assert_str_eq(state(0), "absent");
}
END_TEST

START_TEST(a_drained_address_says_what_it_has_in_hand) {
  with(2);
  world_open();
  serve('a');
  drain(0);
  ck_assert_str_eq(said(), "info app: address tcp:a:9000 is drained: it takes no more requests; it "
                           "still has 1 in hand.\n");
}
END_TEST

START_TEST(an_address_that_is_taken_back_takes_requests) {
  with(2);
  world_open();
  drain(0);
  undrain(0);
  told();
  submit('a');
  submit('b');
  ck_assert_str_eq(told(), "begin a on 0\nbegin b on 1\n");
}
END_TEST

START_TEST(where_all_are_drained_requests_are_refused_in_words) {
  with(2);
  world_open();
  drain(0);
  drain(1);
  submit('a');
  ck_assert_str_eq(w.sentence,
                   "app: all of its 2 addresses are drained; fcl_pool_undrain takes one back.");
}
END_TEST

START_TEST(those_that_wait_for_a_drained_address_go_to_another_that_has_room) {
  with(2);
  w.settings.max_connections = 1;
  world_open();
  serve('a');
  serve('b');
  submit('c');
  drain(0);
  told();
  finished('a'); /* its place is no place */
  ck_assert_str_eq(told(), "");
  finished('b');
  ck_assert_str_eq(told(), "begin c on 1\n");
}
END_TEST

START_TEST(the_back_off_of_a_drained_address_does_not_bring_it_back) {
  with(2);
  world_open();
  submit('a');
  refused('a');
  drain(0);
  pass(60000);
  ck_assert_str_eq(state(0), "absent");
}
END_TEST

START_TEST(resume_does_not_bring_back_a_drained_address) {
  with(2);
  world_open();
  drain(0);
  fcl__pool_resume(&w.pool, w.now);
  ck_assert_str_eq(state(0), "absent");
}
END_TEST

START_TEST(a_drained_address_that_is_refused_stays_drained) {
  with(2);
  world_open();
  submit('a');
  drain(0);
  told();
  refused('a');
  ck_assert_str_eq(told(), "begin a on 1\n");
  pass(60000);
  ck_assert_str_eq(state(0), "absent");
}
END_TEST

/* ---- Coming and going ---- */

static const char *const none[3] = {NULL, NULL, NULL};

static void with_places(void) {
  with(3);
  w.settings.addresses = none;
  world_open();
}

static void comes(unsigned index, const char *text) {
  fcl__address_add(member(index), text, w.now);
  world_check();
}

static void goes(unsigned index) {
  fcl__address_remove(member(index), w.now);
  world_check();
}

START_TEST(while_a_name_is_resolved_requests_wait) {
  with_places();
  fcl__pool_names(&w.pool, 1, NULL, w.now);
  submit('a');
  ck_assert_str_eq(told(), "");
  comes(0, "tcp:10.0.0.1:9000");
  ck_assert_str_eq(told(), "begin a on 0\n");
}
END_TEST

START_TEST(those_that_wait_for_a_name_fail_when_it_cannot_be_resolved) {
  with_places();
  fcl__pool_names(&w.pool, 1, NULL, w.now);
  submit('a');
  fcl__pool_names(&w.pool, 0, "nobody knows the name.", w.now);
  ck_assert_str_eq(told(), "fail a CONNECT\n");
  ck_assert_str_eq(w.sentence, "app: nobody knows the name.");
}
END_TEST

START_TEST(those_that_wait_for_a_name_wait_no_longer_than_queue_ms) {
  with_places();
  fcl__pool_names(&w.pool, 1, NULL, w.now);
  submit('a');
  pass(30000);
  ck_assert_str_eq(told(), "fail a TIMEOUT_QUEUE\n");
  ck_assert_ptr_nonnull(strstr(w.sentence, "the name of its address was being resolved"));
}
END_TEST

START_TEST(an_address_that_goes_finishes_what_it_has_before_its_place_is_free) {
  with_places();
  comes(0, "tcp:10.0.0.1:9000");
  comes(1, "tcp:10.0.0.2:9000");
  serve('a');
  goes(0);
  ck_assert_int_eq(fcl__address_is_free(member(0)), 0);
  ck_assert_str_eq(told(), "begin a on 0\nforget 0\n");
  finished('a');
  ck_assert_int_eq(fcl__address_is_free(member(0)), 1);
}
END_TEST

START_TEST(an_address_that_comes_back_before_it_has_left_goes_on) {
  with_places();
  comes(0, "tcp:10.0.0.1:9000");
  serve('a');
  goes(0);
  comes(0, "tcp:10.0.0.1:9000");
  told();
  submit('b');
  ck_assert_str_eq(told(), "begin b on 0\n");
}
END_TEST

START_TEST(a_place_takes_another_address_when_the_first_has_left) {
  with_places();
  comes(0, "tcp:10.0.0.1:9000");
  goes(0);
  comes(0, "tcp:10.0.0.9:9000");
  submit('a');
  refused('a');
  ck_assert_ptr_nonnull(strstr(w.sentence, "connection refused"));
  ck_assert_ptr_nonnull(strstr(said(), "address tcp:10.0.0.9:9000"));
}
END_TEST

START_TEST(another_address_at_a_place_inherits_nothing) {
  with_places();
  comes(0, "tcp:10.0.0.1:9000");
  serve('a');
  finished('a');
  drain(0);
  goes(0);
  comes(0, "tcp:10.0.0.9:9000");
  ck_assert_str_eq(state(0), "idle");
  ck_assert_uint_eq(member(0)->served, 0);
}
END_TEST

START_TEST(an_address_that_comes_back_drained_stays_so) {
  with_places();
  comes(0, "tcp:10.0.0.1:9000");
  drain(0);
  goes(0);
  comes(0, "tcp:10.0.0.1:9000");
  ck_assert_str_eq(state(0), "absent");
}
END_TEST

START_TEST(an_address_that_goes_while_it_is_left_alone_stays_away) {
  with_places();
  comes(0, "tcp:10.0.0.1:9000");
  comes(1, "tcp:10.0.0.2:9000");
  submit('a');
  refused('a');
  goes(0);
  pass(60000);
  ck_assert_str_eq(state(0), "absent");
}
END_TEST

/* ---- A host that is lost ---- */

static void lost(int id) {
  fcl_error e;
  fcl__error_setx(&e, FCL_E_IO, 110, "app: connection timed out.");
  fcl__address_lost(guest(id)->member, &e, w.now);
  world_check();
}

START_TEST(a_lost_host_gets_no_more_until_its_back_off_is_over) {
  with(2);
  world_open();
  serve('a');
  told();
  lost('a');
  ck_assert_str_eq(told(), "forget 0\n");
  serve('b');
  serve('c');
  ck_assert_str_eq(told(), "begin b on 1\nbegin c on 1\n");
  pass(1000);
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

START_TEST(several_requests_that_lose_their_host_are_one_death) {
  with(1);
  world_open();
  serve('a');
  serve('b');
  lost('a');
  lost('b');
  ck_assert_uint_eq(member(0)->failures, 1);
}
END_TEST

/* ---- Probes ---- */

static void with_probes(unsigned count) {
  with(count);
  w.settings.probe_ms = 5000;
  world_open();
  fcl__pool_begin(&w.pool, w.now);
}

START_TEST(an_idle_address_is_probed_again_and_again) {
  with_probes(1);
  pass(4999);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "probe 0\n");
  lives(0);
  pass(5000);
  ck_assert_str_eq(told(), "probe 0\n");
}
END_TEST

START_TEST(whoever_has_answered_need_not_be_probed) {
  with_probes(1);
  pass(3000);
  serve('a');
  told();
  pass(2000);
  ck_assert_str_eq(told(), "");
  pass(5000);
  ck_assert_str_eq(told(), "probe 0\n");
}
END_TEST

START_TEST(requests_do_not_end_the_probing) {
  with_probes(1);
  serve('a');
  finished('a');
  pass(5000);
  told();
  pass(5000);
  ck_assert_str_eq(told(), "probe 0\n");
}
END_TEST

START_TEST(two_probes_in_vain_and_an_address_is_left_alone) {
  with_probes(2);
  pass(5000);
  is_mute(0);
  lives(1);
  ck_assert_str_eq(state(0), "idle");
  pass(5000);
  told();
  is_mute(0);
  ck_assert_str_eq(told(), "forget 0\n");
  ck_assert_str_eq(
      said(), "warning app: no answer to a probe. In 1 s address tcp:a:9000 is tried again.\n");
}
END_TEST

START_TEST(a_probe_that_is_answered_begins_the_count_anew) {
  with_probes(2);
  pass(5000);
  is_mute(0);
  lives(1);
  pass(5000);
  lives(0);
  lives(1);
  pass(5000);
  is_mute(0);
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

START_TEST(the_last_address_stays_whatever_its_probes_say) {
  unsigned i;
  with_probes(1);
  for (i = 0; i < 5; i++) {
    pass(5000);
    is_mute(0);
  }
  ck_assert_str_eq(state(0), "idle");
}
END_TEST

START_TEST(no_request_is_risked_on_an_address_that_was_down_before_its_probe_is_answered) {
  with_probes(2);
  submit('a');
  refused('a');
  told();
  pass(1000);
  ck_assert_str_eq(told(), "probe 0\n");
  submit('b');
  submit('c');
  ck_assert_str_eq(told(), "begin b on 1\nbegin c on 1\n");
  lives(0);
  submit('d');
  ck_assert_str_eq(told(), "begin d on 0\n");
}
END_TEST

START_TEST(probes_in_vain_back_off) {
  with_probes(2);
  submit('a');
  refused('a');
  connected('a');
  told();
  pass(1000);
  is_mute(0);
  pass(1999);
  ck_assert_str_eq(told(), "probe 0\n");
  pass(1);
  ck_assert_str_eq(told(), "probe 0\n");
  is_mute(0);
  pass(3000);
  ck_assert_str_eq(told(), "probe 1\n");
}
END_TEST

START_TEST(a_drained_address_is_not_probed) {
  with_probes(2);
  drain(0);
  told();
  pass(5000);
  ck_assert_str_eq(told(), "probe 1\n");
}
END_TEST

START_TEST(a_probe_of_an_address_that_was_drained_meanwhile_says_nothing) {
  with_probes(2);
  pass(5000);
  drain(0);
  lives(0);
  ck_assert_str_eq(state(0), "absent");
}
END_TEST

START_TEST(a_pool_closes_while_its_probes_are_out) {
  with_probes(2);
  pass(5000);
  told();
  fcl__pool_close(&w.pool, 0, w.now);
  ck_assert_str_eq(told(), "forget 0\nforget 1\nclosed\n");
}
END_TEST

START_TEST(a_pool_closes_while_an_address_that_is_down_is_probed) {
  with_probes(2);
  submit('a');
  refused('a');
  pass(1000);
  canceled('a');
  told();
  fcl__pool_close(&w.pool, 0, w.now);
  ck_assert_str_eq(told(), "forget 0\nforget 1\nclosed\n");
}
END_TEST

/* ---- Slow start ---- */

static unsigned turns_of(unsigned index, unsigned of) {
  unsigned i, n = 0;
  for (i = 0; i < of; i++) {
    serve('z');
    n += guest('z')->member->index == index;
    finished('z');
  }
  forget_logs();
  return n;
}

static void with_one_that_is_back(void) {
  with(2);
  w.settings.slow_start_ms = 10000;
  world_open();
  submit('a');
  refused('a');
  connected('a');
  finished('a');
  pass(1000);
  submit('a'); /* on 1 or, as one that is tried, on 0 */
  submit('b');
  connected('a');
  connected('b');
  finished('a');
  finished('b');
}

START_TEST(one_that_is_back_gets_a_share_that_grows) {
  unsigned first, second;
  with_one_that_is_back();
  first = turns_of(0, 160);
  ck_assert_uint_ge(first, 8);
  ck_assert_uint_le(first, 12);
  pass(2500);
  second = turns_of(0, 160);
  ck_assert_uint_ge(second, 35);
  ck_assert_uint_le(second, 45);
  pass(7500);
  ck_assert_uint_eq(turns_of(0, 160), 80);
}
END_TEST

START_TEST(where_nobody_else_is_there_it_gets_all_at_once) {
  with_one_that_is_back();
  drain(1);
  ck_assert_uint_eq(turns_of(0, 50), 50);
}
END_TEST

START_TEST(an_address_that_comes_beside_others_starts_slowly) {
  with(3);
  w.settings.addresses = none;
  w.settings.slow_start_ms = 10000;
  world_open();
  comes(0, "tcp:10.0.0.1:9000");
  comes(1, "tcp:10.0.0.2:9000");
  pass(10000);
  comes(2, "tcp:10.0.0.3:9000");
  ck_assert_uint_le(turns_of(2, 160), 12);
}
END_TEST

START_TEST(the_first_address_of_all_does_not_start_slowly) {
  with(3);
  w.settings.addresses = none;
  w.settings.slow_start_ms = 10000;
  world_open();
  comes(0, "tcp:10.0.0.1:9000");
  ck_assert_uint_eq(member(0)->back_at, 0);
}
END_TEST

START_TEST(the_addresses_of_the_first_answer_begin_together) {
  with(3);
  w.settings.addresses = none;
  w.settings.slow_start_ms = 10000;
  world_open();
  fcl__pool_names(&w.pool, 1, NULL, w.now);
  comes(0, "tcp:10.0.0.1:9000");
  comes(1, "tcp:10.0.0.2:9000");
  fcl__pool_names(&w.pool, 0, NULL, w.now);
  ck_assert_uint_eq(turns_of(0, 10), 5);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("health");
  tcase_add_checked_fixture(t, NULL, world_end);
  tcase_add_test(t, a_drained_address_takes_no_more_and_finishes_what_it_has);
  tcase_add_test(t, a_drained_address_says_what_it_has_in_hand);
  tcase_add_test(t, an_address_that_is_taken_back_takes_requests);
  tcase_add_test(t, where_all_are_drained_requests_are_refused_in_words);
  tcase_add_test(t, those_that_wait_for_a_drained_address_go_to_another_that_has_room);
  tcase_add_test(t, the_back_off_of_a_drained_address_does_not_bring_it_back);
  tcase_add_test(t, resume_does_not_bring_back_a_drained_address);
  tcase_add_test(t, a_drained_address_that_is_refused_stays_drained);
  tcase_add_test(t, while_a_name_is_resolved_requests_wait);
  tcase_add_test(t, those_that_wait_for_a_name_fail_when_it_cannot_be_resolved);
  tcase_add_test(t, those_that_wait_for_a_name_wait_no_longer_than_queue_ms);
  tcase_add_test(t, an_address_that_goes_finishes_what_it_has_before_its_place_is_free);
  tcase_add_test(t, an_address_that_comes_back_before_it_has_left_goes_on);
  tcase_add_test(t, a_place_takes_another_address_when_the_first_has_left);
  tcase_add_test(t, another_address_at_a_place_inherits_nothing);
  tcase_add_test(t, an_address_that_comes_back_drained_stays_so);
  tcase_add_test(t, an_address_that_goes_while_it_is_left_alone_stays_away);
  tcase_add_test(t, a_lost_host_gets_no_more_until_its_back_off_is_over);
  tcase_add_test(t, several_requests_that_lose_their_host_are_one_death);
  tcase_add_test(t, an_idle_address_is_probed_again_and_again);
  tcase_add_test(t, whoever_has_answered_need_not_be_probed);
  tcase_add_test(t, requests_do_not_end_the_probing);
  tcase_add_test(t, two_probes_in_vain_and_an_address_is_left_alone);
  tcase_add_test(t, a_probe_that_is_answered_begins_the_count_anew);
  tcase_add_test(t, the_last_address_stays_whatever_its_probes_say);
  tcase_add_test(t, no_request_is_risked_on_an_address_that_was_down_before_its_probe_is_answered);
  tcase_add_test(t, probes_in_vain_back_off);
  tcase_add_test(t, a_drained_address_is_not_probed);
  tcase_add_test(t, a_probe_of_an_address_that_was_drained_meanwhile_says_nothing);
  tcase_add_test(t, a_pool_closes_while_its_probes_are_out);
  tcase_add_test(t, a_pool_closes_while_an_address_that_is_down_is_probed);
  tcase_add_test(t, one_that_is_back_gets_a_share_that_grows);
  tcase_add_test(t, where_nobody_else_is_there_it_gets_all_at_once);
  tcase_add_test(t, an_address_that_comes_beside_others_starts_slowly);
  tcase_add_test(t, the_first_address_of_all_does_not_start_slowly);
  tcase_add_test(t, the_addresses_of_the_first_answer_begin_together);
  return test_suite_run("health", &t, 1);
}
