/* test_exits.c: processes that leave, crash or are killed, between requests and in the middle of
 * one. */
#include "real/driver.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *n_php(void) {
  return driver_file("n.php", "<?php echo $_GET['n'];");
}

static many many_of(fcl_pool *pool, const char *script, unsigned total, unsigned at_once) {
  many m = {0};
  m.pool = pool;
  m.plan.script = script;
  m.total = total;
  m.at_once = at_once;
  return m;
}

/* Processes that do not leave by themselves. */
static fcl_pool_options lasting(unsigned processes) {
  fcl_pool_options o = driver_php();
  o.max_processes = processes;
  o.max_requests = FCL_NEVER;
  setenv("PHP_FCGI_MAX_REQUESTS", "100000", 1);
  return o;
}

/* ---- PHP leaves by itself ---- */

static const struct {
  unsigned processes, at_once, total, new_connection_each;
} loads[] = {
    {16, 16, 10000, 0}, /* a process for each */
    {4, 16, 5000, 0},   /* they queue */
    {4, 16, 3000, 1},
};

START_TEST(php_that_leaves_after_50_requests_costs_none) {
  fcl_pool_options o = lasting(loads[_i].processes);
  many m;
  setenv("PHP_FCGI_MAX_REQUESTS", "50", 1);
  o.new_connection_each = loads[_i].new_connection_each;
  o.rapid_fails = 1; /* leaving is no failure */
  m = many_of(driver_pool(&o), n_php(), loads[_i].total, loads[_i].at_once);
  many_run(&m);
  many_all_ok(&m);
  ck_assert_uint_ge(driver_events("exited with status 0"), m.total / 50 - o.max_processes);
}
END_TEST

START_TEST(our_own_max_requests_costs_none) {
  fcl_pool_options o = driver_php();
  many m;
  o.max_requests = 20;
  o.rapid_fails = 1;
  m = many_of(driver_pool(&o), n_php(), 1000, 16);
  many_run(&m);
  many_all_ok(&m);
  ck_assert_uint_ge(driver_events("(max_requests) and is replaced"), 45);
}
END_TEST

static long file_size(const char *path) {
  FILE *f = fopen(path, "r");
  long n = 0;
  if (f == NULL)
    return 0;
  fseek(f, 0, SEEK_END);
  n = ftell(f);
  fclose(f);
  return n;
}

/* ---- Killed while idle ---- */

static unsigned killed;

/* While more processes live than requests run, nobody waits, and who has just ended one has nothing
   in hand. */
static void kill_some(many *m, call *c) {
  if (rand() % (driver_is_long() ? 20 : 10) != 0 ||
      driver_events("was started;") - killed <= m->started - m->done)
    return;
  killed++;
  kill((pid_t) c->result.pid, SIGKILL);
}

static fcl_pool *sixteen_started(void) {
  fcl_pool_options o = lasting(16);
  fcl_pool *pool;
  many m;
  o.min_processes = 16; /* who dies is replaced */
  o.rapid_fails = FCL_NEVER;
  pool = driver_pool(&o);
  m = many_of(pool, driver_file("warm.php", "<?php usleep(300000); echo $_GET['n'];"), 16, 16);
  many_run(&m);
  many_all_ok(&m);
  return pool;
}

START_TEST(a_kill_of_a_process_that_has_just_become_idle_costs_no_request) {
  fcl_pool *pool = sixteen_started();
  unsigned round;
  srand(4711 + (unsigned) _i);
  for (round = 0; round < 5 && killed < 10; round++) { /* a busy machine has few idle processes */
    many m = many_of(pool, n_php(), driver_is_long() ? 10000 : 1000, _i ? 12 : 4);
    m.each = kill_some;
    many_run(&m);
    many_all_ok(&m);
  }
  ck_assert_uint_ge(killed, 10);
}
END_TEST

static long pids[64];
static unsigned pid_count;

