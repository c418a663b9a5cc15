/* test_facts.c: what the server tells becomes the parameters of the application: in IIS's ways and
   in Apache's.  The application answers with what it got. */
#include "site.h"

enum { PAIRS_MAX = 64 };
static const char *variables[PAIRS_MAX];
static int count;

static void set(const char *name, const char *value) {
  int i;
  for (i = 0; i < count && strcmp(variables[i], name) != 0; i += 2)
    ;
  ck_assert_int_lt(i + 2, PAIRS_MAX);
  variables[i] = name;
  variables[i + 1] = value;
  if (i == count)
    count += 2;
}

/* What every server says. */
static void setup(void) {
  site_setup();
  count = 0;
  memset(variables, 0, sizeof variables);
  x.variables = variables;
  set("SERVER_PROTOCOL", "HTTP/1.1");
  set("SERVER_NAME", "example.org");
  set("SERVER_PORT", "8080");
  set("REMOTE_ADDR", "1.2.3.4");
  set("REMOTE_PORT", "4711");
  set("REQUEST_URI", "/asked?for");
  set("DOCUMENT_ROOT", site_path("root"));
  set("ALL_RAW", "Host: example.org:8080\r\n");
  site_write("root/dir/b.test", "");
  site_write("root/up/avatar.jpg", "");
  site_write("alias/c.test", "");
}

/* How a server names the path that was asked for. */
static void path(DWORD version, const char *script_name, const char *path_info,
                 const char *translated) {
  x.version = version;
  set("SCRIPT_NAME", script_name);
  x.path_info = path_info;
  x.translated = translated;
}

static void expect_script(const char *name, const char *info, const char *file) {
  site_run();
  ck_assert_str_eq(x.status, "200 OK");
  ck_assert_str_eq(site_param("SCRIPT_NAME"), name);
  ck_assert_str_eq(site_param("PATH_INFO"), info);
  ck_assert_str_eq(site_param("SCRIPT_FILENAME"), file);
}

static void expect_status(const char *status) {
  site_run();
  ck_assert_str_eq(x.status, status);
}

/* ---- The script ---- */

static const struct {
  DWORD version;
  const char *name, *info; /* as the server says them, for /dir/b.test/more */
} ways[] = {
    {SERVER_MOD_ISAPI, "/fcgi.so", "/dir/b.test/more"}, /* Action, or asked for directly */
    {SERVER_MOD_ISAPI, "/any/name", "/dir/b.test/more"},
    {SERVER_IIS, "/dir/b.test", "/dir/b.test/more"}, /* a script map */
    {SERVER_IIS, "/dir/b.test", "/more"},            /* with AllowPathInfoForScriptMappings */
    {SERVER_IIS, "/scripts/" EXTENSION_NAME, "/dir/b.test/more"},
    {SERVER_IIS, "/scripts/" EXTENSION_NAME, "/scripts/" EXTENSION_NAME "/dir/b.test/more"},
};

START_TEST(each_servers_way_leads_to_the_script) { /* loop */
  path(ways[_i].version, ways[_i].name, ways[_i].info, NULL);
  expect_script("/dir/b.test", "/more", site_path("root/dir/b.test"));
  ck_assert_str_eq(site_param("PATH_TRANSLATED"), site_path("root/more"));
}
END_TEST

/* RFC 3875 section 4.1.13: else a link to SCRIPT_NAME would not lead here. */
START_TEST(a_module_that_was_asked_for_by_name_is_part_of_SCRIPT_NAME) { /* loop: Apache, IIS */
  const char *module = _i ? "/scripts/" EXTENSION_NAME : "/fcgi.so";
  char uri[128], name[128];
  snprintf(uri, sizeof uri, "%s/dir/b.test/more?for", module);
  snprintf(name, sizeof name, "%s/dir/b.test", module);
  set("REQUEST_URI", uri);
  path(_i ? SERVER_IIS : SERVER_MOD_ISAPI, module, "/dir/b.test/more", NULL);
  expect_script(name, "/more", site_path("root/dir/b.test"));
  ck_assert_str_eq(site_param("PATH_TRANSLATED"), site_path("root/more"));
}
END_TEST

