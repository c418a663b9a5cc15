/* test_sections.c: the configuration, the handler, what the application is told. */
#include "site.h"

static const char *app[] = {"fullPath", site_app, NULL, NULL, NULL, NULL, NULL};
static const server_application all[] = {app, NULL};

/* One application, with two more settings. */
static void configure(const char *name, const char *value, const char *name2, const char *value2) {
  app[2] = name;
  app[3] = value;
  app[4] = name2;
  app[5] = value2;
  server_configure(all, 0);
}

static void get_pid(char pid[32]) {
  site_again();
  site_get("pid=1");
  snprintf(pid, 32, "%s", site_text());
}

/* ---- The interface ---- */

START_TEST(nothing_but_RegisterModule_is_exported) {
  ck_assert_ptr_nonnull(server_symbol("RegisterModule"));
  ck_assert_ptr_null(server_symbol("fcl_request_new"));
}
END_TEST

START_TEST(a_worker_process_may_end_without_a_request) {
}
END_TEST

/* ---- The section ---- */

START_TEST(a_change_that_the_server_tells_of_is_read) {
  site_get("");
  ck_assert_uint_eq(x.status, 200);
  configure("arguments", "--max-requests 7", NULL, NULL);
  site_again();
  site_get("");
  ck_assert_uint_eq(x.status, 500); /* the pair is another now */
}
END_TEST

START_TEST(a_change_that_is_not_told_is_not) {
  static const server_application none[] = {NULL};
  site_get("size=1");
  server_configure(none, 1);
  site_again();
  site_get("size=1");
  ck_assert_uint_eq(x.status, 200);
}
END_TEST

