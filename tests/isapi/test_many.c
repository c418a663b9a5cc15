/* test_many.c: thousands of requests leave neither memory nor handles behind; with
   FCGICLIENT_TEST_ALL a hundred thousand. */
#include "platform/usage.h"
#include "site.h"
#include "support/fds.h"
#include <uv.h>

/* Bytes: heaps breathe; a session has more than 200,000.  Sanitizers keep what was freed. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { ALLOWED = 1 << 30 };
#else
enum { ALLOWED = 16 << 20 };
#endif

static void ask(int kind, long requests) {
  long n;
  for (n = 0; n < requests; n++) {
    server_free(&x);
    server_forget();
    x.out_len = x.heads = 0;
    x.kind = (server_kind) kind;
    site_get(n % 2 ? "size=5000&length=1" : "size=5000");
    ck_assert_uint_eq(x.out_len, 5000);
  }
}

START_TEST(requests_leave_nothing_behind) { /* loop: kinds of servers, those alike left out */
  static const server_kind kinds[] = {SERVER_SYNC, SERVER_LATER};
  long requests = getenv("FCGICLIENT_TEST_ALL") ? 100000 / 2 : 1000;
  uint64_t memory, after;
  int fds;
  site_write("fcgiext.ini", "[Types]\ntest=App\n[App]\nExePath=" APP
                            "\nMaxInstances=1\nInstanceMaxRequests=1000000\n");
  ask((int) kinds[_i], requests / 5);
  memory = fcl__usage_memory((long) uv_os_getpid());
  fds = test_fds();
  ask((int) kinds[_i], requests);
  after = fcl__usage_memory((long) uv_os_getpid());
  printf("%ld requests: memory %.1f -> %.1f MiB, descriptors %d -> %d\n", requests,
         (double) memory / 1048576, (double) after / 1048576, fds, test_fds());
  ck_assert_uint_lt(after, memory + ALLOWED);
  ck_assert_int_le(test_fds(), fds + 2); /* a connection may be between two requests */
}
END_TEST

int main(void) {
  TCase *t = tcase_create("many");
  tcase_set_timeout(t, 600);
  tcase_add_checked_fixture(t, site_setup, site_teardown);
  tcase_add_loop_test(t, requests_leave_nothing_behind, 0, 2);
  return test_suite_run("isapi/many", &t, 1);
}