START_TEST(a_module_whose_name_only_begins_the_path_was_not_asked_for) {
  set("REQUEST_URI", "/fcgi.sop/dir/b.test");
  path(SERVER_MOD_ISAPI, "/fcgi.so", "/dir/b.test", NULL);
  expect_script("/dir/b.test", "(absent)", site_path("root/dir/b.test"));
}
END_TEST

START_TEST(a_script_without_more_has_no_PATH_INFO) {
  path(SERVER_IIS, "/a.test", "/a.test", site_path("root/a.test"));
  expect_script("/a.test", "(absent)", site_path("root/a.test"));
}
END_TEST

START_TEST(an_alias_of_the_servers_leads_to_its_file) { /* loop: with and without more */
  path(SERVER_MOD_ISAPI, "/fcgi.so", _i ? "/x/c.test/more" : "/x/c.test",
       site_path(_i ? "alias/c.test/more" : "alias/c.test"));
  expect_script("/x/c.test", _i ? "/more" : "(absent)", site_path("alias/c.test"));
}
END_TEST

START_TEST(a_translation_to_a_file_of_another_name_is_not_believed) {
  path(SERVER_MOD_ISAPI, "/fcgi.so", "/a.test", site_path("root/up/avatar.jpg"));
  expect_script("/a.test", "(absent)", site_path("root/a.test"));
}
END_TEST

START_TEST(what_is_no_script_is_404) { /* loop */
  static const char *const paths[] = {"/none.test",
                                      "/up/avatar.jpg",
                                      "/up/avatar.jpg/x.test",
                                      "/up/avatar.jpg/a.test",
                                      "/dir",
                                      "/",
                                      "",
                                      "/dir/x.test/b.test",
                                      "/a%2etest",
                                      "/a.TEST"};
  path(SERVER_MOD_ISAPI, "/fcgi.so", paths[_i], NULL);
  expect_status(_i == 9 && site_folds_case ? "200 OK" : "404 Not Found");
}
END_TEST

START_TEST(a_hostile_path_is_400) { /* loop */
  static const char *const paths[] = {"/../a.test", "/dir/../a.test", "/a\\b.test", "/a\nb.test",
                                      "a.test"};
  path(SERVER_MOD_ISAPI, "/fcgi.so", paths[_i], NULL);
  expect_status("400 Bad Request");
}
END_TEST

START_TEST(a_path_is_not_decoded_twice) {
  site_write("root/100%25.test", "");
  path(SERVER_MOD_ISAPI, "/fcgi.so", "/100%25.test", NULL);
  expect_script("/100%25.test", "(absent)", site_path("root/100%25.test"));
}
END_TEST

START_TEST(bytes_above_127_stay_what_they_are) {
  site_write("root/\xc3\xa4.test", "");
  path(SERVER_MOD_ISAPI, "/fcgi.so", "/\xc3\xa4.test", NULL);
  expect_script("/\xc3\xa4.test", "(absent)", site_path("root/\xc3\xa4.test"));
}
END_TEST

/* ---- Routes ---- */

static const char sites[] = "[Types]\ntest:12=Twelve\ntest:/lm/w3svc/3/root/blog=Blog\n*=All\n"
                            "[Twelve]\nExePath=" APP "\n[Blog]\nExePath=" APP "\n"
                            "[All]\nExePath=" APP "\n";

/* The pool's name stands in the sentence about a process that fails. */
static const char *pool_of_a_failure(void) {
  static char line[300];
  site_log_begin();
  x.query = "exit=3&before=1";
  site_run();
  ck_assert_str_eq(x.status, "502 Bad Gateway");
  snprintf(line, sizeof line, "%.*s", (int) strcspn(site_log(), "\n"), site_log());
  line[strcspn(line + 12, ":") + 12] = 0;
  return line + 12; /* behind "fcgiclient: " */
}

