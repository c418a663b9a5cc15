/* test_kills.c: a host that is killed under load, at any moment, takes along its processes, which
   come and go meanwhile, and their children. */
#include "support/suite.h"
#include "windows/apps.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIFE_MS = 500 }; /* at most, until a host is killed */

/* What lies beside this program. */
static const char *beside(const char *name) {
  static char paths[2][512];
  static unsigned used;
  char *path = paths[used++ % 2];
  size_t size = sizeof paths[0] - 64;
  ck_assert_int_eq(uv_exepath(path, &size), 0);
  strcpy(strrchr(path, '\\') + 1, name);
  return path;
}

/* By a name that no other test's processes have. */
static const char *own_copy(char *name, size_t cap) {
  const char *path;
  uv_fs_t request;
  snprintf(name, cap, "kills%lu.exe", (unsigned long) uv_os_getpid());
  path = driver_path(name);
  ck_assert_int_eq(uv_fs_copyfile(NULL, &request, beside("windows_small_app.exe"), path, 0, NULL),
                   0);
  return path;
}

typedef struct tally { /* of all kills */
  unsigned kills, without, processes, most;
  uint64_t longest_ms, all_ms;
} tally;

/* One in four hosts may be killed before it has started anything. */
static void kill_one(const char *const *argv, const char *name, tally *t) {
  pid_t host = process_start(argv);
  unsigned alive;
  uint64_t killed;
  if (t->kills % 4)
    wait_until(process_count_everywhere(name) > 0);
  driver_run_for((unsigned) rand() % LIFE_MS);
  alive = process_count_everywhere(name);
  killed = driver_ms();
  process_end(host);
  wait_until(process_count_everywhere(name) == 0);
  killed = driver_ms() - killed;
  t->kills++;
  t->without += alive == 0;
  t->processes += alive;
  t->most = alive > t->most ? alive : t->most;
  t->all_ms += killed;
  t->longest_ms = killed > t->longest_ms ? killed : t->longest_ms;
}

/* Lines of results.md. */
static void report(const tally *t) {
  printf("| kills of a host | %u |\n", t->kills);
  printf("| hosts that had no process yet | %u |\n", t->without);
  printf("| processes and children that lived just before, all kills together | %u |\n",
         t->processes);
  printf("| most of them in one | %u |\n", t->most);
  printf("| until none lived, on average | %lu ms |\n", (unsigned long) (t->all_ms / t->kills));
  printf("| until none lived, at most | %lu ms |\n", (unsigned long) t->longest_ms);
  printf("| processes left behind | 0 |\n");
}

START_TEST(nothing_outlives_a_host_that_is_killed_under_load) {
  char name[64];
  const char *argv[] = {beside("windows_busy_host.exe"), own_copy(name, sizeof name), NULL};
  unsigned i, kills = driver_is_long() ? 200 : 10;
  tally t = {0};
  srand(20261123);
  for (i = 0; i < kills; i++)
    kill_one(argv, name, &t);
  report(&t);
  ck_assert_uint_gt(t.processes, kills); /* there was something to kill */
}
END_TEST

int main(void) {
  TCase *t = driver_case("kills");
  tcase_add_test(t, nothing_outlives_a_host_that_is_killed_under_load);
  return driver_main("windows_kills", &t, 1, 0);
}
