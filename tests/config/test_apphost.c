/* test_apphost.c: applicationHost.config and web.config of IIS: applications, handlers, locations.
 */
#include "config_test.h"

#define PHP     "/usr/bin/php-cgi"
#define FASTCGI "<fastCgi><application fullPath='" PHP "'/></fastCgi>"
#define SERVER  "<configuration><system.webServer>"
#define END     "</system.webServer></configuration>"
#define HANDLER "modules='FastCgiModule' scriptProcessor='" PHP "'"
#define SITES                                                                                      \
  "<system.applicationHost><sites><site name='Default Web Site' id='1'/>"                          \
  "<site name='Shop' id='2'/></sites></system.applicationHost>"

/* The application of a file with these attributes and children. */
static const fcl_config_app *xml_app(fcl_config **c, const char *attributes, const char *inside) {
  char file[4000];
  snprintf(file, sizeof file,
           SERVER "<fastCgi>\n<application fullPath='" PHP "' %s>%s</application></fastCgi>"
                  "<handlers><add name='P' path='*.php' modules='FastCgiModule' "
                  "scriptProcessor='" PHP "'/></handlers>" END,
           attributes, inside);
  *c = good(file);
  return fcl_config_at(*c, 0);
}

static const char *words_about_xml_app(const char *attributes, const char *inside) {
  char file[4000];
  snprintf(file, sizeof file,
           SERVER "<fastCgi>\n<application fullPath='" PHP "' %s>%s</application></fastCgi>" END,
           attributes, inside);
  return words_about(file);
}

/* Which application serves, by its name; "" for none. */
static const char *serves(const fcl_config *c, const char *method, const char *path, unsigned site,
                          const char *extension) {
  fcl_slice application = fcl_config_application(c, site, text(path));
  const fcl_config_app *a =
      fcl_config_route_for(c, text(method), text(extension), site, application);
  return a ? a->name : "";
}

/* ---- Applications ---- */

START_TEST(an_application_is_named_after_its_program_and_has_the_defaults_of_iis) {
  fcl_config *c;
  const fcl_config_app *a = xml_app(&c, "", "");
  ck_assert_str_eq(a->name, "php-cgi");
  ck_assert_str_eq(a->options->program, PHP);
  ck_assert_uint_eq(a->line, 2);
  ck_assert_uint_eq(a->set, FCL_CONFIG_EXE_PATH);
  ck_assert_uint_eq(a->options->max_requests, 200);
  ck_assert_uint_eq(a->options->queue_length, 1000);
  ck_assert_uint_eq(a->options->idle_ms, 300000);
  ck_assert_uint_eq(a->options->activity_ms, 70000);
  ck_assert_uint_eq(a->options->request_ms, 90000);
  fcl_config_free(c);
}
END_TEST

START_TEST(attributes_become_options) {
  fcl_config *c;
  const fcl_config_app *a = xml_app(
      &c,
      "maxInstances='3' idleTimeout='20' activityTimeout='11' requestTimeout='12' "
      "instanceMaxRequests='77' signalBeforeTerminateSeconds='4' protocol='Tcp' queueLength='9' "
      "flushNamedPipe='true' rapidFailsPerMinute='6' monitorChangesTo='/etc/php.ini' "
      "stderrMode='ReturnGeneric500'",
      "");
  const fcl_pool_options *o = a->options;
  ck_assert_uint_eq(o->max_processes, 3);
  ck_assert_uint_eq(o->idle_ms, 20000);
  ck_assert_uint_eq(o->activity_ms, 11000);
  ck_assert_uint_eq(o->request_ms, 12000);
  ck_assert_uint_eq(o->max_requests, 77);
  ck_assert_uint_eq(o->stop_ms, 4000);
  ck_assert_uint_eq(o->queue_length, 9);
  ck_assert_uint_eq(o->rapid_fails, 6);
  ck_assert_int_eq(o->stderr_mode, FCL_STDERR_GENERIC_500);
  ck_assert_int_eq(a->protocol, FCL_CONFIG_TCP);
  ck_assert_int_eq(a->flush_named_pipe, 1);
  ck_assert_str_eq(a->monitor_changes_to, "/etc/php.ini");
  fcl_config_free(c);
}
END_TEST

