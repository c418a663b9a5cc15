/* test_deafened.c: an application that reads no more, and neither answers nor closes. */
#define _GNU_SOURCE
#include "client/world.h"
#include "support/suite.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static world w;
static exchange x;
static char address[64];
static int listener;

/* Nobody but the test accepts. */
static void setup(void) {
  const char *addresses[2] = {address, NULL};
  struct sockaddr_un a = {AF_UNIX, ""};
  fcl_error e;
  memset(&w, 0, sizeof w);
  memset(&x, 0, sizeof x);
  world_open(&w, FCL_LOOP_UV);
  snprintf(address, sizeof address, "unix:@fcl-deafened-%ld", (long) getpid());
  memcpy(a.sun_path + 1, address + 6, strlen(address) - 6);
  listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ck_assert_int_eq(bind(listener, (struct sockaddr *) &a,
                        (socklen_t) (offsetof(struct sockaddr_un, sun_path) + strlen(address) - 5)),
                   0);
  ck_assert_int_eq(listen(listener, 4), 0);
  w.options.name = "test";
  w.options.addresses = addresses;
  w.options.activity_ms = 100;
  ck_assert_int_eq(fcl_pool_new(&w.pool, w.client, &w.options, &e), FCL_OK);
}

static void teardown(void) {
  close(listener);
  world_end(&w);
}

/* The caller has been told that its part was not sent, and waits for on_done. */
START_TEST(an_application_that_shuts_its_ears_is_judged_by_the_clock) {
  int fd;
  exchange_post(&x, &w, 10);
  fcl_request_write(x.request, "01234", 5);
  world_wait(&w, &x.sents, 1);
  fd = accept(listener, NULL, NULL);
  ck_assert_int_ge(fd, 0);
  shutdown(fd, SHUT_RD);
  fcl_request_write(x.request, "56789", 5);
  world_wait(&w, &x.sents, 2);
  exchange_wait(&x);
  close(fd);
  ck_assert_log(&x, "sent OK; sent IO; done TIMEOUT_ACTIVITY; ");
}
END_TEST

int main(void) {
  TCase *t = tcase_create("deafened");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, an_application_that_shuts_its_ears_is_judged_by_the_clock);
  return test_suite_run("deafened", &t, 1);
}
