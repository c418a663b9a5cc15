/* test_script_failures.c: a script says what did not come as expected, and lets nobody wait. */
#include "harness/server.h"
#include <unistd.h>

START_TEST(a_fault_of_the_server_is_the_failure) {
  start(one_request);
  fd = dial();
  say(BEGIN PARAMS_END PARAMS_END);
  hear_eof(); /* after a failure nobody is left waiting */
  end_with("connection 1: the server broke FastCGI in record 3");
}
END_TEST

START_TEST(a_parameter_of_another_value_is_the_failure) {
  start(one_request);
  fd = dial();
  say(BEGIN "\1\4\0\1\0\4\0\0"
            "\1\1AX" PARAMS_END STDIN_ABC STDIN_END);
  hear_eof();
  end_with("expected A=B, and it is \"X\"");
}
END_TEST

START_TEST(another_body_is_the_failure) {
  start(one_request);
  fd = dial();
  say(BEGIN PARAMS_AB PARAMS_END "\1\5\0\1\0\3\0\0"
                                 "abd" STDIN_END);
  hear_eof();
  end_with("expected 3 bytes of STDIN with hash");
}
END_TEST

START_TEST(a_server_that_leaves_is_the_failure) {
  start(one_request);
  fd = dial();
  say(BEGIN);
  close(fd);
  fd = -1;
  end_with("the server closed the connection, and the end of STDIN was to come; the server had "
           "sent: BEGIN_REQUEST");
}
END_TEST

START_TEST(a_wait_ends_at_its_limit) {
  start_at(NULL, one_request, 20);
  fd = dial();
  hear_eof();
  end_with("waited up to 20 ms for BEGIN_REQUEST");
}
END_TEST

START_TEST(a_connection_that_never_comes_is_the_failure) {
  start_at(NULL, one_request, 20);
  end_with("waited up to 20 ms for connection 1");
}
END_TEST

START_TEST(faults_behind_the_last_step_are_found) {
  start(one_request);
  fd = dial();
  say(REQUEST);
  hear(ANSWER);
  say(STDIN_END);
  end_with("STDIN had ended already");
}
END_TEST

static void server_may_leave(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_may_close(script);
  fcl_script_wait(script, "closed");
  while (fcl_script_seen(script) == NULL && fcl_script_read_begin(script))
    ;
  fcl_script_answer(script, "nobody hears");
}

START_TEST(a_server_that_may_leave_is_no_failure) {
  start(server_may_leave);
  fd = dial();
  close(fd);
  fd = -1;
  fcl_script_signal(s, "closed");
  end_well();
}
END_TEST

static void drain_into_nobody(fcl_script *script, void *user) {
  fcl_script_accept(script);
  fcl_script_send(script, "x", 1);
  fcl_script_drain(script);
}

START_TEST(a_server_that_does_not_read_is_found_out) {
  start_at(NULL, drain_into_nobody, 20);
  fd = dial();
  end_with("waited up to 20 ms for the server to read");
}
END_TEST

START_TEST(controls_in_a_failure_are_escaped) {
  start(one_request);
  fd = dial();
  say(BEGIN "\1\4\0\1\0\4\0\0"
            "\1\1A\33" PARAMS_END STDIN_ABC STDIN_END);
  hear_eof();
  end_with("\"\\x1b\"");
}
END_TEST

START_TEST(a_wait_is_cut_short_when_the_test_has_ended) {
  start_at(NULL, one_request, 600000); /* far more than the time that this test has */
  end_with("connection 1");
}
END_TEST

static void add_failures(TCase *t) {
  tcase_add_test(t, a_fault_of_the_server_is_the_failure);
  tcase_add_test(t, a_parameter_of_another_value_is_the_failure);
  tcase_add_test(t, another_body_is_the_failure);
  tcase_add_test(t, a_server_that_leaves_is_the_failure);
  tcase_add_test(t, a_wait_ends_at_its_limit);
  tcase_add_test(t, a_connection_that_never_comes_is_the_failure);
  tcase_add_test(t, faults_behind_the_last_step_are_found);
  tcase_add_test(t, a_server_that_may_leave_is_no_failure);
  tcase_add_test(t, a_server_that_does_not_read_is_found_out);
  tcase_add_test(t, controls_in_a_failure_are_escaped);
  tcase_add_test(t, a_wait_is_cut_short_when_the_test_has_ended);
}

int main(void) {
  TCase *t = tcase_create("script_failures");
  tcase_set_timeout(t, 30);
  tcase_add_checked_fixture(t, setup, teardown);
  add_failures(t);
  return test_suite_run("script_failures", &t, 1);
}
