/* test_guardian_orders.c: a guardian alone with a host that speaks in bytes: well, badly, in
 * pieces, or not at all. */
#define _GNU_SOURCE
#include "platform/byte_host.h"
#include "platform/posix/find.h"
#include "support/fds.h"
#include "support/suite.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(a_hello_is_answered_with_the_version) {
  fcl__order o = hello();
  fcl__report r;
  send_order(&o);
  ck_assert_int_eq(receive(&r), 1);
  ck_assert_int_eq(r.kind, FCL__REPORT_READY);
  ck_assert_uint_eq(r.number, FCL__ORDER_VERSION);
}
END_TEST

START_TEST(another_version_is_told_ours_and_left) {
  fcl__order o = hello();
  o.number = FCL__ORDER_VERSION + 1;
  send_order(&o);
  expect(FCL__REPORT_READY, 0);
  expect_the_end();
}
END_TEST

START_TEST(a_host_that_is_not_its_parent_is_left) {
  fcl__order o = hello();
  o.id = 1;
  send_order(&o);
  expect(FCL__REPORT_READY, 0);
  expect_the_end();
}
END_TEST

START_TEST(orders_before_hello_are_no_orders) {
  fcl__order o = start_true(1);
  send_order(&o);
  expect_the_end();
}
END_TEST

START_TEST(noise_is_no_order) {
  char noise[1000];
  memset(noise, 0xee, sizeof noise);
  send_bytes(noise, sizeof noise);
  expect_the_end();
}
END_TEST

START_TEST(noise_after_hello_is_no_order_either) {
  static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  greet();
  send_bytes(request, sizeof request - 1);
  expect_the_end();
}
END_TEST

START_TEST(a_start_needs_its_descriptors) {
  fcl__order o = start_true(7);
  fcl__report r;
  greet();
  send_order(&o);
  ck_assert_int_eq(receive(&r), 1);
  ck_assert_int_eq(r.kind, FCL__REPORT_FAILED);
  ck_assert_uint_eq(r.id, 7);
  ck_assert_uint_eq(r.detail, FCL__STAGE_ORDER);
}
END_TEST

START_TEST(descriptors_that_no_order_wants_are_closed) {
  fcl__order o = hello();
  int pipe_fds[2];
  struct pollfd p;
  ck_assert_int_eq(pipe2(pipe_fds, O_CLOEXEC), 0);
  send_with_fds(&o, pipe_fds[1], pipe_fds[1]);
  expect(FCL__REPORT_READY, 0);
  close(pipe_fds[1]);
  p.fd = pipe_fds[0];
  p.events = POLLIN;
  ck_assert_int_eq(poll(&p, 1, BYTE_HOST_PATIENCE_MS), 1); /* nobody can write any more */
  ck_assert_int_ne(p.revents & POLLHUP, 0);
  close(pipe_fds[0]);
}
END_TEST

START_TEST(orders_may_come_byte_by_byte) {
  fcl__order o = hello();
  uint8_t bytes[100];
  size_t i, len = build(bytes, &o);
  for (i = 0; i < len; i++)
    send_bytes(bytes + i, 1);
  expect(FCL__REPORT_READY, 0);
}
END_TEST

START_TEST(several_orders_may_come_at_once_each_with_its_descriptors) {
  fcl__order o = hello(), stop = {.kind = FCL__ORDER_STOP, .id = 99};
  int i, started = 0, exited = 0, null = open("/dev/null", O_RDWR | O_CLOEXEC);
  send_order(&o);
  for (i = 1; i <= 5; i++) {
    fcl__order s = start_true((uint32_t) i);
    send_with_fds(&s, null, null);
    send_order(&stop); /* of one that does not exist: harmless */
  }
  close(null);
  expect(FCL__REPORT_READY, 0);
  while (exited < 5) {
    fcl__report r;
    ck_assert_int_eq(receive(&r), 1);
    started += r.kind == FCL__REPORT_STARTED;
    exited += r.kind == FCL__REPORT_EXITED && r.number == 0 && r.detail == 0;
  }
  ck_assert_int_eq(started, 5);
}
END_TEST

START_TEST(an_order_cut_by_the_end_of_the_host_is_none) { /* loop test: over the cut */
  fcl__order o = start_true(1);
  uint8_t bytes[200];
  greet();
  build(bytes, &o);
  send_bytes(bytes, (size_t) _i);
}
END_TEST

START_TEST(silence_and_the_end_of_the_host_are_no_failure) {
  shutdown(to, SHUT_WR);
  expect_the_end();
}
END_TEST

START_TEST(a_leave_is_obeyed) {
  fcl__order leave = {.kind = FCL__ORDER_LEAVE};
  greet();
  send_order(&leave);
  expect_the_end();
}
END_TEST

START_TEST(a_second_hello_is_not_trusted) {
  fcl__order o = hello();
  greet();
  send_order(&o);
  expect(FCL__REPORT_READY, 0);
  expect_the_end();
}
END_TEST

/* ---- By hand ---- */

START_TEST(started_by_hand_it_says_what_it_is) {
  char path[FCL__PATH_MAX], text[200] = "";
  int out[2], status;
  pid_t hand;
  ck_assert_int_eq(fcl__find_guardian(path, NULL, NULL), FCL_OK);
  ck_assert_int_eq(pipe(out), 0);
  hand = fork();
  if (hand == 0) {
    close(0);
    open("/dev/null", O_RDONLY);
    dup2(out[1], 2);
    execl(path, "fcl-guardian", (char *) NULL);
    _exit(127);
  }
  close(out[1]);
  ck_assert_int_gt(read(out[0], text, sizeof text - 1), 0);
  close(out[0]);
  ck_assert_int_eq(waitpid(hand, &status, 0), hand);
  ck_assert_int_eq(WEXITSTATUS(status), 2);
  ck_assert_msg(strstr(text, "started by libfcgiclient") != NULL, "%s", text);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("orders"), *hand = tcase_create("by hand");
  TCase *cases[2];
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, byte_host_begin, byte_host_end);
  tcase_add_test(t, a_hello_is_answered_with_the_version);
  tcase_add_test(t, another_version_is_told_ours_and_left);
  tcase_add_test(t, a_host_that_is_not_its_parent_is_left);
  tcase_add_test(t, orders_before_hello_are_no_orders);
  tcase_add_test(t, noise_is_no_order);
  tcase_add_test(t, noise_after_hello_is_no_order_either);
  tcase_add_test(t, a_start_needs_its_descriptors);
  tcase_add_test(t, descriptors_that_no_order_wants_are_closed);
  tcase_add_test(t, orders_may_come_byte_by_byte);
  tcase_add_test(t, several_orders_may_come_at_once_each_with_its_descriptors);
  tcase_add_loop_test(t, an_order_cut_by_the_end_of_the_host_is_none, 0, 46);
  tcase_add_test(t, silence_and_the_end_of_the_host_are_no_failure);
  tcase_add_test(t, a_leave_is_obeyed);
  tcase_add_test(t, a_second_hello_is_not_trusted);
  tcase_add_test(hand, started_by_hand_it_says_what_it_is);
  cases[0] = t;
  cases[1] = hand;
  return test_suite_run("guardian_orders", cases, 2);
}
