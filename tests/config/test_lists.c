/* test_lists.c: Arguments, Address and EnvironmentVars become lists. */
#include "lists.h"
#include "support/scratch.h"
#include <stdlib.h>

static const char *const some_environment[] = {"PATH=/bin", "A=old", "EMPTY=", NULL};

/* ---- Arguments ---- */

START_TEST(arguments_follow_the_program) { /* loop */
  static const char *const rows[][2] = {
      {"-b", "</a><-b>"},
      {"-c \"/etc/my php.ini\" -d x=1", "</a><-c></etc/my php.ini><-d><x=1>"},
      {"\"\"", "</a><>"},
      {"a b c d e f g h", "</a><a><b><c><d><e><f><g><h>"},
  };
  char settings[100];
  const fcl_config_app *a;
  fcl_config *c;
  snprintf(settings, sizeof settings, "ExePath=/a\nArguments=%s\n", rows[_i][0]);
  a = app_of(&c, settings);
  ck_assert_str_eq(shown(a->options->argv), rows[_i][1]);
  ck_assert_str_eq(a->arguments, rows[_i][0]);
  fcl_config_free(c);
}
END_TEST

START_TEST(without_arguments_there_is_no_list) { /* loop */
  static const char *const rows[] = {"ExePath=/a\n", "ExePath=/a\nArguments=\n"};
  fcl_config *c;
  const fcl_config_app *a = app_of(&c, rows[_i]);
  ck_assert_ptr_null(a->options->argv);
  ck_assert_ptr_null(a->arguments);
  fcl_config_free(c);
}
END_TEST

/* ---- Address ---- */

START_TEST(an_address_becomes_a_list) { /* loop */
  static const char *const rows[][2] = {
      {"unix:/run/a.sock", "<unix:/run/a.sock>"},
      {"unix:@a", "<unix:@a>"},
      {"tcp:localhost:9000", "<tcp:localhost:9000>"},
      {"tcp:[::1]:9000,tcp:10.0.0.1:9000 , unix:/a b",
       "<tcp:[::1]:9000><tcp:10.0.0.1:9000><unix:/a b>"},
      {"pipe:\\\\.\\pipe\\app", "<pipe:\\\\.\\pipe\\app>"},
  };
  char settings[100];
  const fcl_config_app *a;
  fcl_config *c;
  snprintf(settings, sizeof settings, "Address=%s\n", rows[_i][0]);
  a = app_of(&c, settings);
  ck_assert_str_eq(shown(a->options->addresses), rows[_i][1]);
  ck_assert_ptr_null(a->options->program);
  fcl_config_free(c);
}
END_TEST

START_TEST(an_address_that_is_none_is_refused) { /* loop */
  static const char *const rows[][2] = {{"/run/a.sock", "/run/a.sock"},
                                        {"localhost:9000", "localhost:9000"},
                                        {"unix:", "unix:"},
                                        {"tcp:", "tcp:"},
                                        {"http://a", "http://a"},
                                        {"unix:/a,", ""},
                                        {",unix:/a", ""},
                                        {"unix:/a,,unix:/b", ""},
                                        {"unix:/a b,c", "c"},
                                        {"pipe:", "pipe:"}};
  char settings[100], want[300];
  snprintf(settings, sizeof settings, "Address=%s\n", rows[_i][0]);
  snprintf(want, sizeof want,
           "error: f:4: [A] Address has \"%s\"; give unix:/path, unix:@name, tcp:host:port or "
           "several of them with commas between\n",
           rows[_i][1]);
  ck_assert_str_eq(words_about_app(settings), want);
}
END_TEST

/* ---- EnvironmentVars ---- */

START_TEST(variables_are_read_as_IIS_wrote_them) { /* loop */
  static const char *const rows[][2] = {
      {"A:1", "<A=1>"},
      {"A:1,B:2", "<A=1><B=2>"},
      {" A : 1 , B : 2 ", "<A=1><B=2>"},
      {"A:", "<A=>"},
      {"A:,B:", "<A=><B=>"},
      {"A:\"\"", "<A=>"},
      {"A:b c", "<A=b c>"},
      {"A:\"b c\"", "<A=b c>"},
      {"A:\" b \" , B:2", "<A= b ><B=2>"},
      {"A:1/,2/,3", "<A=1,2,3>"}, /* the documented examples */
      {"A:\"C://PHP\"", "<A=C:/PHP>"},
      {"A:////", "<A=//>"},
      {"A:\"a,b\"", "<A=a,b>"},
      {"A:\"a/\"b\"", "<A=a\"b>"},
      {"A:a\"b", "<A=a\"b>"},
      {"A:b:c=d", "<A=b:c=d>"},
      {"PHPRC:d:\\php\\,X:1", "<PHPRC=d:\\php\\><X=1>"},
      {"A B:1", "<A B=1>"},
  };
  ck_assert_str_eq(environment_of(rows[_i][0], no_environment), rows[_i][1]);
}
END_TEST

START_TEST(variables_go_over_the_environment) {
  ck_assert_str_eq(environment_of("A:new,B:2", some_environment),
                   "<A=new><B=2><PATH=/bin><EMPTY=>");
}
END_TEST

