/* test_wire_connect.c: connections that cannot be made, or not yet (known faults of others: KF-054,
 * KF-055). */
#include "client/wire.h"
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static world w;
static exchange x;

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&x, 0, sizeof x);
}

static void teardown(void) {
  world_end(&w);
}

static void reach(const char *address) {
  static const char *addresses[2];
  addresses[0] = address;
  w.options.addresses = addresses;
  world_start(&w, FCL_LOOP_UV, NULL);
}

static void assert_unreachable(const char *address, const char *words) {
  reach(address);
  wire_get(&x, &w);
  ck_assert_error(&x, FCL_E_CONNECT, words);
  ck_assert_ptr_nonnull(strstr(x.result.error.text, address));
}

START_TEST(a_socket_file_that_is_missing_is_named) { /* KF-054 */
  assert_unreachable("unix:/tmp/fcl-test-no-such-socket", "no such file");
}
END_TEST

START_TEST(an_abstract_name_without_a_listener_is_refused) { /* KF-054 */
  assert_unreachable("unix:@fcl-test-no-such-name", "connection refused");
}
END_TEST

START_TEST(a_port_without_a_listener_is_refused) { /* KF-054: port 1 of this machine */
  assert_unreachable("tcp:127.0.0.1:1", "connection refused");
}
END_TEST

START_TEST(a_name_that_does_not_resolve_is_told) { /* KF-054 */
  reach("tcp:no-such-host.invalid:9000");
  wire_get(&x, &w);
  ck_assert_error(&x, FCL_E_CONNECT, "no-such-host.invalid");
}
END_TEST

/* A listener with a full backlog: its own connections fill it. */
static int listener, fillers[16];

static socklen_t full_address(struct sockaddr_un *a) {
  memset(a, 0, sizeof *a);
  a->sun_family = AF_UNIX;
  return (socklen_t) (offsetof(struct sockaddr_un, sun_path) + 1 +
                      (size_t) snprintf(a->sun_path + 1, 64, "fcl-test-full-%ld", (long) getpid()));
}

static void fill_backlog(void) {
  struct sockaddr_un to;
  socklen_t len = full_address(&to);
  int n;
  listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ck_assert_int_eq(bind(listener, (struct sockaddr *) &to, len), 0);
  ck_assert_int_eq(listen(listener, 2), 0);
  for (n = 0; n < 16; n++) {
    fillers[n] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (connect(fillers[n], (struct sockaddr *) &to, len) != 0)
      break;
  }
  ck_assert_int_eq(errno, EAGAIN);
}

static void empty_backlog(void) {
  int n;
  for (n = 0; n < 16; n++)
    if (fillers[n] > 0)
      close(fillers[n]);
  close(listener);
}

static const char *full_name(void) {
  static char name[80];
  snprintf(name, sizeof name, "unix:@fcl-test-full-%ld", (long) getpid());
  return name;
}

START_TEST(a_backlog_that_stays_full_is_a_connect_that_took_too_long) { /* KF-055 */
  w.options.connect_ms = 100;
  reach(full_name());
  fill_backlog();
  wire_get(&x, &w);
  empty_backlog();
  ck_assert_error(&x, FCL_E_TIMEOUT_CONNECT, "connect_ms");
}
END_TEST

/* The request gets its turn when the connections before it have been accepted; then it is there. */
START_TEST(a_backlog_that_has_room_again_takes_the_request) { /* KF-055 */
  char byte;
  int fd;
  reach(full_name());
  fill_backlog();
  exchange_get(&x, &w);
  world_rest(&w);
  ck_assert_uint_eq(x.dones, 0);
  do { /* what a filler has sent is nothing; what the library sends begins with 1 */
    fd = accept(listener, NULL, NULL);
    ck_assert_int_ge(fd, 0);
    world_pass(&w, 20);
    if (recv(fd, &byte, 1, MSG_DONTWAIT) == 1)
      break;
    close(fd);
  } while (1);
  ck_assert_int_eq(byte, 1);
  close(fd);
  exchange_wait(&x);
  empty_backlog();
  ck_assert_error(&x, FCL_E_IO, "connection");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("connect");
  tcase_set_timeout(t, 120);
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, a_socket_file_that_is_missing_is_named);
  tcase_add_test(t, an_abstract_name_without_a_listener_is_refused);
  tcase_add_test(t, a_port_without_a_listener_is_refused);
  tcase_add_test(t, a_name_that_does_not_resolve_is_told);
  tcase_add_test(t, a_backlog_that_stays_full_is_a_connect_that_took_too_long);
  tcase_add_test(t, a_backlog_that_has_room_again_takes_the_request);
  return test_suite_run("wire_connect", &t, 1);
}