static void note_pid(many *m, call *c) {
  unsigned i;
  for (i = 0; i < pid_count; i++)
    if (pids[i] == c->result.pid)
      return;
  if (pid_count < 64)
    pids[pid_count++] = c->result.pid;
}

static void kill_noted(void) {
  unsigned i;
  for (i = 0; i < pid_count; i++)
    kill((pid_t) pids[i], SIGKILL);
}

/* One that was started and never needed is not among them, and lives on. */
static int have_noted_gone(void) {
  unsigned i = 0;
  while (i < pid_count && !process_lives(pids[i]))
    i++;
  return i == pid_count;
}

START_TEST(a_kill_of_all_idle_processes_costs_no_request) {
  fcl_pool_options o = lasting(16);
  fcl_pool *pool;
  const char *script = driver_file("n.php", "<?php usleep(5000); echo $_GET['n'];");
  unsigned round;
  o.rapid_fails = FCL_NEVER;
  pool = driver_pool(&o);
  for (round = 0; round < 8; round++) {
    many m = many_of(pool, script, 48, 16);
    m.each = note_pid;
    many_run(&m);
    many_all_ok(&m);
    kill_noted();
    if (round % 2) /* now it has been noticed, now it has not */
      wait_until(have_noted_gone());
    pid_count = 0;
  }
}
END_TEST

/* ---- Killed in the middle ---- */

static const char stalling[] =
    "<?php file_put_contents(__DIR__ . '/reads', 'x', FILE_APPEND);\n"
    "if (isset($_GET['length'])) header('Content-Length: 1001');\n"
    "if (isset($_GET['body'])) { echo str_repeat('x', 1000); flush(); }\n"
    "while (1) usleep(100000);";

static fcl_flow kill_it(call *c, const char *data, size_t len) {
  long pid = 0;
  if (sscanf(c->text, "%ld\n", &pid) == 1 && pid > 0)
    kill((pid_t) pid, SIGKILL);
  return FCL_NEXT;
}

/* The others serve on, and are served. */
START_TEST(a_process_that_is_killed_in_mid_response_costs_just_that_request) {
  fcl_pool_options o = lasting(8);
  fcl_pool *pool = driver_pool(&o);
  call_plan plan = {0};
  many m = many_of(pool, n_php(), 1000, 6);
  call *victims[20];
  unsigned i;
  plan.script =
      driver_file("half.php", "<?php echo getmypid(), \"\\n\"; flush(); while (1) usleep(100000);");
  plan.on_body = kill_it;
  many_start(&m);
  for (i = 0; i < 20; i++) {
    victims[i] = call_start(pool, &plan);
    call_failed(victims[i], FCL_E_TRUNCATED, "SIGKILL");
    ck_assert_int_eq(victims[i]->status, 200);
    if (i % 9 == 8)
      fcl_pool_resume(pool); /* it is not about rapid_fails here */
  }
  wait_until(many_is_done(&m));
  many_all_ok(&m);
}
END_TEST

static void kill_the_only_one(void) {
  ck_assert_uint_eq(driver_events("was started;"), 1);
  kill((pid_t) driver_event("was started;")->pid, SIGKILL);
}

START_TEST(a_request_whose_process_dies_before_it_answers_fails_and_is_not_run_again) {
  fcl_pool_options o = lasting(1);
  fcl_pool *pool = driver_pool(&o);
  call *c = call_get(pool, driver_file("stall.php", stalling), "");
  wait_until(file_size(driver_path("reads")) == 1);
  kill_the_only_one();
  call_failed(c, FCL_E_EXITED, "was ended by signal 9 (SIGKILL)");
  ck_assert_ptr_nonnull(strstr(c->result.error.text, driver_path("stall.php")));
  call_is_ok(call_get(pool, n_php(), "n=1"));
  ck_assert_int_eq(file_size(driver_path("reads")), 1);
}
END_TEST