START_TEST(INSTANCE_ID_is_the_site) {
  site_write("fcgiext.ini", sites);
  path(SERVER_IIS, "/a.test", "/a.test", NULL);
  set("INSTANCE_ID", "12");
  ck_assert_str_eq(pool_of_a_failure(), "Twelve");
}
END_TEST

START_TEST(APPL_MD_PATH_is_the_application) {
  site_write("fcgiext.ini", sites);
  path(SERVER_IIS, "/a.test", "/a.test", NULL);
  set("INSTANCE_ID", "3");
  set("APPL_MD_PATH", "/LM/W3SVC/3/ROOT/blog");
  ck_assert_str_eq(pool_of_a_failure(), "Blog");
}
END_TEST

START_TEST(without_APPL_MD_PATH_the_path_tells_the_application) {
  site_write("fcgiext.ini", sites);
  site_write("root/blog/a.test", "");
  path(SERVER_MOD_ISAPI, "/fcgi.so", "/blog/a.test", NULL);
  set("INSTANCE_ID", "3");
  ck_assert_str_eq(pool_of_a_failure(), "Blog");
}
END_TEST

START_TEST(an_application_for_everything_gets_files_as_scripts) {
  site_write("fcgiext.ini", sites);
  path(SERVER_MOD_ISAPI, "/fcgi.so", "/up/avatar.jpg", NULL);
  expect_script("/up/avatar.jpg", "(absent)", site_path("root/up/avatar.jpg"));
}
END_TEST

START_TEST(an_application_for_everything_gets_all_else_as_PATH_INFO) {
  site_write("fcgiext.ini", sites);
  path(SERVER_MOD_ISAPI, "/fcgi.so", "/up/avatar.jpg/x", NULL);
  expect_script("", "/up/avatar.jpg/x", site_path("root"));
}
END_TEST

/* ---- Parameters ---- */

START_TEST(the_servers_facts_are_parameters) {
  path(SERVER_IIS, "/a.test", "/a.test", NULL);
  x.query = "";
  set("SERVER_SOFTWARE", "Tester/1.0");
  site_run();
  ck_assert_str_eq(site_param("REQUEST_METHOD"), "GET");
  ck_assert_str_eq(site_param("REQUEST_URI"), "/asked?for");
  ck_assert_str_eq(site_param("SERVER_PROTOCOL"), "HTTP/1.1");
  ck_assert_str_eq(site_param("SERVER_NAME"), "example.org");
  ck_assert_str_eq(site_param("SERVER_PORT"), "8080");
  ck_assert_str_eq(site_param("SERVER_SOFTWARE"), "Tester/1.0");
  ck_assert_str_eq(site_param("REMOTE_ADDR"), "1.2.3.4");
  ck_assert_str_eq(site_param("REMOTE_PORT"), "4711");
  ck_assert_str_eq(site_param("DOCUMENT_ROOT"), site_path("root"));
  ck_assert_str_eq(site_param("REDIRECT_STATUS"), "200");
  ck_assert_str_eq(site_param("HTTP_HOST"), "example.org:8080");
  ck_assert_str_eq(site_param("HTTPS"), "(absent)");
}
END_TEST

START_TEST(what_IIS_knows_beside_is_passed_on) { /* loop */
  static const char *const names[] = {"INSTANCE_ID",  "APPL_MD_PATH", "LOCAL_ADDR",
                                      "LOGON_USER",   "AUTH_USER",    "HTTPS_KEYSIZE",
                                      "CERT_SUBJECT", "AUTH_TYPE",    "REMOTE_USER"};
  path(SERVER_IIS, "/a.test", "/a.test", NULL);
  set(names[_i], "value");
  site_run();
  ck_assert_str_eq(site_param(names[_i]), "value");
}
END_TEST

