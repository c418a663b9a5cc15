/* test_config.c: files and blocks of memory, their bounds, and no memory at any place. */
#include "config_test.h"
#include "base/system.h"
#include "support/fds.h"
#include "support/guard.h"
#include "support/scratch.h"
#include <errno.h>
#include <stdlib.h>

#ifdef _WIN32       /* by which number a file is not there, and a folder cannot be read as one */
#define NO_FILE   3 /* ERROR_PATH_NOT_FOUND */
#define NO_FOLDER 5 /* ERROR_ACCESS_DENIED */
#else
#define NO_FILE   ENOENT
#define NO_FOLDER EISDIR
#endif

static const char small[] = "[Types]\nphp=A\n[A]\nExePath=/a\n";

/* ---- Files ---- */

START_TEST(a_file_is_read_and_closed) {
  const char *path = test_file_make(small, strlen(small));
  int before = test_fds();
  fcl_config *c;
  ck_assert_int_eq(fcl_config_read(&c, path, NULL, NULL), FCL_OK);
  test_file_remove(path);
  ck_assert_fds(before);
  ck_assert_str_eq(fcl_config_at(c, 0)->options->program, "/a");
  fcl_config_free(c);
}
END_TEST

START_TEST(an_error_names_the_file) {
  const char *path = test_file_make("x", 1);
  char want[200];
  fcl_config *c;
  fcl_error e;
  ck_assert_int_eq(fcl_config_read(&c, path, NULL, &e), FCL_E_CONFIG);
  test_file_remove(path);
  snprintf(want, sizeof want, "%s:1: \"x\" is neither", path);
  ck_assert_int_eq(strncmp(e.text, want, strlen(want)), 0);
}
END_TEST

static void ck_unreadable(const char *path, int sys) {
  static said s;
  char want[600], words[200];
  fcl_config_options o;
  fcl_config *c;
  fcl_error e;
  int before = test_fds();
  memset(&o, 0, sizeof o);
  memset(&s, 0, sizeof s);
  o.on_message = said_message;
  o.user = &s;
  snprintf(want, sizeof want, "%s: cannot read the configuration: %s", path,
           fcl__system_words(sys, words, sizeof words));
  ck_assert_int_eq(fcl_config_read(&c, path, &o, &e), FCL_E_CONFIG);
  ck_assert_ptr_null(c);
  ck_assert_int_eq(e.sys, sys);
  ck_assert_str_eq(e.text, want);
  ck_assert_uint_eq(s.count, 1);
  ck_assert_ptr_nonnull(strstr(s.text, want));
  ck_assert_fds(before);
}

START_TEST(a_file_that_is_not_there_is_named_with_the_reason) {
  ck_unreadable("/nonexistent/f", NO_FILE);
}
END_TEST

START_TEST(a_folder_is_named_with_the_reason) {
  char folder[300];
  test_folder_make(folder);
  ck_unreadable(folder, NO_FOLDER);
  ck_assert(test_folder_remove(folder));
}
END_TEST

START_TEST(a_path_may_have_any_letters) {
  char folder[300], path[400];
  fcl_config *c;
  test_folder_make(folder);
  snprintf(path, sizeof path,
           "%s/gr\xc3\xbc\xc3\x9f"
           "e \xe4\xb8\xad.ini",
           folder);
  test_file_write(path, small, strlen(small));
  ck_assert_int_eq(fcl_config_read(&c, path, NULL, NULL), FCL_OK);
  fcl_config_free(c);
  test_file_remove(path);
}
END_TEST

/* ---- Bounds ---- */

static fcl_code parse_n(const char *bytes, size_t len, fcl_error *e) {
  fcl_slice t;
  fcl_config *c;
  fcl_code code;
  t.base = bytes;
  t.len = len;
  code = (fcl_code) fcl_config_parse(&c, "f", t, NULL, e);
  fcl_config_free(c);
  return code;
}

