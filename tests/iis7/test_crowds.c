/* test_crowds.c: many requests at once, and very many one after the other. */
#include "site.h"
#include "support/fds.h"

enum { THREADS = 8, EACH = 15 };

/* ---- Many at once ---- */

typedef struct client {
  exchange x;
  unsigned number;
} client;

/* Each way that a request can go, and each order of completions. */
static void run_one(client *c, unsigned i) {
  static const char *const queries[] = {"size=50000", "sum=1", "size=50000&exit=1", "pid=1"};
  const char *const *variables = c->x.variables;
  const char *with_query[30];
  unsigned what = (i + c->number) % 3;
  memset(&c->x, 0, sizeof c->x);
  memcpy(with_query, variables, sizeof(char *) * 17);
  with_query[13] = queries[what == 1 ? 1 : what == 2 ? 3 : 0];
  c->x.variables = with_query;
  c->x.processor = site_app;
  c->x.kind = (server_kind) (i % SERVER_KINDS);
  c->x.limit = i % 2 ? 100000 : 0;
  if (what == 1) {
    c->x.method = "POST";
    c->x.fields = "Transfer-Encoding: chunked\r\n";
    c->x.body = "hello";
    c->x.body_len = 5;
  }
  server_run(&c->x);
  if (c->x.fault[0] == 0 && (c->x.status != 200 || (what == 0 && c->x.out_len != 50000)))
    snprintf(c->x.fault, sizeof c->x.fault, "status %u, %lu bytes", c->x.status,
             (unsigned long) c->x.out_len);
  server_free(&c->x);
  c->x.variables = variables;
}

static void run_many(void *of) {
  client *c = of;
  unsigned i;
  for (i = 0; i < EACH; i++) {
    run_one(c, i);
    if (c->x.fault[0])
      return;
  }
}

START_TEST(many_at_once_are_served) {
  client *clients = calloc(THREADS, sizeof *clients);
  uv_thread_t threads[THREADS];
  unsigned i;
  site_prepare("");
  for (i = 0; i < THREADS; i++) {
    clients[i].x = x;
    clients[i].number = i;
    uv_thread_create(&threads[i], run_many, &clients[i]);
  }
  for (i = 0; i < THREADS; i++) {
    uv_thread_join(&threads[i]);
    ck_assert_str_eq(clients[i].x.fault, "");
  }
  free(clients);
}
END_TEST

/* ---- Very many ---- */

static size_t memory(void) {
  size_t bytes = 0;
  uv_resident_set_memory(&bytes);
  return bytes;
}

static void serve(unsigned count) {
  unsigned i;
  for (i = 0; i < count; i++) {
    site_again();
    x.limit = i % 2 ? 4 << 20 : 0;
    site_get(i % 3 ? "size=100" : "status=404&size=0");
  }
}

/* These keep what was freed. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(__has_feature)
enum { MAY_GROW = 1 };
#else
enum { MAY_GROW = 0 };
#endif

/* The server keeps what is left of each request (about 500 bytes, so that late calls are found). */
START_TEST(nothing_is_left_behind_by_many_requests) {
  unsigned count = getenv("FCGICLIENT_TEST_ALL") ? 100000 : 1000;
  size_t before, after;
  int fds;
  serve(300);
  before = memory();
  fds = test_fds();
  serve(count);
  after = memory();
  printf("%u requests: memory %.1f -> %.1f MiB, descriptors %d -> %d\n", count,
         (double) before / 1048576, (double) after / 1048576, fds, test_fds());
  ck_assert(MAY_GROW || after <= before + (size_t) count * 1000 + (4 << 20));
  ck_assert_int_le(test_fds(), fds + 2); /* a process may be between two requests */
}
END_TEST

int main(void) {
  TCase *t = tcase_create("crowds");
  tcase_add_checked_fixture(t, site_setup, site_teardown);
  tcase_set_timeout(t, getenv("FCGICLIENT_TEST_ALL") ? 1200 : 120);
  tcase_add_test(t, many_at_once_are_served);
  tcase_add_test(t, nothing_is_left_behind_by_many_requests);
  return test_suite_run("iis7/crowds", &t, 1);
}
