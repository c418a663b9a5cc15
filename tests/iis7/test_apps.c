/* test_apps.c: an application with libfcgi, which knows nothing of us, through the module.  It is
   made by tests/windows/apps.sh: FCGICLIENT_TEST_APPS in the environment; skipped without. */
#include "site.h"
#include <uv.h>

static char echo[1000];

/* Their folder is said with / or \; the application is as wide as this program. */
static int find_echo(void) {
  const char *folder = getenv("FCGICLIENT_TEST_APPS");
  uv_fs_t fs;
  snprintf(echo, sizeof echo, "%s/%s/fcgi-echo.exe", folder ? folder : "",
           sizeof(void *) == 8 ? "x86_64" : "i686");
  if (folder == NULL || uv_fs_realpath(NULL, &fs, echo, NULL) != 0)
    return 0;
  snprintf(echo, sizeof echo, "%s", (char *) fs.ptr);
  uv_fs_req_cleanup(&fs);
  return 1;
}

static void setup(void) {
  static const char *app[] = {"fullPath", echo, "maxInstances", "2", NULL};
  static const server_application all[] = {app, NULL};
  site_setup_empty();
  server_configure(all, 0);
  x.processor = echo;
}

START_TEST(libfcgi_answers) { /* loop: each order of completions */
  x.kind = (server_kind) _i;
  site_get("a=b");
  ck_assert_uint_eq(x.status, 200);
  ck_assert_ptr_nonnull(strstr(site_text(), "FastCGI echo"));
  ck_assert_ptr_nonnull(strstr(site_text(), "QUERY_STRING=a=b"));
}
END_TEST

START_TEST(libfcgi_takes_a_body) { /* loop likewise */
  x.kind = (server_kind) _i;
  x.method = "POST";
  x.fields = "Content-Length: 11\r\n";
  x.body = "hello there";
  x.body_len = 11;
  site_get("");
  ck_assert_ptr_nonnull(strstr(site_text(), "hello there"));
}
END_TEST

START_TEST(libfcgi_answers_again_and_again) {
  int i;
  for (i = 0; i < 100; i++) {
    site_again();
    x.kind = (server_kind) (i % SERVER_KINDS);
    x.processor = echo;
    site_get("a=b");
    ck_assert_ptr_nonnull(strstr(site_text(), "QUERY_STRING=a=b"));
  }
}
END_TEST

int main(void) {
  TCase *t = tcase_create("libfcgi");
  if (!find_echo())
    return puts("skipped: there is no fcgi-echo.exe in $FCGICLIENT_TEST_APPS"), 77;
  tcase_add_checked_fixture(t, setup, site_teardown);
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, libfcgi_answers, 0, SERVER_KINDS);
  tcase_add_loop_test(t, libfcgi_takes_a_body, 0, SERVER_KINDS);
  tcase_add_test(t, libfcgi_answers_again_and_again);
  return test_suite_run("iis7/apps", &t, 1);
}
