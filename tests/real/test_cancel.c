/* test_cancel.c: callers that leave: what PHP does then, when its process serves the next, and that
   none of it counts as a failure. */
#include "real/driver.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One process, so that the next request needs that very one; the first failure would be the last.
 */
static fcl_pool *single(void) {
  fcl_pool_options o = driver_php();
  o.max_processes = 1;
  o.rapid_fails = 1;
  return driver_pool(&o);
}

/* Every step leaves a byte; so does what comes behind them. */
static const char stepping[] =
    "<?php function mark($name) { file_put_contents(__DIR__ . '/' . $name, 'x', FILE_APPEND); }\n"
    "register_shutdown_function(function () { mark(connection_aborted() ? 'aborted' : 'normal'); "
    "});\n"
    "if (isset($_GET['stubborn'])) ignore_user_abort(true);\n"
    "for ($i = 0; $i < 20; $i++) { mark('steps'); echo \"step\\n\"; flush(); usleep(50000); }\n"
    "mark('finished');";

static unsigned marks(const char *name) {
  FILE *f = fopen(driver_path(name), "r");
  unsigned n = 0;
  while (f && getc(f) != EOF)
    n++;
  if (f)
    fclose(f);
  return n;
}

static const char *n_php(void) {
  return driver_file(
      "n.php", "<?php file_put_contents(__DIR__ . '/next', 'x', FILE_APPEND); echo $_GET['n'];");
}

/* The process that served `before` serves the next, and nothing was held against it. */
static void serves_the_next(fcl_pool *pool, const call *before) {
  call *next = call_get(pool, n_php(), "n=1");
  call_is_ok(next);
  ck_assert_int_eq(next->result.pid, before->result.pid);
  ck_assert_ptr_null(driver_event("SIG"));
  ck_assert_ptr_null(driver_event("asked to leave"));
}

START_TEST(a_canceled_script_stops_at_its_next_write) {
  fcl_pool *pool = single();
  call *c = call_get(pool, driver_file("steps.php", stepping), "");
  wait_until(c->len > 0);
  fcl_request_cancel(c->request);
  call_failed(c, FCL_E_CANCELED, "steps.php");
  serves_the_next(pool, c);
  ck_assert_uint_eq(marks("aborted"), 1);
  ck_assert_uint_eq(marks("finished"), 0);
  ck_assert_uint_lt(marks("steps"), 20);
}
END_TEST

START_TEST(a_script_under_ignore_user_abort_finishes_before_the_next_request_is_served) {
  fcl_pool *pool = single();
  call *c = call_get(pool, driver_file("steps.php", stepping), "stubborn=1"), *next;
  wait_until(c->len > 0);
  fcl_request_cancel(c->request);
  call_failed(c, FCL_E_CANCELED, "");
  ck_assert_uint_eq(marks("finished"), 0); /* on_done does not wait for it */
  next = call_get(pool, n_php(), "n=1");
  wait_until(marks("finished") == 1);
  ck_assert_int_eq(next->is_done, 0);
  call_is_ok(next);
  ck_assert_uint_eq(marks("steps"), 20);
  serves_the_next(pool, c);
}
END_TEST

START_TEST(a_script_that_writes_nothing_runs_on_and_the_next_request_waits) {
  static const char silent[] =
      "<?php usleep(500000); file_put_contents(__DIR__ . '/finished', 'x');";
  fcl_pool *pool = single();
  call *c, *next;
  call_is_ok(call_get(pool, n_php(), "n=0"));
  c = call_get(pool, driver_file("silent.php", silent), "");
  driver_run_for(100);
  fcl_request_cancel(c->request);
  call_failed(c, FCL_E_CANCELED, "");
  next = call_get(pool, n_php(), "n=1");
  call_is_ok(next);
  ck_assert_uint_eq(marks("finished"), 1);
  serves_the_next(pool, c);
}
END_TEST

