/* test_queue.c: the requests that wait: each source in its turn, and what a flood does to others.
 */
#include "pool/recorder.h"
#include <stdio.h>

enum { ANNA = 1, BERT, CARL, FLOODER };

/* The one process serves request z of nobody; what is submitted now waits. */
static void one_process_is_busy(void) {
  w.settings.max_processes = 1;
  w.connects_at_once = 1;
  world_open();
  submit('z');
  started(0);
  answered('z');
  told();
}

/* Finishes z, and then each as it is begun: the order, as letters. */
static const char *order_of_service(unsigned count) {
  static char order[64];
  unsigned i;
  char current = 'z';
  for (i = 0; i < count; i++) {
    finished(current);
    ck_assert_int_eq(sscanf(told(), "begin %c", &current), 1);
    order[i] = current;
  }
  order[count] = 0;
  return order;
}

/* ---- Turns ---- */

START_TEST(requests_without_a_source_are_served_as_they_came) {
  one_process_is_busy();
  submit('a');
  submit('b');
  submit('c');
  ck_assert_str_eq(order_of_service(3), "abc");
}
END_TEST

START_TEST(a_source_does_not_wait_for_all_of_anothers) {
  one_process_is_busy();
  submit_from('a', FLOODER);
  submit_from('b', FLOODER);
  submit_from('c', FLOODER);
  submit_from('d', ANNA);
  ck_assert_str_eq(order_of_service(4), "adbc");
}
END_TEST

START_TEST(sources_have_their_turns_as_they_came) {
  one_process_is_busy();
  submit_from('a', ANNA);
  submit_from('b', ANNA);
  submit_from('c', BERT);
  submit_from('d', BERT);
  submit_from('e', CARL);
  ck_assert_str_eq(order_of_service(5), "acebd");
}
END_TEST

START_TEST(requests_without_a_source_have_one_turn_together) {
  one_process_is_busy();
  submit_from('a', ANNA);
  submit_from('b', ANNA);
  submit('c');
  submit('d');
  ck_assert_str_eq(order_of_service(4), "acbd");
}
END_TEST

START_TEST(who_has_nothing_in_hand_comes_before_who_has) {
  w.connects_at_once = 1;
  world_open();
  submit_from('a', FLOODER);
  submit_from('b', FLOODER);
  started(0);
  started(1);
  submit_from('c', FLOODER);
  submit_from('d', FLOODER);
  submit_from('e', ANNA);
  told();
  answered('a');
  finished('a'); /* b is still in hand */
  ck_assert_str_eq(told(), "begin e on 0\n");
}
END_TEST

/* Two processes: one serves the flooder, who wants more, the other has served Anna just now. */
static void anna_was_served(void) {
  w.connects_at_once = 1;
  world_open();
  submit_from('a', ANNA);
  submit_from('b', FLOODER);
  started(0);
  started(1);
  submit_from('c', FLOODER);
  answered('a');
  told();
  finished('a');
}

START_TEST(who_was_served_just_now_finds_the_place_free) {
  anna_was_served();
  ck_assert_str_eq(told(), "");
  pass(9);
  submit_from('d', ANNA);
  ck_assert_str_eq(told(), "begin d on 0\n");
}
END_TEST

START_TEST(a_place_is_kept_for_10_ms) {
  anna_was_served();
  pass(9);
  ck_assert_str_eq(told(), "");
  pass(1);
  ck_assert_str_eq(told(), "begin c on 0\n");
}
END_TEST

START_TEST(no_place_is_kept_from_who_has_less_than_its_share) {
  anna_was_served();
  submit_from('d', BERT);
  ck_assert_str_eq(told(), "begin d on 0\n");
}
END_TEST

START_TEST(no_place_is_kept_where_others_are_free) {
  w.settings.max_processes = 3;
  anna_was_served();
  told();
  started(2);
  ck_assert_str_eq(told(), "begin c on 2\n");
}
END_TEST

START_TEST(one_that_is_tried_again_does_not_wait_for_its_turn) {
  one_process_is_busy();
  submit_from('a', ANNA);
  submit_from('b', ANNA);
  submit_from('c', BERT);
  ck_assert_str_eq(order_of_service(1), "a");
  ck_assert_int_eq(returned('a'), 1);
  ck_assert_str_eq(told(), "begin a on 0\n");
}
END_TEST

START_TEST(a_canceled_request_does_not_cost_its_source_the_turn) {
  one_process_is_busy();
  submit_from('a', ANNA);
  submit_from('b', BERT);
  submit_from('c', ANNA);
  canceled('a');
  ck_assert_str_eq(order_of_service(2), "cb");
}
END_TEST

