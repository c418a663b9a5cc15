/* test_files.c: when the sum of files is another. */
#include "platform/files.h"
#include "support/suite.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/fcl-files-XXXXXX", path[4][64];

static const char *in(const char *name) {
  static unsigned n;
  char *p = path[n++ % 4];
  snprintf(p, sizeof path[0], "%s/%s", folder, name);
  return p;
}

static void put(const char *name, const char *text) {
  FILE *f = fopen(in(name), "w");
  ck_assert_ptr_nonnull(f);
  fputs(text, f);
  ck_assert_int_eq(fclose(f), 0);
}

static uint64_t sum(const char *name) {
  uint64_t stamp = 0;
  ck_assert_int_eq(fcl__files_add(in(name), &stamp), 0);
  return stamp;
}

static void setup(void) {
  strcpy(folder + strlen(folder) - 6, "XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  put("a.ini", "a");
}

static void teardown(void) {
  static const char *const names[] = {"a.ini", "b.ini", "new", "[a].ini"};
  unsigned i;
  for (i = 0; i < 4; i++)
    unlink(in(names[i]));
  ck_assert_int_eq(rmdir(folder), 0);
}

START_TEST(an_untouched_file_has_the_same_sum) {
  ck_assert_uint_eq(sum("a.ini"), sum("a.ini"));
  ck_assert_uint_eq(sum("*.ini"), sum("*.ini"));
}
END_TEST

START_TEST(another_length_is_another_sum) {
  uint64_t before = sum("a.ini");
  put("a.ini", "ab");
  ck_assert_uint_ne(sum("a.ini"), before);
}
END_TEST

START_TEST(another_time_is_another_sum) {
  static const struct timespec times[2] = {{5, 6}, {7, 8}};
  uint64_t before = sum("a.ini");
  ck_assert_int_eq(utimensat(AT_FDCWD, in("a.ini"), times, 0), 0);
  ck_assert_uint_ne(sum("a.ini"), before);
}
END_TEST

START_TEST(another_file_by_rename_is_another_sum) {
  struct stat s;
  struct timespec times[2];
  uint64_t before = sum("a.ini");
  ck_assert_int_eq(stat(in("a.ini"), &s), 0);
  put("new", "b");
  times[0] = times[1] = s.st_mtim;
  ck_assert_int_eq(utimensat(AT_FDCWD, in("new"), times, 0), 0);
  ck_assert_int_eq(rename(in("new"), in("a.ini")), 0);
  ck_assert_uint_ne(sum("a.ini"), before);
}
END_TEST

START_TEST(a_pattern_sees_what_comes_and_what_goes) {
  uint64_t before = sum("*.ini"), with;
  put("b.ini", "b");
  with = sum("*.ini");
  ck_assert_uint_ne(with, before);
  ck_assert_int_eq(unlink(in("b.ini")), 0);
  ck_assert_uint_eq(sum("*.ini"), before);
}
END_TEST

START_TEST(a_pattern_may_match_nothing) {
  ck_assert_uint_eq(sum("*.conf"), 0);
}
END_TEST

START_TEST(a_file_that_looks_like_a_pattern_is_a_file) {
  put("[a].ini", "x");
  ck_assert_uint_ne(sum("[a].ini"), 0);
}
END_TEST

START_TEST(a_missing_file_is_an_error) {
  uint64_t stamp = 0;
  ck_assert_int_eq(fcl__files_add(in("new"), &stamp), ENOENT);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("files");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, an_untouched_file_has_the_same_sum);
  tcase_add_test(t, another_length_is_another_sum);
  tcase_add_test(t, another_time_is_another_sum);
  tcase_add_test(t, another_file_by_rename_is_another_sum);
  tcase_add_test(t, a_pattern_sees_what_comes_and_what_goes);
  tcase_add_test(t, a_pattern_may_match_nothing);
  tcase_add_test(t, a_file_that_looks_like_a_pattern_is_a_file);
  tcase_add_test(t, a_missing_file_is_an_error);
  return test_suite_run("files", &t, 1);
}
