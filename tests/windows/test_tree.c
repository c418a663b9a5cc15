/* test_tree.c: a host that is killed takes all its processes along, and those that these have
 * started. */
#include "windows/apps.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT "3"

/* It lies beside this program. */
static const char *host_program(void) {
  static char path[512];
  size_t size = sizeof path - 32;
  ck_assert_int_eq(uv_exepath(path, &size), 0);
  strcpy(strrchr(path, '\\') + 1, "windows_host.exe");
  return path;
}

/* By a name that no other test's processes have. */
static const char *own_copy(char *name, size_t cap) {
  fcl_pool_options o = app_options("small-php", 0);
  const char *path;
  uv_fs_t request;
  snprintf(name, cap, "tree%lu.exe", (unsigned long) uv_os_getpid());
  path = driver_path(name);
  ck_assert_int_eq(uv_fs_copyfile(NULL, &request, o.program, path, 0, NULL), 0);
  return path;
}

START_TEST(a_killed_host_takes_its_tree_along) {
  char name[64], port[16], listen[32];
  const char *argv[] = {host_program(), port, own_copy(name, sizeof name), COUNT, NULL};
  pid_t host;
  int number = process_free_port();
  snprintf(port, sizeof port, "%d", number);
  snprintf(listen, sizeof listen, "127.0.0.1:%d", number);
  host = process_server(argv, listen);
  ck_assert_uint_eq(process_count_everywhere(name), 6);
  process_end(host);
  wait_until(process_count_everywhere(name) == 0);
}
END_TEST

/* Whatever it is at: starting them, waiting for them, having them. */
START_TEST(at_no_moment_is_a_process_left_behind) {
  char name[64], port[16];
  const char *argv[] = {host_program(), port, own_copy(name, sizeof name), COUNT, NULL};
  unsigned i, kills = driver_is_long() ? 200 : 8;
  snprintf(port, sizeof port, "%d", process_free_port());
  srand(4711);
  for (i = 0; i < kills; i++) {
    pid_t host = process_start(argv);
    driver_run_for((unsigned) rand() % 600);
    process_end(host);
    wait_until(process_count_everywhere(name) == 0);
  }
}
END_TEST

int main(void) {
  TCase *cases[1] = {driver_case("tree")};
  tcase_add_test(cases[0], a_killed_host_takes_its_tree_along);
  tcase_add_test(cases[0], at_no_moment_is_a_process_left_behind);
  return app_main("windows_tree", cases, 1);
}
