/* test_notes.c: the queue behind the verbs: in call order, one act for all bits that have come
 * together, nothing lost. */
#include "base/list.h"
#include "client/notes.h"
#include "support/suite.h"
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

typedef struct thing {
  fcl__note note;
  char name;
} thing;

static fcl__notes notes;
static char log_[256];

static void act(fcl__note *note, unsigned bits) {
  size_t at = strlen(log_);
  snprintf(log_ + at, sizeof log_ - at, "%c%u ", FCL__OF(note, thing, note)->name, bits);
}

static thing a, b, c;

static void name(thing *t, char letter) {
  memset(t, 0, sizeof *t);
  t->note.act = act;
  t->name = letter;
}

START_TEST(an_empty_queue_has_nothing_to_act_on) {
  ck_assert_int_eq(fcl__notes_act(&notes), 0);
  ck_assert_str_eq(log_, "");
}
END_TEST

START_TEST(notes_are_acted_on_in_the_order_of_the_calls) {
  fcl__notes_post(&notes, &b.note, 1);
  fcl__notes_post(&notes, &a.note, 1);
  fcl__notes_post(&notes, &c.note, 1);
  ck_assert_int_eq(fcl__notes_act(&notes), 1);
  ck_assert_str_eq(log_, "b1 a1 c1 ");
}
END_TEST

START_TEST(the_first_note_says_that_the_loop_is_to_be_woken_and_no_other) {
  ck_assert_int_eq(fcl__notes_post(&notes, &a.note, 1), 1);
  ck_assert_int_eq(fcl__notes_post(&notes, &b.note, 1), 0);
  ck_assert_int_eq(fcl__notes_post(&notes, &a.note, 2), 0);
  fcl__notes_act(&notes);
  ck_assert_int_eq(fcl__notes_post(&notes, &b.note, 1), 1);
}
END_TEST

START_TEST(bits_of_one_note_merge_at_its_first_place) {
  fcl__notes_post(&notes, &a.note, 4);
  fcl__notes_post(&notes, &b.note, 1);
  fcl__notes_post(&notes, &a.note, 1);
  fcl__notes_post(&notes, &a.note, 4);
  fcl__notes_act(&notes);
  ck_assert_str_eq(log_, "a5 b1 ");
}
END_TEST

START_TEST(what_was_acted_on_does_not_come_again) {
  fcl__notes_post(&notes, &a.note, 1);
  fcl__notes_act(&notes);
  ck_assert_int_eq(fcl__notes_act(&notes), 0);
  fcl__notes_post(&notes, &a.note, 2);
  fcl__notes_act(&notes);
  ck_assert_str_eq(log_, "a1 a2 ");
}
END_TEST

static void post_while_acting(fcl__note *note, unsigned bits) {
  act(note, bits);
  if (bits == 1) {
    fcl__notes_post(&notes, note, 2);    /* itself */
    fcl__notes_post(&notes, &b.note, 2); /* one that waits for its turn: merged there */
    fcl__notes_post(&notes, &c.note, 2);
  }
}

/* So that one who posts for ever does not keep the loop for ever. */
START_TEST(what_is_posted_while_acting_comes_with_the_next_call) {
  a.note.act = post_while_acting;
  fcl__notes_post(&notes, &a.note, 1);
  fcl__notes_post(&notes, &b.note, 1);
  fcl__notes_act(&notes);
  ck_assert_str_eq(log_, "a1 b3 ");
  fcl__notes_act(&notes);
  ck_assert_str_eq(log_, "a1 b3 a2 c2 ");
  ck_assert_int_eq(fcl__notes_act(&notes), 0);
}
END_TEST

static void vanish(fcl__note *note, unsigned bits) {
  memset(note, 0xdd, sizeof *note); /* as freed memory may be */
}

START_TEST(a_note_may_vanish_while_it_is_acted_on) {
  a.note.act = vanish;
  fcl__notes_post(&notes, &a.note, 1);
  fcl__notes_post(&notes, &b.note, 1);
  fcl__notes_act(&notes);
  ck_assert_str_eq(log_, "b1 ");
}
END_TEST

/* ---- Many threads ---- */

#define THREADS 4
#define ROUNDS  20000

typedef struct counter {
  fcl__note note;
  int written, seen; /* neither atomic nor locked: the note carries them over */
  unsigned acts;
} counter;

static counter counters[THREADS];
static atomic_int finished;

static void act_or_yield(void) {
  if (!fcl__notes_act(&notes))
    sched_yield();
}

static void count(fcl__note *note, unsigned bits) {
  FCL__OF(note, counter, note)->acts++;
}

static void *post_often(void *arg) {
  counter *own = arg;
  int i;
  for (i = 1; i <= ROUNDS; i++) {
    fcl__notes_post(&notes, &own->note, 1);
    fcl__notes_post(&notes, &counters[i % THREADS].note, 2);
  }
  atomic_fetch_add(&finished, 1);
  return NULL;
}

START_TEST(nothing_is_lost_between_threads) {
  pthread_t threads[THREADS];
  int i;
  for (i = 0; i < THREADS; i++) {
    counters[i].note.act = count;
    pthread_create(&threads[i], NULL, post_often, &counters[i]);
  }
  while (atomic_load(&finished) < THREADS)
    act_or_yield();
  fcl__notes_act(&notes);
  for (i = 0; i < THREADS; i++) {
    pthread_join(threads[i], NULL);
    ck_assert_uint_gt(counters[i].acts, 0);
    ck_assert_uint_eq(atomic_load(&counters[i].note.bits), 0);
  }
  ck_assert_int_eq(fcl__notes_act(&notes), 0);
}
END_TEST

static atomic_int last_seen;

static void see(fcl__note *note, unsigned bits) {
  counter *it = FCL__OF(note, counter, note);
  it->seen = it->written;
  atomic_store(&last_seen, it->seen);
}

static void *write_and_post(void *arg) {
  counter *own = arg;
  int i;
  for (i = 1; i <= 2000; i++) {
    own->written = i;
    fcl__notes_post(&notes, &own->note, 1);
    while (atomic_load(&last_seen) != i)
      sched_yield();
  }
  return NULL;
}

START_TEST(what_was_written_before_a_post_is_visible_to_the_act) {
  pthread_t thread;
  counters[0].note.act = see;
  pthread_create(&thread, NULL, write_and_post, &counters[0]);
  while (atomic_load(&last_seen) < 2000)
    act_or_yield();
  pthread_join(thread, NULL);
  ck_assert_int_eq(counters[0].seen, 2000);
}
END_TEST

static void setup(void) {
  name(&a, 'a');
  name(&b, 'b');
  name(&c, 'c');
  memset(&notes, 0, sizeof notes);
  memset(counters, 0, sizeof counters);
  log_[0] = 0;
  finished = last_seen = 0;
}

int main(void) {
  TCase *t = tcase_create("notes");
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_add_test(t, an_empty_queue_has_nothing_to_act_on);
  tcase_add_test(t, notes_are_acted_on_in_the_order_of_the_calls);
  tcase_add_test(t, the_first_note_says_that_the_loop_is_to_be_woken_and_no_other);
  tcase_add_test(t, bits_of_one_note_merge_at_its_first_place);
  tcase_add_test(t, what_was_acted_on_does_not_come_again);
  tcase_add_test(t, what_is_posted_while_acting_comes_with_the_next_call);
  tcase_add_test(t, a_note_may_vanish_while_it_is_acted_on);
  tcase_add_test(t, nothing_is_lost_between_threads);
  tcase_add_test(t, what_was_written_before_a_post_is_visible_to_the_act);
  return test_suite_run("notes", &t, 1);
}