START_TEST(a_file_may_have_a_megabyte_and_not_more) {
  size_t len = FCL_CONFIG_FILE_MAX;
  char *file = malloc(len + 1);
  const char *path;
  fcl_config *c;
  fcl_error e;
  memset(file, ';', len + 1);
  ck_assert_int_eq(parse_n(file, len, &e), FCL_OK);
  ck_assert_int_eq(parse_n(file, len + 1, &e), FCL_E_CONFIG);
  ck_assert_str_eq(e.text, "f: the file has more than 1048576 bytes");
  path = test_file_make(file, len + 1);
  ck_assert_int_eq(fcl_config_read(&c, path, NULL, &e), FCL_E_CONFIG);
  ck_assert_ptr_nonnull(strstr(e.text, ": the file has more than 1048576 bytes"));
  test_file_remove(path);
  path = test_file_make(file, len);
  ck_assert_int_eq(fcl_config_read(&c, path, NULL, &e), FCL_OK);
  test_file_remove(path);
  fcl_config_free(c);
  free(file);
}
END_TEST

/* A file of `count` lines made of `format`, which takes a number, behind `begin`. */
static fcl_code parse_lines(const char *begin, const char *line, int count, fcl_error *e) {
  char *file = malloc(strlen(begin) + (size_t) count * (strlen(line) + 30) + 1), *at;
  fcl_code code;
  int i;
  at = file + sprintf(file, "%s", begin);
  for (i = 0; i < count; i++)
    at += sprintf(at, "%s%d%s", line, i, strchr(line, '[') ? "]\nExePath=/a\n" : "=A\n");
  code = parse_n(file, (size_t) (at - file), e);
  free(file);
  return code;
}

START_TEST(there_may_be_1000_applications_and_not_more) {
  fcl_error e;
  ck_assert_int_eq(parse_lines("", "[a          ", 1000, &e), FCL_OK);
  ck_assert_int_eq(parse_lines("", "[a          ", 1001, &e), FCL_E_CONFIG);
  ck_assert_str_eq(e.text, "f:2001: the file has more than 1000 applications");
}
END_TEST

START_TEST(there_may_be_4000_lines_of_types_and_not_more) {
  fcl_error e;
  ck_assert_int_eq(parse_lines("[A]\nExePath=/a\n[Types]\n", "x", 4000, &e), FCL_OK);
  ck_assert_int_eq(parse_lines("[A]\nExePath=/a\n[Types]\n", "x", 4001, &e), FCL_E_CONFIG);
  ck_assert_str_eq(e.text, "f:4004: [Types] has more than 4000 lines");
}
END_TEST

START_TEST(an_empty_file_is_a_configuration_without_applications) {
  fcl_config *c;
  size_t count = 7;
  fcl_slice nothing = {NULL, 0};
  ck_assert_int_eq(fcl_config_parse(&c, "f", nothing, NULL, NULL), FCL_OK);
  ck_assert_uint_eq(fcl_config_count(c), 0);
  ck_assert_ptr_null(fcl_config_at(c, 0));
  ck_assert_ptr_null(fcl_config_route(c, text("php"), 1, text("/1")));
  (void) fcl_config_extensions(c, &count);
  ck_assert_uint_eq(count, 0);
  fcl_config_free(c);
}
END_TEST

START_TEST(utf_16_is_named) { /* loop */
  static const char *const rows[] = {"\xff\xfe[\0T", "\xfe\xff\0["};
  fcl_error e;
  ck_assert_int_eq(parse_n(rows[_i], 4, &e), FCL_E_CONFIG);
  ck_assert_str_eq(e.text, "f: the file is in UTF-16; save it as UTF-8 or ANSI");
}
END_TEST

START_TEST(freeing_NULL_is_harmless) {
  fcl_config_free(NULL);
}
END_TEST

START_TEST(a_block_is_not_used_after_it_is_parsed) {
  test_guard g = test_guard_make(100);
  fcl_config *c;
  fcl_slice t;
  t.base = test_guard_put(&g, small, strlen(small));
  t.len = strlen(small);
  ck_assert_int_eq(fcl_config_parse(&c, "f", t, NULL, NULL), FCL_OK);
  test_guard_free(&g);
  ck_assert_str_eq(fcl_config_route(c, text("php"), 0, text(""))->name, "A");
  fcl_config_free(c);
}
END_TEST