START_TEST(a_variable_replaces_only_its_own_name) {
  ck_assert_str_eq(environment_of("PAT:x,EMPTY2:y,AA:z", some_environment),
                   "<PAT=x><EMPTY2=y><AA=z><PATH=/bin><A=old><EMPTY=>");
}
END_TEST

START_TEST(without_variables_the_environment_is_not_copied) {
  ck_assert_str_eq(environment_of("", some_environment), "(none)");
}
END_TEST

START_TEST(the_environment_is_ours_unless_another_is_given) {
  const char *const *at;
  fcl_config *c;
  test_environment_set("FCL_TEST_OURS", "gr\xc3\xbc\xc3\x9f"
                                        "e");
  ck_assert_int_eq(
      fcl_config_parse(&c, "f", text("[A]\nExePath=/a\nEnvironmentVars=A:1\n"), NULL, NULL),
      FCL_OK);
  at = fcl_config_at(c, 0)->options->env;
  while (*at && strcmp(*at, "FCL_TEST_OURS=gr\xc3\xbc\xc3\x9f"
                            "e") != 0)
    at++;
  ck_assert_ptr_nonnull(*at);
  fcl_config_free(c);
}
END_TEST

START_TEST(the_environment_is_copied) {
  fcl_config_options o;
  char mutable[] = "M=1";
  const char *env[2] = {mutable, NULL};
  fcl_config *c;
  memset(&o, 0, sizeof o);
  o.env = env;
  ck_assert_int_eq(
      fcl_config_parse(&c, "f", text("[A]\nExePath=/a\nEnvironmentVars=A:1\n"), &o, NULL), FCL_OK);
  mutable[2] = '2';
  ck_assert_str_eq(fcl_config_at(c, 0)->options->env[1], "M=1");
  fcl_config_free(c);
}
END_TEST

START_TEST(a_variable_that_is_none_is_refused) { /* loop */
  static const char *const rows[][3] = {
      {"A", "A", "a variable is NAME:VALUE"},
      {":1", ":1", "a variable is NAME:VALUE"},
      {"A=1", "A=1", "a variable is NAME:VALUE"},
      {"A:1,", "", "a variable is NAME:VALUE"},
      {"A:1,,B:2", ",B:2", "a variable is NAME:VALUE"},
      {"\"A:1\"", "\"A:1\"", "a variable is NAME:VALUE"},
      {"A=B:1", "A=B:1", "a variable is NAME:VALUE"},
      {"B:2, A:/usr/bin", "A:/usr/bin",
       "a / escapes what follows; write // for a /, /, for a comma"},
      {"A:b/", "A:b/", "a / escapes what follows; write // for a /, /, for a comma"},
      {"A:\"b", "A:\"b", "the quotes are left open"},
      {"A:\"b/\"", "A:\"b/\"", "the quotes are left open"},
      {"A:\"b\"c", "A:\"b\"c", "behind the quotes of a value comes a comma, or the end"},
      {"A:1,B:2,A:3", "A:3", "this variable is there already; give it once"},
  };
  char want[300];
  snprintf(want, sizeof want, "f:3: [A] EnvironmentVars at \"%s\": %s", rows[_i][1], rows[_i][2]);
  ck_assert_str_eq(environment_of(rows[_i][0], no_environment), want);
}
END_TEST

/* `count` variables "a0:,a1:," in one line. */
static fcl_code parse_many(int count, said *s) {
  static char file[20000];
  fcl_config *c;
  fcl_error e;
  fcl_code code;
  int i;
  strcpy(file, "[A]\nExePath=/a\nEnvironmentVars=");
  for (i = 0; i < count; i++)
    sprintf(file + strlen(file), "%sa%d:", i ? "," : "", i);
  code = parse(&c, file, s, &e);
  fcl_config_free(c);
  return code;
}

START_TEST(there_may_be_1000_variables_and_not_more) {
  static said s;
  ck_assert_int_eq(parse_many(1000, &s), FCL_OK);
  ck_assert_int_eq(parse_many(1001, &s), FCL_E_CONFIG);
  ck_assert_str_eq(s.text, "error: f:3: [A] EnvironmentVars at \"a1000:\": there are too many "
                           "variables; give 1000 at most\n");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("lists");
  tcase_add_loop_test(t, arguments_follow_the_program, 0, 4);
  tcase_add_loop_test(t, without_arguments_there_is_no_list, 0, 2);
  tcase_add_loop_test(t, an_address_becomes_a_list, 0, 5);
  tcase_add_loop_test(t, an_address_that_is_none_is_refused, 0, 10);
  tcase_add_loop_test(t, variables_are_read_as_IIS_wrote_them, 0, 18);
  tcase_add_test(t, variables_go_over_the_environment);
  tcase_add_test(t, a_variable_replaces_only_its_own_name);
  tcase_add_test(t, without_variables_the_environment_is_not_copied);
  tcase_add_test(t, the_environment_is_ours_unless_another_is_given);
  tcase_add_test(t, the_environment_is_copied);
  tcase_add_loop_test(t, a_variable_that_is_none_is_refused, 0, 13);
  tcase_add_test(t, there_may_be_1000_variables_and_not_more);
  return test_suite_run("config/lists", &t, 1);
}
