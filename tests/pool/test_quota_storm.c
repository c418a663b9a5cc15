/* test_quota_storm.c: pools that are counted together, whatever happens: no more processes in all
   than may be, and nobody waits for ever. */
#include "pool/houses.h"
#include <stdlib.h>

#define TICKETS 4000

static void recount(unsigned max, unsigned each) {
  unsigned i, serving = 0, queued = 0, starting = 0;
  for (i = 0; i < house_count; i++) {
    const fcl__pool *p = &houses[i].pool;
    ck_assert_uint_le(p->serving, each);
    serving += p->serving;
    queued += p->queued;
    starting += p->starting;
  }
  ck_assert_uint_eq(serving, quota.serving);
  ck_assert_uint_eq(queued, quota.queued);
  ck_assert_uint_eq(starting, quota.starting);
  ck_assert_uint_le(serving, max);
  if (serving < max) /* then whoever waits has been given what there is */
    for (i = 0; i < house_count; i++)
      ck_assert(houses[i].pool.queued <= fcl__pool_expected(&houses[i].pool) ||
                houses[i].pool.serving == each || fcl__list_empty(&houses[i].pool.absent) ||
                !fcl__breaker_allows(&houses[i].pool));
}

static fcl__ticket crowd[TICKETS];

static fcl__ticket *some_in_hand(unsigned submitted) {
  unsigned i, from = (unsigned) rand() % (submitted + 1);
  for (i = 0; i < submitted; i++) {
    fcl__ticket *t = &crowd[(from + i) % submitted];
    if (t->state == FCL__CONNECTING || t->state == FCL__OPEN)
      return t;
  }
  return NULL;
}

static fcl__member *some_in_state(fcl__member_state state, long may_be_new) {
  unsigned i, k, from = (unsigned) rand() % house_count;
  for (i = 0; i < house_count; i++)
    for (k = 0; k < houses[0].pool.member_count; k++) {
      fcl__member *m = of((from + i) % house_count, k);
      if (m->state == state && (may_be_new || m->pid != 0))
        return m;
    }
  return NULL;
}

static void step(unsigned *submitted) {
  fcl__member *m;
  fcl__ticket *t;
  pass((unsigned) rand() % 300);
  switch (rand() % 6) {
  case 0:
  case 1:
    if (*submitted < TICKETS)
      submit((unsigned) rand() % house_count, &crowd[(*submitted)++]);
    break;
  case 2:
    if ((m = some_in_state(FCL__STARTING, 1)) != NULL)
      started(m);
    break;
  case 3:
    if ((t = some_in_hand(*submitted)) != NULL)
      finish(t);
    break;
  case 4:
    if ((m = some_in_state(rand() % 2 ? FCL__STOPPING : FCL__KILLING, 0)) != NULL)
      exits(m);
    break;
  case 5:
    if (rand() % 20 == 0 && (m = some_in_state(FCL__BUSY, 0)) != NULL)
      exits(m);
    break;
  }
}

/* Nothing new comes, but what there is goes on. */
static void settle(unsigned submitted) {
  fcl__member *m;
  fcl__ticket *t;
  int moved = 1;
  while (moved) {
    moved = 0;
    pass(400);
    while ((m = some_in_state(FCL__KILLING, 0)) != NULL)
      exits(m), moved = 1;
    while ((m = some_in_state(FCL__STARTING, 1)) != NULL)
      started(m), moved = 1;
    while ((m = some_in_state(FCL__STOPPING, 0)) != NULL)
      exits(m), moved = 1;
    if ((t = some_in_hand(submitted)) != NULL)
      finish(t), moved = 1;
    moved |= quota.queued > 0; /* time alone helps: back-off, queue_ms */
  }
}

START_TEST(in_any_course_of_events_the_quota_holds_and_nobody_is_forgotten) { /* loop: over seeds */
  unsigned i, submitted = 0, max = 1 + (unsigned) _i % 4, each = 1 + (unsigned) _i % 3;
  srand((unsigned) _i);
  open_houses(HOUSES_MAX, max, each);
  quota.queue_length = 1000;
  for (i = 0; i < HOUSES_MAX; i++)
    houses[i].pool.settings.queue_length = 1000;
  for (i = 0; i < TICKETS; i++) {
    step(&submitted);
    logged();
    recount(max, each);
  }
  settle(submitted);
  for (i = 0; i < submitted; i++)
    ck_assert_int_eq(crowd[i].state, FCL__ENDED);
}
END_TEST

int main(void) {
  TCase *t = houses_case("quota storm");
  tcase_add_loop_test(t, in_any_course_of_events_the_quota_holds_and_nobody_is_forgotten, 0, 40);
  return test_suite_run("quota/storm", &t, 1);
}
