/* test_settings.c: each setting: its range, its default, and what is said beyond. */
#include "config_test.h"

typedef struct number {
  const char *name;
  unsigned low, high, otherwise;
} number;

static const number numbers[] = {
    {"QueueLength", 1, 100000000, 1000},
    {"MaxInstances", 0, 10000, FCL_AUTO},
    {"InstanceMaxRequests", 1, 10000000, 1000},
    {"IdleTimeout", 10, 2592000, 300},
    {"ActivityTimeout", 10, 2592000, 70},
    {"RequestTimeout", 10, 2592000, 90},
    {"RapidFailsPerMinute", 0, 1000, 10},
    {"SignalBeforeTerminateSeconds", 0, 60, 0},
    {"ResponseBufferLimit", 0, 4294967295u, 4194304},
};

/* The place of the value, in seconds where the setting has these. */
static unsigned value(const fcl_config_app *a, int which) {
  const fcl_pool_options *o = a->options;
  const unsigned values[] = {o->queue_length,         o->max_processes,
                             o->max_requests,         o->idle_ms / 1000,
                             o->activity_ms / 1000,   o->request_ms / 1000,
                             o->rapid_fails,          a->signal_before_terminate_seconds,
                             a->response_buffer_limit};
  return values[which];
}

static unsigned set_to(int which, unsigned n) {
  char settings[200];
  unsigned got;
  fcl_config *c;
  snprintf(settings, sizeof settings, "ExePath=/a\n%s=%u\n", numbers[which].name, n);
  got = value(app_of(&c, settings), which);
  fcl_config_free(c);
  return got;
}

START_TEST(a_number_may_be_as_high_as_its_range) { /* loop */
  ck_assert_uint_eq(set_to(_i, numbers[_i].high), numbers[_i].high);
}
END_TEST

START_TEST(a_number_may_be_as_low_as_its_range) { /* loop */
  unsigned low = numbers[_i].low;
  if (_i == 1) /* MaxInstances=0 and RapidFailsPerMinute=0 mean something else */
    ck_assert_uint_eq(set_to(_i, low), FCL_AUTO);
  else if (_i == 6)
    ck_assert_uint_eq(set_to(_i, low), FCL_NEVER);
  else
    ck_assert_uint_eq(set_to(_i, low), low);
}
END_TEST

START_TEST(a_number_that_is_not_set_has_its_default) { /* loop */
  fcl_config *c;
  ck_assert_uint_eq(value(app_of(&c, "ExePath=/a\n"), _i), numbers[_i].otherwise);
  fcl_config_free(c);
}
END_TEST

START_TEST(leading_zeros_count_for_nothing) {
  fcl_config *c;
  ck_assert_uint_eq(app_of(&c, "ExePath=/a\nQueueLength=007\n")->options->queue_length, 7);
  fcl_config_free(c);
}
END_TEST

static void assert_refused(const number *n, const char *written) {
  char settings[200], want[300];
  snprintf(settings, sizeof settings, "ExePath=/a\n%s=%s\n", n->name, written);
  snprintf(want, sizeof want, "error: f:5: [A] %s is \"%s\"; give a number from %u to %u\n",
           n->name, written, n->low, n->high);
  ck_assert_str_eq(words_about_app(settings), want);
}

START_TEST(a_number_out_of_its_range_is_refused) { /* loop */
  const number *n = &numbers[_i];
  char beyond[30];
  snprintf(beyond, sizeof beyond, "%llu", n->high + 1ull);
  assert_refused(n, beyond);
  snprintf(beyond, sizeof beyond, "%u", n->low - 1);
  if (n->low)
    assert_refused(n, beyond);
}
END_TEST

START_TEST(what_is_no_number_is_refused) { /* loop */
  static const char *const rows[] = {"",
                                     "x",
                                     "-1",
                                     "+5",
                                     "5x",
                                     "0x10",
                                     "5 5",
                                     "5.0",
                                     "1e3",
                                     "5s",
                                     "\"5\"",
                                     "18446744073709551617",
                                     "99999999999999999999999999"};
  assert_refused(&numbers[2], rows[_i]);
}
END_TEST