START_TEST(a_response_that_lacks_one_byte_of_its_length_is_no_success) {
  fcl_pool_options o = lasting(1);
  call *c = call_get(driver_pool(&o), driver_file("stall.php", stalling), "body=1&length=1");
  wait_until(c->len == 1000);
  kill_the_only_one();
  call_failed(c, FCL_E_TRUNCATED, "SIGKILL");
}
END_TEST

static long guardian_pid(void) {
  const char *at = strstr(process_list(), " fcl-guardian");
  ck_assert_ptr_nonnull(at);
  while (at > process_list() && at[-1] != ' ')
    at--;
  return atol(at);
}

/* As on a machine so busy that the guardian has no turn: its word comes later than the end of the
   connection, and is waited for because the process is seen to be dead. */
START_TEST(an_exit_that_is_reported_late_explains_the_break_all_the_same) {
  fcl_pool_options o = lasting(1);
  call *c = call_get(driver_pool(&o), driver_file("stall.php", stalling), "body=1");
  long guardian;
  wait_until(c->len == 1000);
  guardian = guardian_pid();
  process_stop(guardian);
  kill_the_only_one();
  driver_run_for(600);
  kill((pid_t) guardian, SIGCONT);
  call_failed(c, FCL_E_TRUNCATED, "SIGKILL");
}
END_TEST

static const char enough[] =
    "<?php header('Content-Length: 5'); echo 'hello'; flush(); while (1) usleep(100000);";

START_TEST(a_response_that_is_whole_by_its_length_is_unclean_when_the_process_dies_behind_it) {
  fcl_pool_options o = lasting(1);
  call *c = call_get(driver_pool(&o), driver_file("enough.php", enough), "");
  wait_until(c->len == 5);
  kill_the_only_one();
  call_is_ok(c);
  ck_assert_int_eq(c->result.unclean, 1);
  ck_assert_str_eq(c->text, "hello");
}
END_TEST

START_TEST(those_who_wait_for_a_process_that_is_killed_are_served_by_the_next) {
  fcl_pool_options o = lasting(1);
  fcl_pool *pool = driver_pool(&o);
  call *victim = call_get(pool, driver_file("stall.php", stalling), "body=1");
  many m = many_of(pool, n_php(), 5, 5);
  wait_until(victim->len > 0);
  many_start(&m);
  kill_the_only_one();
  call_failed(victim, FCL_E_TRUNCATED, "SIGKILL");
  wait_until(many_is_done(&m));
  many_all_ok(&m);
}
END_TEST

/* None answers before all have begun, however slow the machine. */
static const char late[] = "<?php file_put_contents(__DIR__ . '/begun', 'x', FILE_APPEND);\n"
                           "while (!file_exists(__DIR__ . '/go')) usleep(1000);\n"
                           "usleep(300000 - 20000 * $_GET['n']); echo $_GET['n'];";

/* The first to be started is the last to be used: then their exits are reported in the order in
   which the request comes by. */
START_TEST(a_request_that_meets_one_dead_process_after_another_is_served) {
  fcl_pool_options o = lasting(12);
  fcl_pool *pool;
  many m;
  call *c;
  o.rapid_fails = FCL_NEVER;
  pool = driver_pool(&o);
  m = many_of(pool, driver_file("late.php", late), 12, 12);
  m.each = note_pid;
  many_start(&m);
  wait_until(file_size(driver_path("begun")) == 12);
  driver_file("go", "");
  wait_until(many_is_done(&m));
  many_all_ok(&m);
  ck_assert_uint_eq(pid_count, 12);
  kill_noted();
  c = call_get(pool, n_php(), "n=1");
  call_is_ok(c);
}
END_TEST

