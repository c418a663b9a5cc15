/* test_lists_win32.c: Arguments and EnvironmentVars as programs there read them: backslashes are
   themselves, and names have no case. */
#include "lists.h"

START_TEST(arguments_are_words_as_c_programs_read_them) {
  fcl_config *c;
  const fcl_config_app *a =
      app_of(&c, "ExePath=C:\\a.exe\nArguments=-c C:\\php\\my.ini 'a b' \"c d\" \"\n");
  ck_assert_str_eq(shown(a->options->argv),
                   "<C:\\a.exe><-c><C:\\php\\my.ini><'a><b'><c d><>"); /* a quote may stay open */
  fcl_config_free(c);
}
END_TEST

START_TEST(names_of_variables_have_no_case) {
  static const char *const env[] = {"Path=C:\\", "A=old", NULL};
  ck_assert_str_eq(environment_of("a:1,PATH:x", env), "<a=1><PATH=x>");
  ck_assert_str_eq(environment_of("A:1,a:2", env),
                   "f:3: [A] EnvironmentVars at \"a:2\": this variable is there already; give it "
                   "once");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("lists");
  tcase_add_test(t, arguments_are_words_as_c_programs_read_them);
  tcase_add_test(t, names_of_variables_have_no_case);
  return test_suite_run("config/lists of this system", &t, 1);
}
