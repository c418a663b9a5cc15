/* test_apps.c: what the settings of a section mean together. */
#include "config_test.h"

START_TEST(a_section_with_a_program_only_has_every_default) {
  fcl_config *c = good("[Types]\nphp=My App\n\n[My App]\nExePath=/usr/bin/php-cgi\n");
  const fcl_config_app *a = fcl_config_at(c, 0);
  fcl_pool_options want;
  memset(&want, 0, sizeof want);
  want.name = a->options->name;
  want.program = a->options->program;
  want.max_processes = FCL_AUTO;
  want.max_requests = 1000;
  want.queue_length = 1000;
  want.rapid_fails = 10;
  want.rapid_fail_ms = 60000;
  want.activity_ms = 70000;
  want.request_ms = 90000;
  want.idle_ms = 300000;
  ck_assert_mem_eq(a->options, &want, sizeof want);
  ck_assert_str_eq(a->name, "My App");
  ck_assert_str_eq(a->options->name, "My App");
  ck_assert_str_eq(a->options->program, "/usr/bin/php-cgi");
  ck_assert_uint_eq(a->line, 4);
  ck_assert_uint_eq(a->index, 0);
  fcl_config_free(c);
}
END_TEST

START_TEST(sections_are_in_the_files_order) {
  fcl_config *c = good("[B]\nExePath=/b\n[Types]\nx=A\n[A]\nExePath=/a\n");
  ck_assert_uint_eq(fcl_config_count(c), 2);
  ck_assert_str_eq(fcl_config_at(c, 0)->name, "B");
  ck_assert_str_eq(fcl_config_at(c, 1)->name, "A");
  ck_assert_uint_eq(fcl_config_at(c, 1)->index, 1);
  ck_assert_ptr_null(fcl_config_at(c, 2));
  fcl_config_free(c);
}
END_TEST

START_TEST(many_sections_keep_their_settings) {
  static char file[40000];
  fcl_config *c;
  int i;
  for (i = 0; i < 500; i++)
    sprintf(file + strlen(file), "[a%d]\nExePath=/p%d\nQueueLength=%d\n", i, i, i + 1);
  c = good(file);
  for (i = 0; i < 500; i++) {
    const fcl_pool_options *o = fcl_config_at(c, (size_t) i)->options;
    char program[10];
    sprintf(program, "/p%d", i);
    ck_assert_str_eq(o->program, program);
    ck_assert_uint_eq(o->queue_length, (unsigned) i + 1);
  }
  fcl_config_free(c);
}
END_TEST

START_TEST(instances_bound_processes_or_connections) {
  fcl_config *c;
  ck_assert_uint_eq(app_of(&c, "ExePath=/a\nMaxInstances=7\n")->options->max_processes, 7);
  fcl_config_free(c);
  ck_assert_uint_eq(app_of(&c, "Address=unix:/a\nMaxInstances=7\n")->options->max_connections, 7);
  fcl_config_free(c);
  ck_assert_uint_eq(app_of(&c, "Address=unix:/a\n")->options->max_connections, 0); /* never */
  fcl_config_free(c);
}
END_TEST

START_TEST(no_signal_means_force_at_once_only_where_it_is_said) {
  fcl_config *c;
  ck_assert_uint_eq(app_of(&c, "ExePath=/a\nSignalBeforeTerminateSeconds=0\n")->options->stop_ms,
                    FCL_NONE);
  fcl_config_free(c);
  ck_assert_uint_eq(app_of(&c, "ExePath=/a\n")->options->stop_ms, 0); /* the default */
  fcl_config_free(c);
}
END_TEST

START_TEST(the_longest_times_fit_into_milliseconds) {
  fcl_config *c;
  ck_assert_uint_eq(app_of(&c, "ExePath=/a\nIdleTimeout=2592000\n")->options->idle_ms, 2592000000u);
  fcl_config_free(c);
}
END_TEST

