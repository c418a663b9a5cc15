/* test_torture.c: each call of the system that an exchange makes fails, once and for ever, until
   none is left to fail: each request ends once, with a right and whole answer or a reason; nothing
   leaks, and what comes behind is served. */
#define _GNU_SOURCE
#include "torture/torture.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <uv.h>
#include "support/suite.h"

#define SURVIVES(name, kind)                                                                       \
  START_TEST(name) {                                                                               \
    torture(&shapes[_i], kind, 0);                                                                 \
  }                                                                                                \
  END_TEST

SURVIVES(each_allocation_may_fail, TEST_MEMORY)
SURVIVES(each_read_may_fail, TEST_READ)
SURVIVES(each_write_may_fail, TEST_WRITE)
SURVIVES(each_connect_may_fail, TEST_CONNECT)
SURVIVES(each_new_descriptor_may_fail, TEST_DESCRIPTORS)
SURVIVES(each_step_to_a_listening_socket_may_fail, TEST_LISTEN)
SURVIVES(each_start_of_a_program_or_thread_may_fail, TEST_SPAWN)
SURVIVES(each_use_of_a_spool_may_fail, TEST_SPOOL)
SURVIVES(each_wait_may_end_early, TEST_WAIT)
SURVIVES(the_clock_may_leap_at_each_reading, TEST_CLOCK)
SURVIVES(each_watch_may_fail, TEST_WATCH)

/* The kinds of which the guardian has calls. */
static const test_kind guardians[] = {TEST_MEMORY, TEST_READ, TEST_WRITE, TEST_DESCRIPTORS,
                                      TEST_SPAWN,  TEST_WAIT, TEST_CLOCK};
#define GUARDIANS (sizeof guardians / sizeof *guardians)

static const shape *process_shape(size_t n) {
  const shape *s = shapes + shape_count;
  while (s-- > shapes)
    if (s->place == AS_PROCESS && n-- == 0)
      return s;
  return NULL;
}

START_TEST(each_call_of_the_guardian_may_fail) {
  torture(process_shape((size_t) _i / GUARDIANS), guardians[(size_t) _i % GUARDIANS], 1);
}
END_TEST

/* Where the guardian finds the plan. */
static void share_plan(void) {
  char path[64];
  int fd = memfd_create("torture", 0);
  if (fd < 0 || ftruncate(fd, sizeof(test_calls)) != 0)
    abort();
  test_call = mmap(NULL, sizeof(test_calls), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  snprintf(path, sizeof path, "/proc/%ld/fd/%d", (long) getpid(), fd);
  setenv("TORTURE_PLAN", path, 1);
}

static void on_nothing(uv_work_t *work) {
}

/* The first loop opens what libuv never closes, and starts its threads, without which it ends the
 * program. */
static void open_first_loop(void) {
  uv_loop_t loop;
  uv_work_t work;
  uv_memory_may_fail();
  if (uv_loop_init(&loop) != 0 || uv_queue_work(&loop, &work, on_nothing, NULL) != 0)
    abort();
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
}

int main(void) {
  TCase *t = tcase_create("torture");
  unsigned n = 0;
  signal(SIGPIPE, SIG_IGN);
  share_plan();
  tcase_add_checked_fixture(t, open_first_loop, NULL);
  tcase_set_timeout(t, getenv("FCGICLIENT_TEST_ALL") ? 900 : 120);
#define EACH(name) tcase_add_loop_test(t, name, 0, (int) shape_count)
  EACH(each_allocation_may_fail);
  EACH(each_read_may_fail);
  EACH(each_write_may_fail);
  EACH(each_connect_may_fail);
  EACH(each_new_descriptor_may_fail);
  EACH(each_step_to_a_listening_socket_may_fail);
  EACH(each_start_of_a_program_or_thread_may_fail);
  EACH(each_use_of_a_spool_may_fail);
  EACH(each_wait_may_end_early);
  EACH(the_clock_may_leap_at_each_reading);
  EACH(each_watch_may_fail);
  while (process_shape(n))
    n++;
  tcase_add_loop_test(t, each_call_of_the_guardian_may_fail, 0, (int) (n * GUARDIANS));
  return test_suite_run("torture", &t, 1);
}
