/* test_ini.c: the grammar: comments, sections, properties, and every line that is none of these. */
#include "config/ini.h"
#include "config_test.h"
#include "support/guard.h"

/* What the reader makes of a file: "[name]", "name=value;", "!line: fault;" with line numbers. */
static const char *items(const char *file, size_t len) {
  static char out[20000];
  static test_guard guard;
  size_t used = 0;
  fcl__ini_item item;
  fcl__ini_kind kind;
  fcl__ini ini;
  fcl_slice t;
  if (guard.map == NULL)
    guard = test_guard_make(8192);
  t.base = test_guard_put(&guard, file, len);
  t.len = len;
  fcl__ini_init(&ini, t);
  out[0] = 0;
  while ((kind = fcl__ini_next(&ini, &item)) != FCL__INI_END)
    used += (size_t) snprintf(out + used, sizeof out - used,
                              kind == FCL__INI_SECTION    ? "%u[%.*s]"
                              : kind == FCL__INI_PROPERTY ? "%u<%.*s=%.*s>"
                                                          : "%u!%.*s%.*s!",
                              item.line, (int) item.name.len, item.name.len ? item.name.base : "",
                              (int) item.value.len, item.value.len ? item.value.base : "");
  return out;
}

START_TEST(lines_are_read_as_they_are_meant) { /* loop */
  static const char *const rows[][2] = {
      {"", ""},
      {"\n\r\n \t \n", ""},
      {"[a]", "1[a]"},
      {"[a]\n", "1[a]"},
      {"[a]\r\n", "1[a]"},
      {"\xef\xbb\xbf[a]\n", "1[a]"}, /* a byte order mark */
      {"  [ a b ]\t", "1[a b]"},
      {"b=c", "1<b=c>"},
      {"b=c\r\nd=e", "1<b=c>2<d=e>"},
      {" b \t= \tc d ", "1<b=c d>"},
      {"b=", "1<b=>"},
      {"b==c=", "1<b==c=>"},
      {"b= \"c\" ", "1<b=\"c\">"},
      {"b=c;d", "1<b=c;d>"}, /* a comment stands alone */
      {"b=[c]", "1<b=[c]>"},
      {"php:12=c", "1<php:12=c>"},
      {"a.b c:/d=e", "1<a.b c:/d=e>"},
      {";[a]\n ; b=c\n;\nd=e", "4<d=e>"},
      {"\n\n[a]\n\nb=c\n", "3[a]5<b=c>"},
      {"b=d:\\php\\php-cgi.exe", "1<b=d:\\php\\php-cgi.exe>"},
      {"b=caf\xc3\xa9", "1<b=caf\xc3\xa9>"},
      {"b=caf\xe9", "1<b=caf\xe9>"},
      {"b=x\ty", "1<b=x\ty>"},
  };
  ck_assert_str_eq(items(rows[_i][0], strlen(rows[_i][0])), rows[_i][1]);
}
END_TEST

START_TEST(a_line_that_is_none_is_bad_and_the_next_is_read) { /* loop */
  static const char *const rows[] = {
      "b",       "[",      "[a",     "[a]]",    "[a] ;x", "[a]b",    "]",      "# x",
      "[]",      "[ \t]",  "=",      "=c",      " = c",   "[[a]",    "[a][b]", "b c",
      "b\x01=c", "b=\x7f", "a\rb=c", "b=c\x1a", "\x0c",   "[a\x1b]",
  };
  char file[100], trimmed[90], want[100];
  snprintf(trimmed, sizeof trimmed, "%s", rows[_i] + (rows[_i][0] == ' '));
  snprintf(file, sizeof file, "%s\nd=e", rows[_i]);
  if (strcmp(rows[_i], "[[a]") == 0) { /* the one that is a section */
    ck_assert_str_eq(items(file, strlen(file)), "1[[a]2<d=e>");
    return;
  }
  snprintf(want, sizeof want, "1!%s!2<d=e>", trimmed);
  ck_assert_str_eq(items(file, strlen(file)), want);
}
END_TEST

