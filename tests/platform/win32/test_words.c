/* test_words.c: command lines and environment blocks, as Windows itself reads them. */
#include "platform/win32/words.h"
#include "support/allocator.h"
#include "support/suite.h"
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <shellapi.h>

static test_allocator allocator;
static fcl__memory memory;
static fcl_error e;

static void open_memory(void) {
  test_allocator_init(&allocator);
  memory.fn = test_allocator_realloc;
  memory.user = &allocator;
}

static void close_memory(void) {
  ck_assert_uint_eq(allocator.live, 0);
  test_allocator_destroy(&allocator);
}

/* ---- Command lines ---- */

static void expect_line(const char *const *argv, const wchar_t *want) {
  wchar_t *line;
  ck_assert_int_eq(fcl__words_command(&line, "p", argv, &memory, &e), FCL_OK);
  ck_assert_msg(wcscmp(line, want) == 0, "%ls", line);
  fcl__free(&memory, line);
}

START_TEST(plain_words_stand_as_they_are_behind_the_program_in_quotes) {
  const char *const argv[] = {"C:\\a b\\x.exe", "-b", "c:\\d\\", NULL};
  expect_line(argv, L"\"C:\\a b\\x.exe\" -b c:\\d\\");
}
END_TEST

START_TEST(a_blank_or_nothing_is_put_in_quotes) {
  const char *const argv[] = {"x", "a b", "", "\t", NULL};
  expect_line(argv, L"\"x\" \"a b\" \"\" \"\t\"");
}
END_TEST

START_TEST(backslashes_count_before_a_quote_only) {
  const char *const argv[] = {"x", "a\\b c", "c:\\d e\\", "\"", "\\\"", "a\\\\\"b", NULL};
  expect_line(argv, L"\"x\" \"a\\b c\" \"c:\\d e\\\\\" \"\\\"\" \"\\\\\\\"\" \"a\\\\\\\\\\\"b\"");
}
END_TEST

START_TEST(a_quote_in_argv_0_is_refused) {
  const char *const argv[] = {"a\"b", NULL};
  wchar_t *line;
  ck_assert_int_eq(fcl__words_command(&line, "p", argv, &memory, &e), FCL_E_SPAWN);
  ck_assert_str_eq(e.text,
                   "cannot start p: argv[0] is a\"b, and Windows can hand over no \" in it");
}
END_TEST

START_TEST(an_argument_that_is_no_utf8_is_refused) {
  const char *const argv[] = {"x", "a\xff", NULL};
  wchar_t *line;
  ck_assert_int_eq(fcl__words_command(&line, "p", argv, &memory, &e), FCL_E_SPAWN);
  ck_assert_str_eq(e.text, "cannot start p: the argument \"a\\xff\" is no UTF-8");
}
END_TEST

static unsigned next_random(unsigned *state) {
  *state = *state * 1103515245u + 12345u;
  return *state >> 16;
}

/* Of the characters that mean something, and some that do not. */
static void random_word(char *out, unsigned *state, int is_first) {
  static const char *const bits[] = {
      "\\", "\\\\", "a", " ", "\t", "%", "\xc3\xbc", "^", "\xf0\x9f\x98\x80", "&", "\"", "\"\""};
  unsigned n = next_random(state) % 8;
  out[0] = 0;
  if (is_first)
    strcat(out, "x");
  for (; n > 0; n--)
    strcat(out, bits[next_random(state) % (is_first ? 10 : 12)]);
}

static void expect_word(const wchar_t *got, const char *want) {
  char text[200];
  ck_assert_int_gt(WideCharToMultiByte(CP_UTF8, 0, got, -1, text, sizeof text, NULL, NULL), 0);
  ck_assert_str_eq(text, want);
}

START_TEST(windows_finds_any_arguments_again) {
  unsigned state = 1, round, i;
  for (round = 0; round < 20000; round++) {
    char words[6][64];
    const char *argv[7] = {0};
    unsigned count = 1 + next_random(&state) % 6;
    wchar_t *line, **got;
    int n;
    for (i = 0; i < count; i++) {
      random_word(words[i], &state, i == 0);
      argv[i] = words[i];
    }
    ck_assert_int_eq(fcl__words_command(&line, "p", argv, &memory, &e), FCL_OK);
    got = CommandLineToArgvW(line, &n);
    ck_assert_int_eq(n, (int) count);
    for (i = 0; i < count; i++)
      expect_word(got[i], words[i]);
    LocalFree(got);
    fcl__free(&memory, line);
  }
}
END_TEST

/* ---- Environments ---- */

