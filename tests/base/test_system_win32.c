/* test_system_win32.c: the system's words for a number of GetLastError's, and its name. */
#include "base/system.h"
#include "support/suite.h"
#include <winsock2.h>
#include <windows.h>

static char room[600];

static const char *words(int sys) {
  return fcl__system_words(sys, room, sizeof room);
}

static void ck_ends(const char *text, const char *end) {
  size_t len = strlen(text), n = strlen(end);
  ck_assert_msg(len > n && strcmp(text + len - n, end) == 0, "%s", text);
}

START_TEST(an_error_has_words_a_name_and_its_number) {
  ck_ends(words(ERROR_ACCESS_DENIED), " (ERROR_ACCESS_DENIED, 5)");
  ck_ends(words(-ERROR_ACCESS_DENIED), " (ERROR_ACCESS_DENIED, 5)");
  ck_ends(words(WSAECONNREFUSED), " (WSAECONNREFUSED, 10061)");
}
END_TEST

START_TEST(words_come_without_a_full_stop_and_a_line_end) {
  ck_assert_ptr_null(strpbrk(words(ERROR_FILE_NOT_FOUND), ".\r\n"));
}
END_TEST

START_TEST(an_error_without_a_name_keeps_its_number) {
  ck_ends(words(1190), " (error 1190)");
  ck_assert_str_eq(words(99999), "unknown error (error 99999)");
}
END_TEST

START_TEST(they_are_cut_where_there_is_no_room) {
  char small[8];
  fcl__system_words(ERROR_ACCESS_DENIED, small, sizeof small);
  ck_assert_uint_eq(strlen(small), sizeof small - 1);
}
END_TEST

START_TEST(a_lack_of_descriptors_or_memory_is_told_from_the_rest) {
  ck_assert(fcl__system_is_short(ERROR_TOO_MANY_OPEN_FILES));
  ck_assert(fcl__system_is_short(ERROR_NOT_ENOUGH_MEMORY));
  ck_assert(fcl__system_is_short(WSAENOBUFS));
  ck_assert(!fcl__system_is_short(WSAECONNREFUSED));
  ck_assert(!fcl__system_is_short(0));
}
END_TEST

int main(void) {
  TCase *tc = tcase_create("system");
  tcase_add_test(tc, an_error_has_words_a_name_and_its_number);
  tcase_add_test(tc, words_come_without_a_full_stop_and_a_line_end);
  tcase_add_test(tc, an_error_without_a_name_keeps_its_number);
  tcase_add_test(tc, they_are_cut_where_there_is_no_room);
  tcase_add_test(tc, a_lack_of_descriptors_or_memory_is_told_from_the_rest);
  return test_suite_run("system", &tc, 1);
}
