/* test_address_local.c: addresses of Unix sockets, and what only Windows has. */
#include "transport/address_reading.h"
#include <string.h>
#include <sys/un.h>

START_TEST(a_path_is_a_unix_socket) {
  read_it("unix:/run/php/php-fpm.sock");
  ck_assert_int_eq(a.kind, FCL__ADDRESS_LOCAL);
  ck_assert_str_eq(a.path, "/run/php/php-fpm.sock");
}
END_TEST

START_TEST(a_name_behind_an_at_sign_is_abstract) {
  read_it("unix:@app");
  ck_assert_int_eq(a.kind, FCL__ADDRESS_LOCAL);
  ck_assert_str_eq(a.path, "@app");
}
END_TEST

START_TEST(a_path_may_hold_colons_and_blanks) {
  read_it("unix:/tmp/a b:c");
  ck_assert_str_eq(a.path, "/tmp/a b:c");
}
END_TEST

/* sun_path has 108 bytes on Linux, one of them for the NUL. */
START_TEST(a_path_may_fill_the_systems_struct_and_no_more) {
  char text[200] = "unix:/";
  size_t room = sizeof((struct sockaddr_un *) 0)->sun_path - 1;
  memset(text + 6, 'p', room - 1);
  read_it(text);
  ck_assert_uint_eq(strlen(a.path), room);
  text[5 + room] = 'p';
  refuse(text, "a socket's path may have 107");
}
END_TEST

static const struct {
  const char *text, *words;
} refusals[] = {
    {"/run/app.sock", "of no known kind"},
    {"localhost:9000", "give unix:/path"},
    {"pipe:app", "exist on Windows only"},
    {"pipe:\\\\.\\pipe\\app", "exist on Windows only"},
    {"UNIX:/run/app.sock", "of no known kind"},
    {"unix:", "names no socket"},
    {"unix:/", "names no socket"},
    {"unix:@", "names no socket"},
    {"unix:app.sock", "names no socket"},
    {"unix:./app.sock", "names no socket"},
};

START_TEST(what_is_no_address_is_refused_with_the_forms_there_are) {
  refuse(refusals[_i].text, refusals[_i].words);
  ck_assert_msg(strstr(e.text, refusals[_i].text) != NULL, "it is not shown: %s", e.text);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("address_local");
  tcase_add_test(t, a_path_is_a_unix_socket);
  tcase_add_test(t, a_name_behind_an_at_sign_is_abstract);
  tcase_add_test(t, a_path_may_hold_colons_and_blanks);
  tcase_add_test(t, a_path_may_fill_the_systems_struct_and_no_more);
  tcase_add_loop_test(t, what_is_no_address_is_refused_with_the_forms_there_are, 0,
                      sizeof refusals / sizeof *refusals);
  return test_suite_run("address_local", &t, 1);
}
