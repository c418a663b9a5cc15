/* test_usage.c: what a process uses, and with its children; what the machine has. */
#include "platform/machine.h"
#include "platform/usage.h"
#include "platform/win32/world.h"
#include "support/suite.h"
#include <stdlib.h>

#define MIB (1u << 20)

/* Its last word says that it is ready. */
static void start_ready(const char *how, const char *much, int by_child) {
  const char *file = world_path("ready");
  if (by_child)
    world_start(&it, "child", how, much, "pid", file, "wait", NULL); /* both obey these words */
  else
    world_start(&it, how, much, "pid", file, "wait", NULL);
  world_be_patient();
  while (world_read("ready", NULL) == NULL) {
    uv_run(&w.loop, UV_RUN_NOWAIT);
    ck_assert_msg(!w.has_lost_patience, "it is never ready");
  }
  world_run_until(it.pid != 0);
}

START_TEST(a_process_resides_in_what_it_has_touched) {
  uint64_t bytes;
  start_ready("hold", "48", 0);
  bytes = fcl__usage_memory(it.pid);
  ck_assert_uint_ge(bytes, 48 * MIB);
  ck_assert_uint_lt(bytes,
                    512 * MIB); /* what it may touch is gigabytes; Wine counts some of its own */
}
END_TEST

START_TEST(its_children_count) {
  uint64_t alone = fcl__usage_memory((long) GetCurrentProcessId());
  start_ready("hold", "48", 0);
  ck_assert_uint_ge(fcl__usage_memory((long) GetCurrentProcessId()), alone + 40 * MIB);
}
END_TEST

START_TEST(its_grandchildren_count) {
  start_ready("hold", "48", 1);
  world_be_patient();
  while (fcl__usage_memory(it.pid) < 2 * 48 * MIB) {
    uv_run(&w.loop, UV_RUN_NOWAIT);
    ck_assert_msg(!w.has_lost_patience, "%lu bytes", (unsigned long) fcl__usage_memory(it.pid));
  }
}
END_TEST

START_TEST(what_it_has_computed_is_counted_in_nanoseconds) {
  uint64_t ns;
  start_ready("compute", "300", 0);
  ns = fcl__usage_wanted(it.pid);
  ck_assert_uint_ge(ns, 100000000u); /* of others Wine tells less than they see themselves */
  ck_assert_uint_lt(ns, 20000000000u);
}
END_TEST

START_TEST(one_that_never_was_uses_nothing) {
  ck_assert_uint_eq(fcl__usage_memory(0x7ffffff0), 0);
  ck_assert_uint_eq(fcl__usage_wanted(0x7ffffff0), 0);
}
END_TEST

START_TEST(processors_are_those_that_we_may_use) {
  DWORD_PTR ours, all;
  unsigned before = fcl__machine_processors();
  ck_assert_uint_ge(before, 1);
  ck_assert(GetProcessAffinityMask(GetCurrentProcess(), &ours, &all));
  ck_assert(SetProcessAffinityMask(GetCurrentProcess(), ours & (~ours + 1))); /* the lowest */
  ck_assert_uint_eq(fcl__machine_processors(), 1);
  ck_assert(SetProcessAffinityMask(GetCurrentProcess(), ours));
  ck_assert_uint_eq(fcl__machine_processors(), before);
}
END_TEST

START_TEST(the_machine_has_memory_and_has_some_left) {
  uint64_t all, available;
  fcl__machine_memory(&all, &available);
  ck_assert_uint_gt(available, 0);
  ck_assert_uint_ge(all, available);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("usage");
  tcase_add_checked_fixture(t, world_open, world_close);
  tcase_add_test(t, a_process_resides_in_what_it_has_touched);
  tcase_add_test(t, its_children_count);
  tcase_add_test(t, its_grandchildren_count);
  tcase_add_test(t, what_it_has_computed_is_counted_in_nanoseconds);
  tcase_add_test(t, one_that_never_was_uses_nothing);
  tcase_add_test(t, processors_are_those_that_we_may_use);
  tcase_add_test(t, the_machine_has_memory_and_has_some_left);
  return test_suite_run("usage", &t, 1);
}
