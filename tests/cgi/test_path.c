/* test_path.c: targets taken apart, hostile paths refused, scripts found. */
#include "cgi_test.h"

/* ---- Targets ---- */

START_TEST(a_target_is_taken_apart) { /* loop */
  static const struct {
    const char *raw, *scheme, *authority, *path, *query;
    int has_query;
  } rows[] = {
      {"/", "", "", "/", "", 0},
      {"/a?b=c", "", "", "/a", "b=c", 1},
      {"/a?", "", "", "/a", "", 1},
      {"/a??b?", "", "", "/a", "?b?", 1},
      {"//host/a", "", "", "//host/a", "", 0}, /* a path, whatever it looks like */
      {"http://h/", "http", "h", "/", "", 0},
      {"HTTP://h:80/a?b", "HTTP", "h:80", "/a", "b", 1},
      {"https://h", "https", "h", "/", "", 0},
      {"http://h?q", "http", "h", "/", "q", 1},
      {"http://[::1]:8080/x", "http", "[::1]:8080", "/x", "", 0},
      {"http://h/http://i/", "http", "h", "/http://i/", "", 0},
      {"/\xc3\xa9", "", "", "/\xc3\xa9", "", 0},
      {"/a?x=/@:", "", "", "/a", "x=/@:", 1},
      {"*", "", "", "*", "", 0},
  };
  fcl_cgi_target t;
  ck_assert_int_eq(fcl_cgi_target_parse(text(rows[_i].raw), &t), 0);
  ck_assert_slice_eq(t.scheme, rows[_i].scheme);
  ck_assert_slice_eq(t.authority, rows[_i].authority);
  ck_assert_slice_eq(t.path, rows[_i].path);
  ck_assert_slice_eq(t.query, rows[_i].query);
  ck_assert_int_eq(t.has_query, rows[_i].has_query);
}
END_TEST

START_TEST(a_target_of_another_form_is_refused) { /* loop */
  static const char *const rows[] = {"",
                                     "a",
                                     "a/b",
                                     "example.org:443",
                                     "ftp://h/",
                                     "http:/h",
                                     "http://",
                                     "http:///a",
                                     "http://?q",
                                     "http://u@h/",
                                     "http://u:p@h/",
                                     "://h/",
                                     "javascript:x",
                                     "/a b",
                                     "/a#b",
                                     "/a?b#c",
                                     "/a\tb",
                                     "/a\x7f",
                                     "/a?b\x01",
                                     "*x",
                                     "**",
                                     "?q",
                                     "http",
                                     "http:",
                                     "file:///etc/passwd"};
  fcl_cgi_target t;
  ck_assert_int_eq(fcl_cgi_target_parse(text(rows[_i]), &t), 400);
}
END_TEST

START_TEST(a_target_with_a_control_byte_is_refused) { /* loop: every byte */
  char raw[] = {'/', 'a', (char) _i, '?', 'b'};
  fcl_cgi_target t;
  int is_bad = _i <= ' ' || _i == 0x7f || _i == '#';
  ck_assert_int_eq(fcl_cgi_target_parse(slice(raw, sizeof raw), &t), is_bad ? 400 : 0);
}
END_TEST

/* ---- Paths ---- */

START_TEST(a_path_is_decoded_once_and_made_plain) { /* loop */
  static const char *const rows[][2] = {
      {"/", "/"},
      {"/a", "/a"},
      {"/a/", "/a/"},
      {"/a%20b", "/a b"},
      {"/%41%5a%7e", "/AZ~"},
      {"/a%2Eb", "/a.b"},
      {"/100%25", "/100%"},
      {"/%252f", "/%2f"}, /* KF-119: decoded once, not twice */
      {"/%252e%252e/x", "/%2e%2e/x"},
      {"/caf%c3%a9", "/caf\xc3\xa9"}, /* KF-123 */
      {"/caf\xc3\xa9", "/caf\xc3\xa9"},
      {"//", "/"},
      {"//a", "/a"},
      {"/a//b", "/a/b"},
      {"/a///", "/a/"},
      {"/.", "/"},
      {"/./", "/"},
      {"/a/.", "/a/"},
      {"/a/./b", "/a/b"},
      {"/a/%2e/b", "/a/b"},
      {"/././.", "/"},
      {"/...", "/..."},
      {"/..a", "/..a"},
      {"/a..", "/a.."},
      {"/.a", "/.a"},
      {"/a+b&c=d;e,f@g:h!$'()*", "/a+b&c=d;e,f@g:h!$'()*"},
  };
  char room[64];
  fcl_slice path;
  ck_assert_int_eq(fcl_cgi_path(text(rows[_i][0]), 0, room, sizeof room, &path), 0);
  ck_assert_slice_eq(path, rows[_i][1]);
}
END_TEST