/* ---- A full queue ---- */

START_TEST(a_full_queue_refuses_the_newest_of_who_has_the_most_waiting) {
  w.settings.queue_length = 4;
  one_process_is_busy();
  submit_from('a', FLOODER);
  submit_from('b', FLOODER);
  submit_from('c', FLOODER);
  submit_from('d', FLOODER);
  submit_from('e', ANNA);
  ck_assert_str_eq(told(), "fail d QUEUE_FULL\n");
  ck_assert_str_eq(w.sentence,
                   "php: all 1 processes (max_processes) were busy and 4 requests (queue_length) "
                   "were waiting; this one was refused. Raise max_processes, or find what is slow. "
                   "4 of these requests were of the same source.");
}
END_TEST

START_TEST(who_has_the_most_waiting_is_refused_itself) {
  w.settings.queue_length = 4;
  one_process_is_busy();
  submit_from('a', ANNA);
  submit_from('b', FLOODER);
  submit_from('c', FLOODER);
  submit_from('d', FLOODER);
  submit_from('e', FLOODER);
  ck_assert_str_eq(told(), "fail e QUEUE_FULL\n");
}
END_TEST

/* ---- Many sources ---- */

START_TEST(more_sources_than_there_are_places_are_all_served) {
  unsigned i;
  w.settings.queue_length = 1000;
  one_process_is_busy();
  for (i = 128; i < 500; i++)
    submit_from((int) i, 128 * (uint64_t) i); /* all want the same 8 places */
  finished('z');
  for (i = 0; i < 372; i++) {
    int id = 0;
    ck_assert_int_eq(sscanf(told(), "begin %d", &id), 1);
    finished(id);
  }
  ck_assert_uint_eq(w.pool.queued, 0);
}
END_TEST

START_TEST(sources_cost_one_piece_of_memory_however_many) {
  size_t before;
  unsigned i;
  w.settings.queue_length = 1000;
  one_process_is_busy();
  before = w.allocator.calls;
  for (i = 128; i < 500; i++)
    submit_from((int) i, i * 0x9e3779b97f4a7c15u);
  ck_assert_uint_eq(w.allocator.calls - before, 1);
}
END_TEST

START_TEST(without_memory_for_sources_requests_are_served_as_they_came) {
  one_process_is_busy();
  test_allocator_fail(&w.allocator, 1, 1);
  submit_from('a', FLOODER);
  submit_from('b', FLOODER);
  submit_from('c', ANNA);
  ck_assert_str_eq(order_of_service(3), "abc");
}
END_TEST

/* ---- A flood: one source with 100 requests at any time, nine with one each ---- */

enum { NINE = 128, FLOOD = 140, FLOODS = 100, SERVICE_MS = 10, RUN_MS = 4000 };

static unsigned served[FLOOD + FLOODS], served_flood;
static uint64_t
    wanted[FLOOD + FLOODS]; /* how long it takes; when it is over, when the next comes */
static unsigned think_ms;   /* of the nine, between two requests */

/* From half of it to one and a half, so that they do not end together. */
static unsigned about(unsigned ms) {
  static unsigned seed = 1;
  seed = seed * 1103515245u + 12345;
  return ms / 2 + (seed >> 16) % (ms + 1);
}

static void submit_again(int id, unsigned service_ms) {
  wanted[id] = about(service_ms);
  submit_from(id, id < FLOOD ? (uint64_t) id : FLOODER);
}

/* Ends what has been served long enough, and sends the next of whoever has none. */
static void one_step(int id, unsigned service_ms) {
  if (is_here(id) && guest(id)->state == FCL__OPEN && w.now - guest(id)->opened_at >= wanted[id]) {
    answered(id);
    finished(id);
    served[id]++;
    wanted[id] = w.now + (id < FLOOD ? think_ms : 0);
  }
  if (!is_here(id) && w.now >= wanted[id])
    submit_again(id, service_ms);
  forget_logs();
}

/* Clients NINE to NINE + clients - 1, and perhaps the flooder, who takes longer. */
static void run(unsigned clients, int is_flooded, unsigned flood_ms) {
  uint64_t until = w.now + RUN_MS;
  unsigned i;
  memset(served, 0, sizeof served);
  memset(wanted, 0, sizeof wanted);
  served_flood = 0;
  for (; w.now < until; pass(1)) {
    for (i = 0; i < FLOODS && is_flooded; i++)
      one_step((int) (FLOOD + i), flood_ms);
    for (i = 0; i < clients; i++)
      one_step((int) (NINE + i), SERVICE_MS);
    for (i = 0; i < w.settings.max_processes; i++)
      if (member(i)->state == FCL__STARTING)
        started(i);
  }
  for (i = 0; i < FLOODS; i++)
    served_flood += served[FLOOD + i];
}