START_TEST(arguments_are_split_as_in_a_fcgiext_ini) {
  fcl_config *c;
  const fcl_config_app *a;
  c = good(SERVER "<fastCgi><application fullPath='/a' arguments='-c \"x y\" z'/></fastCgi>" END);
  a = fcl_config_at(c, 0);
  ck_assert_str_eq(a->arguments, "-c \"x y\" z");
  ck_assert_str_eq(a->options->argv[0], "/a");
  ck_assert_str_eq(a->options->argv[1], "-c");
  ck_assert_str_eq(a->options->argv[2], "x y");
  ck_assert_str_eq(a->options->argv[3], "z");
  ck_assert_ptr_null(a->options->argv[4]);
  fcl_config_free(c);
}
END_TEST

START_TEST(environment_variables_keep_every_byte_of_their_values) {
  fcl_config *c;
  const fcl_config_app *a =
      xml_app(&c, "",
              "<environmentVariables><environmentVariable name='A' value=' C:\\x/y, \"z\" ' />"
              "<environmentVariable name='PHP_FCGI_MAX_REQUESTS' value='10000'/>"
              "<environmentVariable name='NONE' value=''/></environmentVariables>");
  ck_assert_str_eq(a->options->env[0], "A= C:\\x/y, \"z\" ");
  ck_assert_str_eq(a->options->env[1], "PHP_FCGI_MAX_REQUESTS=10000");
  ck_assert_str_eq(a->options->env[2], "NONE=");
  ck_assert_ptr_null(a->options->env[3]);
  fcl_config_free(c);
}
END_TEST

START_TEST(variables_of_the_environment_are_expanded_in_paths_and_arguments) {
  static const char *const env[] = {"SystemDrive=/mnt/c", "Ini=/etc/a.ini", NULL};
  static const char file[] =
      SERVER "<fastCgi><application fullPath='%SYSTEMDRIVE%/php' arguments='-c %ini% 100% %No%'/>"
             "</fastCgi><handlers><add name='P' path='*' modules='FastCgiModule' "
             "scriptProcessor='%SystemDrive%/php|-c /etc/a.ini 100% %No%'/></handlers>" END;
  fcl_config_options o;
  fcl_config *c;
  fcl_error e;
  memset(&o, 0, sizeof o);
  o.env = env;
  ck_assert_msg(fcl_config_parse(&c, "f", text(file), &o, &e) == FCL_OK, "%s", e.text);
  ck_assert_str_eq(fcl_config_at(c, 0)->options->program, "/mnt/c/php");
  ck_assert_str_eq(fcl_config_at(c, 0)->arguments, "-c /etc/a.ini 100% %No%");
  ck_assert_str_eq(serves(c, "GET", "/x", 1, ""), "php");
  fcl_config_free(c);
}
END_TEST

START_TEST(programs_of_one_name_are_numbered) {
  fcl_config *c = good(SERVER "<fastCgi><application fullPath='C:\\php7\\php-cgi.exe'/>"
                              "<application fullPath='C:\\php8\\php-cgi.exe'/>"
                              "<application fullPath='C:\\php8\\php-cgi.exe' arguments='-n'/>"
                              "</fastCgi>" END);
  ck_assert_uint_eq(fcl_config_count(c), 3);
  ck_assert_str_eq(fcl_config_at(c, 0)->name, "php-cgi");
  ck_assert_str_eq(fcl_config_at(c, 1)->name, "php-cgi 2");
  ck_assert_str_eq(fcl_config_at(c, 2)->name, "php-cgi 3");
  fcl_config_free(c);
}
END_TEST

START_TEST(a_bad_attribute_is_named_with_its_line_and_what_is_allowed) { /* loop */
  static const char *const rows[][2] = {
      {"idleTimeout='9'", "idleTimeout is \"9\"; give a number from 10 to 2592000"},
      {"flushNamedPipe='1'", "flushNamedPipe is \"1\"; give true or false"},
      {"protocol='Udp'", "protocol is \"Udp\"; give NamedPipe or Tcp"},
      {"stderrMode='x'", "stderrMode is \"x\"; give ReturnStderrIn500, ReturnGeneric500, "
                         "IgnoreAndReturn200 or TerminateProcess"},
      {"Address='unix:/a'",
       "has no setting \"Address\"; the settings are fullPath, arguments, environmentVariables, "
       "protocol, queueLength, maxInstances, instanceMaxRequests, idleTimeout, activityTimeout, "
       "requestTimeout, responseBufferLimit, flushNamedPipe, rapidFailsPerMinute, "
       "monitorChangesTo, stderrMode, signalBeforeTerminateSeconds"},
  };
  char want[700];
  snprintf(want, sizeof want, "error: f:2: [php-cgi] %s\n", rows[_i][1]);
  ck_assert_str_eq(words_about_xml_app(rows[_i][0], ""), want);
}
END_TEST