START_TEST(a_hostile_path_is_refused) { /* loop */
  static const char *const rows[] = {
      "",
      "a",
      "%2fa",
      "/..",
      "/../",
      "/a/../b",
      "/a/..",
      "/%2e%2e/x",
      "/.%2e/x",
      "/%2E./x",
      "/a/%2e%2e",
      "//../x",
      "/./../x",
      "/a%2fb",
      "/a%2Fb",
      "/..%2f..%2fetc/passwd",
      "/a%5cb",
      "/a%5Cb",
      "/a\\b",
      "/..\\x",
      "/a%00.php", /* KF-114 */
      "/a.jpg%00.php",
      "/a%0a.php", /* KF-111, KF-112 */
      "/index.php%0a/x",
      "/index.php%0d%0aX:y",
      "/a%1f",
      "/a%7f",
      "/%",
      "/a%",
      "/a%4",
      "/a%4g",
      "/a%g4",
      "/a%%41",
      "/a%u0041",
      "/a%-1",
      "/a% 41",
  };
  char room[64];
  fcl_slice path;
  ck_assert_int_eq(fcl_cgi_path(text(rows[_i]), 0, room, sizeof room, &path), 400);
}
END_TEST

/* KF-111: all of them, raw and encoded. */
START_TEST(each_control_character_is_refused) { /* loop: every byte */
  static const char digits[] = "0123456789abcdef";
  char encoded[] = {'/', 'a', '%', digits[_i >> 4], digits[_i & 15], 'b'};
  char raw[] = {'/', 'a', (char) _i, 'b'};
  char room[64];
  fcl_slice path;
  int is_bad = _i < ' ' || _i == 0x7f || _i == '\\';
  ck_assert_int_eq(fcl_cgi_path(slice(raw, sizeof raw), 0, room, sizeof room, &path),
                   is_bad || _i == '%' ? 400 : 0);
  ck_assert_int_eq(fcl_cgi_path(slice(encoded, sizeof encoded), 0, room, sizeof room, &path),
                   is_bad || _i == '/' ? 400 : 0);
}
END_TEST

START_TEST(a_decoded_path_is_not_decoded_again) {
  char out[32];
  fcl_slice path;
  ck_assert_int_eq(fcl_cgi_path(text("/a%2e%/%2F//./b"), FCL_CGI_DECODED, out, sizeof out, &path),
                   0);
  ck_assert_slice_eq(path, "/a%2e%/%2F/b");
}
END_TEST

START_TEST(the_other_rules_hold_for_a_decoded_path) { /* loop */
  static const char *const paths[] = {"a", "/../b", "/a/..", "/a\nb", "/a\\b", "/a\x7f"};
  char out[32];
  fcl_slice path;
  ck_assert_int_eq(fcl_cgi_path(text(paths[_i]), FCL_CGI_DECODED, out, sizeof out, &path), 400);
}
END_TEST

START_TEST(a_path_that_does_not_fit_is_414) {
  char room[4];
  fcl_slice path;
  ck_assert_int_eq(fcl_cgi_path(text("/abc"), 0, room, 4, &path), 0);
  ck_assert_int_eq(fcl_cgi_path(text("/abcd"), 0, room, 4, &path), 414);
}
END_TEST

START_TEST(windows_names_are_refused_only_when_asked) { /* loop */
  static const char *const rows[] = {"/a.php.", "/a.php%20", "/a.php::$DATA", "/a:b",     "/c:/x",
                                     "/dir./x", "/dir /x",   "/.../x",        "/a.php%2e"};
  char room[64];
  fcl_slice path;
  ck_assert_int_eq(fcl_cgi_path(text(rows[_i]), 0, room, sizeof room, &path), 0);
  ck_assert_int_eq(fcl_cgi_path(text(rows[_i]), FCL_CGI_WINDOWS, room, sizeof room, &path), 400);
}
END_TEST

START_TEST(windows_rules_leave_good_names_alone) { /* loop */
  static const char *const rows[] = {"/", "/a/", "/a.b/c", "/./a", "/a b/c", "/.x"};
  char room[64];
  fcl_slice path;
  ck_assert_int_eq(fcl_cgi_path(text(rows[_i]), FCL_CGI_WINDOWS, room, sizeof room, &path), 0);
}
END_TEST

/* ---- Splitting ---- */

static char asked[64];

static int yes(void *user, fcl_slice name) {
  snprintf(asked, sizeof asked, "%.*s", (int) name.len, name.base);
  return 1;
}

