/* test_fcgi_script.c: what --script of `fcgi` means. */
#include "support/suite.h"
#include "call.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/fcl-test-XXXXXX", said[1024];

/* A folder with site/x.php and "site/a b?.php" in it, which is the current one. */
static void setup(void) {
  strcpy(folder, "/tmp/fcl-test-XXXXXX");
  ck_assert_ptr_ne(mkdtemp(folder), NULL);
  ck_assert_int_eq(chdir(folder), 0);
  ck_assert_int_eq(mkdir("site", 0700), 0);
  fclose(fopen("site/x.php", "w"));
  fclose(fopen("site/a b?.php", "w"));
}

static void teardown(void) {
  unlink("site/x.php");
  unlink("site/a b?.php");
  rmdir("site");
  rmdir(folder);
}

/* "NAME|INFO|QUERY|URI|ROOT|FILE", with the folder as "~"; or why not. */
static const char *find(const char *text, const char *root, const char *query) {
  fcgi_script s;
  const char *why = fcgi_script_find(&s, text, root, query);
  size_t len = strlen(folder);
  if (why) {
    fcgi_script_free(&s);
    return why;
  }
  snprintf(
      said, sizeof said, "%s|%s|%s|%s|%s%s|%s%s", s.name, s.info, s.query, s.uri,
      strncmp(s.root, folder, len) ? "" : "~", s.root + (strncmp(s.root, folder, len) ? 0 : len),
      strncmp(s.file, folder, len) ? "" : "~", s.file + (strncmp(s.file, folder, len) ? 0 : len));
  fcgi_script_free(&s);
  return said;
}

static const struct {
  const char *text, *root, *query, *found;
} scripts[] = {
    /* A file: its folder is the root. */
    {"site/x.php", NULL, NULL, "/x.php|||/x.php|~/site|~/site/x.php"},
    {"./site/x.php", NULL, NULL, "/x.php|||/x.php|~/site|~/site/x.php"},
    {"site/x.php", ".", NULL, "/site/x.php|||/site/x.php|~|~/site/x.php"},
    {"site/x.php", "site/", NULL, "/x.php|||/x.php|~/site|~/site/x.php"},
    {"site/x.php/more/info?a=b", NULL, NULL,
     "/x.php|/more/info|a=b|/x.php/more/info?a=b|~/site|~/site/x.php"},
    /* A '?' that belongs to the name. */
    {"site/a b?.php", NULL, NULL, "/a b?.php|||/a%20b%3F.php|~/site|~/site/a b?.php"},
    /* A URL path. */
    {"/ping", NULL, NULL, "/ping|||/ping||/ping"},
    {"/ping?full", NULL, NULL, "/ping||full|/ping?full||/ping"},
    {"/ping?full", NULL, "json", "/ping||json|/ping?json||/ping"},
    {"/a%20b//c", NULL, NULL, "/a b/c|||/a%20b/c||/a b/c"},
    {"/x.php/info", "site", NULL, "/x.php|/info||/x.php/info|~/site|~/site/x.php"},
    {"/none.php", "site", NULL, "/none.php|||/none.php|~/site|~/site/none.php"},
    {"/", NULL, NULL, "/|||/||/"},
};

START_TEST(a_script_is_a_file_or_a_url_path) {
  ck_assert_str_eq(find(scripts[_i].text, scripts[_i].root, scripts[_i].query), scripts[_i].found);
}
END_TEST

START_TEST(an_absolute_file_is_taken_as_it_is) {
  char path[128], expected[256];
  snprintf(path, sizeof path, "%s/site/x.php", folder);
  snprintf(expected, sizeof expected, "/x.php|||/x.php|~/site|~/site/x.php");
  ck_assert_str_eq(find(path, NULL, NULL), expected);
}
END_TEST

START_TEST(a_name_that_is_neither_is_refused) {
  ck_assert_str_eq(find("none.php", NULL, NULL),
                   "there is no such file, and a URL path begins with '/'");
}
END_TEST

START_TEST(a_path_that_climbs_is_refused) {
  ck_assert_ptr_ne(strstr(find("/../x", NULL, NULL), "a web server would refuse"), NULL);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("script");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_loop_test(t, a_script_is_a_file_or_a_url_path, 0,
                      (int) (sizeof scripts / sizeof *scripts));
  tcase_add_test(t, an_absolute_file_is_taken_as_it_is);
  tcase_add_test(t, a_name_that_is_neither_is_refused);
  tcase_add_test(t, a_path_that_climbs_is_refused);
  return test_suite_run("script", &t, 1);
}
