/* test_files.c: whether files are still the same: paths and patterns, as monitors look at them. */
#include "platform/files.h"
#include "support/suite.h"
#include "platform/win32/wide.h"
#include "platform/win32/world.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static void widen(wchar_t *out, size_t cap, const char *name) {
  ck_assert_uint_gt(fcl__wide_into(out, cap, world_path(name)), 0);
}

static void write_file(const char *name, const char *text) {
  wchar_t path[1024];
  HANDLE f;
  DWORD n;
  widen(path, 1024, name);
  f = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
  ck_assert_ptr_ne(f, INVALID_HANDLE_VALUE);
  ck_assert(WriteFile(f, text, (DWORD) strlen(text), &n, NULL));
  CloseHandle(f);
}

/* Files of before look as they did then, but for what a test has changed. */
static void set_time(const char *name, DWORD day) {
  FILETIME t = {0, 0x01da0000 + day};
  wchar_t path[1024];
  HANDLE f;
  widen(path, 1024, name);
  f = CreateFileW(path, FILE_WRITE_ATTRIBUTES, 0, NULL, OPEN_EXISTING, 0, NULL);
  ck_assert(SetFileTime(f, NULL, NULL, &t));
  CloseHandle(f);
}

static void remove_file(const char *name) {
  wchar_t path[1024];
  widen(path, 1024, name);
  ck_assert(DeleteFileW(path));
}

static uint64_t stamp_of(const char *pattern) {
  uint64_t stamp = 0;
  ck_assert_int_eq(fcl__files_add(world_path(pattern), &stamp), 0);
  return stamp;
}

START_TEST(a_file_that_nobody_touches_stays_the_same) {
  write_file("a.ini", "one");
  ck_assert(stamp_of("a.ini") == stamp_of("a.ini"));
  ck_assert(stamp_of("a.ini") != 0);
}
END_TEST

START_TEST(another_size_is_seen) {
  uint64_t before;
  write_file("a.ini", "one");
  set_time("a.ini", 1);
  before = stamp_of("a.ini");
  write_file("a.ini", "three");
  set_time("a.ini", 1);
  ck_assert(stamp_of("a.ini") != before);
}
END_TEST

START_TEST(another_time_is_seen) {
  uint64_t before;
  write_file("a.ini", "one");
  set_time("a.ini", 1);
  before = stamp_of("a.ini");
  set_time("a.ini", 2);
  ck_assert(stamp_of("a.ini") != before);
}
END_TEST

/* As programs that install others do. */
START_TEST(a_file_that_another_has_replaced_by_name_is_seen) {
  wchar_t from[1024], to[1024];
  uint64_t before;
  write_file("a.ini", "one");
  write_file("b.ini", "one");
  set_time("a.ini", 1);
  set_time("b.ini", 1);
  before = stamp_of("a.ini");
  widen(from, 1024, "b.ini");
  widen(to, 1024, "a.ini");
  ck_assert(MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING));
  ck_assert(stamp_of("a.ini") != before);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_an_error) {
  uint64_t stamp = 0;
  ck_assert_int_eq(fcl__files_add(world_path("none.ini"), &stamp), ERROR_FILE_NOT_FOUND);
  ck_assert(stamp == 0);
}
END_TEST

START_TEST(a_file_that_another_has_for_himself_is_looked_at) {
  wchar_t path[1024];
  HANDLE f;
  uint64_t before;
  write_file("a.ini", "one");
  before = stamp_of("a.ini");
  widen(path, 1024, "a.ini");
  f = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  ck_assert_ptr_ne(f, INVALID_HANDLE_VALUE);
  ck_assert(stamp_of("a.ini") == before);
  CloseHandle(f);
}
END_TEST

START_TEST(looking_is_in_nobodys_way) {
  write_file("a.ini", "one");
  stamp_of("a.ini");
  remove_file("a.ini");
}
END_TEST

START_TEST(letters_beyond_ascii_and_spaces_are_names) {
  write_file("a gr\xc3\xbc\xc3\x9f.ini", "one");
  ck_assert(stamp_of("a gr\xc3\xbc\xc3\x9f.ini") == stamp_of("a gr*.ini"));
}
END_TEST

START_TEST(both_slashes_part_a_path) {
  char path[1024], *c;
  uint64_t stamp = 0;
  write_file("a.ini", "one");
  snprintf(path, sizeof path, "%s", world_path("a.ini"));
  for (c = path; *c; c++)
    *c = *c == '\\' ? '/' : *c;
  ck_assert_int_eq(fcl__files_add(path, &stamp), 0);
  ck_assert(stamp != 0);
}
END_TEST

/* ---- Patterns ---- */

START_TEST(a_pattern_stands_for_what_fits) { /* loop test: a.ini alone fits */
  static const char *const patterns[] = {"a*", "*.ini", "?.ini", "[a-c].ini", "[!x].ini", "A.I?I"};
  uint64_t want;
  write_file("a.ini", "one");
  want = stamp_of("a.ini");
  write_file("x.txt", "two");
  write_file(".hidden.ini", "three");
  ck_assert(stamp_of(patterns[_i]) == want);
}
END_TEST

START_TEST(a_pattern_that_nothing_fits_is_no_error) {
  uint64_t empty = stamp_of("*.ini");
  write_file("a.ini", "one");
  ck_assert(empty == 0);
  ck_assert(stamp_of("*.ini") != 0);
}
END_TEST

START_TEST(one_that_comes_or_goes_is_seen) {
  uint64_t one, two;
  write_file("a.ini", "one");
  one = stamp_of("*.ini");
  write_file("b.ini", "two");
  two = stamp_of("*.ini");
  remove_file("b.ini");
  ck_assert(one != two);
  ck_assert(stamp_of("*.ini") == one);
}
END_TEST

START_TEST(folders_of_a_path_may_be_patterns) {
  wchar_t path[1024];
  uint64_t stamp;
  widen(path, 1024, "site1");
  ck_assert(CreateDirectoryW(path, NULL));
  write_file("site1\\a.ini", "one");
  stamp = stamp_of("site?\\*.ini");
  ck_assert(stamp != 0 && stamp == stamp_of("s*\\a.ini"));
  remove_file("site1\\a.ini");
  ck_assert(RemoveDirectoryW(path));
}
END_TEST

int main(void) {
  TCase *t = tcase_create("files");
  tcase_add_checked_fixture(t, world_open, world_close);
  tcase_add_test(t, a_file_that_nobody_touches_stays_the_same);
  tcase_add_test(t, another_size_is_seen);
  tcase_add_test(t, another_time_is_seen);
  tcase_add_test(t, a_file_that_another_has_replaced_by_name_is_seen);
  tcase_add_test(t, a_file_that_is_not_there_is_an_error);
  tcase_add_test(t, a_file_that_another_has_for_himself_is_looked_at);
  tcase_add_test(t, looking_is_in_nobodys_way);
  tcase_add_test(t, letters_beyond_ascii_and_spaces_are_names);
  tcase_add_test(t, both_slashes_part_a_path);
  tcase_add_loop_test(t, a_pattern_stands_for_what_fits, 0, 6);
  tcase_add_test(t, a_pattern_that_nothing_fits_is_no_error);
  tcase_add_test(t, one_that_comes_or_goes_is_seen);
  tcase_add_test(t, folders_of_a_path_may_be_patterns);
  return test_suite_run("files", &t, 1);
}
