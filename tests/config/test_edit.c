/* test_edit.c: a fcgiext.ini is changed: what a change is not about stays, and a bad file never
   comes of it. */
#include "config_test.h"
#include <stdlib.h>

static const char file[] = "; of the shop\n"
                           "[Types]\n"
                           "php=PHP ; no comment: a name\n"
                           "\n"
                           "; the old one\n"
                           "[PHP ; no comment: a name]\n"
                           "  MaxInstances =  4  \n"
                           "; why 9\n"
                           "ExePath=/usr/bin/php-cgi\n"
                           "\n"
                           "; the end\n";

static fcl_config_edit *edit(const char *ini) {
  fcl_config_edit *e;
  fcl_error error;
  ck_assert_msg(fcl_config_edit_new(&e, "f", text(ini), NULL, &error) == FCL_OK, "%s", error.text);
  return e;
}

static void ck_text(const fcl_config_edit *e, const char *want) {
  fcl_slice is = fcl_config_text(e);
  char copy[4000];
  snprintf(copy, sizeof copy, "%.*s", (int) is.len, is.base);
  ck_assert_str_eq(copy, want);
}

static int add(fcl_config_edit *e, const char *section, const char *extension, const char *program,
               unsigned site, const char *application, fcl_error *error) {
  fcl_config_line line;
  memset(&line, 0, sizeof line);
  line.section = section;
  line.extension = extension;
  line.program = program;
  line.site = site;
  line.application = application;
  return fcl_config_add(e, &line, error);
}

#define NAME "PHP ; no comment: a name"

START_TEST(a_setting_that_is_there_gets_its_new_value_in_its_line) {
  fcl_config_edit *e = edit(file);
  ck_assert_int_eq(fcl_config_set(e, "php ; NO comment: a name", "maxinstances", "12", NULL),
                   FCL_OK);
  ck_text(e, "; of the shop\n[Types]\nphp=PHP ; no comment: a name\n\n; the old one\n"
             "[PHP ; no comment: a name]\n  MaxInstances =12\n; why 9\nExePath=/usr/bin/php-cgi\n\n"
             "; the end\n");
  ck_assert_uint_eq(fcl_config_at(fcl_config_edited(e), 0)->options->max_processes, 12);
  fcl_config_edit_free(e);
}
END_TEST

START_TEST(a_setting_that_is_not_there_comes_behind_the_last_of_its_section) {
  fcl_config_edit *e = edit(file);
  ck_assert_int_eq(fcl_config_set(e, NAME, "QueueLength", " 7 ", NULL), FCL_OK);
  ck_text(e, "; of the shop\n[Types]\nphp=PHP ; no comment: a name\n\n; the old one\n"
             "[PHP ; no comment: a name]\n  MaxInstances =  4  \n; why 9\n"
             "ExePath=/usr/bin/php-cgi\nQueueLength=7\n\n; the end\n");
  fcl_config_edit_free(e);
}
END_TEST

START_TEST(an_empty_value_takes_the_line_out) { /* loop */
  fcl_config_edit *e = edit(file);
  ck_assert_int_eq(fcl_config_set(e, NAME, "MaxInstances", _i ? "" : NULL, NULL), FCL_OK);
  ck_text(e, "; of the shop\n[Types]\nphp=PHP ; no comment: a name\n\n; the old one\n"
             "[PHP ; no comment: a name]\n; why 9\nExePath=/usr/bin/php-cgi\n\n; the end\n");
  ck_assert_int_eq(fcl_config_set(e, NAME, "MaxInstances", "", NULL), FCL_OK);
  fcl_config_edit_free(e);
}
END_TEST

START_TEST(an_application_is_added_to_an_empty_file) {
  fcl_config_edit *e = edit("");
  ck_assert_int_eq(add(e, "PHP", ".php", "/usr/bin/php-cgi", 0, NULL, NULL), FCL_OK);
  ck_text(e, "[Types]\nphp=PHP\n\n[PHP]\nExePath=/usr/bin/php-cgi\n");
  ck_assert_int_eq(add(e, "Shop", NULL, "/shop", 0, "/lm/w3svc/1/root/shop", NULL), FCL_OK);
  ck_assert_int_eq(add(e, "PHP", "phtml", NULL, 4, NULL, NULL), FCL_OK);
  ck_text(e, "[Types]\nphp=PHP\n*:/lm/w3svc/1/root/shop=Shop\nphtml:4=PHP\n\n[PHP]\n"
             "ExePath=/usr/bin/php-cgi\n\n[Shop]\nExePath=/shop\n");
  fcl_config_edit_free(e);
}
END_TEST

