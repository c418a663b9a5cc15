/* test_spool.c: a file without a name: private, written and read whole, and what it says when the
 * system does not play along. */
#define _GNU_SOURCE
#include "platform/spool.h"
#include "support/fds.h"
#include "support/files.h"
#include "support/suite.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64];
static int before, fd;

static void setup(void) {
  strcpy(directory, "/tmp/fcl-test-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(directory));
  test_files_fail(0, 0, 0);
  before = test_fds();
  fd = -1;
}

static void teardown(void) {
  if (fd >= 0)
    fcl__spool_close(fd);
  ck_assert_fds(before);
  ck_assert_int_eq(rmdir(directory), 0); /* nothing has been left in it */
}

static void open_it(void) {
  fd = fcl__spool_open(directory);
  ck_assert_int_ge(fd, 0);
}

static int names_in_directory(void) {
  DIR *d = opendir(directory);
  int n = 0;
  while (readdir(d))
    n++;
  closedir(d);
  return n - 2;
}

static void it_is_private(void) {
  struct stat s;
  ck_assert_int_eq(fstat(fd, &s), 0);
  ck_assert_uint_eq(s.st_mode & 07777, 0600);
  ck_assert_uint_eq(s.st_nlink, 0);
  ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
  ck_assert_int_eq(names_in_directory(), 0);
}

START_TEST(the_file_has_no_name_and_is_for_us_alone) {
  open_it();
  it_is_private();
}
END_TEST

START_TEST(no_process_can_give_it_a_name) {
  char path[64];
  open_it();
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  ck_assert_int_ne(linkat(AT_FDCWD, path, AT_FDCWD, "/tmp/fcl-test-linked", AT_SYMLINK_FOLLOW), 0);
}
END_TEST

/* File systems that know no files without a name. */
static const int refusals[] = {EOPNOTSUPP, EISDIR, EINVAL};

START_TEST(where_it_cannot_be_made_without_a_name_the_name_is_removed_at_once) {
  test_files_fail(1, 0, refusals[_i]);
  open_it();
  it_is_private();
  ck_assert_uint_eq(test_file.calls, 2);
}
END_TEST

START_TEST(another_refusal_is_told) {
  test_files_fail(1, 0, EMFILE);
  ck_assert_int_eq(fcl__spool_open(directory), -EMFILE);
  ck_assert_uint_eq(test_file.calls, 1);
}
END_TEST

START_TEST(both_ways_of_making_it_may_fail) {
  test_files_fail(1, 1, EOPNOTSUPP);
  ck_assert_int_eq(fcl__spool_open(directory), -EOPNOTSUPP);
}
END_TEST

START_TEST(a_directory_that_is_none_is_told) {
  ck_assert_int_eq(fcl__spool_open("/nonexistent/x"), -ENOENT);
  ck_assert_int_eq(fcl__spool_open("/dev/null"), -ENOTDIR);
}
END_TEST

START_TEST(a_path_that_is_too_long_is_told) {
  char path[5000];
  memset(path, 'x', sizeof path - 1);
  path[sizeof path - 1] = 0;
  ck_assert_int_eq(fcl__spool_open(path), -ENAMETOOLONG);
}
END_TEST

START_TEST(what_was_written_is_read_at_its_offset) {
  char text[6] = "";
  open_it();
  ck_assert_int_eq(fcl__spool_write(fd, "0123456789", 10, 100), 0);
  ck_assert_int_eq(fcl__spool_read(fd, text, 5, 103), 0);
  ck_assert_str_eq(text, "34567");
}
END_TEST

START_TEST(short_and_interrupted_calls_go_on) {
  char text[11] = "";
  open_it();
  test_file.at_most = 3;
  test_file.interrupted_each = 2;
  ck_assert_int_eq(fcl__spool_write(fd, "0123456789", 10, 0), 0);
  ck_assert_int_eq(fcl__spool_read(fd, text, 10, 0), 0);
  ck_assert_str_eq(text, "0123456789");
}
END_TEST

START_TEST(a_file_that_is_too_short_is_an_error) {
  char text[11];
  open_it();
  ck_assert_int_eq(fcl__spool_write(fd, "0123", 4, 0), 0);
  ck_assert_int_eq(fcl__spool_read(fd, text, 10, 0), -EIO);
}
END_TEST

START_TEST(a_full_disk_is_told) {
  open_it();
  test_files_fail(1, 1, ENOSPC);
  ck_assert_int_eq(fcl__spool_write(fd, "0123456789", 10, 0), -ENOSPC);
}
END_TEST

START_TEST(a_disk_that_fills_in_the_middle_is_told) {
  open_it();
  test_files_fail(2, 1, ENOSPC);
  test_file.at_most = 4;
  ck_assert_int_eq(fcl__spool_write(fd, "0123456789", 10, 0), -ENOSPC);
}
END_TEST

/* No fault is planted here: the system itself says no. */
START_TEST(the_limit_on_the_size_of_files_is_told) {
  struct rlimit limit = {8192, 8192};
  char bytes[16384] = "";
  signal(SIGXFSZ, SIG_IGN); /* the client's own thread blocks it */
  open_it();
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
  ck_assert_int_eq(fcl__spool_write(fd, bytes, sizeof bytes, 0), -EFBIG);
}
END_TEST

START_TEST(space_is_given_back) {
  struct stat s;
  open_it();
  ck_assert_int_eq(fcl__spool_write(fd, "0123456789", 10, 4096), 0);
  fcl__spool_empty(fd);
  ck_assert_int_eq(fstat(fd, &s), 0);
  ck_assert_int_eq((int) s.st_size, 0);
}
END_TEST

START_TEST(the_directory_is_the_one_that_was_named) {
  setenv("TMPDIR", "/from-the-environment", 1);
  ck_assert_str_eq(fcl__spool_directory("/given"), "/given");
  ck_assert_str_eq(fcl__spool_directory(NULL), "/from-the-environment");
  setenv("TMPDIR", "", 1);
  ck_assert_str_eq(fcl__spool_directory(NULL), "/var/tmp");
  unsetenv("TMPDIR");
  ck_assert_str_eq(fcl__spool_directory(NULL), "/var/tmp");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("spool");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, the_file_has_no_name_and_is_for_us_alone);
  tcase_add_test(t, no_process_can_give_it_a_name);
  tcase_add_loop_test(t, where_it_cannot_be_made_without_a_name_the_name_is_removed_at_once, 0, 3);
  tcase_add_test(t, another_refusal_is_told);
  tcase_add_test(t, both_ways_of_making_it_may_fail);
  tcase_add_test(t, a_directory_that_is_none_is_told);
  tcase_add_test(t, a_path_that_is_too_long_is_told);
  tcase_add_test(t, what_was_written_is_read_at_its_offset);
  tcase_add_test(t, short_and_interrupted_calls_go_on);
  tcase_add_test(t, a_file_that_is_too_short_is_an_error);
  tcase_add_test(t, a_full_disk_is_told);
  tcase_add_test(t, a_disk_that_fills_in_the_middle_is_told);
  tcase_add_test(t, the_limit_on_the_size_of_files_is_told);
  tcase_add_test(t, space_is_given_back);
  tcase_add_test(t, the_directory_is_the_one_that_was_named);
  return test_suite_run("spool", &t, 1);
}
