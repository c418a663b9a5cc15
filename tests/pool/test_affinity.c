/* test_affinity.c: which of several addresses: round robin, and keys that stay where they were. */
#include "pool/recorder.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESSES 8
#define KEYS      10000

static char texts[ADDRESSES][32];
static const char *addresses[ADDRESSES + 1];

static void with(unsigned count, fcl_balance balance) {
  unsigned i;
  for (i = 0; i < ADDRESSES; i++) {
    snprintf(texts[i], sizeof texts[i], "tcp:10.0.0.%u:9000", i + 1);
    addresses[i] = i < count ? texts[i] : NULL;
  }
  world_prepare_addresses(count);
  w.settings.addresses = addresses;
  w.settings.balance = balance;
}

/* Where a request with that key goes; nothing is left of it. */
static unsigned home(const char *key) {
  unsigned at;
  submit_for('a', key);
  at = guest('a')->member->index;
  connected('a');
  finished('a');
  forget_logs();
  return at;
}

static unsigned home_of(unsigned n) {
  char key[24];
  snprintf(key, sizeof key, "session %u", n);
  return home(key);
}

static unsigned char homes[KEYS];

static void find_homes(void) {
  unsigned i;
  for (i = 0; i < KEYS; i++)
    homes[i] = (unsigned char) home_of(i);
}

/* How many keys have moved; those that were not at `left` and did not go to `come` fail the test.
 */
static unsigned count_moved(int left, int come) {
  unsigned i, moved = 0;
  for (i = 0; i < KEYS; i++) {
    unsigned at = home_of(i);
    if (at == homes[i])
      continue;
    moved++;
    if (left >= 0)
      ck_assert_uint_eq(homes[i], left);
    if (come >= 0)
      ck_assert_uint_eq(at, come);
  }
  return moved;
}

/* ---- Round robin ---- */

START_TEST(round_robin_takes_each_in_turn_however_busy) {
  with(3, FCL_BALANCE_ROUND_ROBIN);
  world_open();
  serve('a');
  serve('b');
  serve('c');
  finished('b');
  told();
  submit('d');
  submit('e');
  ck_assert_str_eq(told(), "begin d on 0\nbegin e on 1\n");
}
END_TEST

START_TEST(round_robin_passes_over_one_that_is_full) {
  with(3, FCL_BALANCE_ROUND_ROBIN);
  w.settings.max_connections = 1;
  world_open();
  serve('a');
  serve('b');
  serve('c');
  finished('b');
  finished('c');
  told();
  submit('d'); /* 0 would be next */
  ck_assert_str_eq(told(), "begin d on 1\n");
}
END_TEST

/* ---- Affinity ---- */

START_TEST(the_same_key_goes_to_the_same_address) {
  unsigned i, at;
  with(5, FCL_BALANCE_AFFINITY);
  world_open();
  at = home("user 7");
  for (i = 0; i < 100; i++) {
    home_of(i);
    ck_assert_uint_eq(home("user 7"), at);
  }
}
END_TEST

START_TEST(a_key_goes_to_the_same_address_in_whatever_order_they_are_given) {
  const char *at;
  with(3, FCL_BALANCE_AFFINITY);
  world_open();
  at = texts[home("user 7")];
  world_end();
  with(3, FCL_BALANCE_AFFINITY);
  addresses[0] = texts[2];
  addresses[1] = texts[0];
  addresses[2] = texts[1];
  world_open();
  ck_assert_str_eq(addresses[home("user 7")], at);
}
END_TEST

/* A fair coin of five sides would be 2000 +- 40 for each. */
START_TEST(keys_are_spread_evenly) {
  unsigned i, count[5] = {0};
  with(5, FCL_BALANCE_AFFINITY);
  world_open();
  find_homes();
  for (i = 0; i < KEYS; i++)
    count[homes[i]]++;
  for (i = 0; i < 5; i++) {
    ck_assert_uint_ge(count[i], 1800);
    ck_assert_uint_le(count[i], 2200);
  }
}
END_TEST

START_TEST(where_an_address_goes_only_its_keys_move_and_evenly) {
  unsigned i, n = 0, moved, count[5] = {0};
  with(5, FCL_BALANCE_AFFINITY);
  world_open();
  find_homes();
  for (i = 0; i < KEYS; i++)
    n += homes[i] == 2;
  fcl__address_remove(member(2), w.now);
  moved = count_moved(2, -1);
  ck_assert_uint_eq(moved, n);
  for (i = 0; i < KEYS; i++)
    if (homes[i] == 2)
      count[home_of(i)]++;
  for (i = 0; i < 5; i++)
    if (i != 2)
      ck_assert_uint_ge(count[i], n / 4 - n / 20);
}
END_TEST

START_TEST(an_address_that_comes_takes_only_its_share) {
  unsigned moved;
  with(5, FCL_BALANCE_AFFINITY);
  w.settings.address_count = 5;
  addresses[4] = NULL;
  world_open();
  find_homes();
  fcl__address_add(member(4), texts[4], w.now);
  moved = count_moved(-1, 4);
  ck_assert_uint_ge(moved, 1800);
  ck_assert_uint_le(moved, 2200);
}
END_TEST

