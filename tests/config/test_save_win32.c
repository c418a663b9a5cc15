/* test_save_win32.c: a file is saved whole or not at all: its attributes, letters of any language,
 * and files that somebody has open. */
#include "config_test.h"
#include "support/fds.h"
#include "support/scratch.h"
#include <windows.h>

static const char file[] = "[Types]\nphp=A\n[A]\nExePath=/usr/bin/php-cgi\n";

static fcl_config_edit *edit(void) {
  fcl_config_edit *e;
  fcl_error error;
  ck_assert_msg(fcl_config_edit_new(&e, "f", text(file), NULL, &error) == FCL_OK, "%s", error.text);
  return e;
}

static void ck_file(const char *path, const char *want) {
  char is[4000];
  FILE *f = test_file_open(path, "rb");
  ck_assert_ptr_nonnull(f);
  is[fread(is, 1, sizeof is - 1, f)] = 0;
  fclose(f);
  ck_assert_str_eq(is, want);
}

static void widen(const char *path, wchar_t *wide) {
  ck_assert_int_gt(MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, 400), 0);
}

/* In a folder of its own, with letters of several languages. */
static void in_folder(char *path, wchar_t *wide) {
  test_folder_make(path);
  strcat(path, "/gr\xc3\xbc\xc3\x9f"
               "e \xe4\xb8\xad.ini");
  widen(path, wide);
}

START_TEST(a_file_that_is_not_there_is_made) {
  fcl_config_edit *e = edit();
  char path[400];
  wchar_t wide[400];
  int before;
  in_folder(path, wide);
  before = test_fds();
  ck_assert_int_eq(fcl_config_save(e, path, NULL), FCL_OK);
  ck_assert_fds(before);
  ck_file(path, file);
  test_file_remove(path); /* nothing else was left in the folder */
  fcl_config_edit_free(e);
}
END_TEST

START_TEST(a_file_is_replaced) {
  fcl_config_edit *e = edit();
  char path[400];
  wchar_t wide[400];
  in_folder(path, wide);
  test_file_write(path, "old", 3);
  ck_assert_int_eq(fcl_config_set(e, "A", "QueueLength", "3", NULL), FCL_OK);
  ck_assert_int_eq(fcl_config_save(e, path, NULL), FCL_OK);
  ck_file(path, fcl_config_text(e).base);
  test_file_remove(path);
  fcl_config_edit_free(e);
}
END_TEST

START_TEST(a_file_that_somebody_keeps_open_stays_as_it_was) {
  fcl_config_edit *e = edit();
  char path[400], want[500];
  wchar_t wide[400];
  fcl_error error;
  HANDLE h;
  int before;
  in_folder(path, wide);
  test_file_write(path, "old", 3);
  before = test_fds();
  h = CreateFileW(wide, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
  ck_assert_int_eq(fcl_config_save(e, path, &error), FCL_E_CONFIG);
  CloseHandle(h);
  ck_assert_fds(before);
  snprintf(want, sizeof want, "%s: cannot write the configuration; the file is as it was: ", path);
  ck_assert_int_eq(strncmp(error.text, want, strlen(want)), 0);
  ck_assert(error.sys == ERROR_SHARING_VIOLATION || error.sys == ERROR_ACCESS_DENIED);
  ck_assert_msg(strstr(error.text, " (ERROR_") != NULL, "%s", error.text);
  ck_file(path, "old");
  test_file_delete(path); /* Wine leaves a file of its own in the folder */
  fcl_config_edit_free(e);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_said) {
  fcl_config_edit *e = edit();
  fcl_error error;
  ck_assert_int_eq(fcl_config_save(e, "C:/nowhere/fcgiext.ini", &error), FCL_E_CONFIG);
  ck_assert_int_eq(error.sys, ERROR_PATH_NOT_FOUND);
  ck_assert_msg(strstr(error.text, " (ERROR_PATH_NOT_FOUND, 3)") != NULL, "%s", error.text);
  fcl_config_edit_free(e);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("save");
  tcase_add_test(t, a_file_that_is_not_there_is_made);
  tcase_add_test(t, a_file_is_replaced);
  tcase_add_test(t, a_file_that_somebody_keeps_open_stays_as_it_was);
  tcase_add_test(t, a_folder_that_is_not_there_is_said);
  return test_suite_run("config/save", &t, 1);
}
