/* test_report.c: every bad line is told, to the callback one by one, to the error as many as fit.
 */
#include "config_test.h"

static fcl_error parsed(const char *file, said *s) {
  fcl_config *c;
  fcl_error e;
  ck_assert_int_eq(parse(&c, file, s, &e), FCL_E_CONFIG);
  ck_assert_ptr_null(c);
  return e;
}

static char *lines(int count, const char *line) {
  static char file[100000];
  int i;
  strcpy(file, "[Types]\n");
  for (i = 0; i < count; i++)
    strcat(file, line);
  return file;
}

/* KF-149 */
START_TEST(the_error_holds_every_bad_line) {
  static said s;
  fcl_error e = parsed("[A]\nExePath=/a\nb\n[B\nProtocol=x\n", &s);
  ck_assert_int_eq(e.code, FCL_E_CONFIG);
  ck_assert_str_eq(e.text,
                   "f:3: \"b\" is neither a [section] nor name=value; a comment begins with ;; "
                   "f:4: \"[B\" is no [section]: the line begins with [ and ends with the only ]; "
                   "f:5: [A] Protocol is \"x\"; give NamedPipe or Tcp");
  ck_assert_uint_eq(s.count, 3);
}
END_TEST

START_TEST(what_does_not_fit_into_the_error_is_counted) {
  static said s;
  fcl_error e = parsed(lines(20, "x\n"), &s);
  char want[40];
  unsigned told = 0;
  const char *at;
  for (at = e.text; (at = strstr(at, "\"x\" is")) != NULL; at++)
    told++;
  snprintf(want, sizeof want, "; and %u more", 20 - told);
  ck_assert_uint_gt(told, 5);
  ck_assert_str_eq(e.text + strlen(e.text) - strlen(want), want);
  ck_assert_uint_eq(s.count, 20);
}
END_TEST

START_TEST(the_callback_hears_100_bad_lines_and_how_many_more) {
  static said s;
  fcl_error e = parsed(lines(1234, "x\n"), &s);
  static const char want[] = "error: f: and 1134 more bad lines\n";
  ck_assert_uint_eq(s.count, 101);
  ck_assert_str_eq(s.text + strlen(s.text) - strlen(want), want);
  ck_assert_ptr_nonnull(strstr(e.text, "more"));
}
END_TEST

START_TEST(all_that_the_error_leaves_out_is_counted) {
  static said s;
  fcl_error e = parsed(lines(1234, "x\n"), &s);
  unsigned told = 0, more = 0;
  const char *at;
  for (at = e.text; (at = strstr(at, "\"x\" is")) != NULL; at++)
    told++;
  ck_assert_int_eq(sscanf(strstr(e.text, "; and "), "; and %u more", &more), 1);
  ck_assert_uint_eq(told + more, 1234);
}
END_TEST

START_TEST(warnings_are_bounded_too) {
  static char file[20000];
  static said s;
  static const char want[] = "warning: f: and 50 more warnings\n";
  fcl_config *c;
  fcl_error e;
  int i;
  for (i = 0; i < 150; i++)
    sprintf(file + strlen(file), "[a%d]\nExePath=/a\n", i);
  ck_assert_int_eq(parse(&c, file, &s, &e), FCL_OK);
  ck_assert_uint_eq(s.count, 101);
  ck_assert_str_eq(s.text + strlen(s.text) - strlen(want), want);
  fcl_config_free(c);
}
END_TEST

START_TEST(a_long_culprit_is_cut) {
  static char file[20000];
  static said s;
  fcl_error e;
  memset(file, 'x', 19000);
  e = parsed(file, &s);
  ck_assert_uint_lt(strlen(e.text), 250);
  ck_assert_ptr_nonnull(strstr(e.text, "xxx\" is neither"));
}
END_TEST

START_TEST(a_long_name_leaves_room_for_what_is_allowed) {
  static char file[4000], name[2000];
  static said s;
  fcl_error e;
  memset(name, 'n', sizeof name - 1);
  snprintf(file, sizeof file, "[%s]\nExePath=/a\nFoo=1\n", name);
  e = parsed(file, &s);
  ck_assert_ptr_nonnull(strstr(e.text, "IgnoreDirectories"));
}
END_TEST

START_TEST(what_comes_from_the_file_cannot_break_a_line_of_the_log) {
  static said s;
  fcl_error e = parsed("[Types]\nphp\x1b[31m=A\n", &s);
  ck_assert_str_eq(e.text, "f:2: \"php\\x1b[31m=A\" has a control character; the file is text, in "
                           "UTF-8 or an ANSI code page");
}
END_TEST

START_TEST(percent_signs_mean_themselves) {
  static said s;
  fcl_error e = parsed("%s%n\n", &s);
  ck_assert_ptr_nonnull(strstr(e.text, "\"%s%n\" is neither"));
}
END_TEST

START_TEST(messages_carry_level_and_line) {
  static said s;
  (void) parsed("\n\n[A]\nb\n", &s);
  ck_assert_str_eq(s.text,
                   "error: f:4: \"b\" is neither a [section] nor name=value; a comment begins with "
                   ";\nerror: f:3: [A] has no ExePath; give the absolute path of a program to "
                   "start, or an Address instead\n");
}
END_TEST

START_TEST(without_callback_and_error_a_bad_file_is_refused_too) {
  fcl_config *c;
  ck_assert_int_eq(fcl_config_parse(&c, "f", text(lines(300, "x\n")), NULL, NULL), FCL_E_CONFIG);
  ck_assert_ptr_null(c);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("report");
  tcase_add_test(t, the_error_holds_every_bad_line);
  tcase_add_test(t, what_does_not_fit_into_the_error_is_counted);
  tcase_add_test(t, the_callback_hears_100_bad_lines_and_how_many_more);
  tcase_add_test(t, all_that_the_error_leaves_out_is_counted);
  tcase_add_test(t, warnings_are_bounded_too);
  tcase_add_test(t, a_long_culprit_is_cut);
  tcase_add_test(t, a_long_name_leaves_room_for_what_is_allowed);
  tcase_add_test(t, what_comes_from_the_file_cannot_break_a_line_of_the_log);
  tcase_add_test(t, percent_signs_mean_themselves);
  tcase_add_test(t, messages_carry_level_and_line);
  tcase_add_test(t, without_callback_and_error_a_bad_file_is_refused_too);
  return test_suite_run("config/report", &t, 1);
}