START_TEST(line_ends_are_those_of_the_file) {
  fcl_config_edit *e = edit("[Types]\r\nphp=A\r\n[A]\r\nExePath=/a");
  ck_assert_int_eq(fcl_config_set(e, "A", "QueueLength", "7", NULL), FCL_OK);
  ck_assert_int_eq(fcl_config_set(e, "A", "ExePath", "/b", NULL), FCL_OK);
  ck_assert_int_eq(add(e, "B", "b", "/b", 0, NULL, NULL), FCL_OK);
  ck_text(e, "[Types]\r\nphp=A\r\nb=B\r\n[A]\r\nExePath=/b\r\nQueueLength=7\r\n\r\n[B]\r\n"
             "ExePath=/b\r\n");
  fcl_config_edit_free(e);
}
END_TEST

START_TEST(an_application_is_removed_with_its_line_and_the_comments_of_others_stay) {
  fcl_config_edit *e = edit("[Types]\nphp=A\n; for b\nb=B\n[A]\n; of a\nExePath=/a\n\n; of b\n[B]\n"
                            "ExePath=/b\n");
  ck_assert_int_eq(fcl_config_remove(e, "a", NULL), FCL_OK);
  ck_text(e, "[Types]\n; for b\nb=B\n; of b\n[B]\nExePath=/b\n");
  ck_assert_int_eq(fcl_config_remove(e, "B", NULL), FCL_OK);
  ck_text(e, "[Types]\n; for b\n; of b\n");
  fcl_config_edit_free(e);
}
END_TEST

START_TEST(types_may_stand_behind_what_is_removed) {
  fcl_config_edit *e = edit("[A]\nExePath=/a\n[Types]\nphp=A");
  ck_assert_int_eq(fcl_config_remove(e, "A", NULL), FCL_OK);
  ck_text(e, "[Types]\n");
  fcl_config_edit_free(e);
}
END_TEST

/* Refused, with this sentence; and the text is as it was. */
static void ck_refused(fcl_config_edit *e, int code, const fcl_error *error, const char *want) {
  ck_assert_int_eq(code, FCL_E_CONFIG);
  ck_assert_str_eq(error->text, want);
  ck_text(e, "[Types]\na=A\nb=A\n[A]\nExePath=/a\n");
  fcl_config_edit_free(e);
}

START_TEST(a_change_that_makes_a_bad_file_is_refused) { /* loop */
  static const struct {
    const char *section, *setting, *value, *want;
  } rows[] = {
      {"A", "QueueLength", "x", "f:6: [A] QueueLength is \"x\"; give a number from 1 to 100000000"},
      {"A", "ExePath", "",
       "f:4: [A] has no ExePath; give the absolute path of a program to start, "
       "or an Address instead"},
      {"B", "ExePath", "/b", "f: the section \"B\" is not there; give one that is"},
      {"Types", "a", "A", "f: the section \"Types\" is not there; give one that is"},
      {"A", "", "1", "f: the setting \"\" is no name"},
      {"A", "x=y", "1", "f: the setting \"x=y\" is no name"},
      {"A", "QueueLength", "1\nExePath=/b",
       "f: the value \"1\\nExePath=/b\" has a control character"},
  };
  fcl_config_edit *e = edit("[Types]\na=A\nb=A\n[A]\nExePath=/a\n");
  fcl_error error;
  int code = fcl_config_set(e, rows[_i].section, rows[_i].setting, rows[_i].value, &error);
  ck_refused(e, code, &error, rows[_i].want);
}
END_TEST