/* ---- Flags and words ---- */

START_TEST(a_flag_is_0_or_1) { /* loop */
  static const char *const names[] = {"FlushNamedPipe", "UnhealthyOnQueueFull",
                                      "IgnoreExistingFiles", "IgnoreDirectories"};
  char settings[100], want[200];
  const fcl_config_app *a;
  fcl_config *c;
  snprintf(settings, sizeof settings, "ExePath=/a\n%s=1\n", names[_i]);
  a = app_of(&c, settings);
  ck_assert_int_eq(a->flush_named_pipe, _i == 0);
  ck_assert_int_eq(a->unhealthy_on_queue_full, _i == 1);
  ck_assert_int_eq(a->ignore_existing_files, _i == 2);
  ck_assert_int_eq(a->ignore_directories, _i == 3);
  fcl_config_free(c);
  snprintf(settings, sizeof settings, "ExePath=/a\n%s=true\n", names[_i]);
  snprintf(want, sizeof want, "error: f:5: [A] %s is \"true\"; give 0 or 1\n", names[_i]);
  ck_assert_str_eq(words_about_app(settings), want);
}
END_TEST

START_TEST(StderrMode_is_one_of_four) { /* loop */
  static const char *const rows[] = {"ReturnStderrIn500", "ReturnGeneric500", "IgnoreAndReturn200",
                                     "TerminateProcess", "returnstderrin500"};
  static const fcl_stderr modes[] = {FCL_STDERR_IN_500, FCL_STDERR_GENERIC_500, FCL_STDERR_IGNORE,
                                     FCL_STDERR_TERMINATE};
  const fcl_config_app *app;
  char settings[100];
  fcl_config *c;
  snprintf(settings, sizeof settings, "ExePath=/a\nStderrMode=%s\n", rows[_i]);
  app = app_of(&c, settings);
  ck_assert_int_eq(app->stderr_mode, _i % 4);
  ck_assert_int_eq(app->options->stderr_mode, modes[_i % 4]);
  fcl_config_free(c);
}
END_TEST

START_TEST(without_StderrMode_the_error_stream_changes_nothing) {
  fcl_config *c;
  const fcl_config_app *app = app_of(&c, "ExePath=/a\n");
  ck_assert_int_eq(app->stderr_mode, FCL_CONFIG_STDERR_IN_500);
  ck_assert_int_eq(app->options->stderr_mode, FCL_STDERR_IGNORE);
  fcl_config_free(c);
}
END_TEST

START_TEST(another_word_is_refused_with_those_that_are_not) {
  ck_assert_str_eq(words_about_app("ExePath=/a\nStderrMode=Ignore\nProtocol=Udp\n"),
                   "error: f:5: [A] StderrMode is \"Ignore\"; give ReturnStderrIn500, "
                   "ReturnGeneric500, IgnoreAndReturn200 or TerminateProcess\n"
                   "error: f:6: [A] Protocol is \"Udp\"; give NamedPipe or Tcp\n");
}
END_TEST

/* ---- Names ---- */

START_TEST(a_setting_that_is_none_is_refused_with_those_that_are) {
  ck_assert_str_eq(
      words_about_app("ExePath=/a\nInstanceTimeout=5\n"),
      "error: f:5: [A] has no setting \"InstanceTimeout\"; the settings are ExePath, Address, "
      "Arguments, EnvironmentVars, Protocol, QueueLength, MaxInstances, InstanceMaxRequests, "
      "IdleTimeout, ActivityTimeout, RequestTimeout, ResponseBufferLimit, FlushNamedPipe, "
      "UnhealthyOnQueueFull, RapidFailsPerMinute, MonitorChangesTo, StderrMode, "
      "SignalBeforeTerminateSeconds, IgnoreExistingFiles, IgnoreDirectories\n");
}
END_TEST

START_TEST(a_setting_given_twice_is_refused) {
  ck_assert_str_eq(words_about_app("ExePath=/a\nQueueLength=5\nqueuelength=5\n"),
                   "error: f:6: [A] QueueLength is set in line 5 already; give it once\n");
}
END_TEST