START_TEST(a_NUL_is_a_control_character) {
  ck_assert_str_eq(items("b=c\0d\ne=f", 9), "1!b=c!2<e=f>"); /* as %s shows it */
}
END_TEST

START_TEST(a_long_line_is_a_line) {
  static char file[6000], want[6100];
  memset(file, 'x', sizeof file - 1);
  file[1] = '=';
  snprintf(want, sizeof want, "1<x=%s>", file + 2);
  ck_assert_str_eq(items(file, strlen(file)), want);
}
END_TEST

/* Cut at every byte: what was whole before the cut is read as it was, and nothing beyond it. */
START_TEST(a_file_that_is_cut_is_read_to_the_cut) { /* loop: the cut, behind the mark */
  static const char file[] = "\xef\xbb\xbf; c\r\n[a b]\r\n x = y \r\n[z]\nw=v";
  static const char whole[] = "2[a b]3<x=y>4[z]5<w=v>";
  const char *got = items(file, (size_t) _i);
  size_t same = 0;
  while (got[same] && got[same] == whole[same])
    same++;
  ck_assert_msg(got[same] == 0 || strchr("!<=>", got[same]), "%s", got);
}
END_TEST

START_TEST(letters_of_ASCII_have_no_case) {
  ck_assert(fcl__ini_same(text("ExePath"), text("EXEpATH")));
  ck_assert(!fcl__ini_same(text("ExePath"), text("ExePat")));
  ck_assert(!fcl__ini_same(text("@[`{"), text("`{@[")));
  ck_assert(!fcl__ini_same(text("\xc3\xa9"), text("\xc3\x89")));
}
END_TEST

/* ---- What is said ---- */

START_TEST(a_bad_line_is_named) { /* loop */
  static const char *const rows[][2] = {
      {"b", "\"b\" is neither a [section] nor name=value; a comment begins with ;"},
      {"# b", "\"# b\" is neither a [section] nor name=value; a comment begins with ;"},
      {"[a", "\"[a\" is no [section]: the line begins with [ and ends with the only ]"},
      {"[ ]", "\"[ ]\" has no name between the brackets"},
      {"=b", "\"=b\" has no name before the ="},
      {"b\x01",
       "\"b\\x01\" has a control character; the file is text, in UTF-8 or an ANSI code page"},
  };
  char file[100], want[200];
  snprintf(file, sizeof file, "\n%s\n", rows[_i][0]);
  snprintf(want, sizeof want, "error: f:2: %s\n", rows[_i][1]);
  ck_assert_str_eq(words_about(file), want);
}
END_TEST

START_TEST(a_property_before_any_section_is_refused) {
  ck_assert_str_eq(words_about("ExePath=/a\n"),
                   "error: f:1: \"ExePath\" stands before any section; put [Types] or the name of "
                   "an application in brackets before it\n");
}
END_TEST

START_TEST(a_section_that_is_there_twice_is_refused) {
  ck_assert_str_eq(
      words_about("[Types]\n*=A\n[A]\nExePath=/a\n[a]\nExePath=/b\n[TYPES]\n*:1=A\n"),
      "error: f:5: [a] is there already, in line 3; give each application one section\n"
      "error: f:7: [Types] is there already, in line 1; put its lines together\n");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("ini");
  tcase_add_loop_test(t, lines_are_read_as_they_are_meant, 0, 23);
  tcase_add_loop_test(t, a_line_that_is_none_is_bad_and_the_next_is_read, 0, 22);
  tcase_add_test(t, a_NUL_is_a_control_character);
  tcase_add_test(t, a_long_line_is_a_line);
  tcase_add_loop_test(t, a_file_that_is_cut_is_read_to_the_cut, 3, 32);
  tcase_add_test(t, letters_of_ASCII_have_no_case);
  tcase_add_loop_test(t, a_bad_line_is_named, 0, 6);
  tcase_add_test(t, a_property_before_any_section_is_refused);
  tcase_add_test(t, a_section_that_is_there_twice_is_refused);
  return test_suite_run("config/ini", &t, 1);
}