/* It is stopped first, so that it cannot accept in its last moment; then nobody has read it. */
START_TEST(a_post_that_a_killed_process_never_accepted_is_run_elsewhere) {
  fcl_pool_options o = lasting(1);
  fcl_pool *pool;
  unsigned i;
  o.new_connection_each = 1;
  o.rapid_fails = FCL_NEVER;
  pool = driver_pool(&o);
  for (i = 0; i < 10; i++) {
    call_plan plan = {0};
    call *first, *second;
    plan.method = "POST";
    plan.script = driver_file("m.php", "<?php echo $_SERVER['REQUEST_METHOD'];");
    call_is_ok(first = call_get(pool, plan.script, ""));
    process_stop(first->result.pid);
    second = call_start(pool, &plan);
    wait_until(second->is_done || process_is_awaited());
    kill((pid_t) first->result.pid, SIGKILL);
    call_is_ok(second);
    ck_assert_str_eq(second->text, "POST");
    ck_assert_int_ne(second->result.pid, first->result.pid);
  }
}
END_TEST

/* ---- Programs that end before they serve ---- */

static const struct {
  const char *script, *words;
} endings[] = {
    {"exit 3", "exited with status 3"},
    {"exit 0", "exited with status 0"},
    {"exit 255", "exited with status 255 (0xff)"},
    {"kill -SEGV $$", "was ended by signal 11 (SIGSEGV)"},
    {"kill -KILL $$", "was ended by signal 9 (SIGKILL)"},
};

START_TEST(a_program_that_ends_before_it_serves_is_named_with_its_end) {
  fcl_pool_options o = {0}, good = lasting(1);
  char text[64];
  call *c, *healthy;
  snprintf(text, sizeof text, "#!/bin/sh\necho 'no such module'\n%s\n", endings[_i].script);
  o.name = "broken";
  o.program = driver_program("broken", text);
  healthy = call_get(driver_pool(&good), n_php(), "n=1");
  c = call_get(driver_pool(&o), "/x.php", "");
  call_failed(c, FCL_E_EXITED, endings[_i].words);
  call_failed(c, FCL_E_EXITED, "before it answered anything");
  call_failed(c, FCL_E_EXITED, "broken: process ");
  ck_assert_uint_eq(fcl_code_http(c->result.error.code), 502);
  ck_assert_ptr_nonnull(driver_event("no such module"));
  call_is_ok(healthy);
}
END_TEST

int main(void) {
  TCase *cases[] = {driver_case("limits"), driver_case("idle"), driver_case("busy"),
                    driver_case("useless")};
  tcase_add_loop_test(cases[0], php_that_leaves_after_50_requests_costs_none, 0, 3);
  tcase_add_test(cases[0], our_own_max_requests_costs_none);
  tcase_add_loop_test(cases[1], a_kill_of_a_process_that_has_just_become_idle_costs_no_request, 0,
                      2);
  tcase_add_test(cases[1], a_kill_of_all_idle_processes_costs_no_request);
  tcase_add_test(cases[1], a_request_that_meets_one_dead_process_after_another_is_served);
  tcase_add_test(cases[1], a_post_that_a_killed_process_never_accepted_is_run_elsewhere);
  tcase_add_test(cases[2], a_process_that_is_killed_in_mid_response_costs_just_that_request);
  tcase_add_test(cases[2],
                 a_request_whose_process_dies_before_it_answers_fails_and_is_not_run_again);
  tcase_add_test(cases[2], an_exit_that_is_reported_late_explains_the_break_all_the_same);
  tcase_add_test(cases[2], a_response_that_lacks_one_byte_of_its_length_is_no_success);
  tcase_add_test(cases[2],
                 a_response_that_is_whole_by_its_length_is_unclean_when_the_process_dies_behind_it);
  tcase_add_test(cases[2], those_who_wait_for_a_process_that_is_killed_are_served_by_the_next);
  tcase_add_loop_test(cases[3], a_program_that_ends_before_it_serves_is_named_with_its_end, 0, 5);
  return driver_main("exits", cases, 4, 1);
}