START_TEST(a_setting_has_no_case) {
  fcl_config *c;
  ck_assert_uint_eq(app_of(&c, "exepath=/a\nQUEUELENGTH=5\n")->options->queue_length, 5);
  fcl_config_free(c);
}
END_TEST

START_TEST(each_setting_has_its_bit) { /* loop */
  static const struct {
    const char *setting;
    unsigned bit;
  } rows[] = {{"Arguments=x", FCL_CONFIG_ARGUMENTS},
              {"EnvironmentVars=A:b", FCL_CONFIG_ENVIRONMENT_VARS},
              {"Protocol=NamedPipe", FCL_CONFIG_PROTOCOL},
              {"QueueLength=1", FCL_CONFIG_QUEUE_LENGTH},
              {"MaxInstances=1", FCL_CONFIG_MAX_INSTANCES},
              {"InstanceMaxRequests=1", FCL_CONFIG_INSTANCE_MAX_REQUESTS},
              {"IdleTimeout=10", FCL_CONFIG_IDLE_TIMEOUT},
              {"ActivityTimeout=10", FCL_CONFIG_ACTIVITY_TIMEOUT},
              {"RequestTimeout=100", FCL_CONFIG_REQUEST_TIMEOUT},
              {"ResponseBufferLimit=0", FCL_CONFIG_RESPONSE_BUFFER_LIMIT},
              {"FlushNamedPipe=0", FCL_CONFIG_FLUSH_NAMED_PIPE},
              {"UnhealthyOnQueueFull=0", FCL_CONFIG_UNHEALTHY_ON_QUEUE_FULL},
              {"RapidFailsPerMinute=1", FCL_CONFIG_RAPID_FAILS_PER_MINUTE},
              {"MonitorChangesTo=", FCL_CONFIG_MONITOR_CHANGES_TO},
              {"StderrMode=IgnoreAndReturn200", FCL_CONFIG_STDERR_MODE},
              {"SignalBeforeTerminateSeconds=1", FCL_CONFIG_SIGNAL_BEFORE_TERMINATE_SECONDS},
              {"IgnoreExistingFiles=0", FCL_CONFIG_IGNORE_EXISTING_FILES},
              {"IgnoreDirectories=0", FCL_CONFIG_IGNORE_DIRECTORIES}};
  char settings[100];
  fcl_config *c;
  snprintf(settings, sizeof settings, "ExePath=/a\n%s\n", rows[_i].setting);
  ck_assert_uint_eq(app_of(&c, settings)->set, FCL_CONFIG_EXE_PATH | rows[_i].bit);
  fcl_config_free(c);
  ck_assert_uint_eq(app_of(&c, "Address=unix:/a\n")->set, FCL_CONFIG_ADDRESS);
  fcl_config_free(c);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("settings");
  tcase_add_loop_test(t, a_number_may_be_as_high_as_its_range, 0, 9);
  tcase_add_loop_test(t, a_number_may_be_as_low_as_its_range, 0, 9);
  tcase_add_loop_test(t, a_number_that_is_not_set_has_its_default, 0, 9);
  tcase_add_test(t, leading_zeros_count_for_nothing);
  tcase_add_loop_test(t, a_number_out_of_its_range_is_refused, 0, 9);
  tcase_add_loop_test(t, what_is_no_number_is_refused, 0, 13);
  tcase_add_loop_test(t, a_flag_is_0_or_1, 0, 4);
  tcase_add_loop_test(t, StderrMode_is_one_of_four, 0, 5);
  tcase_add_test(t, without_StderrMode_the_error_stream_changes_nothing);
  tcase_add_test(t, another_word_is_refused_with_those_that_are_not);
  tcase_add_test(t, a_setting_that_is_none_is_refused_with_those_that_are);
  tcase_add_test(t, a_setting_given_twice_is_refused);
  tcase_add_test(t, a_setting_has_no_case);
  tcase_add_loop_test(t, each_setting_has_its_bit, 0, 18);
  return test_suite_run("config/settings", &t, 1);
}
