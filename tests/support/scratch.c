/* scratch.c: what is made of folders and the C library's files. */
#include "support/scratch.h"
#include <check.h>
#include <string.h>

void test_file_write(const char *path, const void *bytes, size_t len) {
  FILE *f = test_file_open(path, "wb");
  ck_assert_msg(f != NULL, "%s cannot be written", path);
  ck_assert_uint_eq(fwrite(bytes, 1, len, f), len);
  ck_assert_int_eq(fclose(f), 0);
}

const char *test_file_make(const void *bytes, size_t len) {
  static char path[300];
  test_folder_make(path);
  strcat(path, "/file");
  test_file_write(path, bytes, len);
  return path;
}

void test_file_remove(const char *path) {
  char folder[300];
  ck_assert_int_eq(test_file_delete(path), 0);
  snprintf(folder, sizeof folder, "%.*s", (int) (strrchr(path, '/') - path), path);
  ck_assert(test_folder_remove(folder));
}