/* Only /a.php is there. */
static int only_a(void *user, fcl_slice name) {
  yes(user, name);
  return strcmp(asked, "/a.php") == 0;
}

static fcl_slice extensions[2];

static void setup(void) {
  extensions[0] = text(".php");
  extensions[1] = text(".py");
  asked[0] = 0;
}

START_TEST(a_path_is_split_behind_the_first_extension) { /* loop */
  static const struct {
    const char *path, *name, *info;
    size_t extension;
  } rows[] = {
      {"/a.php", "/a.php", "", 0},
      {"/a.php/", "/a.php", "/", 0},
      {"/a.php/b/c", "/a.php", "/b/c", 0},
      {"/a.php/b.php", "/a.php", "/b.php", 0},
      {"/a.py/b.php", "/a.py", "/b.php", 1},
      {"/d/e.f/a.php/x", "/d/e.f/a.php", "/x", 0},
      {"/a.phps/b.php", "/a.phps/b.php", "", 0},
      {"/.php", "/.php", "", 0},
  };
  fcl_cgi_script s;
  ck_assert_int_eq(fcl_cgi_split(text(rows[_i].path), extensions, 2, 0, yes, NULL, &s),
                   FCL_CGI_SCRIPT);
  ck_assert_slice_eq(s.name, rows[_i].name);
  ck_assert_slice_eq(s.info, rows[_i].info);
  ck_assert_uint_eq(s.extension, rows[_i].extension);
  ck_assert_str_eq(asked, rows[_i].name);
}
END_TEST

START_TEST(other_paths_are_no_scripts) { /* loop */
  static const char *const rows[] = {
      "/",        "/a",      "/a.phpx",    "/a.php5", "/a.ph",   "/aphp", "/a.php.jpg", "/a.PHP",
      "/a.pHp/x", "/a.php~", "/a.jpg/php", "/php",    "/a. php", "",      "/a.php /x"};
  fcl_cgi_script s;
  ck_assert_int_eq(fcl_cgi_split(text(rows[_i]), extensions, 2, 0, yes, NULL, &s),
                   FCL_CGI_NO_SCRIPT);
}
END_TEST

/* KF-115: fullwidth, circled, mathematical, and letters that fold to ASCII under Unicode's rules.
 */
START_TEST(unicode_lookalikes_are_no_scripts) { /* loop: with and without folding */
  static const char *const rows[] = {
      "/shell.\xef\xbd\x90\xef\xbd\x88\xef\xbd\x90", /* fullwidth php */
      "/shell.\xe2\x93\x9f\xe2\x93\x97\xe2\x93\x9f", /* circled php */
      "/shell.\xf0\x9d\x93\x85h\xf0\x9d\x93\x85",    /* mathematical p */
      "/shell.ph\xef\xbd\x90",                       /* fullwidth at the end */
      "/shell\xef\xbc\x8ephp",                       /* fullwidth full stop */
      "/shell.php\xcc\x81",                          /* combining accent */
      "/shell.php\xe2\x80\x8b",                      /* zero width space */
      "/shell.p\xd2\xbbp",                           /* Cyrillic shha */
      "/shell.\xd1\x80hp/\xef\xbd\x90.ph",           /* Cyrillic er */
  };
  fcl_cgi_script s;
  int row = _i / 2;
  ck_assert_int_eq(
      fcl_cgi_split(text(rows[row]), extensions, 2, _i % 2 ? FCL_CGI_FOLD_CASE : 0, yes, NULL, &s),
      FCL_CGI_NO_SCRIPT);
}
END_TEST

/* The long s and the Kelvin sign fold to s and k in Unicode; here they do not. */
START_TEST(folding_knows_ascii_only) {
  fcl_slice x = text(".sk");
  fcl_cgi_script s;
  ck_assert_int_eq(
      fcl_cgi_split(text("/a.\xc5\xbf\xe2\x84\xaa"), &x, 1, FCL_CGI_FOLD_CASE, NULL, NULL, &s),
      FCL_CGI_NO_SCRIPT);
  ck_assert_int_eq(fcl_cgi_split(text("/a.SK"), &x, 1, FCL_CGI_FOLD_CASE, NULL, NULL, &s),
                   FCL_CGI_SCRIPT);
}
END_TEST

START_TEST(case_is_folded_when_asked) {
  fcl_cgi_script s;
  ck_assert_int_eq(
      fcl_cgi_split(text("/A.PhP/X"), extensions, 2, FCL_CGI_FOLD_CASE, NULL, NULL, &s),
      FCL_CGI_SCRIPT);
  ck_assert_slice_eq(s.name, "/A.PhP");
  ck_assert_slice_eq(s.info, "/X");
}
END_TEST

