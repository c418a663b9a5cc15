/* test_usage.c: what a process uses, and with its children; what the machine has. */
#include "platform/machine.h"
#include "platform/usage.h"
#include "support/suite.h"
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (1u << 20)

static void touch(volatile char *bytes, size_t len) {
  size_t i;
  for (i = 0; i < len; i += 4096)
    bytes[i] = 1;
}

/* A child that holds `mib` MiB, until it is killed. */
static pid_t child_with(unsigned mib) {
  int ready[2];
  char byte;
  pid_t pid;
  ck_assert_int_eq(pipe(ready), 0);
  pid = fork();
  if (pid == 0) {
    touch(malloc(mib * MIB), mib * MIB);
    if (write(ready[1], "x", 1) == 1)
      for (;;)
        pause();
    _exit(1);
  }
  ck_assert_int_eq(read(ready[0], &byte, 1), 1);
  close(ready[0]);
  close(ready[1]);
  return pid;
}

static void end(pid_t pid) {
  kill(pid, SIGKILL);
  waitpid(pid, NULL, 0);
}

START_TEST(a_process_resides_in_what_it_has_touched) {
  pid_t pid = child_with(32);
  uint64_t bytes = fcl__usage_memory(pid);
  end(pid);
  ck_assert_uint_ge(bytes, 32 * MIB);
  ck_assert_uint_lt(bytes, 64 * MIB);
}
END_TEST

START_TEST(its_children_count) {
  uint64_t before = fcl__usage_memory(getpid()), after;
  pid_t pid = child_with(32);
  after = fcl__usage_memory(getpid());
  end(pid);
  ck_assert_uint_ge(after, before + 32 * MIB);
}
END_TEST

START_TEST(of_nobody_nothing_is_known) {
  pid_t pid = child_with(1);
  end(pid);
  ck_assert_uint_eq(fcl__usage_memory(pid), 0);
}
END_TEST

/* ---- Processors ---- */

START_TEST(who_computes_wants_a_processor) {
  uint64_t before = fcl__usage_wanted(getpid()), after;
  volatile unsigned n;
  for (n = 0; n < 50000000; n++)
    ;
  after = fcl__usage_wanted(getpid());
  ck_assert_uint_ge(after, before + 1000000); /* nanoseconds */
}
END_TEST

START_TEST(who_waits_wants_none) {
  pid_t pid = child_with(1);
  uint64_t before, after;
  usleep(50000); /* until it pauses */
  before = fcl__usage_wanted(pid);
  usleep(200000);
  after = fcl__usage_wanted(pid);
  end(pid);
  ck_assert_uint_lt(after - before, 100000000);
}
END_TEST

START_TEST(the_machine_has_processors_and_memory) {
  uint64_t all, available;
  fcl__machine_memory(&all, &available);
  ck_assert_uint_ge(fcl__machine_processors(), 1);
  ck_assert_uint_gt(available, 0);
  ck_assert_uint_ge(all, available);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("memory");
  tcase_add_test(t, a_process_resides_in_what_it_has_touched);
  tcase_add_test(t, its_children_count);
  tcase_add_test(t, of_nobody_nothing_is_known);
  tcase_add_test(t, who_computes_wants_a_processor);
  tcase_add_test(t, who_waits_wants_none);
  tcase_add_test(t, the_machine_has_processors_and_memory);
  return test_suite_run("usage", &t, 1);
}
