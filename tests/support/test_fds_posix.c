/* test_fds_posix.c: open descriptors are counted, and what was left open is named. */
#include "support/fds.h"
#include "support/suite.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

START_TEST(an_open_descriptor_counts_until_it_is_closed) {
  int before = test_fds(), fd = open("/dev/null", O_RDONLY);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(test_fds(), before + 1);
  close(fd);
  ck_assert_fds(before);
}
END_TEST

START_TEST(the_list_names_what_is_open) {
  char text[4096];
  int fd = open("/dev/null", O_RDONLY), high = dup2(fd, 77);
  test_fds_list(text, sizeof text);
  close(fd);
  close(high);
  ck_assert_msg(strstr(text, "77 /dev/null") != NULL, "%s", text);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("fds");
  tcase_add_test(t, an_open_descriptor_counts_until_it_is_closed);
  tcase_add_test(t, the_list_names_what_is_open);
  return test_suite_run("fds", &t, 1);
}