START_TEST(a_bad_element_is_named) { /* loop */
  static const char *const rows[][2] = {
      {SERVER "<fastCgi><application/></fastCgi>" END,
       "f:1: [application] has no fullPath; give the absolute path of a program to start"},
      {SERVER "<fastCgi><application fullPath='php'/></fastCgi>" END,
       "f:1: [php] fullPath is \"php\"; give an absolute path, without quotes"},
      {SERVER "<fastCgi><application fullPath='/a'/>\n<application fullPath='/a' arguments=''/>"
              "</fastCgi>" END,
       "f:2: [a 2] has the fullPath and arguments of line 1; give each pair once"},
      {SERVER "<fastCgi><application fullPath='/a'><environmentVariables>\n"
              "<environmentVariable name='A=B' value='1'/></environmentVariables></application>"
              "</fastCgi>" END,
       "f:2: [a] environmentVariable has the name \"A=B\"; give one without : , = and quotes"},
      {"<configuration>" SITES "<system.applicationHost><sites><site name='x' id='0'/></sites>"
       "</system.applicationHost></configuration>",
       "f:1: <site> has the name \"x\" and the id \"0\"; give a name, and a number from 1 on"},
      {SERVER FASTCGI "<handlers>\n<add name='P' path='*' modules='FastCgiModule' "
                      "scriptProcessor='/usr/bin/php|-n'/></handlers>" END,
       "f:2: handler P has the scriptProcessor \"/usr/bin/php|-n\", and no <application> has this "
       "fullPath and, behind a |, these arguments; there are \"/usr/bin/php-cgi\""},
      {SERVER "<handlers><add name='P' path='*' modules='FastCgiModule'/></handlers>" END,
       "f:1: handler P has the scriptProcessor \"\", and no <application> has this fullPath and, "
       "behind a |, these arguments; there is none"},
      {"<html/>", "f:1: the file begins with <html>; give an applicationHost.config or web.config, "
                  "which begin with <configuration>"},
  };
  char want[700];
  snprintf(want, sizeof want, "error: %s\n", rows[_i][0] ? rows[_i][1] : "");
  ck_assert_str_eq(words_about(rows[_i][0]), want);
}
END_TEST

static unsigned count_of(const char *applications) {
  char file[600];
  fcl_config *c;
  unsigned n;
  snprintf(file, sizeof file, SERVER "<fastCgi>%s</fastCgi>" END, applications);
  c = good(file);
  n = (unsigned) fcl_config_count(c);
  fcl_config_free(c);
  return n;
}

START_TEST(no_two_applications_have_the_same_name) {
  fcl_config *c = good(SERVER "<fastCgi><application fullPath='/a/php'/>"
                              "<application fullPath='/a/php 2'/>"
                              "<application fullPath='/b/php'/></fastCgi>" END);
  ck_assert_str_eq(fcl_config_at(c, 0)->name, "php");
  ck_assert_str_eq(fcl_config_at(c, 1)->name, "php 2");
  ck_assert_str_eq(fcl_config_at(c, 2)->name, "php 3");
  fcl_config_free(c);
}
END_TEST

START_TEST(arguments_that_differ_in_case_are_others) {
  ck_assert_uint_eq(count_of("<application fullPath='/a' arguments='-d x'/>"
                             "<application fullPath='/a' arguments='-D x'/>"),
                    2);
}
END_TEST

START_TEST(case_matters_in_paths_but_not_in_those_of_windows) {
  ck_assert_uint_eq(count_of("<application fullPath='/a'/><application fullPath='/A'/>"), 2);
  ck_assert_str_eq(words_about(SERVER "<fastCgi><application fullPath='C:\\A.exe'/>\n"
                                      "<application fullPath='c:\\a.EXE'/></fastCgi>" END),
                   "error: f:2: [a 2] has the fullPath and arguments of line 1; give each pair "
                   "once\n");
}
END_TEST