START_TEST(an_application_that_cannot_be_added_is_refused) { /* loop */
  static const struct {
    const char *section, *extension, *program;
    unsigned site;
    const char *application, *want;
  } rows[] = {
      {"A", "c", "/c", 0, NULL,
       "f: the section \"A\" is there already; leave the program out to add an extension to it, or "
       "set its ExePath"},
      {"B", "c", NULL, 0, NULL,
       "f: the section \"B\" is not there yet; give the absolute path of its program"},
      {"B]", "c", "/c", 0, NULL, "f: the section \"B]\" is no name for an application"},
      {"types", "c", "/c", 0, NULL, "f: the section \"types\" is no name for an application"},
      {"B", "c=d", "/c", 0, NULL, "f: the extension \"c=d\" is none"},
      {"B", "a", "/c", 0, NULL, "f:4: [Types] \"a\" is the same as line 2; give it once"},
      {"B", "c", "/c", 1, "/1/x",
       "f: the section \"B\" gets a site or an application, not both: an application names its "
       "site"},
      {"B", "c", "c", 0, NULL, "f:9: [B] ExePath is \"c\"; give an absolute path, without quotes"},
  };
  fcl_config_edit *e = edit("[Types]\na=A\nb=A\n[A]\nExePath=/a\n");
  fcl_error error;
  int code = add(e, rows[_i].section, rows[_i].extension, rows[_i].program, rows[_i].site,
                 rows[_i].application, &error);
  ck_refused(e, code, &error, rows[_i].want);
}
END_TEST

START_TEST(an_application_with_two_lines_is_not_removed) {
  fcl_config_edit *e = edit("[Types]\na=A\nb=A\n[A]\nExePath=/a\n");
  fcl_error error;
  int code = fcl_config_remove(e, "A", &error);
  ck_refused(e, code, &error,
             "f: the section \"A\" has more than one line in [Types]; take those out first, but "
             "one");
}
END_TEST

START_TEST(only_a_good_fcgiext_ini_is_changed) {
  fcl_config_edit *e;
  fcl_error error;
  ck_assert_int_eq(fcl_config_edit_new(&e, "f", text("x"), NULL, &error), FCL_E_CONFIG);
  ck_assert_ptr_null(e);
  ck_assert_int_eq(fcl_config_edit_new(&e, "f", text("<configuration/>"), NULL, &error),
                   FCL_E_CONFIG);
  ck_assert_ptr_null(e);
}
END_TEST

START_TEST(a_setting_is_got_as_written_or_else_by_default) { /* loop */
  static const char *const rows[][2] = {{"MaxInstances", "4"},
                                        {"queuelength", "1000"},
                                        {"FlushNamedPipe", "0"},
                                        {"Protocol", "NamedPipe"},
                                        {"Arguments", ""},
                                        {"ExePath", "/usr/bin/php-cgi"},
                                        {"StderrMode", "ReturnStderrIn500"}};
  fcl_config *c = good(file);
  char value[100], small[2];
  ck_assert_int_eq(fcl_config_get(c, NAME, rows[_i][0], value, sizeof value), 1);
  ck_assert_str_eq(value, rows[_i][1]);
  ck_assert_int_eq(fcl_config_get(c, NAME, "QueueLength", small, sizeof small), 0);
  ck_assert_int_eq(fcl_config_get(c, NAME, "Queue", value, sizeof value), 0);
  ck_assert_int_eq(fcl_config_get(c, "x", "QueueLength", value, sizeof value), 0);
  fcl_config_free(c);
}
END_TEST

/* ---- Export ---- */

START_TEST(what_is_exported_says_the_same) {
  static const char ini[] = "[Types]\nphp=A\n*:4=B b\nphp:/w3svc/1/root/x=A\n\n[A]\nExePath=/a\n"
                            "Arguments=-c \"x y\"\nEnvironmentVars=A:\"1/,2\",B:c\nProtocol=tcp\n"
                            "QueueLength=5\nFlushNamedPipe=1\n\n[B b]\nAddress=unix:/b\n";
  fcl_config *c = good(ini);
  fcl_config_edit *e;
  ck_assert_int_eq(fcl_config_export(&e, c, "g", NULL), FCL_OK);
  ck_text(e, ini);
  fcl_config_edit_free(e);
  fcl_config_free(c);
}
END_TEST