START_TEST(with_a_second_process_nobody_waits_for_a_canceled_script) {
  fcl_pool_options o = driver_php();
  fcl_pool *pool;
  call *c;
  o.max_processes = 2;
  pool = driver_pool(&o);
  c = call_get(pool, driver_file("steps.php", stepping), "stubborn=1");
  wait_until(c->len > 0);
  fcl_request_cancel(c->request);
  call_failed(c, FCL_E_CANCELED, "");
  call_is_ok(call_get(pool, n_php(), "n=1"));
  ck_assert_uint_eq(marks("finished"), 0);
  wait_until(marks("finished") == 1);
}
END_TEST

START_TEST(a_process_that_dies_after_the_cancel_is_no_failure) {
  fcl_pool *pool = single();
  call *c = call_get(pool, driver_file("steps.php", stepping), "stubborn=1");
  wait_until(c->len > 0);
  fcl_request_cancel(c->request);
  call_failed(c, FCL_E_CANCELED, "");
  kill((pid_t) c->result.pid, SIGKILL);
  call_is_ok(call_get(pool, n_php(), "n=1"));
  ck_assert_ptr_null(driver_event("rapid_fails"));
}
END_TEST

/* ---- In each state ---- */

START_TEST(a_request_that_is_canceled_at_once_is_never_run) {
  fcl_pool *pool = single();
  call *c = call_get(pool, n_php(), "n=1");
  fcl_request_cancel(c->request);
  call_failed(c, FCL_E_CANCELED, "");
  call_is_ok(call_get(pool, n_php(), "n=2"));
  ck_assert_uint_eq(marks("next"), 1);
}
END_TEST

START_TEST(a_request_that_is_canceled_while_it_waits_is_never_run) {
  fcl_pool *pool = single();
  call *first = call_get(pool, driver_file("steps.php", stepping), ""), *second;
  wait_until(first->len > 0);
  second = call_get(pool, n_php(), "n=1");
  driver_run_for(20);
  fcl_request_cancel(second->request);
  call_failed(second, FCL_E_CANCELED, "");
  ck_assert_int_eq(first->is_done, 0);
  call_is_ok(first);
  ck_assert_uint_eq(marks("next"), 0);
  ck_assert_uint_eq(marks("normal"), 1);
}
END_TEST

START_TEST(a_request_that_is_canceled_while_its_process_starts_is_never_run) {
  fcl_pool *pool = single();
  call *c = call_get(pool, n_php(), "n=1");
  wait_until(process_count() > 0); /* the guardian at least */
  fcl_request_cancel(c->request);
  call_failed(c, FCL_E_CANCELED, "");
  call_is_ok(call_get(pool, n_php(), "n=2"));
}
END_TEST

static int cancel_in_the_middle(call *c) {
  if (c->lent < c->plan.upload / 2)
    return 0;
  fcl_request_cancel(c->request);
  return 1;
}

static const char taking[] =
    "<?php $n = strlen(file_get_contents('php://input'));\n"
    "file_put_contents(__DIR__ . '/took', $n == $_SERVER['CONTENT_LENGTH'] ? 'whole' : 'part');";

START_TEST(an_upload_that_is_canceled_is_never_taken_for_a_whole_one) {
  fcl_pool *pool = single();
  call_plan plan = {0};
  call *c;
  plan.script = driver_file("take.php", taking);
  plan.upload = 4u << 20;
  plan.before_part = cancel_in_the_middle;
  c = call_start(pool, &plan);
  call_failed(c, FCL_E_CANCELED, "");
  serves_the_next(pool, c);
  ck_assert_uint_ne(marks("took"), strlen("whole"));
}
END_TEST

static void cancel_it(void *arg) {
  call *c = arg;
  if (c->request)
    fcl_request_cancel(c->request);
}

START_TEST(an_upload_can_be_canceled_while_nobody_reads_it) {
  fcl_pool *pool = single();
  call_plan plan = {0};
  call *c;
  plan.script = driver_file("deaf.php", "<?php echo 'one'; flush(); usleep(500000);");
  plan.upload = 8u << 20;
  plan.part = 900000;
  c = call_start(pool, &plan);
  wait_until(c->len > 0);
  cancel_it(c);
  call_failed(c, FCL_E_CANCELED, "");
  serves_the_next(pool, c);
}
END_TEST

static fcl_flow hold(call *c, const char *data, size_t len) {
  return FCL_HOLD;
}