START_TEST(a_handler_leads_to_the_arguments_that_it_names_letter_by_letter) {
  fcl_config *c = good(SERVER "<fastCgi><application fullPath='/a' arguments='-d x'/>"
                              "<application fullPath='/a' arguments='-D x'/></fastCgi><handlers>"
                              "<add name='u' path='*.u' modules='FastCgiModule' "
                              "scriptProcessor='/a|-D x'/></handlers>" END);
  ck_assert_str_eq(serves(c, "GET", "/x.u", 1, ".u"), "a 2");
  fcl_config_free(c);
}
END_TEST

START_TEST(what_is_no_xml_is_refused_with_its_line) {
  ck_assert_str_eq(words_about("<configuration>\n<a></b></configuration>"),
                   "error: f:2: this is no XML: mismatched tag\n");
  ck_assert_str_eq(words_about("<configuration>"),
                   "error: f:1: this is no XML: no element found\n");
}
END_TEST

START_TEST(a_doctype_is_refused_so_no_entity_is_ever_expanded) {
  ck_assert_str_eq(words_about("<!DOCTYPE x [<!ENTITY a 'aaaa'>]>\n<configuration>&a;"
                               "</configuration>"),
                   "error: f:1: there is a DOCTYPE; leave it out\n");
}
END_TEST

START_TEST(a_file_cut_anywhere_is_refused) {
  static const char file[] = "<?xml version=\"1.0\"?>" SERVER FASTCGI
                             "<handlers><add name='P' path='*.php' " HANDLER "/></handlers>" END;
  size_t n;
  for (n = 22; n + 1 < sizeof file; n++) {
    char part[sizeof file];
    memcpy(part, file, n);
    part[n] = 0;
    ck_assert_ptr_nonnull(strstr(words_about(part), "error: f:1: this is no XML"));
  }
}
END_TEST

START_TEST(nothing_but_fastcgi_is_looked_at) {
  fcl_config *c = good("<configuration><configSections><section name='x'/></configSections>"
                       "<fastCgi><application bad='1'/></fastCgi><system.webServer><asp/>"
                       "<a><b><c><d><e><f><g><h><i><j><fastCgi><application/></fastCgi>"
                       "</j></i></h></g></f></e></d></c></b></a>" END);
  ck_assert_uint_eq(fcl_config_count(c), 0);
  fcl_config_free(c);
}
END_TEST

/* ---- Handlers ---- */

START_TEST(a_handler_serves_its_extension_and_its_methods) {
  fcl_config *c = good(SERVER FASTCGI "<handlers><add name='P' path='*.php' verb='GET, HEAD,POST' "
                                      "" HANDLER "/></handlers>" END);
  size_t count;
  ck_assert_str_eq(serves(c, "GET", "/a.php", 1, ".php"), "php-cgi");
  ck_assert_str_eq(serves(c, "HEAD", "/a.php", 1, "PHP"), "php-cgi");
  ck_assert_str_eq(serves(c, "", "/a.php", 1, ".php"), "php-cgi");
  ck_assert_str_eq(serves(c, "DELETE", "/a.php", 1, ".php"), "");
  ck_assert_str_eq(serves(c, "GET", "/a.rb", 1, ".rb"), "");
  ck_assert_int_eq(memcmp(fcl_config_extensions(c, &count)->base, ".php", 4), 0);
  ck_assert_uint_eq(count, 1);
  fcl_config_free(c);
}
END_TEST

#define TWO                                                                                        \
  "<fastCgi><application fullPath='/php'/><application fullPath='/py' "                            \
  "arguments='w.py'/></fastCgi>"
#define PHP_HANDLER "<add name='php' path='*.php' modules='FastCgiModule' scriptProcessor='/php'/>"
#define PY_HANDLER  "<add name='py' path='*' modules='FastCgiModule' scriptProcessor='/py|w.py'/>"

START_TEST(the_first_handler_that_matches_serves) {
  fcl_config *c = good(SERVER TWO "<handlers>" PY_HANDLER PHP_HANDLER "</handlers>" END);
  ck_assert_str_eq(serves(c, "GET", "/a.php", 1, ".php"), "py");
  fcl_config_free(c);
  c = good(SERVER TWO "<handlers>" PHP_HANDLER PY_HANDLER "</handlers>" END);
  ck_assert_str_eq(serves(c, "GET", "/a.php", 1, ".php"), "php");
  ck_assert_str_eq(serves(c, "GET", "/a", 1, ""), "py");
  fcl_config_free(c);
}
END_TEST

