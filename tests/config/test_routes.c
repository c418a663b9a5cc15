/* test_routes.c: which application serves a request. */
#include "config_test.h"

#define APPS                                                                                       \
  "[A]\nExePath=/a\n[B]\nExePath=/b\n[C]\nExePath=/c\n[D]\nExePath=/d\n[E]\nExePath=/e\n[F]\n"     \
  "ExePath=/f\n"

/* The name of the application, or "none". */
static const char *route(const fcl_config *c, const char *extension, unsigned site,
                         const char *application) {
  const fcl_config_app *a = fcl_config_route(c, text(extension), site, text(application));
  return a ? a->name : "none";
}

/* The same for a file with these lines of [Types]. */
static const char *route_by(const char *types, const char *extension, unsigned site,
                            const char *application) {
  static char name[100];
  char file[1000];
  fcl_config *c;
  snprintf(file, sizeof file, "[Types]\n%s\n" APPS, types);
  c = good(file);
  snprintf(name, sizeof name, "%s", route(c, extension, site, application));
  fcl_config_free(c);
  return name;
}

/* iis-fastcgi's example: two PHP versions, one site differs, all under /shop goes to Ruby. */
static const char example[] =
    "; two PHP versions, one site differs, everything else under /shop goes to Ruby\r\n"
    "[Types]\r\n"
    "php=PHP current\r\n"
    "php:12=PHP old\r\n"
    "*:/lm/w3svc/1/root/shop=Shop\r\n"
    "\r\n"
    "[PHP current]\r\n"
    "ExePath=d:\\runtimes\\php8\\php-cgi.exe\r\n"
    "Arguments=-c d:\\runtimes\\php8\\site.ini\r\n"
    "MaxInstances=0\r\n"
    "InstanceMaxRequests=4000\r\n"
    "EnvironmentVars=PHP_FCGI_MAX_REQUESTS:4000,TMPDIR:\"d://scratch space\"\r\n"
    "MonitorChangesTo=site.ini\r\n"
    "SignalBeforeTerminateSeconds=5\r\n"
    "\r\n"
    "[PHP old]\r\n"
    "ExePath=d:\\runtimes\\php5\\php-cgi.exe\r\n"
    "ActivityTimeout=120\r\n"
    "RequestTimeout=300\r\n"
    "StderrMode=ReturnGeneric500\r\n"
    "\r\n"
    "[Shop]\r\n"
    "ExePath=d:\\runtimes\\ruby\\bin\\ruby.exe\r\n"
    "Arguments=d:\\apps\\shop\\dispatch.fcgi\r\n"
    "IgnoreExistingFiles=1\r\n"
    "IgnoreDirectories=1\r\n"
    "Protocol=Tcp\r\n";

START_TEST(a_file_of_IIS_routes_as_IIS_does) {
  fcl_config *c = good(example);
  ck_assert_str_eq(route(c, "php", 12, "/LM/W3SVC/12/ROOT"), "PHP old");
  ck_assert_str_eq(route(c, "php", 1, "/LM/W3SVC/1/ROOT/shop"), "Shop");
  ck_assert_str_eq(route(c, "php", 1, "/LM/W3SVC/1/ROOT"), "PHP current");
  ck_assert_str_eq(route(c, "txt", 3, "/LM/W3SVC/3/ROOT"), "none");
  fcl_config_free(c);
}
END_TEST