static void drain(void) {
  int id;
  for (id = NINE; id < FLOOD + FLOODS; id++)
    if (is_here(id))
      canceled(id);
  pass(RUN_MS);
}

static unsigned least_served(unsigned clients) {
  unsigned i, least = served[NINE];
  for (i = 1; i < clients; i++)
    least = served[NINE + i] < least ? served[NINE + i] : least;
  return least;
}

static void open_for_flood(unsigned processes) {
  think_ms = 0;
  w.settings.max_processes = processes;
  w.settings.queue_length = 60; /* less than the flood */
  w.connects_at_once = w.proves_at_once = 1;
  world_open();
}

START_TEST(each_of_nine_keeps_what_it_has_alone_while_one_floods) {
  unsigned alone, flooded;
  open_for_flood(10);
  run(1, 0, 0);
  alone = least_served(1);
  run(9, 1, SERVICE_MS);
  flooded = least_served(9);
  printf("10 processes: alone %u requests in %u ms, among nine and a flood %u; the flood %u\n",
         alone, RUN_MS, flooded, served_flood);
  drain();
  ck_assert_uint_ge(flooded * 10, alone * 8);
}
END_TEST

START_TEST(nine_who_fill_the_pool_keep_their_rates_while_one_floods) {
  unsigned alone, flooded;
  open_for_flood(4);
  run(9, 0, 0);
  alone = least_served(9);
  run(9, 1, SERVICE_MS);
  flooded = least_served(9);
  printf("4 processes: nine %u requests each in %u ms, with a flood %u; the flood %u\n", alone,
         RUN_MS, flooded, served_flood);
  drain();
  ck_assert_uint_ge(flooded * 10, alone * 8);
  ck_assert_uint_gt(served_flood * 2, flooded); /* it has its share */
}
END_TEST

START_TEST(clients_who_pause_keep_their_rates_in_a_flood_of_long_requests) {
  unsigned alone, flooded;
  open_for_flood(10);
  think_ms = 50;
  run(1, 0, 0);
  alone = least_served(1);
  run(9, 1, 5 * SERVICE_MS);
  flooded = least_served(9);
  printf("long flood: alone %u requests, among nine %u; the flood %u\n", alone, flooded,
         served_flood);
  drain();
  ck_assert_uint_ge(flooded * 10, alone * 8);
}
END_TEST

START_TEST(clients_at_once_keep_their_rates_in_a_flood_of_long_requests) {
  unsigned alone, flooded;
  open_for_flood(10);
  run(1, 0, 0);
  alone = least_served(1);
  run(9, 1, 50 * SERVICE_MS);
  flooded = least_served(9);
  printf("longer flood: alone %u requests, among nine %u; the flood %u\n", alone, flooded,
         served_flood);
  drain();
  ck_assert_uint_ge(flooded * 10, alone * 8);
}
END_TEST

#define ADD(test) tcase_add_test(tc, test)

int main(void) {
  TCase *tc = tcase_create("queue");
  tcase_add_checked_fixture(tc, world_prepare, world_end);
  ADD(requests_without_a_source_are_served_as_they_came);
  ADD(a_source_does_not_wait_for_all_of_anothers);
  ADD(sources_have_their_turns_as_they_came);
  ADD(requests_without_a_source_have_one_turn_together);
  ADD(who_has_nothing_in_hand_comes_before_who_has);
  ADD(who_was_served_just_now_finds_the_place_free);
  ADD(a_place_is_kept_for_10_ms);
  ADD(no_place_is_kept_from_who_has_less_than_its_share);
  ADD(no_place_is_kept_where_others_are_free);
  ADD(one_that_is_tried_again_does_not_wait_for_its_turn);
  ADD(a_canceled_request_does_not_cost_its_source_the_turn);
  ADD(a_full_queue_refuses_the_newest_of_who_has_the_most_waiting);
  ADD(who_has_the_most_waiting_is_refused_itself);
  ADD(more_sources_than_there_are_places_are_all_served);
  ADD(sources_cost_one_piece_of_memory_however_many);
  ADD(without_memory_for_sources_requests_are_served_as_they_came);
  ADD(each_of_nine_keeps_what_it_has_alone_while_one_floods);
  ADD(nine_who_fill_the_pool_keep_their_rates_while_one_floods);
  ADD(clients_at_once_keep_their_rates_in_a_flood_of_long_requests);
  ADD(clients_who_pause_keep_their_rates_in_a_flood_of_long_requests);
  return test_suite_run("queue", &tc, 1);
}