START_TEST(a_user_who_was_lost_by_a_redirect_within_Apache_is_found) {
  path(SERVER_MOD_ISAPI, "/fcgi.so", "/a.test", NULL);
  set("REDIRECT_REMOTE_USER", "me");
  site_run();
  ck_assert_str_eq(site_param("REMOTE_USER"), "me");
}
END_TEST

START_TEST(a_password_is_never_passed_on) {
  path(SERVER_IIS, "/a.test", "/a.test", NULL);
  set("AUTH_PASSWORD", "secret");
  set("HTTP_AUTHORIZATION", "Basic c2VjcmV0");
  set("AUTH_TYPE", "Basic");
  set("ALL_RAW", "Authorization: Basic c2VjcmV0\r\n");
  site_run();
  ck_assert_str_eq(x.status, "200 OK");
  ck_assert_ptr_null(strstr(site_text(), "secret"));
  ck_assert_ptr_null(strstr(site_text(), "c2VjcmV0"));
}
END_TEST

START_TEST(Authorization_is_passed_on_where_the_server_shows_it) {
  path(SERVER_IIS, "/a.test", "/a.test", NULL);
  set("HTTP_AUTHORIZATION", "Bearer x");
  site_run();
  ck_assert_str_eq(site_param("HTTP_AUTHORIZATION"), "Bearer x");
}
END_TEST

START_TEST(TLS_is_told_in_either_way) { /* loop */
  path(SERVER_IIS, "/a.test", "/a.test", NULL);
  set(_i ? "SERVER_PORT_SECURE" : "HTTPS", _i ? "1" : "on");
  site_run();
  ck_assert_str_eq(site_param("HTTPS"), "on");
}
END_TEST

START_TEST(HTTPS_off_is_left_out) {
  path(SERVER_IIS, "/a.test", "/a.test", NULL);
  set("HTTPS", "off");
  set("SERVER_PORT_SECURE", "0");
  site_run();
  ck_assert_str_eq(site_param("HTTPS"), "(absent)");
}
END_TEST

START_TEST(what_a_rewrite_replaced_is_REQUEST_URI_only_where_there_was_one) { /* loop */
  path(SERVER_IIS, "/a.test", "/a.test", NULL);
  set("HTTP_X_ORIGINAL_URL", "/original");
  if (_i)
    set("IIS_WasUrlRewritten", "1");
  site_run();
  ck_assert_str_eq(site_param("REQUEST_URI"), _i ? "/original" : "/asked?for");
}
END_TEST

START_TEST(a_client_shadows_no_parameter) {
  path(SERVER_IIS, "/a.test", "/a.test", NULL);
  set("ALL_RAW", "Script-Name: /evil\r\nProxy: evil\r\nRemote_Addr: evil\r\nX_A: evil\r\n");
  site_run();
  ck_assert_str_eq(site_param("SCRIPT_NAME"), "/a.test");
  ck_assert_str_eq(site_param("HTTP_PROXY"), "(absent)");
  ck_assert_str_eq(site_param("HTTP_REMOTE_ADDR"), "(absent)");
  ck_assert_str_eq(site_param("HTTP_SCRIPT_NAME"), "/evil");
}
END_TEST

START_TEST(a_block_of_fields_that_is_none_is_400) {
  path(SERVER_IIS, "/a.test", "/a.test", NULL);
  set("ALL_RAW", "Host: a\nEvil: b\r\n");
  expect_status("400 Bad Request");
}
END_TEST

START_TEST(more_than_can_be_passed_on_is_431) { /* loop: one of them, all of them */
  char *raw = malloc(200000);
  size_t at, size = _i ? 70000 : 150000;
  path(SERVER_IIS, "/a.test", "/a.test", NULL);
  for (at = 0; at < size; at += 100)
    memset(raw + at, 'v', 100), memcpy(raw + at, "A: ", 3), memcpy(raw + at + 98, "\r\n", 2);
  raw[at] = 0;
  set("ALL_RAW", raw);
  expect_status("431 Request Header Fields Too Large");
  free(raw);
}
END_TEST

