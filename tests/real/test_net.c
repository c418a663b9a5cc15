/* test_net.c: php-fpm on several machines behind one name, under load, while one is cut off, one is
 * slow, one is restarted, and some come and go: nothing is lost but what is in flight on the dead
 * one, and each of these is told once. */
#include "real/driver.h"
#include "real/net.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORKERS  12
#define AT_ONCE  12
#define IDS_MAX  4000000
#define CODE_MAX 64

/* ---- Load: so many requests at once, GET and POST by turns ---- */

typedef struct phase {
  unsigned started, done, ok, failed;
  unsigned by_host[NET_HOSTS + 1], failed_at[NET_HOSTS + 1];
  unsigned codes[CODE_MAX], tries, worst_ms;
  uint64_t sum_ms;
  char error[1024]; /* the first that names no host, or else the first */
} phase;

typedef struct asked {
  fcl_request *request;
  unsigned id, is_post;
  uint64_t started_ms;
  char text[64];
  size_t len;
} asked;

static fcl_pool *pool;
static const char *script;
static const char *const *probe;
static phase now;
static unsigned running, is_on, next_id;
static unsigned char dones[IDS_MAX], oks[IDS_MAX], runs[IDS_MAX];

static void start_one(void);

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  asked *a = user;
  size_t room = sizeof a->text - 1 - a->len, n = len < room ? len : room;
  memcpy(a->text + a->len, data, n);
  a->len += n;
  return FCL_NEXT;
}

static unsigned host_in(const char *sentence) {
  const char *at = strstr(sentence, "10.99.0.");
  unsigned n = at ? (unsigned) atoi(at + 8) : 0;
  return n <= NET_HOSTS ? n : 0;
}

static void count_ok(const asked *a) {
  unsigned host = 0, id = 0;
  ck_assert_msg(sscanf(a->text, "%u %u", &host, &id) == 2 && id == a->id && host <= NET_HOSTS,
                "request %u was answered with \"%s\"", a->id, a->text);
  oks[a->id] = 1;
  now.ok++;
  now.by_host[host]++;
}

static void count_failed(const fcl_result *result) {
  unsigned host = host_in(result->error.text);
  now.failed++;
  now.failed_at[host]++;
  now.codes[result->error.code]++;
  if (now.error[0] == 0 || host == 0)
    snprintf(now.error, sizeof now.error, "%s", result->error.text);
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  asked *a = user;
  unsigned ms = (unsigned) (driver_ms() - a->started_ms);
  dones[a->id]++;
  running--;
  now.done++;
  now.tries += result->tries;
  now.sum_ms += ms;
  now.worst_ms = ms > now.worst_ms ? ms : now.worst_ms;
  if (result->error.code == FCL_OK)
    count_ok(a);
  else
    count_failed(result);
  fcl_request_free(r);
  free(a);
  if (is_on)
    start_one();
}

static const fcl_handlers handlers = {NULL, on_body, NULL, NULL, NULL, on_done};

static void start_one(void) {
  asked *a = calloc(1, sizeof *a);
  char query[32];
  ck_assert_ptr_nonnull(a);
  ck_assert_uint_lt(next_id, IDS_MAX);
  a->id = next_id++;
  a->is_post = a->id % 2;
  a->started_ms = driver_ms();
  a->request = fcl_request_new(pool, &handlers, a);
  snprintf(query, sizeof query, "id=%u", a->id);
  fcl_request_param(a->request, "REQUEST_METHOD", a->is_post ? "POST" : "GET");
  fcl_request_param(a->request, "SCRIPT_FILENAME", script);
  fcl_request_param(a->request, "QUERY_STRING", query);
  running++;
  now.started++;
  if (a->is_post)
    fcl_request_body(a->request, 3, FCL_BODY_STREAM);
  fcl_request_start(a->request);
  if (a->is_post)
    fcl_request_write(a->request, "abc", 3);
  fcl_request_finish(a->request);
}

static void load_on(void) {
  unsigned i;
  memset(&now, 0, sizeof now);
  is_on = 1;
  for (i = running; i < AT_ONCE; i++)
    start_one();
  wait_until(now.ok >= 3 * AT_ONCE); /* names are resolved, connections open */
}

/* What goes on is counted in the next phase. */
static phase phase_ends(const char *name) {
  phase p = now;
  unsigned i;
  printf("net: %-34s %6u ok, %3u failed;", name, p.ok, p.failed);
  for (i = 1; i <= NET_HOSTS; i++)
    printf(" %u:%u", i, p.by_host[i]);
  printf("; %u tries; %.1f ms, worst %u", p.tries, p.done ? (double) p.sum_ms / p.done : 0.0,
         p.worst_ms);
  for (i = 0; i < CODE_MAX; i++)
    if (p.codes[i])
      printf("; %u %s", p.codes[i], fcl_code_name((fcl_code) i));
  printf("\n");
  fflush(stdout);
  memset(&now, 0, sizeof now);
  return p;
}

