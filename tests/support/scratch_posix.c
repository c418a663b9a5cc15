/* scratch_posix.c: folders and variables. */
#include "support/scratch.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *test_temporary(void) {
  return "/tmp";
}

void test_folder_make(char *path) {
  strcpy(path, "/tmp/fcl-test-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(path));
}

int test_folder_remove(const char *path) {
  return rmdir(path) == 0;
}

FILE *test_file_open(const char *path, const char *mode) {
  return fopen(path, mode);
}

int test_file_delete(const char *path) {
  return remove(path);
}

void test_environment_set(const char *name, const char *value) {
  ck_assert_int_eq(value ? setenv(name, value, 1) : unsetenv(name), 0);
}
