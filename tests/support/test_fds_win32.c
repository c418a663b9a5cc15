/* test_fds_win32.c: open handles are counted. */
#include "support/fds.h"
#include "support/suite.h"
#include <windows.h>

START_TEST(an_open_handle_counts_until_it_is_closed) {
  int before = test_fds();
  HANDLE h = CreateEventW(NULL, FALSE, FALSE, NULL);
  ck_assert_int_eq(test_fds(), before + 1);
  CloseHandle(h);
  ck_assert_fds(before);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("fds");
  tcase_add_test(t, an_open_handle_counts_until_it_is_closed);
  return test_suite_run("fds", &t, 1);
}