static phase run_phase(const char *name, unsigned ms) {
  driver_run_for(driver_is_long() ? ms * 4 : ms);
  return phase_ends(name);
}

static void load_off(void) {
  is_on = 0;
  wait_until(running == 0);
}

static int are_done_before(unsigned id) {
  while (id > 0 && dones[id - 1])
    id--;
  return id == 0;
}

/* ---- Claims ---- */

static void nothing_failed(const phase *p) {
  ck_assert_msg(p->failed == 0, "%u failed: %s", p->failed, p->error);
}

/* Only what was in flight there: each of the places for requests can be lost there once. */
static void failed_only_at(const phase *p, unsigned host) {
  ck_assert_msg(p->failed_at[host] == p->failed, "failed elsewhere: %s", p->error);
  ck_assert_msg(p->failed <= AT_ONCE, "%u failed: %s", p->failed, p->error);
}

static void read_runs(unsigned host) {
  char name[32];
  unsigned id;
  FILE *f;
  snprintf(name, sizeof name, "run-%u", host);
  f = fopen(driver_path(name), "r");
  while (f && fscanf(f, "%u", &id) == 1)
    if (id < IDS_MAX)
      runs[id]++;
  if (f)
    fclose(f);
}

/* Every request ended once; what is answered was run; nothing that changes something was run twice.
 */
static void add_up(void) {
  unsigned id, host, all_ok = 0, twice = 0, unknown = 0;
  for (host = 1; host <= NET_HOSTS; host++)
    read_runs(host);
  for (id = 0; id < next_id; id++) {
    ck_assert_msg(dones[id] == 1, "request %u ended %u times", id, dones[id]);
    ck_assert_msg(!oks[id] || runs[id] >= 1, "request %u was answered, and never run", id);
    ck_assert_msg(id % 2 == 0 || runs[id] <= 1, "POST %u was run %u times", id, runs[id]);
    ck_assert_msg(runs[id] <= 2, "GET %u was run %u times", id, runs[id]);
    all_ok += oks[id];
    twice += runs[id] > 1;
    unknown += !oks[id] && runs[id] > 0;
  }
  printf(
      "net: in all %u requests: %u answered, %u told as failed (%u of these were run); %u GETs run "
      "twice\n",
      next_id, all_ok, next_id - all_ok, unknown, twice);
}

/* ---- The run ---- */

static const char page[] = "<?php $h = getenv('HOST'); $d = dirname($_SERVER['SCRIPT_FILENAME']);\n"
                           "file_put_contents(\"$d/run-$h\", $_GET['id'] . \"\\n\", FILE_APPEND);\n"
                           "usleep(is_file(\"$d/slow-$h\") ? 100000 : 2000);\n"
                           "echo $h, ' ', $_GET['id'];";

static void reach(void) {
  static const char *const addresses[] = {"tcp:app.test:9000", NULL};
  fcl_pool_options o = {0};
  o.name = "net";
  o.addresses = addresses;
  o.connect_ms = 500;
  o.lost_ms = 2000;
  o.resolve_ms = 500;
  o.slow_start_ms = 2000;
  o.probe = probe;
  o.probe_ms = probe ? 200 : 0;
  pool = driver_pool(&o);
}

static void begin(unsigned hosts) {
  unsigned n;
  net_open();
  for (n = 1; n <= hosts; n++)
    net_host_start(n, WORKERS);
  script = driver_file("net.php", page);
}

static void finish(void) {
  load_off();
  add_up();
  driver_shut();
  net_close();
}

static int serves(unsigned host) {
  return now.by_host[host] > 0;
}