#ifdef HAS_EXPAT
START_TEST(an_applicationHost_config_becomes_a_fcgiext_ini) {
  fcl_config *c = good(
      "<configuration><system.applicationHost><sites><site name='S' id='2'/></sites>"
      "</system.applicationHost><system.webServer><fastCgi><application fullPath='/php/php-cgi' "
      "arguments='-n' flushNamedPipe='true' stderrMode='IgnoreAndReturn200'>"
      "<environmentVariables><environmentVariable name='A' value='/x'/></environmentVariables>"
      "</application></fastCgi><handlers>"
      "<add name='P' path='*.php' verb='GET,POST' modules='FastCgiModule' "
      "scriptProcessor='/php/php-cgi|-n' responseBufferLimit='0'/>"
      "<add name='Q' path='*.php' modules='FastCgiModule' scriptProcessor='/php/php-cgi|-n'/>"
      "</handlers></system.webServer><location path='S/blog'><system.webServer><handlers>"
      "<remove name='P'/><add name='All' path='*' verb='*' modules='FastCgiModule' "
      "scriptProcessor='/php/php-cgi|-n'/></handlers></system.webServer></location>"
      "</configuration>");
  fcl_config_edit *e;
  ck_assert_int_eq(fcl_config_export(&e, c, "g", NULL), FCL_OK);
  ck_text(e, "[Types]\n; P is for the methods GET,POST only; here, for all\nphp=php-cgi\n"
             "; Q comes behind another handler for the same\n"
             "; left out: <remove name=\"P\"/> in location \"S/blog\"\n"
             "*:/LM/W3SVC/2/ROOT/blog=php-cgi\n\n"
             "[php-cgi]\nExePath=/php/php-cgi\nArguments=-n\nEnvironmentVars=A:\"//x\"\n"
             "InstanceMaxRequests=200\nResponseBufferLimit=0\nFlushNamedPipe=1\n"
             "StderrMode=IgnoreAndReturn200\n");
  fcl_config_edit_free(e);
  fcl_config_free(c);
}
END_TEST
#endif

/* ---- Memory and files ---- */

START_TEST(each_allocation_that_fails_leaves_the_text_as_it_was) {
  test_allocator memory;
  fcl_config_options o;
  fcl_config_edit *e;
  fcl_error error;
  size_t nth, failed = 0;
  int code = FCL_E_NOMEM;
  memset(&o, 0, sizeof o);
  o.realloc_fn = test_allocator_realloc;
  o.user = &memory;
  test_allocator_init(&memory);
  for (nth = 1; code != FCL_OK; nth++) {
    test_allocator_fail(&memory, nth, 0);
    code = fcl_config_edit_new(&e, "f", text(file), &o, &error);
    ck_assert_int_eq(e == NULL, code != FCL_OK);
  }
  for (nth = 1, code = FCL_E_NOMEM; code != FCL_OK; nth++) {
    test_allocator_fail(&memory, nth, 0);
    code = add(e, "B", "b", "/b", 0, NULL, &error);
    if (code) {
      ck_assert_int_eq(error.code, FCL_E_NOMEM);
      ck_text(e, file);
      failed++;
    }
  }
  ck_assert_uint_gt(failed, 5);
  fcl_config_edit_free(e);
  ck_assert_uint_eq(memory.live, 0);
  test_allocator_destroy(&memory);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("edit"), *exported = tcase_create("export");
  TCase *cases[] = {t, exported};
  tcase_add_test(t, a_setting_that_is_there_gets_its_new_value_in_its_line);
  tcase_add_test(t, a_setting_that_is_not_there_comes_behind_the_last_of_its_section);
  tcase_add_loop_test(t, an_empty_value_takes_the_line_out, 0, 2);
  tcase_add_test(t, an_application_is_added_to_an_empty_file);
  tcase_add_test(t, line_ends_are_those_of_the_file);
  tcase_add_test(t, an_application_is_removed_with_its_line_and_the_comments_of_others_stay);
  tcase_add_test(t, types_may_stand_behind_what_is_removed);
  tcase_add_loop_test(t, a_change_that_makes_a_bad_file_is_refused, 0, 7);
  tcase_add_loop_test(t, an_application_that_cannot_be_added_is_refused, 0, 8);
  tcase_add_test(t, an_application_with_two_lines_is_not_removed);
  tcase_add_test(t, only_a_good_fcgiext_ini_is_changed);
  tcase_add_loop_test(t, a_setting_is_got_as_written_or_else_by_default, 0, 7);
  tcase_add_test(t, each_allocation_that_fails_leaves_the_text_as_it_was);
  tcase_add_test(exported, what_is_exported_says_the_same);
#ifdef HAS_EXPAT
  tcase_add_test(exported, an_applicationHost_config_becomes_a_fcgiext_ini);
#endif
  return test_suite_run("config/edit", cases, 2);
}