/* KF-113: PHP would walk back to the picture. */
START_TEST(a_script_that_is_not_there_is_missing) { /* loop */
  static const char *const rows[][2] = {{"/avatar.jpg/x.php", "/avatar.jpg/x.php"},
                                        {"/b.php", "/b.php"},
                                        {"/b.php/a.php", "/b.php"},
                                        {"/avatar.jpg/x.php/a.php", "/avatar.jpg/x.php"}};
  fcl_cgi_script s;
  ck_assert_int_eq(fcl_cgi_split(text(rows[_i][0]), extensions, 2, 0, only_a, NULL, &s),
                   FCL_CGI_MISSING);
  ck_assert_str_eq(asked, rows[_i][1]);
}
END_TEST

START_TEST(a_script_that_is_there_is_found) {
  fcl_cgi_script s;
  ck_assert_int_eq(fcl_cgi_split(text("/a.php/b.php"), extensions, 2, 0, only_a, NULL, &s),
                   FCL_CGI_SCRIPT);
  ck_assert_slice_eq(s.name, "/a.php");
}
END_TEST

/* KF-116 */
START_TEST(an_empty_list_matches_nothing) {
  fcl_cgi_script s;
  ck_assert_int_eq(fcl_cgi_split(text("/a.php"), NULL, 0, 0, yes, NULL, &s), FCL_CGI_NO_SCRIPT);
}
END_TEST

START_TEST(an_empty_extension_matches_nothing) {
  fcl_slice x = text("");
  fcl_cgi_script s;
  ck_assert_int_eq(fcl_cgi_split(text("/a.php/b"), &x, 1, 0, yes, NULL, &s), FCL_CGI_NO_SCRIPT);
}
END_TEST

START_TEST(nobody_asked_means_it_is_there) {
  fcl_cgi_script s;
  ck_assert_int_eq(fcl_cgi_split(text("/b.php"), extensions, 2, 0, NULL, NULL, &s), FCL_CGI_SCRIPT);
}
END_TEST

/* ---- Joining ---- */

/* KF-122 */
START_TEST(joining_fills_the_room_and_not_more) { /* loop: room */
  char room[8];
  fcl_slice joined;
  int fits = _i >= 6;
  ck_assert_int_eq(fcl_cgi_join(text("/www"), text("/a"), room, (size_t) _i, &joined), fits);
  if (fits)
    ck_assert_slice_eq(joined, "/www/a");
}
END_TEST

START_TEST(joining_nothing_is_nothing) {
  fcl_slice joined;
  ck_assert_int_eq(fcl_cgi_join(slice(NULL, 0), slice(NULL, 0), NULL, 0, &joined), 1);
  ck_assert_uint_eq(joined.len, 0);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("path");
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_add_loop_test(t, a_target_is_taken_apart, 0, 14);
  tcase_add_loop_test(t, a_target_of_another_form_is_refused, 0, 25);
  tcase_add_loop_test(t, a_target_with_a_control_byte_is_refused, 0, 256);
  tcase_add_loop_test(t, a_path_is_decoded_once_and_made_plain, 0, 26);
  tcase_add_loop_test(t, a_hostile_path_is_refused, 0, 36);
  tcase_add_loop_test(t, each_control_character_is_refused, 0, 256);
  tcase_add_test(t, a_decoded_path_is_not_decoded_again);
  tcase_add_loop_test(t, the_other_rules_hold_for_a_decoded_path, 0, 6);
  tcase_add_test(t, a_path_that_does_not_fit_is_414);
  tcase_add_loop_test(t, windows_names_are_refused_only_when_asked, 0, 9);
  tcase_add_loop_test(t, windows_rules_leave_good_names_alone, 0, 6);
  tcase_add_loop_test(t, a_path_is_split_behind_the_first_extension, 0, 8);
  tcase_add_loop_test(t, other_paths_are_no_scripts, 0, 15);
  tcase_add_loop_test(t, unicode_lookalikes_are_no_scripts, 0, 18);
  tcase_add_test(t, folding_knows_ascii_only);
  tcase_add_test(t, case_is_folded_when_asked);
  tcase_add_loop_test(t, a_script_that_is_not_there_is_missing, 0, 4);
  tcase_add_test(t, a_script_that_is_there_is_found);
  tcase_add_test(t, an_empty_list_matches_nothing);
  tcase_add_test(t, an_empty_extension_matches_nothing);
  tcase_add_test(t, nobody_asked_means_it_is_there);
  tcase_add_loop_test(t, joining_fills_the_room_and_not_more, 0, 9);
  tcase_add_test(t, joining_nothing_is_nothing);
  return test_suite_run("cgi/path", &t, 1);
}