START_TEST(a_change_of_another_thing_keeps_the_processes) {
  char before[32], after[32];
  get_pid(before);
  configure("queueLength", "999", NULL, NULL);
  get_pid(after);
  ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(other_variables_of_its_environment_are_other_processes) {
  char before[32], after[32];
  get_pid(before);
  configure("$COLOUR", "a \"b\" <c> & d, e:f", NULL, NULL);
  get_pid(after);
  ck_assert_str_ne(before, after);
}
END_TEST

START_TEST(instanceMaxRequests_counts) {
  char before[32], after[32];
  configure("instanceMaxRequests", "1", NULL, NULL);
  get_pid(before);
  get_pid(after);
  ck_assert_str_ne(before, after);
}
END_TEST

START_TEST(the_handler_chooses_by_path_and_arguments) {
  static const char *first[] = {"fullPath", site_app, NULL};
  static const char *second[] = {"fullPath", site_app, "arguments", "--max-requests 1", NULL};
  static const server_application both[] = {first, second, NULL};
  char processor[1100], one[32], two[32];
  server_configure(both, 0);
  snprintf(processor, sizeof processor, "%s|--max-requests 1", site_app);
  x.processor = processor;
  site_get("pid=1");
  snprintf(one, sizeof one, "%s", site_text());
  get_pid(two);
  ck_assert_uint_eq(x.status, 200);
  ck_assert_str_ne(one, two);
}
END_TEST

START_TEST(a_handler_without_an_application_is_told_of) {
  x.processor = "/nowhere/php-cgi|-x";
  site_get("");
  ck_assert_uint_eq(x.status, 500);
  ck_assert_ptr_nonnull(strstr(x.description, "\"/nowhere/php-cgi|-x\""));
}
END_TEST

START_TEST(a_section_that_cannot_be_read_is_told_of) {
  server_configure_fails((HRESULT) 0x80070005);
  server_configure(all, 0);
  site_get("");
  ck_assert_uint_eq(x.status, 500);
  ck_assert_ptr_nonnull(strstr(x.description, "GetAdminSection failed with 0x80070005"));
}
END_TEST

START_TEST(a_section_that_was_good_once_is_gone_on_with) {
  char before[32], after[32];
  get_pid(before);
  configure("queueLength", "many", NULL, NULL);
  get_pid(after);
  ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(a_bad_setting_is_told_of) {
  site_teardown();
  site_setup_empty();
  configure("idleTimeout", "never", NULL, NULL);
  site_get("");
  ck_assert_uint_eq(x.status, 500);
  ck_assert_ptr_nonnull(strstr(x.description, "idleTimeout"));
  configure(NULL, NULL, NULL, NULL);
  site_again();
  site_get("size=1");
  ck_assert_uint_eq(x.status, 200);
}
END_TEST

/* ---- Paths ---- */

START_TEST(a_script_that_is_not_there_is_404) { /* loop */
  static const char *const paths[] = {"/b.test", "/a.txt/b.test", "/a.txt", "/folder.test"};
  site_write("a.txt", "");
  site_write("folder.test/x", "");
  site_prepare_path(paths[_i], "");
  site_run();
  ck_assert_uint_eq(x.status, 404);
  ck_assert_int_eq(x.error, (HRESULT) 0x80070002);
}
END_TEST

START_TEST(PATH_INFO_is_what_follows_the_script) {
  site_prepare_path("/a.test/b/c", "");
  site_run();
  ck_assert_str_eq(site_param("SCRIPT_NAME"), "/a.test");
  ck_assert_str_eq(site_param("PATH_INFO"), "/b/c");
}
END_TEST

START_TEST(with_allowPathInfo_it_is_the_same) {
  static const char *variables[20];
  site_prepare_path("/a.test", "");
  memcpy(variables, x.variables, sizeof(char *) * 17);
  variables[7] = "/b/c";
  variables[9] = site_path("b/c");
  x.variables = variables;
  site_run();
  ck_assert_str_eq(site_param("SCRIPT_NAME"), "/a.test");
  ck_assert_str_eq(site_param("PATH_INFO"), "/b/c");
}
END_TEST

START_TEST(a_map_of_all_paths_gives_all_paths) {
  x.map = "*";
  site_prepare_path("/blog/entry", "");
  site_run();
  ck_assert_str_eq(site_param("PATH_INFO"), "/blog/entry");
  ck_assert_str_eq(site_param("SCRIPT_NAME"), "");
}
END_TEST

START_TEST(letters_of_every_kind_arrive_in_UTF_8) {
  site_write("gr\xc3\xb6\xc3\x9f"
             "e \xf0\x9f\x90\x98.test",
             "");
  site_prepare_path("/gr\xc3\xb6\xc3\x9f"
                    "e \xf0\x9f\x90\x98.test",
                    "");
  site_run();
  ck_assert_str_eq(site_param("SCRIPT_NAME"), "/gr\xc3\xb6\xc3\x9f"
                                              "e \xf0\x9f\x90\x98.test");
}
END_TEST

START_TEST(a_path_that_leads_out_is_refused) { /* loop */
  static const char *const paths[] = {"/../a.test", "/x/../../a.test", "/a.test/../a.test"};
  site_prepare_path(paths[_i], "");
  site_run();
  ck_assert_uint_eq(x.status, 400);
}
END_TEST

/* ---- Parameters ---- */

START_TEST(the_applications_parameters_are_the_servers) { /* loop */
  static const char *const rows[][2] = {{"REQUEST_URI", "/a.test?"},
                                        {"REMOTE_ADDR", "1.2.3.4"},
                                        {"SERVER_PROTOCOL", "HTTP/1.1"},
                                        {"REQUEST_METHOD", "GET"},
                                        {"HTTP_X_A", "b"},
                                        {"HTTP_HOST", "h"},
                                        {"HTTP_AUTHORIZATION", "Basic x"},
                                        {"HTTP_PROXY", "(absent)"},
                                        {"AUTH_PASSWORD", "(absent)"},
                                        {"GATEWAY_INTERFACE", "CGI/1.1"},
                                        {"REMOTE_USER", "me"},
                                        {"INSTANCE_ID", "7"}};
  static const char *variables[30];
  x.fields = "Host: h\r\nX-A: b\r\nProxy: evil\r\nAuthorization: Basic x\r\n";
  site_prepare("");
  memcpy(variables, x.variables, sizeof(char *) * 17);
  variables[16] = "REMOTE_USER";
  variables[17] = "me";
  variables[18] = "AUTH_PASSWORD";
  variables[19] = "secret";
  variables[20] = "INSTANCE_ID";
  variables[21] = "7";
  x.variables = variables;
  site_run();
  ck_assert_str_eq(site_param(rows[_i][0]), rows[_i][1]);
}
END_TEST

START_TEST(what_the_server_has_used_itself_is_not_passed_on) {
  static const char *variables[30];
  x.fields = "Authorization: Basic x\r\n";
  site_prepare("");
  memcpy(variables, x.variables, sizeof(char *) * 17);
  variables[16] = "AUTH_TYPE";
  variables[17] = "Basic";
  x.variables = variables;
  site_run();
  ck_assert_str_eq(site_param("HTTP_AUTHORIZATION"), "(absent)");
}
END_TEST

START_TEST(a_user_without_a_token_is_who_the_process_is) {
  x.has_user = 1;
  site_get("size=1");
  ck_assert_uint_eq(x.status, 200);
}
END_TEST

START_TEST(a_token_that_is_none_is_refused) {
  x.has_user = 1;
  x.token = (HANDLE) 0x7ffffff0;
  site_get("size=1");
  ck_assert_uint_eq(x.status, 500);
  ck_assert_ptr_nonnull(strstr(x.description, "token"));
}
END_TEST

START_TEST(over_TCP_no_token_is_asked_for) {
  configure("protocol", "Tcp", NULL, NULL);
  x.has_user = 1;
  x.token = (HANDLE) 0x7ffffff0;
  site_get("size=1");
  ck_assert_uint_eq(x.status, 200);
}
END_TEST

int main(void) {
  TCase *section = tcase_create("section"), *paths = tcase_create("paths"),
        *params = tcase_create("params");
  tcase_add_checked_fixture(section, site_setup, site_teardown);
  tcase_set_timeout(section, 60);
  tcase_add_test(section, nothing_but_RegisterModule_is_exported);
  tcase_add_test(section, a_worker_process_may_end_without_a_request);
  tcase_add_test(section, a_change_that_the_server_tells_of_is_read);
  tcase_add_test(section, a_change_that_is_not_told_is_not);
  tcase_add_test(section, a_change_of_another_thing_keeps_the_processes);
  tcase_add_test(section, other_variables_of_its_environment_are_other_processes);
  tcase_add_test(section, instanceMaxRequests_counts);
  tcase_add_test(section, the_handler_chooses_by_path_and_arguments);
  tcase_add_test(section, a_handler_without_an_application_is_told_of);
  tcase_add_test(section, a_section_that_cannot_be_read_is_told_of);
  tcase_add_test(section, a_section_that_was_good_once_is_gone_on_with);
  tcase_add_test(section, a_bad_setting_is_told_of);
  tcase_add_checked_fixture(paths, site_setup, site_teardown);
  tcase_set_timeout(paths, 60);
  tcase_add_loop_test(paths, a_script_that_is_not_there_is_404, 0, 4);
  tcase_add_test(paths, PATH_INFO_is_what_follows_the_script);
  tcase_add_test(paths, with_allowPathInfo_it_is_the_same);
  tcase_add_test(paths, a_map_of_all_paths_gives_all_paths);
  tcase_add_test(paths, letters_of_every_kind_arrive_in_UTF_8);
  tcase_add_loop_test(paths, a_path_that_leads_out_is_refused, 0, 3);
  tcase_add_checked_fixture(params, site_setup, site_teardown);
  tcase_set_timeout(params, 60);
  tcase_add_loop_test(params, the_applications_parameters_are_the_servers, 0, 12);
  tcase_add_test(params, what_the_server_has_used_itself_is_not_passed_on);
  tcase_add_test(params, a_user_without_a_token_is_who_the_process_is);
  tcase_add_test(params, a_token_that_is_none_is_refused);
  tcase_add_test(params, over_TCP_no_token_is_asked_for);
  return test_suite_run("iis7/sections", (TCase *[]){section, paths, params}, 3);
}
