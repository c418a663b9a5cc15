/* test_params.c: golden tables from the facts of a request to its parameters. */
#include "cgi_test.h"
#include <stdlib.h>

static fcl_params params;
static fcl_cgi_request facts;

static void setup(void) {
  fcl_params_init(&params, NULL, NULL);
  memset(&facts, 0, sizeof facts);
}

static void teardown(void) {
  fcl_params_free(&params);
}

static void apply(void) {
  ck_assert_int_eq(fcl_cgi_params(&facts, fcl_cgi_set_params, &params), FCL_OK);
}

static void a_whole_request(void) {
  facts.method = text("POST");
  facts.target = text("/a%20b.php/x%2By?q=%26%3d%00&r");
  facts.query = text("q=%26%3d%00&r");
  facts.protocol = text("HTTP/1.0");
  facts.host = text("example.org:8080");
  facts.https = 1;
  facts.server_software = text("httpd/1");
  facts.server_addr = text("192.0.2.1");
  facts.server_port = 8443;
  facts.remote_addr = text("198.51.100.7");
  facts.remote_port = 50000;
  facts.document_root = text("/var/www");
  facts.script_name = text("/a b.php");
  facts.path_info = text("/x+y");
}

/* KF-104, KF-106, KF-118, KF-119, KF-121 */
START_TEST(a_whole_request_gives_every_parameter_once) {
  a_whole_request();
  apply();
  ck_assert_str_eq(lines(&params), "GATEWAY_INTERFACE=CGI/1.1\n"
                                   "SERVER_SOFTWARE=httpd/1\n"
                                   "SERVER_PROTOCOL=HTTP/1.0\n"
                                   "SERVER_NAME=example.org\n"
                                   "SERVER_PORT=8443\n"
                                   "SERVER_ADDR=192.0.2.1\n"
                                   "HTTPS=on\n"
                                   "REQUEST_SCHEME=https\n"
                                   "REDIRECT_STATUS=200\n"
                                   "REMOTE_ADDR=198.51.100.7\n"
                                   "REMOTE_PORT=50000\n"
                                   "REQUEST_METHOD=POST\n"
                                   "REQUEST_URI=/a%20b.php/x%2By?q=%26%3d%00&r\n"
                                   "QUERY_STRING=q=%26%3d%00&r\n"
                                   "SCRIPT_NAME=/a b.php\n"
                                   "DOCUMENT_ROOT=/var/www\n"
                                   "SCRIPT_FILENAME=/var/www/a b.php\n"
                                   "DOCUMENT_URI=/a b.php/x+y\n"
                                   "PATH_INFO=/x+y\n"
                                   "PATH_TRANSLATED=/var/www/x+y\n");
}
END_TEST

/* KF-019, KF-107: nothing is known, and what must not be empty is not. */
START_TEST(a_zeroed_request_gives_the_obligatory_ones) {
  apply();
  ck_assert_str_eq(lines(&params), "GATEWAY_INTERFACE=CGI/1.1\n"
                                   "SERVER_SOFTWARE=libfcgiclient/0.1.0\n"
                                   "SERVER_PROTOCOL=HTTP/1.1\n"
                                   "SERVER_NAME=localhost\n"
                                   "SERVER_PORT=80\n"
                                   "REQUEST_SCHEME=http\n"
                                   "REDIRECT_STATUS=200\n"
                                   "REMOTE_ADDR=\n"
                                   "REQUEST_METHOD=\n"
                                   "REQUEST_URI=\n"
                                   "QUERY_STRING=\n"
                                   "SCRIPT_NAME=\n"
                                   "DOCUMENT_ROOT=\n"
                                   "SCRIPT_FILENAME=\n"
                                   "DOCUMENT_URI=\n");
}
END_TEST

START_TEST(the_port_of_https_is_443_when_it_is_not_known) {
  facts.https = 1;
  apply();
  ck_assert_str_eq(get(&params, "SERVER_PORT"), "443");
}
END_TEST

START_TEST(HTTPS_is_absent_without_TLS) {
  a_whole_request();
  facts.https = 0;
  apply();
  ck_assert_str_eq(get(&params, "HTTPS"), "(absent)");
  ck_assert_str_eq(get(&params, "REQUEST_SCHEME"), "http");
}
END_TEST

START_TEST(the_largest_port_is_written_whole) {
  facts.server_port = 65535;
  apply();
  ck_assert_str_eq(get(&params, "SERVER_PORT"), "65535");
}
END_TEST

START_TEST(path_info_and_path_translated_are_left_out_together) {
  a_whole_request();
  facts.path_info = text("");
  facts.path_translated = text("/elsewhere");
  apply();
  ck_assert_str_eq(get(&params, "PATH_INFO"), "(absent)");
  ck_assert_str_eq(get(&params, "PATH_TRANSLATED"), "(absent)");
}
END_TEST

START_TEST(given_file_names_are_not_joined_again) {
  a_whole_request();
  facts.script_filename = text("/srv/app/front.php");
  facts.path_translated = text("/srv/x");
  apply();
  ck_assert_str_eq(get(&params, "SCRIPT_FILENAME"), "/srv/app/front.php");
  ck_assert_str_eq(get(&params, "PATH_TRANSLATED"), "/srv/x");
}
END_TEST

START_TEST(user_and_way_of_authentication_are_passed_on) {
  facts.remote_user = text("ada");
  facts.auth_type = text("Basic");
  apply();
  ck_assert_str_eq(get(&params, "REMOTE_USER"), "ada");
  ck_assert_str_eq(get(&params, "AUTH_TYPE"), "Basic");
}
END_TEST