START_TEST(a_handler_of_another_module_takes_what_it_matches) {
  fcl_config *c =
      good(SERVER TWO "<handlers><add name='T' path='*' verb='TRACE' modules='TraceModule'/>"
                      "<add name='A' path='*.asp' verb='*' modules='IsapiModule'/>"
                      "<add name='S' path='*' verb='*' modules='StaticFileModule' "
                      "resourceType='Either'/>" PY_HANDLER "</handlers>" END);
  ck_assert_str_eq(serves(c, "TRACE", "/a", 1, ""), "");
  ck_assert_str_eq(serves(c, "GET", "/a.asp", 1, ".asp"), "");
  ck_assert_str_eq(serves(c, "GET", "/a", 1, ""), "py"); /* StaticFile takes files that exist */
  fcl_config_free(c);
}
END_TEST

START_TEST(a_location_is_for_its_site_and_below_its_path) {
  fcl_config *c = good("<configuration>" SITES "<system.webServer>" TWO "<handlers>" PHP_HANDLER
                       "</handlers></system.webServer>"
                       "<location path='Shop'><system.webServer><handlers>" PY_HANDLER
                       "</handlers></system.webServer></location>"
                       "<location path='Default Web Site/blog/'><system.webServer><handlers>"
                       "<remove name='php'/></handlers></system.webServer></location>"
                       "</configuration>");
  ck_assert_str_eq(serves(c, "GET", "/a.php", 1, ".php"), "php");
  ck_assert_str_eq(serves(c, "GET", "/a.php", 2, ".php"), "py");
  ck_assert_str_eq(serves(c, "GET", "/a", 2, ""), "py");
  ck_assert_str_eq(serves(c, "GET", "/blog/a.php", 1, ".php"), "");
  ck_assert_str_eq(serves(c, "GET", "/BLOG/sub/a.php", 1, ".php"), "");
  ck_assert_str_eq(serves(c, "GET", "/blogs/a.php", 1, ".php"), "php");
  ck_assert_str_eq(serves(c, "GET", "/a.php", 3, ".php"), "php");
  fcl_config_free(c);
}
END_TEST

START_TEST(clear_takes_everything_above_it_away_and_not_what_follows) {
  fcl_config *c = good("<configuration>" SITES "<system.webServer>" TWO "<handlers>" PY_HANDLER
                       "</handlers></system.webServer>"
                       "<location path='Shop'><system.webServer><handlers><clear/>" PHP_HANDLER
                       "</handlers></system.webServer></location></configuration>");
  ck_assert_str_eq(serves(c, "GET", "/a", 1, ""), "py");
  ck_assert_str_eq(serves(c, "GET", "/a", 2, ""), "");
  ck_assert_str_eq(serves(c, "GET", "/a.php", 2, ".php"), "php");
  fcl_config_free(c);
}
END_TEST

START_TEST(a_location_of_a_web_config_is_a_path_in_site_1) {
  fcl_config *c = good("<configuration><system.webServer>" TWO "</system.webServer>"
                       "<location path='blog'><system.webServer><handlers>" PHP_HANDLER
                       "</handlers></system.webServer></location></configuration>");
  ck_assert_str_eq(serves(c, "GET", "/blog/a.php", 1, ".php"), "php");
  ck_assert_str_eq(serves(c, "GET", "/a.php", 1, ".php"), "");
  fcl_config_free(c);
}
END_TEST

START_TEST(the_location_of_the_server_as_a_whole_is_everywhere) {
  fcl_config *c = good("<configuration><system.webServer>" TWO "</system.webServer>"
                       "<location path='' inheritInChildApplications='false'><system.webServer>"
                       "<handlers>" PHP_HANDLER "</handlers></system.webServer></location>"
                       "</configuration>");
  ck_assert_str_eq(serves(c, "GET", "/a.php", 7, ".php"), "php");
  fcl_config_free(c);
}
END_TEST

START_TEST(the_limit_of_a_handler_is_that_of_its_application) {
  fcl_config *c = good(SERVER FASTCGI "<handlers><add name='P' path='*.php' " HANDLER
                                      " responseBufferLimit='0'/></handlers>" END);
  ck_assert_uint_eq(fcl_config_at(c, 0)->response_buffer_limit, 0);
  ck_assert_uint_ne(fcl_config_at(c, 0)->set & FCL_CONFIG_RESPONSE_BUFFER_LIMIT, 0);
  fcl_config_free(c);
}
END_TEST