START_TEST(a_length_above_4_GiB_is_not_taken_for_what_is_left_of_it) {
  path(SERVER_IIS, "/a.test", "/a.test", NULL);
  x.method = "POST";
  x.body = "x";
  x.body_len = x.available = 1;
  set("CONTENT_LENGTH", "4294967297"); /* cbTotalBytes says 1 */
  x.query = "sum=1";
  site_run();
  ck_assert_uint_eq(x.result, HSE_STATUS_ERROR);
  ck_assert_uint_eq(x.heads, 0);
}
END_TEST

START_TEST(a_body_that_mod_isapi_did_not_read_ahead_is_read) {
  path(SERVER_MOD_ISAPI, "/fcgi.so", "/a.test", NULL);
  x.method = "POST";
  x.body = "hello";
  x.body_len = 5;
  x.total = 0;
  set("CONTENT_LENGTH", "5");
  x.query = "echo=1";
  site_run();
  ck_assert_str_eq(site_text(), "hello");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("facts");
  tcase_add_checked_fixture(t, setup, site_teardown);
  tcase_add_loop_test(t, each_servers_way_leads_to_the_script, 0, 6);
  tcase_add_loop_test(t, a_module_that_was_asked_for_by_name_is_part_of_SCRIPT_NAME, 0, 2);
  tcase_add_test(t, a_module_whose_name_only_begins_the_path_was_not_asked_for);
  tcase_add_test(t, a_script_without_more_has_no_PATH_INFO);
  tcase_add_loop_test(t, an_alias_of_the_servers_leads_to_its_file, 0, 2);
  tcase_add_test(t, a_translation_to_a_file_of_another_name_is_not_believed);
  tcase_add_loop_test(t, what_is_no_script_is_404, 0, 10);
  tcase_add_loop_test(t, a_hostile_path_is_400, 0, 5);
  tcase_add_test(t, a_path_is_not_decoded_twice);
  tcase_add_test(t, bytes_above_127_stay_what_they_are);
  tcase_add_test(t, INSTANCE_ID_is_the_site);
  tcase_add_test(t, APPL_MD_PATH_is_the_application);
  tcase_add_test(t, without_APPL_MD_PATH_the_path_tells_the_application);
  tcase_add_test(t, an_application_for_everything_gets_files_as_scripts);
  tcase_add_test(t, an_application_for_everything_gets_all_else_as_PATH_INFO);
  tcase_add_test(t, the_servers_facts_are_parameters);
  tcase_add_loop_test(t, what_IIS_knows_beside_is_passed_on, 0, 9);
  tcase_add_test(t, a_user_who_was_lost_by_a_redirect_within_Apache_is_found);
  tcase_add_test(t, a_password_is_never_passed_on);
  tcase_add_test(t, Authorization_is_passed_on_where_the_server_shows_it);
  tcase_add_loop_test(t, TLS_is_told_in_either_way, 0, 2);
  tcase_add_test(t, HTTPS_off_is_left_out);
  tcase_add_loop_test(t, what_a_rewrite_replaced_is_REQUEST_URI_only_where_there_was_one, 0, 2);
  tcase_add_test(t, a_client_shadows_no_parameter);
  tcase_add_test(t, a_block_of_fields_that_is_none_is_400);
  tcase_add_loop_test(t, more_than_can_be_passed_on_is_431, 0, 2);
  tcase_add_test(t, a_length_above_4_GiB_is_not_taken_for_what_is_left_of_it);
  tcase_add_test(t, a_body_that_mod_isapi_did_not_read_ahead_is_read);
  return test_suite_run("isapi/facts", &t, 1);
}