#ifdef _WIN32
#define A_PROGRAM "C:\\bin\\true.exe"
#define OF_OURS   "pipe:\\\\.\\pipe\\a"
#else
#define A_PROGRAM "/bin/true"
#define OF_OURS   "unix:/run/a.sock,unix:@a"
#endif

START_TEST(a_pool_takes_the_options) { /* loop */
  static const char *const rows[] = {
      "ExePath=" A_PROGRAM "\n",
      "ExePath=" A_PROGRAM "\nArguments=-a 'b c'\nEnvironmentVars=A:1\nMaxInstances=10000\n"
      "QueueLength=100000000\nInstanceMaxRequests=10000000\nIdleTimeout=2592000\n"
      "ActivityTimeout=2592000\nRequestTimeout=2592000\nRapidFailsPerMinute=0\n"
      "SignalBeforeTerminateSeconds=60\n",
      "Address=" OF_OURS ",tcp:localhost:9000,tcp:[::1]:9000\nMaxInstances=3\n",
  };
  fcl_client_options own_thread;
  fcl_client *client;
  fcl_config *c;
  fcl_pool *pool;
  fcl_error e;
  const fcl_config_app *a = app_of(&c, rows[_i]);
  memset(&own_thread, 0, sizeof own_thread);
  ck_assert_int_eq(fcl_client_new(&client, &own_thread, &e), FCL_OK);
  ck_assert_msg(fcl_pool_new(&pool, client, a->options, &e) == FCL_OK, "%s", e.text);
  fcl_config_free(c); /* the pool has copies */
  fcl_client_close(client, NULL, NULL);
  fcl_client_join(client);
}
END_TEST

/* ---- ExePath and Address ---- */

START_TEST(a_section_without_a_program_is_refused) { /* loop */
  static const char *const rows[] = {"", "ExePath=\n", "Address=\n", "QueueLength=5\n"};
  ck_assert_str_eq(words_about_app(rows[_i]),
                   "error: f:3: [A] has no ExePath; give the absolute path of a program to start, "
                   "or an Address instead\n");
}
END_TEST

START_TEST(a_program_and_an_address_are_refused) {
  ck_assert_str_eq(words_about_app("ExePath=/a\nAddress=unix:/a\n"),
                   "error: f:5: [A] has an ExePath (line 4) and an Address; give ExePath for a "
                   "program to start, Address for one that runs\n");
}
END_TEST

START_TEST(a_program_is_an_absolute_path_of_any_system) { /* loop */
  static const char *const rows[] = {"/usr/bin/php-cgi",   "d:\\php\\php-cgi.exe",
                                     "D:/php/php-cgi.exe", "\\\\server\\php.exe",
                                     "\\php.exe",          "/a b/c"};
  char settings[100];
  fcl_config *c;
  snprintf(settings, sizeof settings, "ExePath=%s\n", rows[_i]);
  ck_assert_str_eq(app_of(&c, settings)->options->program, rows[_i]);
  fcl_config_free(c);
}
END_TEST

START_TEST(another_path_is_refused) { /* loop */
  static const char *const rows[] = {"php-cgi", "./php-cgi", "d:php.exe", "\"/usr/bin/php-cgi\"",
                                     "~/php",   "1:\\php",   "d",         "dd:\\php"};
  char settings[100], want[200];
  snprintf(settings, sizeof settings, "ExePath=%s\n", rows[_i]);
  snprintf(want, sizeof want,
           "error: f:4: [A] ExePath is \"%s\"; give an absolute path, without quotes\n", rows[_i]);
  ck_assert_str_eq(words_about_app(settings), want);
}
END_TEST

/* ---- MonitorChangesTo ---- */