START_TEST(a_file_of_IIS_becomes_options) {
  fcl_config *c = good(example);
  const fcl_config_app *php = fcl_config_at(c, 0), *old = fcl_config_at(c, 1);
  ck_assert_uint_eq(fcl_config_count(c), 3);
  ck_assert_str_eq(php->options->program, "d:\\runtimes\\php8\\php-cgi.exe");
  ck_assert_str_eq(php->arguments, "-c d:\\runtimes\\php8\\site.ini");
  ck_assert_uint_eq(php->options->max_requests, 4000);
  ck_assert_str_eq(php->options->env[0], "PHP_FCGI_MAX_REQUESTS=4000");
  ck_assert_str_eq(php->options->env[1], "TMPDIR=d:/scratch space");
  ck_assert_ptr_null(php->options->env[2]);
  ck_assert_str_eq(php->monitor_changes_to, "d:\\runtimes\\php8\\site.ini");
  ck_assert_uint_eq(php->signal_before_terminate_seconds, 5);
  ck_assert_uint_eq(php->options->stop_ms, 5000);
  ck_assert_uint_eq(old->options->activity_ms, 120000);
  ck_assert_uint_eq(old->options->request_ms, 300000);
  ck_assert_int_eq(old->stderr_mode, FCL_CONFIG_STDERR_GENERIC_500);
  ck_assert_int_eq(fcl_config_at(c, 2)->ignore_existing_files, 1);
  ck_assert_int_eq(fcl_config_at(c, 2)->protocol, FCL_CONFIG_TCP);
  fcl_config_free(c);
}
END_TEST

/* Each line beats all that stand behind it, in whatever order the file has them. */
static const char *const by_precedence[] = {
    "php:/lm/w3svc/4/root/blog=A", "*:/lm/w3svc/4/root/blog=B", "php:4=C", "*:4=D", "php=E", "*=F",
};

START_TEST(the_most_specific_line_wins) { /* loop: the first line there is */
  char types[400] = "", reversed[400] = "", want[2] = {(char) ('A' + _i), 0};
  int i;
  for (i = _i; i < 6; i++)
    strcat(strcat(types, by_precedence[i]), "\n");
  for (i = 5; i >= _i; i--)
    strcat(strcat(reversed, by_precedence[i]), "\n");
  ck_assert_str_eq(route_by(types, "php", 4, "/lm/w3svc/4/root/blog"), want);
  ck_assert_str_eq(route_by(reversed, "php", 4, "/lm/w3svc/4/root/blog"), want);
}
END_TEST

START_TEST(a_line_for_another_request_does_not_match) { /* loop */
  static const struct {
    const char *types, *extension;
    unsigned site;
    const char *application;
  } rows[] = {
      {"php=A", "php5", 0, ""},
      {"php=A", "ph", 0, ""},
      {"php=A", "", 0, ""},
      {"php=A", "*", 0, ""},
      {"php:4=A", "php", 5, ""},
      {"php:4=A", "php", 0, ""},
      {"php:4=A", "php", 44, ""},
      {"php:4=A", "asp", 4, ""},
      {"*:4=A", "php", 5, "/lm/w3svc/5/root"},
      {"*:/4/blog=A", "php", 4, ""},
      {"*:/4/blog=A", "php", 4, "/4"},
      {"*:/4/blog=A", "php", 4, "/4/blog2"},
      {"*:/4/blog=A", "php", 4, "/4/blo"},
      {"*:/4/blog=A", "php", 4, "/4/blog/admin"}, /* an application of its own */
      {"*:/4/blog=A", "php", 4, "/5/blog"},
      {"*:/4/blog=A", "php", 4, "/blog"},
      {"*:/4/blog=A", "php", 4, "4/blog"},
      {"*:/4=A", "php", 4, "/4/blog"},
      {"php:/4/blog=A", "asp", 4, "/4/blog"},
  };
  ck_assert_str_eq(
      route_by(rows[_i].types, rows[_i].extension, rows[_i].site, rows[_i].application), "none");
}
END_TEST

START_TEST(every_form_of_an_application_is_the_same) { /* loop: the file's and the request's */
  static const char *const forms[] = {"/lm/w3svc/4/root/blog/a",
                                      "/w3svc/4/root/blog/a",
                                      "/lm/4/root/blog/a",
                                      "/4/root/blog/a",
                                      "/lm/w3svc/4/blog/a",
                                      "/w3svc/4/blog/a",
                                      "/4/blog/a",
                                      "/LM/W3SVC/4/ROOT/Blog/A/"};
  char types[100];
  snprintf(types, sizeof types, "php:%s=A", forms[_i / 8]);
  ck_assert_str_eq(route_by(types, "php", 4, forms[_i % 8]), "A");
}
END_TEST

