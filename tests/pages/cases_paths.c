/* cases_paths.c: which file a path means, however it is written, and that no path leads elsewhere.
 */
#include "pages/pages.h"
#include <stdio.h>

START_TEST(a_name_is_decoded_once) { /* loop */
  static const char *const rows[] = {"/hello%2ephp",           "/%68ello.php",         "/b%20c.php",
                                     "/gr%C3%B6%C3%9Fe.php",   "/gr%c3%b6%c3%9fe.php", "/plus+.php",
                                     "/dir//deep/../hello.php"};
  ck_assert_answer(page(rows[_i]), 200, "hello\n");
}
END_TEST

START_TEST(an_odd_path_within_the_root_is_followed_or_refused) { /* loop */
  static const char *const rows[] = {"/dir/deep/../hello.php", "/dir//hello.php", "/./hello.php"};
  answer a = page(rows[_i]);
  ck_assert_msg(a.status == 400 || (a.status == 200 && strcmp(a.body, "hello\n") == 0), "%s%s",
                a.head, a.body);
  answer_free(&a);
}
END_TEST

START_TEST(a_name_with_a_percent_sign_is_found) {
  ck_assert_answer(page("/per%25cent.php"), 200, "hello\n");
}
END_TEST

/* What is said may be a refusal or another file, but no script runs that the path does not name,
 * and no source is shown. */
static void ck_assert_not_run(const char *path) {
  answer a = page(path);
  ck_assert_msg(a.status >= 400 && a.status < 500, "%s: %s%s", path, a.head, a.body);
  ck_assert_msg(strstr(a.body, "hello\n") == NULL && strstr(a.body, "<?php") == NULL, "%s: %s",
                path, a.body);
  answer_free(&a);
}

/* The picture holds a script, as an upload may. */
START_TEST(a_picture_is_not_run_whatever_follows_it) { /* loop */
  static const char *const rows[] = {"/avatar.jpg/x.php", "/avatar.jpg/.php", "/avatar.jpg/x.php/y",
                                     "/avatar.jpg/%2e%2e/avatar.php"};
  ck_assert_not_run(rows[_i]);
}
END_TEST

START_TEST(no_path_leads_out_of_the_root) { /* loop */
  static const char *const rows[] = {"/../outside.php",
                                     "/dir/../../outside.php",
                                     "/%2e%2e/outside.php",
                                     "/..%2foutside.php",
                                     "/dir/..%2f..%2foutside.php",
                                     "/..%5coutside.php",
                                     "/..\\outside.php",
                                     "/%252e%252e/outside.php",
                                     "/.../outside.php",
                                     "/hello.php/../../outside.php",
                                     "//../outside.php",
                                     "/dir/deep/../../../outside.php"};
  ck_assert_not_run(rows[_i]);
}
END_TEST

START_TEST(a_NUL_in_a_path_is_refused) { /* loop */
  static const char *const rows[] = {"/hello.php%00", "/hello.php%00.jpg", "/%00/hello.php",
                                     "/hello.php/%00", "/avatar.jpg%00.php"};
  ck_assert_not_run(rows[_i]);
  still_serves();
}
END_TEST

START_TEST(what_is_no_percent_code_is_refused) { /* loop */
  static const char *const rows[] = {"/hello%.php", "/hello%2.php", "/hello%zz.php", "/hello.php%"};
  ck_assert_not_run(rows[_i]);
  still_serves();
}
END_TEST

START_TEST(a_folder_is_no_script) { /* loop */
  static const char *const rows[] = {"/folder.php", "/folder.php/x", "/folder.php/"};
  answer a = page(rows[_i]);
  ck_assert_msg(a.status != 200 || strstr(a.body, "hello") == NULL, "%s%s", a.head, a.body);
  ck_assert_int_lt(a.status, 500);
  answer_free(&a);
}
END_TEST

TCase *cases_paths(void) {
  TCase *c = tcase_create("paths");
  tcase_add_loop_test(c, a_name_is_decoded_once, 0, 6);
  tcase_add_loop_test(c, an_odd_path_within_the_root_is_followed_or_refused, 0, 3);
  tcase_add_test(c, a_name_with_a_percent_sign_is_found);
  tcase_add_loop_test(c, a_picture_is_not_run_whatever_follows_it, 0, 4);
  tcase_add_loop_test(c, no_path_leads_out_of_the_root, 0, 12);
  tcase_add_loop_test(c, a_NUL_in_a_path_is_refused, 0, 5);
  tcase_add_loop_test(c, what_is_no_percent_code_is_refused, 0, 4);
  tcase_add_loop_test(c, a_folder_is_no_script, 0, 3);
  return c;
}