START_TEST(nothing_is_lost_but_what_is_in_flight_on_a_dead_machine) {
  phase p;
  begin(4);
  net_name(1u << 1 | 1u << 2 | 1u << 3);
  reach();
  load_on();
  p = run_phase("three machines", 1500);
  nothing_failed(&p);
  ck_assert_uint_gt(p.by_host[1], p.ok / 5);
  ck_assert_uint_gt(p.by_host[2], p.ok / 5);
  ck_assert_uint_gt(p.by_host[3], p.ok / 5);

  net_cut(2);
  p = run_phase("2 is cut off", 6000);
  failed_only_at(&p, 2);
  ck_assert_uint_gt(p.failed, 0); /* what was in flight there */
  ck_assert_ptr_nonnull(driver_event("the host of tcp:10.99.0.2:9000 is gone"));
  p = run_phase("2 is still cut off", 2000);
  nothing_failed(&p);
  ck_assert_uint_eq(p.by_host[2], 0);

  net_heal(2);
  driver_patience(60000);
  wait_until(serves(2));
  p = run_phase("2 is back, and starts slowly", 3000);
  nothing_failed(&p);
  p = run_phase("2 is whole again", 1500);
  nothing_failed(&p);
  ck_assert_uint_gt(p.by_host[2], p.ok / 5);

  if (!net_delay(3, 100)) /* no netem here: its scripts take longer instead */
    driver_file("slow-3", "");
  run_phase("3 becomes slow", 500);
  p = run_phase("3 is slow", 2000);
  nothing_failed(&p);
  ck_assert_uint_lt(p.by_host[3], p.ok / 4);
  net_delay(3, 0);
  remove(driver_path("slow-3"));
  p = run_phase("3 is fast again", 1000);
  nothing_failed(&p);

  net_fpm_kill(1);
  driver_run_for(300);
  net_fpm_start(1, WORKERS);
  p = run_phase("1 is killed and started again", 4000);
  failed_only_at(&p, 1);
  p = run_phase("1 serves", 2000);
  nothing_failed(&p);
  ck_assert_uint_gt(p.by_host[1], 0);

  net_name(1u << 1 | 1u << 2 | 1u << 4);
  wait_until(serves(4));
  run_phase("4 comes, 3 goes", 1000);
  p = run_phase("1, 2 and 4", 1500);
  nothing_failed(&p);
  ck_assert_uint_eq(p.by_host[3], 0);
  ck_assert_uint_gt(p.by_host[4], p.ok / 10);
  finish();
}
END_TEST

START_TEST(a_drained_machine_is_replaced_without_a_lost_request) {
  phase p;
  unsigned next;
  fcl_error e;
  begin(2);
  net_name(1u << 1 | 1u << 2);
  reach();
  load_on();
  run_phase("two machines", 500);
  ck_assert_int_eq(fcl_pool_drain(pool, "tcp:10.99.0.1:9000", &e), FCL_OK);
  run_phase("1 is drained", 500);
  next = next_id;
  wait_until(are_done_before(next)); /* so it has none any more */
  phase_ends("1 has no request left");
  net_fpm_kill(1);
  p = run_phase("1 is killed", 1000);
  nothing_failed(&p);
  ck_assert_uint_eq(p.by_host[1], 0);
  net_fpm_start(1, WORKERS);
  ck_assert_int_eq(fcl_pool_undrain(pool, "tcp:10.99.0.1:9000", &e), FCL_OK);
  p = run_phase("1 is started and taken back", 1500);
  nothing_failed(&p);
  ck_assert_uint_gt(p.by_host[1], 0);
  finish();
}
END_TEST

START_TEST(a_machine_that_is_cut_off_while_nobody_asks_costs_no_request) {
  static const char *const ping[] = {"SCRIPT_NAME=/ping", NULL};
  phase p;
  probe = ping;
  begin(2);
  net_name(1u << 1 | 1u << 2);
  reach();
  load_on();
  run_phase("two machines", 300);
  load_off();
  net_cut(2);
  wait_until(driver_event("address tcp:10.99.0.2:9000 is tried again"));
  ck_assert_ptr_null(driver_event("tcp:10.99.0.1:9000 is tried again"));
  load_on();
  p = run_phase("2 was cut off, and is left alone", 1000);
  nothing_failed(&p);
  ck_assert_uint_eq(p.by_host[2], 0);
  ck_assert_uint_eq(p.tries, p.done); /* nobody has tried it */
  net_heal(2);
  driver_patience(60000);
  wait_until(serves(2));
  ck_assert_ptr_nonnull(driver_event("address tcp:10.99.0.2:9000 can be reached again"));
  p = run_phase("2 answers its probes again", 1000);
  nothing_failed(&p);
  finish();
}
END_TEST

int main(void) {
  TCase *cases[] = {driver_case("net")};
  const char *why = getenv("FCGICLIENT_TEST_NO_PHP") ? "needs PHP" : net_is_impossible();
  if (why) {
    printf("net: skipped: %s\n", why);
    return 77;
  }
  tcase_set_timeout(cases[0], driver_is_long() ? 300 : 120);
  tcase_add_test(cases[0], nothing_is_lost_but_what_is_in_flight_on_a_dead_machine);
  tcase_add_test(cases[0], a_drained_machine_is_replaced_without_a_lost_request);
  tcase_add_test(cases[0], a_machine_that_is_cut_off_while_nobody_asks_costs_no_request);
  return driver_main("net", cases, 1, 0);
}
