/* test_system_posix.c: the system's words for an errno. */
#include "base/system.h"
#include "support/suite.h"
#include <errno.h>

static char room[200];

START_TEST(an_errno_has_words) {
  ck_assert_str_eq(fcl__system_words(ENOENT, room, sizeof room), "No such file or directory");
  ck_assert_str_eq(fcl__system_words(-ENOENT, room, sizeof room), "No such file or directory");
}
END_TEST

START_TEST(a_lack_of_descriptors_or_memory_is_told_from_the_rest) {
  ck_assert(fcl__system_is_short(EMFILE));
  ck_assert(fcl__system_is_short(-ENFILE));
  ck_assert(fcl__system_is_short(ENOMEM));
  ck_assert(!fcl__system_is_short(ECONNREFUSED));
  ck_assert(!fcl__system_is_short(0));
}
END_TEST

int main(void) {
  TCase *tc = tcase_create("system");
  tcase_add_test(tc, an_errno_has_words);
  tcase_add_test(tc, a_lack_of_descriptors_or_memory_is_told_from_the_rest);
  return test_suite_run("system", &tc, 1);
}