START_TEST(every_form_of_a_sites_root_is_the_same) { /* loop */
  static const char *const forms[] = {"/lm/w3svc/4/root", "/4", "/LM/W3SVC/4/ROOT/", "/w3svc/4/"};
  char types[100];
  snprintf(types, sizeof types, "php:%s=A", forms[_i / 4]);
  ck_assert_str_eq(route_by(types, "php", 4, forms[_i % 4]), "A");
}
END_TEST

START_TEST(an_application_tells_the_site_too) {
  ck_assert_str_eq(route_by("php:4=A", "php", 0, "/lm/w3svc/4/root/blog"), "A");
}
END_TEST

START_TEST(an_extension_has_a_dot_or_not_and_no_case) { /* loop */
  static const char *const rows[] = {"php", ".php", "PHP", ".Php"};
  char types[20];
  snprintf(types, sizeof types, "%s=A", rows[_i / 4]);
  ck_assert_str_eq(route_by(types, rows[_i % 4], 0, ""), "A");
}
END_TEST

START_TEST(an_application_has_no_case) {
  fcl_config *c = good("[types]\nphp=my APP\n[My App]\nexepath=/a\n");
  ck_assert_str_eq(route(c, "php", 0, ""), "My App");
  fcl_config_free(c);
}
END_TEST

START_TEST(a_script_without_extension_is_everythings) {
  ck_assert_str_eq(route_by("php=A\n*=B", "", 0, ""), "B");
}
END_TEST

START_TEST(several_lines_may_lead_to_one_application) {
  fcl_config *c = good("[Types]\nphp=A\nphp5=A\n*:7=a\n[A]\nExePath=/a\n");
  ck_assert_str_eq(route(c, "php5", 0, ""), "A");
  ck_assert_str_eq(route(c, "x", 7, ""), "A");
  fcl_config_free(c);
}
END_TEST

START_TEST(types_may_stand_behind_the_applications) {
  fcl_config *c = good("[A]\nExePath=/a\n[Types]\nphp=A\n");
  ck_assert_str_eq(route(c, "php", 0, ""), "A");
  fcl_config_free(c);
}
END_TEST

/* ---- What is refused ---- */

START_TEST(a_key_that_is_none_is_refused) { /* loop */
  static const char *const rows[] = {"php:",
                                     "php:x",
                                     "php:0",
                                     "php:4x",
                                     "php:-4",
                                     "php:99999999999",
                                     "php:/",
                                     "php:/lm",
                                     "php:/lm/w3svc",
                                     "php:/blog",
                                     "php:/lm/w3svc/root/blog",
                                     "php:4/blog",
                                     ":4",
                                     ".",
                                     "a.b",
                                     "a/b",
                                     "**",
                                     "*.php",
                                     "php,asp",
                                     "php asp"};
  char file[200], want[200];
  snprintf(file, sizeof file, "[Types]\n%s=A\n[A]\nExePath=/a\n", rows[_i]);
  snprintf(want, sizeof want, "error: f:2: [Types] \"%s\" is no key; give php, php:4 or ",
           rows[_i]);
  ck_assert_msg(strncmp(words_about(file), want, strlen(want)) == 0, "%s", words_about(file));
}
END_TEST

START_TEST(a_key_given_twice_is_refused) { /* loop */
  static const char *const rows[][2] = {{"php", "PHP"},
                                        {"php", ".php"},
                                        {"*", "*"},
                                        {"php:4", "php: 04"},
                                        {"*:/4", "*:/lm/w3svc/4/root/"},
                                        {"php:/4/a", "php:/LM/4/ROOT/A"}};
  char file[200], want[200];
  snprintf(file, sizeof file, "[Types]\n%s=A\n%s=A\n[A]\nExePath=/a\n", rows[_i][0], rows[_i][1]);
  snprintf(want, sizeof want, "error: f:3: [Types] \"%s\" is the same as line 2; give it once\n",
           rows[_i][1]);
  ck_assert_str_eq(words_about(file), want);
}
END_TEST

START_TEST(a_line_that_leads_nowhere_is_refused) {
  ck_assert_str_eq(words_about("[Types]\nphp= \n"),
                   "error: f:2: [Types] \"php\" leads nowhere; give the name of an application's "
                   "section\n");
}
END_TEST

