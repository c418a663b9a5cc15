/* test_no_memory.c: pools with names, monitored files, and addresses that others reach too
   (crowds): each allocation fails, once and for ever; then there is a sentence, and nothing is
   left. */
#include "base/memory.h"
#include "client/hosts.h"
#include "client/resolver.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static hosts h;
static fcl_pool_options o;

/* ---- What crowds take is the C library's, of no client ---- */

static atomic_uint crowd_left; /* until it fails; 0: it does not */
static int crowd_for_ever;

void *__real_fcl__zalloc(const fcl__memory *memory, size_t size);
void *__wrap_fcl__zalloc(const fcl__memory *memory, size_t size) {
  if (memory->fn == NULL && crowd_left > 0 && --crowd_left == 0) {
    crowd_left = crowd_for_ever ? 1 : 0;
    return NULL;
  }
  return __real_fcl__zalloc(memory, size);
}

static void crowd_fail(unsigned nth, int for_ever) {
  crowd_for_ever = for_ever;
  crowd_left = nth;
}

/* ---- The world ---- */

static void setup(void) {
  memset(&h, 0, sizeof h);
  memset(&o, 0, sizeof o);
}

static void teardown(void) {
  crowd_fail(0, 0);
  resolver_say(NULL);
  hosts_end(&h);
}

static char name[64];
static const char *named[2] = {name, NULL};

/* An application at 127.0.0.1, and a name for it. */
static void open_named(void) {
  world_open(&h.w, FCL_LOOP_UV);
  h.count = 1;
  h.host[0].listen = "tcp:127.0.0.1:0";
  host_start(&h.host[0]);
  snprintf(name, sizeof name, "tcp:app.test:%s",
           strrchr(fcl_script_address(h.host[0].script), ':') + 1);
  o.addresses = named;
  o.slow_start_ms = FCL_NONE;
  resolver_say("127.0.0.1");
}

/* Of fcl_pool_new, one after the other; the pool that comes in the end is the world's. */
static unsigned fail_each(int for_ever) {
  fcl_error e;
  size_t n = 0;
  int code;
  do {
    test_allocator_fail(&h.w.memory, ++n, for_ever);
    code = fcl_pool_new(&h.w.pool, h.w.client, &o, &e);
    test_allocator_fail(&h.w.memory, 0, 0);
    ck_assert(code == FCL_OK || (code == FCL_E_NOMEM && strstr(e.text, "memory") && !h.w.pool));
  } while (code != FCL_OK);
  return (unsigned) n - 1;
}

/* ---- Pools ---- */

START_TEST(each_allocation_of_a_pool_with_a_name_may_fail) {
  open_named();
  ck_assert_uint_gt(fail_each(_i), 8);
  ck_assert_uint_eq(hosts_ask(&h, NULL), 0);
}
END_TEST

START_TEST(each_allocation_of_a_pool_with_monitored_files_may_fail) {
  static const char *const files[] = {"/etc/passwd", "no/such/*.file", NULL};
  static const char *const env[] = {"A=b", NULL};
  hosts_open(&h, FCL_LOOP_UV, 1);
  o.program = system_program;
  o.argv = env;
  o.env = env;
  o.directory = "/";
  o.monitor = files;
  ck_assert_uint_gt(fail_each(_i), 8);
  world_rest(&h.w);
  ck_assert_ptr_null(strstr(h.w.said, "monitor"));
}
END_TEST

/* It looks with a clock for which there may be no memory. */
START_TEST(a_pool_that_cannot_watch_its_files_serves) {
  static const char *const files[] = {"/etc/passwd", NULL};
  fcl_error e;
  size_t n;
  hosts_open(&h, FCL_LOOP_UV, 1);
  o.program = system_program;
  o.monitor = files;
  for (n = 1; n <= 3; n++) {
    ck_assert_int_eq(fcl_pool_new(&h.w.pool, h.w.client, &o, &e), FCL_OK);
    test_allocator_fail(&h.w.memory, n, _i);
    world_rest(&h.w);
    test_allocator_fail(&h.w.memory, 0, 0);
    fcl_pool_close(h.w.pool, 0);
    world_rest(&h.w);
  }
}
END_TEST

/* ---- Names ---- */

START_TEST(each_allocation_while_a_name_is_resolved_may_fail) {
  exchange x;
  fcl_error e;
  size_t n;
  open_named();
  for (n = 1; n <= 12; n++) {
    ck_assert_int_eq(fcl_pool_new(&h.w.pool, h.w.client, &o, &e), FCL_OK);
    memset(&x, 0, sizeof x);
    exchange_get(&x, &h.w);
    test_allocator_fail(&h.w.memory, n, _i);
    world_pass(&h.w, 20);
    test_allocator_fail(&h.w.memory, 0, 0);
    exchange_wait(&x);
    ck_assert(x.result.error.code == FCL_OK || x.result.error.code == FCL_E_NOMEM ||
              x.result.error.code == FCL_E_CONNECT);
    fcl_pool_resume(h.w.pool);
    ck_assert_uint_eq(hosts_ask(&h, NULL), 0);
    fcl_pool_close(h.w.pool, 0);
  }
}
END_TEST

/* Nobody uses a name without addresses: it must be asked again without that. */
START_TEST(a_name_whose_address_found_no_memory_is_resolved_again_by_itself) {
  fcl_error e;
  exchange x;
  open_named();
  o.name = "test";
  ck_assert_int_eq(fcl_pool_new(&h.w.pool, h.w.client, &o, &e), FCL_OK);
  crowd_fail(1, 1);
  hosts_get(&h, &x, NULL);
  ck_assert_error(&x, FCL_E_CONNECT, "test: there was no memory for the addresses of tcp:app.test");
  crowd_fail(0, 0);
  while (resolver_asked() < 2)
    world_pass(&h.w, 5);
  world_pass(&h.w, 20);
  ck_assert_uint_eq(hosts_ask(&h, NULL), 0);
}
END_TEST

/* ---- Crowds ---- */

START_TEST(each_place_in_a_crowd_may_find_no_memory) {
  fcl_error e;
  unsigned n;
  hosts_open(&h, FCL_LOOP_UV, 3);
  o.name = "test";
  o.addresses = h.addresses;
  for (n = 1; n <= 3; n++) {
    crowd_fail(n, _i);
    ck_assert_int_eq(fcl_pool_new(&h.w.pool, h.w.client, &o, &e), FCL_E_NOMEM);
    ck_assert_str_eq(e.text, "test: no memory for an address");
  }
  crowd_fail(0, 0);
  ck_assert_int_eq(fcl_pool_new(&h.w.pool, h.w.client, &o, &e), FCL_OK);
  ck_assert_uint_le(hosts_ask(&h, NULL), 2);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("no memory");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 60);
#define EACH(test) test_add_loop(t, test, 0, 2) /* once, for ever */
  EACH(each_allocation_of_a_pool_with_a_name_may_fail);
  EACH(each_allocation_of_a_pool_with_monitored_files_may_fail);
  EACH(a_pool_that_cannot_watch_its_files_serves);
  EACH(each_allocation_while_a_name_is_resolved_may_fail);
  tcase_add_test(t, a_name_whose_address_found_no_memory_is_resolved_again_by_itself);
  EACH(each_place_in_a_crowd_may_find_no_memory);
  return test_suite_run("no memory", &t, 1);
}