START_TEST(keys_come_home_when_their_address_is_back) {
  with(5, FCL_BALANCE_AFFINITY);
  world_open();
  find_homes();
  fcl__address_drain(member(3), w.now);
  ck_assert_uint_ge(count_moved(3, -1), 1800);
  fcl__address_undrain(member(3), w.now);
  ck_assert_uint_eq(count_moved(-1, -1), 0);
}
END_TEST

START_TEST(a_key_whose_address_is_full_goes_where_it_would_go_without_it) {
  unsigned first, second;
  with(3, FCL_BALANCE_AFFINITY);
  w.settings.max_connections = 1;
  world_open();
  first = home("user 7");
  submit_for('b', "user 7");
  connected('b');
  second = home("user 7");
  ck_assert_uint_ne(first, second);
  finished('b');
  fcl__address_remove(member(first), w.now);
  ck_assert_uint_eq(home("user 7"), second);
}
END_TEST

START_TEST(without_a_key_the_least_busy_is_next) {
  with(2, FCL_BALANCE_AFFINITY);
  world_open();
  serve('a');
  serve('b');
  finished('a');
  told();
  submit('c');
  ck_assert_str_eq(told(), "begin c on 0\n");
}
END_TEST

START_TEST(a_key_means_nothing_where_no_affinity_is_wanted) {
  with(2, FCL_BALANCE_LEAST);
  world_open();
  submit_for('a', "user 7");
  submit_for('b', "user 7");
  ck_assert_str_eq(told(), "begin a on 0\nbegin b on 1\n");
}
END_TEST

/* In slow start a key moves once: it does not go to and fro. */
START_TEST(in_slow_start_keys_come_home_one_by_one) {
  unsigned step, i, at_home, before = 0, own = 0;
  static unsigned char is_back[KEYS];
  with(5, FCL_BALANCE_AFFINITY);
  w.settings.slow_start_ms = 10000;
  world_open();
  find_homes();
  for (i = 0; i < KEYS; i++)
    own += homes[i] == 3;
  fcl__address_drain(member(3), w.now);
  fcl__address_undrain(member(3), w.now);
  for (step = 1; step <= 10; step++, before = at_home) {
    pass(1000);
    for (i = at_home = 0; i < KEYS; i++) {
      int is = homes[i] == 3 && home_of(i) == 3;
      ck_assert(is || !is_back[i]);
      is_back[i] = (unsigned char) is;
      at_home += (unsigned) is;
    }
    ck_assert_uint_ge(at_home, before);
    ck_assert_uint_ge(at_home + own / 10, own * step / 10);
    ck_assert_uint_le(at_home, own * step / 10 + own / 10);
  }
  ck_assert_uint_eq(at_home, own);
}
END_TEST

/* ---- Who refused one is avoided ---- */

START_TEST(a_request_that_was_refused_as_overloaded_goes_to_another_address) {
  with(2, FCL_BALANCE_LEAST);
  world_open();
  submit('a');
  connected('a');
  serve('b');
  serve('c');
  finished('c'); /* on 0, which is less busy than 1 as soon as a has left it */
  told();
  guest('a')->avoided = guest('a')->member;
  ck_assert_int_eq(retried('a', 0), 1);
  ck_assert_str_eq(told(), "begin a on 1\n");
}
END_TEST

START_TEST(a_key_whose_address_refused_it_as_overloaded_goes_to_another) {
  unsigned at;
  with(5, FCL_BALANCE_AFFINITY);
  world_open();
  at = home("user 7");
  submit_for('a', "user 7");
  ck_assert_uint_eq(guest('a')->member->index, at);
  connected('a');
  guest('a')->avoided = guest('a')->member;
  ck_assert_int_eq(retried('a', 0), 1);
  ck_assert_uint_ne(guest('a')->member->index, at);
}
END_TEST

START_TEST(where_there_is_no_other_it_goes_to_the_same_again) {
  with(1, FCL_BALANCE_LEAST);
  world_open();
  submit('a');
  connected('a');
  told();
  guest('a')->avoided = guest('a')->member;
  ck_assert_int_eq(retried('a', 0), 1);
  ck_assert_str_eq(told(), "begin a on 0\n");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("affinity");
  tcase_add_checked_fixture(t, NULL, world_end);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, round_robin_takes_each_in_turn_however_busy);
  tcase_add_test(t, round_robin_passes_over_one_that_is_full);
  tcase_add_test(t, the_same_key_goes_to_the_same_address);
  tcase_add_test(t, a_key_goes_to_the_same_address_in_whatever_order_they_are_given);
  tcase_add_test(t, keys_are_spread_evenly);
  tcase_add_test(t, where_an_address_goes_only_its_keys_move_and_evenly);
  tcase_add_test(t, an_address_that_comes_takes_only_its_share);
  tcase_add_test(t, keys_come_home_when_their_address_is_back);
  tcase_add_test(t, a_key_whose_address_is_full_goes_where_it_would_go_without_it);
  tcase_add_test(t, without_a_key_the_least_busy_is_next);
  tcase_add_test(t, a_key_means_nothing_where_no_affinity_is_wanted);
  tcase_add_test(t, in_slow_start_keys_come_home_one_by_one);
  tcase_add_test(t, a_request_that_was_refused_as_overloaded_goes_to_another_address);
  tcase_add_test(t, a_key_whose_address_refused_it_as_overloaded_goes_to_another);
  tcase_add_test(t, where_there_is_no_other_it_goes_to_the_same_again);
  return test_suite_run("affinity", &t, 1);
}