START_TEST(callers_of_an_earlier_version_gave_fewer_options) {
  fcl_config_options o;
  fcl_config *c;
  memset(&o, 0xa5, sizeof o);
  o.on_message = NULL;
  ck_assert_int_eq(fcl__config_parse(&c, "f", text(small), &o, sizeof o.on_message, NULL), FCL_OK);
  fcl_config_free(c);
}
END_TEST

/* ---- No memory ---- */

static const char everything[] =
    "[Types]\nphp=A\n*:4=B\nasp:/4/x=A\n[A]\nExePath=/bin/a\nArguments=-c 'x y'\n"
    "EnvironmentVars=A:1,B:\"2 3\"\nMonitorChangesTo=a.ini\n[B]\nAddress=unix:/a,tcp:h:1\n"
    "[1]\nExePath=/a\n[2]\nExePath=/a\n[3]\nExePath=/a\n[4]\nExePath=/a\n[5]\nExePath=/a\n"
    "[6]\nExePath=/a\n[7]\nExePath=/a\n[8]\nExePath=/a\n";

START_TEST(a_good_file_survives_each_allocation_that_fails) {
  torture(everything, FCL_OK);
}
END_TEST

START_TEST(a_bad_file_survives_each_allocation_that_fails) {
  char file[1000];
  snprintf(file, sizeof file, "%sArguments='x\nEnvironmentVars=x\n[9]\nAddress=x\n[10]\n",
           everything);
  torture(file, FCL_E_CONFIG);
}
END_TEST

START_TEST(a_read_file_survives_each_allocation_that_fails) {
  const char *path = test_file_make(everything, strlen(everything));
  int before = test_fds();
  test_allocator memory;
  fcl_config_options o;
  fcl_config *c;
  size_t nth = 0;
  memset(&o, 0, sizeof o);
  test_allocator_init(&memory);
  o.realloc_fn = test_allocator_realloc;
  o.user = &memory;
  do {
    test_allocator_fail(&memory, ++nth, 0);
  } while (fcl_config_read(&c, path, &o, NULL) == FCL_E_NOMEM);
  test_file_remove(path);
  ck_assert_uint_gt(nth, 5);
  ck_assert_ptr_nonnull(c);
  fcl_config_free(c);
  ck_assert_uint_eq(memory.live, 0);
  ck_assert_fds(before);
  test_allocator_destroy(&memory);
}
END_TEST

START_TEST(nothing_of_a_configuration_is_left_behind) {
  test_allocator memory;
  fcl_error e;
  test_allocator_init(&memory);
  ck_assert_int_eq(parse_from(&memory, everything, &e), FCL_OK);
  ck_assert_uint_eq(memory.live, 0);
  ck_assert_uint_eq(memory.misuses, 0);
  test_allocator_destroy(&memory);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("config");
  tcase_add_test(t, a_file_is_read_and_closed);
  tcase_add_test(t, an_error_names_the_file);
  tcase_add_test(t, a_file_that_is_not_there_is_named_with_the_reason);
  tcase_add_test(t, a_folder_is_named_with_the_reason);
  tcase_add_test(t, a_path_may_have_any_letters);
  tcase_add_test(t, a_file_may_have_a_megabyte_and_not_more);
  tcase_add_test(t, there_may_be_1000_applications_and_not_more);
  tcase_add_test(t, there_may_be_4000_lines_of_types_and_not_more);
  tcase_add_test(t, an_empty_file_is_a_configuration_without_applications);
  tcase_add_loop_test(t, utf_16_is_named, 0, 2);
  tcase_add_test(t, freeing_NULL_is_harmless);
  tcase_add_test(t, a_block_is_not_used_after_it_is_parsed);
  tcase_add_test(t, callers_of_an_earlier_version_gave_fewer_options);
  tcase_add_test(t, a_good_file_survives_each_allocation_that_fails);
  tcase_add_test(t, a_bad_file_survives_each_allocation_that_fails);
  tcase_add_test(t, a_read_file_survives_each_allocation_that_fails);
  tcase_add_test(t, nothing_of_a_configuration_is_left_behind);
  return test_suite_run("config", &t, 1);
}