START_TEST(a_cancel_does_not_replace_an_owed_resume) {
  fcl_pool *pool = single();
  call_plan plan = {0};
  call *c;
  plan.script = driver_file("steps.php", stepping);
  plan.on_body = hold;
  c = call_start(pool, &plan);
  wait_until(c->len > 0);
  cancel_it(c);
  call_is_ok(call_get(pool, n_php(), "n=1")); /* its process is free long before */
  ck_assert_int_eq(c->is_done, 0);
  fcl_request_resume(c->request);
  call_failed(c, FCL_E_CANCELED, "");
}
END_TEST

/* ---- Many ---- */

static unsigned canceled;

static void start_another(fcl_pool *pool, unsigned *left);

typedef struct leaver {
  fcl_pool *pool;
  unsigned *left;
} leaver;

static void leaver_is_done(call *c) {
  leaver l = *(leaver *) c->user;
  free(c->user);
  c->user = NULL;
  ck_assert(c->result.error.code == FCL_OK || c->result.error.code == FCL_E_CANCELED);
  canceled += c->result.error.code == FCL_E_CANCELED;
  if (*l.left > 0)
    start_another(l.pool, l.left);
}

static void start_another(fcl_pool *pool, unsigned *left) {
  leaver l = {pool, left}, *kept = malloc(sizeof l);
  call_plan plan = {0};
  call *c;
  ck_assert_ptr_nonnull(kept);
  *kept = l;
  (*left)--;
  plan.script = driver_path("busy.php");
  plan.on_done = leaver_is_done;
  plan.upload = rand() % 3 ? 0 : 300000;
  c = call_start(pool, &plan);
  c->user = kept;
  driver_later((unsigned) rand() % 20, cancel_it, c);
}

START_TEST(callers_that_come_and_leave_disturb_nobody) {
  fcl_pool_options o = driver_php();
  unsigned left = driver_is_long() ? 3000 : 400, all = left, i;
  fcl_pool *pool;
  many m = {0};
  o.max_processes = 8;
  o.rapid_fails = 1;
  pool = driver_pool(&o);
  driver_file(
      "busy.php",
      "<?php for ($i = 0; $i < 5; $i++) { echo str_repeat('x', 30000); flush(); usleep(2000); }");
  m.pool = pool;
  m.plan.script = driver_file("n.php", "<?php usleep(2000); echo $_GET['n'];");
  m.total = all;
  m.at_once = 4;
  srand(4712);
  many_start(&m);
  for (i = 0; i < 8; i++)
    start_another(pool, &left);
  wait_until(left == 0 && many_is_done(&m));
  many_all_ok(&m);
  ck_assert_uint_gt(canceled, all / 10);
  ck_assert_ptr_null(driver_event("rapid_fails"));
  ck_assert_ptr_null(driver_event("SIG"));
  driver_run_for(30); /* the last that are to be canceled */
}
END_TEST

int main(void) {
  TCase *cases[] = {driver_case("php"), driver_case("states"), driver_case("many")};
  tcase_add_test(cases[0], a_canceled_script_stops_at_its_next_write);
  tcase_add_test(cases[0],
                 a_script_under_ignore_user_abort_finishes_before_the_next_request_is_served);
  tcase_add_test(cases[0], a_script_that_writes_nothing_runs_on_and_the_next_request_waits);
  tcase_add_test(cases[0], with_a_second_process_nobody_waits_for_a_canceled_script);
  tcase_add_test(cases[0], a_process_that_dies_after_the_cancel_is_no_failure);
  tcase_add_test(cases[1], a_request_that_is_canceled_at_once_is_never_run);
  tcase_add_test(cases[1], a_request_that_is_canceled_while_it_waits_is_never_run);
  tcase_add_test(cases[1], a_request_that_is_canceled_while_its_process_starts_is_never_run);
  tcase_add_test(cases[1], an_upload_that_is_canceled_is_never_taken_for_a_whole_one);
  tcase_add_test(cases[1], an_upload_can_be_canceled_while_nobody_reads_it);
  tcase_add_test(cases[1], a_cancel_does_not_replace_an_owed_resume);
  tcase_add_test(cases[2], callers_that_come_and_leave_disturb_nobody);
  return driver_main("cancel", cases, 3, 1);
}
