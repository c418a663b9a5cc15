/* test_balance.c: who takes the next request: processes, and addresses with room. */
#include "pool/recorder.h"
#include <string.h>

/* ---- Processes ---- */

START_TEST(the_process_used_last_is_used_next) {
  world_open();
  world_with_idle(2);
  serve('a');
  serve('b');
  finished('a'); /* on 1 */
  finished('b'); /* on 0 */
  told();
  submit('c');
  ck_assert_str_eq(told(), "begin c on 0\n");
}
END_TEST

START_TEST(surplus_processes_get_to_idle) {
  int i;
  world_open();
  world_with_idle(2);
  for (i = 0; i < 100; i++) {
    pass(3000);
    serve('a');
    finished('a');
  }
  ck_assert_str_eq(state(0), "stopping");
  ck_assert_str_eq(state(1), "idle");
}
END_TEST

/* ---- Addresses ---- */

START_TEST(an_address_needs_no_start) {
  world_with_addresses(1);
  submit('a');
  ck_assert_str_eq(told(), "begin a on 0\n");
}
END_TEST

START_TEST(an_address_takes_any_number_at_once) {
  int i;
  world_with_addresses(1);
  for (i = 0; i < 200; i++)
    submit(200 + i);
  ck_assert_uint_eq(w.pool.open, 200);
}
END_TEST

START_TEST(equal_addresses_take_turns) {
  world_with_addresses(3);
  submit('a');
  submit('b');
  submit('c');
  submit('d');
  ck_assert_str_eq(told(), "begin a on 0\nbegin b on 1\nbegin c on 2\nbegin d on 0\n");
}
END_TEST

START_TEST(equal_addresses_take_turns_one_request_at_a_time) {
  world_with_addresses(2);
  serve('a');
  finished('a');
  serve('a');
  finished('a');
  serve('a');
  finished('a');
  ck_assert_str_eq(told(), "begin a on 0\nbegin a on 1\nbegin a on 0\n");
}
END_TEST

START_TEST(the_address_with_the_fewest_requests_is_next) {
  world_with_addresses(3);
  serve('a');
  serve('b');
  serve('c');
  serve('d');
  serve('e');
  finished('b');
  told();
  submit('f'); /* 0 has two, 1 one, 2 one */
  submit('g');
  ck_assert_str_eq(told(), "begin f on 2\nbegin g on 1\n");
}
END_TEST

START_TEST(beyond_max_connections_requests_wait) {
  world_prepare_addresses(2);
  w.settings.max_connections = 1;
  world_open();
  serve('a');
  serve('b');
  told();
  submit('c');
  ck_assert_str_eq(told(), "");
  ck_assert_str_eq(state(0), "busy");
  finished('b');
  ck_assert_str_eq(told(), "begin c on 1\n");
}
END_TEST

START_TEST(full_addresses_and_a_full_queue_refuse) {
  world_prepare_addresses(2);
  w.settings.max_connections = 1;
  w.settings.queue_length = 0;
  world_open();
  serve('a');
  serve('b');
  submit('c');
  ck_assert_str_eq(w.sentence,
                   "app: 2 of 2 addresses had 1 requests (max_connections) each and 0 requests "
                   "(queue_length) were "
                   "waiting; this one was refused. Raise max_connections, or find what is slow.");
}
END_TEST

int main(void) {
  TCase *special = tcase_create("settings of its own");
  tcase_add_checked_fixture(special, world_prepare, world_end);
  tcase_add_test(special, the_process_used_last_is_used_next);
  tcase_add_test(special, surplus_processes_get_to_idle);
  tcase_add_test(special, an_address_needs_no_start);
  tcase_add_test(special, an_address_takes_any_number_at_once);
  tcase_add_test(special, equal_addresses_take_turns);
  tcase_add_test(special, equal_addresses_take_turns_one_request_at_a_time);
  tcase_add_test(special, the_address_with_the_fewest_requests_is_next);
  tcase_add_test(special, beyond_max_connections_requests_wait);
  tcase_add_test(special, full_addresses_and_a_full_queue_refuse);
  return test_suite_run("balance", &special, 1);
}
