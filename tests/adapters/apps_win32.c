/* apps_win32.c: applications that know nothing of us, through an adapter: libfcgi's echo, and Go's
   net/http/fcgi.  tests/windows/apps.sh and apps_large.sh make them: FCGICLIENT_TEST_APPS in the
   environment; skipped without. */
#include "adapters/apps_win32.h"

static char echo[1000], go[1000];

/* Their folder is said with / or \; applications are as wide as this program, but for Go's. */
static int find(char path[1000], const char *folder, const char *name) {
  const char *apps = getenv("FCGICLIENT_TEST_APPS");
  char at[1000];
  uv_fs_t fs;
  snprintf(at, sizeof at, "%s/%s/%s", apps ? apps : "", folder, name);
  if (apps == NULL || uv_fs_realpath(NULL, &fs, at, NULL) != 0)
    return 0;
  snprintf(path, 1000, "%s", (char *) fs.ptr);
  uv_fs_req_cleanup(&fs);
  return 1;
}

/* ---- libfcgi: started by us, on a named pipe ---- */

static void setup_libfcgi(void) {
  site_setup_empty();
  site_use(echo, "", "NamedPipe");
}

START_TEST(libfcgi_answers) { /* loop: each order of completions */
  site_go_way(_i);
  site_get("a=b");
  ck_assert_uint_eq(site_status(), 200);
  ck_assert_ptr_nonnull(strstr(site_text(), "FastCGI echo"));
  ck_assert_ptr_nonnull(strstr(site_text(), "QUERY_STRING=a=b"));
}
END_TEST

START_TEST(libfcgi_takes_a_body) { /* loop likewise */
  site_go_way(_i);
  site_post("hello there", 11, 11);
  site_get("");
  ck_assert_ptr_nonnull(strstr(site_text(), "hello there"));
}
END_TEST

START_TEST(libfcgi_answers_again_and_again) {
  int i;
  for (i = 0; i < 100; i++) {
    site_again();
    site_go_way(i % site_ways);
    site_get("a=b");
    ck_assert_ptr_nonnull(strstr(site_text(), "QUERY_STRING=a=b"));
  }
}
END_TEST

/* ---- Go: on a port of its own, behind a relay ---- */

static void setup_go(void) {
  char quoted[1010];
  site_setup_empty();
  snprintf(quoted, sizeof quoted, "\"%s\"", go);
  site_use(RELAY, quoted, "Tcp");
}

START_TEST(Go_answers) { /* loop likewise */
  site_go_way(_i);
  site_get("n=4711");
  ck_assert_uint_eq(site_status(), 200);
  ck_assert_str_eq(site_text(), "4711");
}
END_TEST

START_TEST(Go_gives_a_body_back) { /* loop likewise */
  size_t size = 200000, i;
  char *bytes = malloc(size);
  for (i = 0; i < size; i++)
    bytes[i] = (char) (i * 2654435761u >> 13);
  site_go_way(_i);
  site_post(bytes, size, (long) size);
  site_get("echo=1");
  ck_assert_uint_eq(x.out_len, size);
  ck_assert_mem_eq(x.out, bytes, size);
  free(bytes);
}
END_TEST

START_TEST(Go_answers_again_and_again) {
  char query[20];
  int i;
  for (i = 0; i < 100; i++) {
    site_again();
    site_go_way(i % site_ways);
    snprintf(query, sizeof query, "n=%d", i);
    site_get(query);
    ck_assert_str_eq(site_text(), query + 2);
  }
}
END_TEST

int apps_run(const char *name) {
  TCase *all[2], *t;
  int count = 0;
  if (find(echo, sizeof(void *) == 8 ? "x86_64" : "i686", "fcgi-echo.exe")) {
    t = all[count++] = tcase_create("libfcgi");
    tcase_add_checked_fixture(t, setup_libfcgi, site_teardown);
    tcase_add_loop_test(t, libfcgi_answers, 0, site_ways);
    tcase_add_loop_test(t, libfcgi_takes_a_body, 0, site_ways);
    tcase_add_test(t, libfcgi_answers_again_and_again);
  }
  if (find(go, "large", "served.exe")) {
    t = all[count++] = tcase_create("Go");
    tcase_add_checked_fixture(t, setup_go, site_teardown);
    tcase_add_loop_test(t, Go_answers, 0, site_ways);
    tcase_add_loop_test(t, Go_gives_a_body_back, 0, site_ways);
    tcase_add_test(t, Go_answers_again_and_again);
  }
  if (count == 0)
    return puts("skipped: there are no applications in $FCGICLIENT_TEST_APPS"), 77;
  return test_suite_run(name, all, count);
}