START_TEST(a_handler_that_is_left_out_is_warned_about) {
  ck_assert_str_eq(
      words_about(SERVER FASTCGI "<handlers>\n<add name='P' path='a/*.php' " HANDLER
                                 "/><add name='Q' path='*' " HANDLER "/></handlers>" END),
      "warning: f:2: handler P is left out: its path is \"a/*.php\"; give * or *.php, with another "
      "extension in the place of php\n");
  ck_assert_str_eq(
      words_about("<configuration>" SITES "<system.webServer>" FASTCGI
                  "<handlers><add name='Q' path='*' " HANDLER "/></handlers></system.webServer>"
                  "\n<location path='Gone/x'><system.webServer><handlers><add name='P' path='*' "
                  "" HANDLER "/></handlers></system.webServer></location></configuration>"),
      "warning: f:2: handler P is left out: there is no <site> of its location \"Gone/x\"\n");
}
END_TEST

START_TEST(no_memory_at_any_point_is_an_error_and_leaks_nothing) {
  static const char file[] =
      "<configuration>" SITES "<system.webServer><fastCgi><application fullPath='/php' "
      "arguments='a b'><environmentVariables><environmentVariable name='A' value='1'/>"
      "</environmentVariables></application></fastCgi><handlers><add name='p' path='*.php' "
      "modules='FastCgiModule' scriptProcessor='/php|a b'/></handlers></system.webServer>"
      "<location path='Shop/x'><system.webServer><handlers><clear/></handlers>"
      "</system.webServer></location></configuration>";
  torture(file, FCL_OK);
}
END_TEST

int main(void) {
  TCase *apps = tcase_create("applications"), *handlers = tcase_create("handlers");
  TCase *cases[] = {apps, handlers};
  tcase_add_test(apps, an_application_is_named_after_its_program_and_has_the_defaults_of_iis);
  tcase_add_test(apps, attributes_become_options);
  tcase_add_test(apps, arguments_are_split_as_in_a_fcgiext_ini);
  tcase_add_test(apps, environment_variables_keep_every_byte_of_their_values);
  tcase_add_test(apps, variables_of_the_environment_are_expanded_in_paths_and_arguments);
  tcase_add_test(apps, programs_of_one_name_are_numbered);
  tcase_add_loop_test(apps, a_bad_attribute_is_named_with_its_line_and_what_is_allowed, 0, 5);
  tcase_add_loop_test(apps, a_bad_element_is_named, 0, 8);
  tcase_add_test(apps, no_two_applications_have_the_same_name);
  tcase_add_test(apps, arguments_that_differ_in_case_are_others);
  tcase_add_test(apps, case_matters_in_paths_but_not_in_those_of_windows);
  tcase_add_test(handlers, a_handler_leads_to_the_arguments_that_it_names_letter_by_letter);
  tcase_add_test(apps, what_is_no_xml_is_refused_with_its_line);
  tcase_add_test(apps, a_doctype_is_refused_so_no_entity_is_ever_expanded);
  tcase_add_test(apps, a_file_cut_anywhere_is_refused);
  tcase_add_test(apps, nothing_but_fastcgi_is_looked_at);
  tcase_add_test(apps, no_memory_at_any_point_is_an_error_and_leaks_nothing);
  tcase_add_test(handlers, a_handler_serves_its_extension_and_its_methods);
  tcase_add_test(handlers, the_first_handler_that_matches_serves);
  tcase_add_test(handlers, a_handler_of_another_module_takes_what_it_matches);
  tcase_add_test(handlers, a_location_is_for_its_site_and_below_its_path);
  tcase_add_test(handlers, clear_takes_everything_above_it_away_and_not_what_follows);
  tcase_add_test(handlers, a_location_of_a_web_config_is_a_path_in_site_1);
  tcase_add_test(handlers, the_location_of_the_server_as_a_whole_is_everywhere);
  tcase_add_test(handlers, the_limit_of_a_handler_is_that_of_its_application);
  tcase_add_test(handlers, a_handler_that_is_left_out_is_warned_about);
  return test_suite_run("config/apphost", cases, 2);
}