/* KF-101, KF-105 */
START_TEST(the_authority_beats_the_Host_field) {
  fcl_header host;
  host.name = text("Host");
  host.value = text("forged.example");
  facts.target = text("http://real.example:81/x");
  facts.authority = text("real.example:81");
  facts.host = host.value;
  apply();
  fcl_cgi_headers(&params, &host, 1, 0);
  ck_assert_str_eq(get(&params, "HTTP_HOST"), "real.example:81");
  ck_assert_str_eq(get(&params, "SERVER_NAME"), "real.example");
  ck_assert_str_eq(get(&params, "REQUEST_URI"), "http://real.example:81/x");
}
END_TEST

START_TEST(the_server_name_comes_from_the_first_good_source) { /* loop */
  static const struct {
    const char *given, *authority, *host, *addr, *want;
  } rows[] = {{"set", "auth", "host", "1.2.3.4", "set"},
              {"", "auth:1", "host", "1.2.3.4", "auth"},
              {"", "", "host:8080", "1.2.3.4", "host"},
              {"", "", "", "1.2.3.4", "1.2.3.4"},
              {"", "", "[::1]:8080", "::1", "[::1]"},
              {"", "", "[::1]", "::1", "[::1]"},
              {"", "", "127.0.0.1", "::1", "127.0.0.1"},
              {"", "", "A-z0.9_x", "", "A-z0.9_x"},
              {"", "", ":80", "1.2.3.4", "1.2.3.4"},
              {"", "", "a b", "1.2.3.4", "1.2.3.4"},
              {"", "", "<script>", "1.2.3.4", "1.2.3.4"},
              {"", "", "a\"b", "1.2.3.4", "1.2.3.4"},
              {"", "", "a/b", "1.2.3.4", "1.2.3.4"},
              {"", "", "h\xc3\xa9", "1.2.3.4", "1.2.3.4"},
              {"", "", "", "", "localhost"}};
  facts.server_name = text(rows[_i].given);
  facts.authority = text(rows[_i].authority);
  facts.host = text(rows[_i].host);
  facts.server_addr = text(rows[_i].addr);
  apply();
  ck_assert_str_eq(get(&params, "SERVER_NAME"), rows[_i].want);
}
END_TEST

/* KF-108, KF-122 */
START_TEST(a_joined_path_of_the_limit_fits_and_one_more_is_refused) { /* loop: sizes */
  char path[FCL_CGI_PATH_MAX + 2];
  memset(path, 'x', sizeof path);
  facts.document_root = text("/www");
  facts.script_name = slice(path, (size_t) (FCL_CGI_PATH_MAX - 4 + _i));
  ck_assert_int_eq(fcl_cgi_params(&facts, fcl_cgi_set_params, &params),
                   _i <= 0 ? FCL_OK : FCL_E_PARAMS);
}
END_TEST

START_TEST(long_facts_are_passed_whole) {
  char *target = malloc(20001);
  fcl_slice value;
  memset(target, 'q', 20000);
  facts.target = slice(target, 20000);
  apply();
  ck_assert_int_eq(fcl_params_get(&params, text("REQUEST_URI"), &value), 1);
  ck_assert_uint_eq(value.len, 20000);
  free(target);
}
END_TEST

START_TEST(no_name_of_a_PHP_setting_is_allowed) { /* loop */
  static const char *const names[] = {
      "PHP_VALUE", "PHP_ADMIN_VALUE", "HTTP_PROXY", "", "A=B", "A B", "A\nB", "A-B", "\xc3\x84"};
  ck_assert_int_eq(fcl_cgi_name_allowed(text(names[_i])), 0);
}
END_TEST

START_TEST(names_of_variables_are_allowed) { /* loop */
  static const char *const names[] = {"PHP_VALUES", "REMOTE_USER", "x9", "HTTP_PROXY_X", "_"};
  ck_assert_int_eq(fcl_cgi_name_allowed(text(names[_i])), 1);
}
END_TEST

START_TEST(a_NUL_in_a_name_is_not_allowed) {
  ck_assert_int_eq(fcl_cgi_name_allowed(LITERAL("A\0B")), 0);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("params");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, a_whole_request_gives_every_parameter_once);
  tcase_add_test(t, a_zeroed_request_gives_the_obligatory_ones);
  tcase_add_test(t, the_port_of_https_is_443_when_it_is_not_known);
  tcase_add_test(t, HTTPS_is_absent_without_TLS);
  tcase_add_test(t, the_largest_port_is_written_whole);
  tcase_add_test(t, path_info_and_path_translated_are_left_out_together);
  tcase_add_test(t, given_file_names_are_not_joined_again);
  tcase_add_test(t, user_and_way_of_authentication_are_passed_on);
  tcase_add_test(t, the_authority_beats_the_Host_field);
  tcase_add_loop_test(t, the_server_name_comes_from_the_first_good_source, 0, 15);
  tcase_add_loop_test(t, a_joined_path_of_the_limit_fits_and_one_more_is_refused, -2, 3);
  tcase_add_test(t, long_facts_are_passed_whole);
  tcase_add_loop_test(t, no_name_of_a_PHP_setting_is_allowed, 0, 9);
  tcase_add_loop_test(t, names_of_variables_are_allowed, 0, 5);
  tcase_add_test(t, a_NUL_in_a_name_is_not_allowed);
  return test_suite_run("cgi/params", &t, 1);
}
