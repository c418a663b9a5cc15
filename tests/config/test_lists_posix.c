/* test_lists_posix.c: Arguments and EnvironmentVars as programs there read them: a shell's quotes,
   and names with a case. */
#include "lists.h"

START_TEST(arguments_are_words_as_a_shell_has_them) {
  fcl_config *c;
  const fcl_config_app *a = app_of(&c, "ExePath=/a\nArguments=-c '/etc/my php.ini' -d \\x ''\n");
  ck_assert_str_eq(shown(a->options->argv), "</a><-c></etc/my php.ini><-d><x><>");
  fcl_config_free(c);
}
END_TEST

START_TEST(a_quote_left_open_is_refused) {
  ck_assert_str_eq(words_about_app("ExePath=/a\nArguments=-c 'x y\n"),
                   "error: f:5: [A] Arguments has a quote that is left open in x y; close it, or "
                   "put \\ before it\n");
}
END_TEST

START_TEST(names_of_variables_have_a_case) {
  static const char *const env[] = {"A=old", NULL};
  ck_assert_str_eq(environment_of("a:1", env), "<a=1><A=old>");
  ck_assert_str_eq(environment_of("A:1,a:2", env), "<A=1><a=2>");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("lists");
  tcase_add_test(t, arguments_are_words_as_a_shell_has_them);
  tcase_add_test(t, a_quote_left_open_is_refused);
  tcase_add_test(t, names_of_variables_have_a_case);
  return test_suite_run("config/lists of this system", &t, 1);
}
