/* test_warnings.c: what does not do what somebody may expect is said; what does is not. */
#include "config_test.h"

START_TEST(a_setting_without_effect_is_named) { /* loop */
  static const char *const rows[][2] = {
      {"ResponseBufferLimit=4194304", "ResponseBufferLimit=4194304 has no effect in this version: "
                                      "a response is sent on as it comes"},
      {"FlushNamedPipe=1", "FlushNamedPipe=1 has no effect in this version: sockets need no "
                           "flushing, what an application "
                           "leaves unread blocks nobody"},
      {"UnhealthyOnQueueFull=1",
       "UnhealthyOnQueueFull=1 has no effect in this version: a full queue refuses requests, and "
       "nothing else"},
      {"IgnoreExistingFiles=1",
       "IgnoreExistingFiles=1 has no effect in this version: the web server decides what reaches "
       "the application"},
      {"IgnoreDirectories=1",
       "IgnoreDirectories=1 has no effect in this version: the web server decides what reaches the "
       "application"},
      {"ActivityTimeout=91", "RequestTimeout of 90 s is below ActivityTimeout of 91 s: a silent "
                             "application is never found silent, its request is over before"},
      {"IdleTimeout=89", "IdleTimeout of 89 s is below RequestTimeout of 90 s: processes are "
                         "started anew between requests that may take longer; let the idle time be "
                         "the longest"},
      {"EnvironmentVars=PHP_FCGI_MAX_REQUESTS:500",
       "PHP leaves after 500 requests (PHP_FCGI_MAX_REQUESTS), before its 1000 of "
       "InstanceMaxRequests; give InstanceMaxRequests 500 or less"},
  };
  char settings[200], want[400];
  snprintf(settings, sizeof settings, "ExePath=/a\n%s\n", rows[_i][0]);
  snprintf(want, sizeof want, "warning: f:5: [A] %s\n", rows[_i][1]);
  ck_assert_str_eq(words_about_app(settings), want);
}
END_TEST

START_TEST(a_setting_that_asks_for_what_happens_is_not) { /* loop */
  static const char *const rows[] = {
      "Protocol=NamedPipe",
      "Protocol=Tcp",
      "MonitorChangesTo=php.ini;conf.d/*.ini",
      "ResponseBufferLimit=0",
      "FlushNamedPipe=0",
      "UnhealthyOnQueueFull=0",
      "StderrMode=TerminateProcess",
      "IgnoreExistingFiles=0",
      "IgnoreDirectories=0",
      "MonitorChangesTo=",
      "MaxInstances=1",
      "MaxInstances=0",
      "ActivityTimeout=90",
      "IdleTimeout=90",
      "EnvironmentVars=PHP_FCGI_MAX_REQUESTS:1000",
      "EnvironmentVars=PHP_FCGI_MAX_REQUESTS:0",
      "EnvironmentVars=PHP_FCGI_MAX_REQUESTS2:5",
      "",
  };
  char settings[200];
  snprintf(settings, sizeof settings, "ExePath=/a\n%s\n", rows[_i]);
  ck_assert_str_eq(words_about_app(settings), "");
}
END_TEST

START_TEST(what_the_caller_applies_is_not) { /* loop */
  static const struct {
    const char *setting;
    unsigned bit;
  } rows[] = {{"ResponseBufferLimit=1", FCL_CONFIG_RESPONSE_BUFFER_LIMIT},
              {"FlushNamedPipe=1", FCL_CONFIG_FLUSH_NAMED_PIPE},
              {"UnhealthyOnQueueFull=1", FCL_CONFIG_UNHEALTHY_ON_QUEUE_FULL},
              {"IgnoreExistingFiles=1", FCL_CONFIG_IGNORE_EXISTING_FILES},
              {"IgnoreDirectories=1", FCL_CONFIG_IGNORE_DIRECTORIES}};
  static said s;
  fcl_config_options o;
  char file[200];
  fcl_config *c;
  memset(&o, 0, sizeof o);
  o.on_message = said_message;
  o.user = &s;
  o.applies = rows[_i].bit;
  snprintf(file, sizeof file, "[Types]\n*=A\n[A]\nExePath=/a\n%s\n", rows[_i].setting);
  ck_assert_int_eq(fcl_config_parse(&c, "f", text(file), &o, NULL), FCL_OK);
  ck_assert_str_eq(s.text, "");
  fcl_config_free(c);
}
END_TEST

START_TEST(settings_about_processes_are_none_of_an_address) { /* loop */
  static const char *const rows[][2] = {
      {"Arguments", "-b"},        {"EnvironmentVars", "A:1"}, {"InstanceMaxRequests", "5"},
      {"MonitorChangesTo", "/a"}, {"Protocol", "Tcp"},        {"SignalBeforeTerminateSeconds", "5"},
  };
  char settings[200], want[300];
  snprintf(settings, sizeof settings, "Address=unix:/a\n%s=%s\n", rows[_i][0], rows[_i][1]);
  snprintf(want, sizeof want,
           "warning: f:5: [A] %s has no effect for an application that is reached at an Address; "
           "set it where that is started\n",
           rows[_i][0]);
  ck_assert_str_eq(words_about_app(settings), want);
}
END_TEST

START_TEST(an_application_that_nothing_leads_to_is_named) {
  ck_assert_str_eq(words_about("[Types]\n*=A\n[A]\nExePath=/a\n[B]\nExePath=/b\n"),
                   "warning: f:5: [B] is never used: no line of [Types] leads to it\n");
}
END_TEST

START_TEST(an_application_is_led_to_by_a_caller_that_routes) {
  fcl_config_options o;
  static said s;
  fcl_config *c;
  memset(&o, 0, sizeof o);
  o.on_message = said_message;
  o.user = &s;
  o.applies = FCL_CONFIG_ROUTES;
  ck_assert_int_eq(fcl_config_parse(&c, "f", text("[B]\nExePath=/b\n"), &o, NULL), FCL_OK);
  ck_assert_str_eq(s.text, "");
  fcl_config_free(c);
}
END_TEST

START_TEST(a_bad_file_is_not_warned_about) {
  ck_assert_str_eq(words_about_app("ExePath=/a\nFlushNamedPipe=1\nQueueLength=x\n"),
                   "error: f:6: [A] QueueLength is \"x\"; give a number from 1 to 100000000\n");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("warnings");
  tcase_add_loop_test(t, a_setting_without_effect_is_named, 0, 8);
  tcase_add_loop_test(t, a_setting_that_asks_for_what_happens_is_not, 0, 18);
  tcase_add_loop_test(t, what_the_caller_applies_is_not, 0, 5);
  tcase_add_loop_test(t, settings_about_processes_are_none_of_an_address, 0, 6);
  tcase_add_test(t, an_application_that_nothing_leads_to_is_named);
  tcase_add_test(t, an_application_is_led_to_by_a_caller_that_routes);
  tcase_add_test(t, a_bad_file_is_not_warned_about);
  return test_suite_run("config/warnings", &t, 1);
}