START_TEST(an_application_that_is_not_there_is_refused) {
  ck_assert_str_eq(words_about("[Types]\nphp=PHP\nasp=ASP\n[ASP]\nExePath=/a\n"),
                   "error: f:2: [Types] leads to the application \"PHP\", which has no section; "
                   "add [PHP] or give the name of a section\n");
}
END_TEST

/* ---- For servers without applications ---- */

START_TEST(a_path_is_in_the_innermost_application) { /* loop */
  static const struct {
    unsigned site;
    const char *path, *application;
  } rows[] = {
      {1, "/shop/a.php", "/lm/w3svc/1/root/shop"},
      {1, "/shop", "/lm/w3svc/1/root/shop"},
      {1, "/shop/", "/lm/w3svc/1/root/shop"},
      {1, "/SHOP/a", "/lm/w3svc/1/root/shop"},
      {1, "/shop/admin/x", "/1/shop/admin"},
      {1, "/shop/administration", "/lm/w3svc/1/root/shop"},
      {1, "/shopping", ""},
      {1, "/", ""},
      {1, "", ""},
      {2, "/shop/a.php", "/2"},
      {3, "/shop/a.php", ""},
      {0, "/shop/a.php", ""},
  };
  fcl_config *c = good("[Types]\n*:/lm/w3svc/1/root/shop=A\npy:/1/shop/admin=A\n*:/2=A\n*:3=A\n"
                       "[A]\nExePath=/a\n");
  fcl_slice got = fcl_config_application(c, rows[_i].site, text(rows[_i].path));
  ck_assert_msg(got.len == strlen(rows[_i].application) &&
                    (got.len == 0 || memcmp(got.base, rows[_i].application, got.len) == 0),
                "%.*s", (int) got.len, got.base);
  fcl_config_free(c);
}
END_TEST

START_TEST(extensions_are_listed_once_as_a_split_takes_them) {
  fcl_config *c = good("[Types]\nphp=A\nPHP:4=A\n*=A\n.Asp:/4/a=A\nasp=A\n[A]\nExePath=/a\n");
  size_t count;
  const fcl_slice *x = fcl_config_extensions(c, &count);
  ck_assert_uint_eq(count, 2);
  ck_assert(x[0].len == 4 && memcmp(x[0].base, ".php", 4) == 0);
  ck_assert(x[1].len == 4 && memcmp(x[1].base, ".asp", 4) == 0);
  fcl_config_free(c);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("routes");
  tcase_add_test(t, a_file_of_IIS_routes_as_IIS_does);
  tcase_add_test(t, a_file_of_IIS_becomes_options);
  tcase_add_loop_test(t, the_most_specific_line_wins, 0, 6);
  tcase_add_loop_test(t, a_line_for_another_request_does_not_match, 0, 19);
  tcase_add_loop_test(t, every_form_of_an_application_is_the_same, 0, 64);
  tcase_add_loop_test(t, every_form_of_a_sites_root_is_the_same, 0, 16);
  tcase_add_test(t, an_application_tells_the_site_too);
  tcase_add_loop_test(t, an_extension_has_a_dot_or_not_and_no_case, 0, 16);
  tcase_add_test(t, an_application_has_no_case);
  tcase_add_test(t, a_script_without_extension_is_everythings);
  tcase_add_test(t, several_lines_may_lead_to_one_application);
  tcase_add_test(t, types_may_stand_behind_the_applications);
  tcase_add_loop_test(t, a_key_that_is_none_is_refused, 0, 20);
  tcase_add_loop_test(t, a_key_given_twice_is_refused, 0, 6);
  tcase_add_test(t, a_line_that_leads_nowhere_is_refused);
  tcase_add_test(t, an_application_that_is_not_there_is_refused);
  tcase_add_loop_test(t, a_path_is_in_the_innermost_application, 0, 12);
  tcase_add_test(t, extensions_are_listed_once_as_a_split_takes_them);
  return test_suite_run("config/routes", &t, 1);
}