static size_t variables(const wchar_t *block, const wchar_t **list) {
  size_t n = 0;
  for (; *block; block += wcslen(block) + 1)
    list[n++] = block;
  return n;
}

START_TEST(variables_stand_in_the_order_of_their_names_without_case) {
  const char *const env[] = {"b=2", "SystemRoot=s", "A=1", "TEMP=t", "c=3", "OS=o", NULL};
  const char *const more[] = {"B2=4", NULL};
  const wchar_t *want[] = {L"A=1", L"b=2", L"B2=4", L"c=3", L"OS=o", L"SystemRoot=s", L"TEMP=t"};
  const wchar_t *got[16];
  wchar_t *block;
  size_t i;
  ck_assert_int_eq(fcl__words_block(&block, "p", env, more, &memory, &e), FCL_OK);
  ck_assert_uint_eq(variables(block, got), 7);
  for (i = 0; i < 7; i++)
    ck_assert_msg(wcscmp(got[i], want[i]) == 0, "%ls", got[i]);
  fcl__free(&memory, block);
}
END_TEST

START_TEST(the_last_of_one_name_counts_whatever_its_case) {
  const char *const env[] = {"Path=1", "PATH=2", "SystemRoot=s", "TEMP=t", "OS=o", NULL};
  const char *const more[] = {"path=3", NULL};
  const wchar_t *got[16];
  wchar_t *block;
  ck_assert_int_eq(fcl__words_block(&block, "p", env, more, &memory, &e), FCL_OK);
  ck_assert_uint_eq(variables(block, got), 4);
  ck_assert(wcscmp(got[1], L"path=3") == 0);
  fcl__free(&memory, block);
}
END_TEST

START_TEST(a_variable_without_a_value_is_kept) {
  const char *const env[] = {"A=", "SystemRoot=s", "TEMP=t", "OS=o", NULL};
  const wchar_t *got[16];
  wchar_t *block;
  ck_assert_int_eq(fcl__words_block(&block, "p", env, NULL, &memory, &e), FCL_OK);
  variables(block, got);
  ck_assert(wcscmp(got[0], L"A=") == 0);
  fcl__free(&memory, block);
}
END_TEST

START_TEST(php_has_no_children_whoever_says_so) { /* one process is one worker */
  const char *const env[] = {"php_fcgi_children=4", "SystemRoot=s", "TEMP=t", "OS=o", "Z=1", NULL};
  const wchar_t *got[16];
  wchar_t *block;
  ck_assert_int_eq(fcl__words_block(&block, "p", env, NULL, &memory, &e), FCL_OK);
  ck_assert_uint_eq(variables(block, got), 4);
  ck_assert(wcscmp(got[0], L"OS=o") == 0);
  ck_assert(wcscmp(got[3], L"Z=1") == 0);
  fcl__free(&memory, block);
}
END_TEST

START_TEST(without_memory_it_says_so) {
  const char *const env[] = {"A=1", NULL}, *const argv[] = {"x", "y", NULL};
  wchar_t *out;
  size_t nth;
  for (nth = 1; nth < 100; nth++) {
    test_allocator_fail(&allocator, nth, 0);
    if (fcl__words_block(&out, "p", env, NULL, &memory, &e) == FCL_OK) {
      fcl__free(&memory, out);
      break;
    }
    ck_assert_int_eq(e.code, FCL_E_NOMEM);
  }
  ck_assert_uint_gt(nth, 3);
  test_allocator_fail(&allocator, 2, 0);
  ck_assert_int_eq(fcl__words_command(&out, "p", argv, &memory, &e), FCL_E_NOMEM);
  test_allocator_fail(&allocator, 0, 0);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("words");
  tcase_add_checked_fixture(t, open_memory, close_memory);
  tcase_add_test(t, plain_words_stand_as_they_are_behind_the_program_in_quotes);
  tcase_add_test(t, a_blank_or_nothing_is_put_in_quotes);
  tcase_add_test(t, backslashes_count_before_a_quote_only);
  tcase_add_test(t, a_quote_in_argv_0_is_refused);
  tcase_add_test(t, an_argument_that_is_no_utf8_is_refused);
  tcase_add_test(t, windows_finds_any_arguments_again);
  tcase_add_test(t, variables_stand_in_the_order_of_their_names_without_case);
  tcase_add_test(t, the_last_of_one_name_counts_whatever_its_case);
  tcase_add_test(t, a_variable_without_a_value_is_kept);
  tcase_add_test(t, php_has_no_children_whoever_says_so);
  tcase_add_test(t, without_memory_it_says_so);
  return test_suite_run("words", &t, 1);
}