START_TEST(a_relative_file_is_beside_the_program) { /* loop */
  static const char *const rows[][3] = {
      {"/usr/bin/php-cgi", "php.ini", "/usr/bin/php.ini"},
      {"/usr/bin/php-cgi", "../lib/php.ini", "/usr/bin/../lib/php.ini"},
      {"/usr/bin/php-cgi", "/etc/php.ini", "/etc/php.ini"},
      {"/php-cgi", "php.ini", "/php.ini"},
      {"/opt/a\\b/php", "php.ini", "/opt/a\\b/php.ini"},
      {"/opt/a\\b", "php.ini", "/opt/php.ini"},
      {"d:\\php\\php-cgi.exe", "php.ini", "d:\\php\\php.ini"},
      {"d:\\php\\php-cgi.exe", "conf\\php.ini", "d:\\php\\conf\\php.ini"},
      {"d:/php\\php-cgi.exe", "php.ini", "d:/php\\php.ini"},
      {"d:\\php/php-cgi.exe", "php.ini", "d:\\php/php.ini"},
      {"d:\\php\\php-cgi.exe", "e:\\php.ini", "e:\\php.ini"},
      {"d:\\php\\php-cgi.exe", "\\\\s\\php.ini", "\\\\s\\php.ini"},
  };
  char settings[200];
  fcl_config *c;
  snprintf(settings, sizeof settings, "ExePath=%s\nMonitorChangesTo=%s\n", rows[_i][0],
           rows[_i][1]);
  ck_assert_str_eq(app_of(&c, settings)->monitor_changes_to, rows[_i][2]);
  fcl_config_free(c);
}
END_TEST

START_TEST(several_files_stand_between_semicolons) {
  fcl_config *c;
  const fcl_config_app *a =
      app_of(&c, "ExePath=/opt/php-cgi\nMonitorChangesTo= php.ini ;/etc/a,b.ini;; conf.d/*.ini;\n");
  ck_assert_str_eq(a->options->monitor[0], "/opt/php.ini");
  ck_assert_str_eq(a->options->monitor[1], "/etc/a,b.ini");
  ck_assert_str_eq(a->options->monitor[2], "/opt/conf.d/*.ini");
  ck_assert_ptr_null(a->options->monitor[3]);
  ck_assert_str_eq(a->monitor_changes_to, "/opt/php.ini");
  fcl_config_free(c);
}
END_TEST

START_TEST(protocol_says_what_processes_listen_on) { /* loop */
  static const char *const rows[] = {"", "Protocol=NamedPipe\n", "Protocol=tcp\n"};
  char settings[200];
  fcl_config *c;
  snprintf(settings, sizeof settings, "ExePath=/a\n%s", rows[_i]);
  ck_assert_uint_eq(app_of(&c, settings)->options->tcp, _i == 2);
  fcl_config_free(c);
}
END_TEST

START_TEST(no_file_is_none) { /* loop */
  static const char *const rows[] = {"ExePath=/a\n", "ExePath=/a\nMonitorChangesTo=\n"};
  fcl_config *c;
  ck_assert_ptr_null(app_of(&c, rows[_i])->monitor_changes_to);
  fcl_config_free(c);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("apps");
  tcase_add_test(t, a_section_with_a_program_only_has_every_default);
  tcase_add_test(t, sections_are_in_the_files_order);
  tcase_add_test(t, many_sections_keep_their_settings);
  tcase_add_test(t, instances_bound_processes_or_connections);
  tcase_add_test(t, no_signal_means_force_at_once_only_where_it_is_said);
  tcase_add_test(t, the_longest_times_fit_into_milliseconds);
  tcase_add_loop_test(t, a_pool_takes_the_options, 0, 3);
  tcase_add_loop_test(t, a_section_without_a_program_is_refused, 0, 4);
  tcase_add_test(t, a_program_and_an_address_are_refused);
  tcase_add_loop_test(t, a_program_is_an_absolute_path_of_any_system, 0, 6);
  tcase_add_loop_test(t, another_path_is_refused, 0, 8);
  tcase_add_loop_test(t, a_relative_file_is_beside_the_program, 0, 12);
  tcase_add_loop_test(t, no_file_is_none, 0, 2);
  tcase_add_test(t, several_files_stand_between_semicolons);
  tcase_add_loop_test(t, protocol_says_what_processes_listen_on, 0, 3);
  return test_suite_run("config/apps", &t, 1);
}
