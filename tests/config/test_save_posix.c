/* test_save_posix.c: a file is saved whole or not at all: its rights, and links. */
#include "config_test.h"
#include "support/scratch.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* In a folder of its own. */
static void in_folder(char *path, const char *name) {
  test_folder_make(path);
  strcat(strcat(path, "/"), name);
}

START_TEST(a_file_is_saved_with_the_rights_that_it_had) {
  fcl_config_edit *e = edit();
  char path[400];
  struct stat s;
  in_folder(path, "fcgiext.ini");
  ck_assert_int_eq(fcl_config_save(e, path, NULL), FCL_OK);
  ck_assert_int_eq(chmod(path, 0640), 0);
  ck_assert_int_eq(fcl_config_set(e, "A", "QueueLength", "3", NULL), FCL_OK);
  ck_assert_int_eq(fcl_config_save(e, path, NULL), FCL_OK);
  ck_assert_int_eq(stat(path, &s), 0);
  ck_assert_int_eq(s.st_mode & 07777, 0640);
  ck_file(path, fcl_config_text(e).base);
  test_file_remove(path);
  fcl_config_edit_free(e);
}
END_TEST

START_TEST(a_link_stays_a_link) {
  fcl_config_edit *e = edit();
  char path[400], target[500];
  struct stat s;
  in_folder(path, "fcgiext.ini");
  snprintf(target, sizeof target, "%s.real", path);
  ck_assert_int_eq(fcl_config_save(e, target, NULL), FCL_OK);
  ck_assert_int_eq(symlink(target, path), 0);
  ck_assert_int_eq(fcl_config_set(e, "A", "QueueLength", "3", NULL), FCL_OK);
  ck_assert_int_eq(fcl_config_save(e, path, NULL), FCL_OK);
  ck_assert_int_eq(lstat(path, &s), 0);
  ck_assert(S_ISLNK(s.st_mode));
  ck_file(target, fcl_config_text(e).base);
  unlink(target);
  test_file_remove(path);
  fcl_config_edit_free(e);
}
END_TEST

START_TEST(a_file_that_cannot_be_written_is_said) {
  fcl_config_edit *e = edit();
  fcl_error error;
  ck_assert_int_eq(fcl_config_save(e, "/nowhere/fcgiext.ini", &error), FCL_E_CONFIG);
  ck_assert_ptr_nonnull(strstr(error.text, "/nowhere/fcgiext.ini: cannot write the configuration; "
                                           "the file is as it was: "));
  fcl_config_edit_free(e);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("save");
  tcase_add_test(t, a_file_is_saved_with_the_rights_that_it_had);
  tcase_add_test(t, a_link_stays_a_link);
  tcase_add_test(t, a_file_that_cannot_be_written_is_said);
  return test_suite_run("config/save", &t, 1);
}
