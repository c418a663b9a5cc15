/* test_policy.c: when a process is replaced (lifetime_ms, max_memory), how many connections it gets
 * (per_process), and when it gets the first (ready). */
#include "real/driver.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static many many_of(fcl_pool *pool, const char *script, unsigned total, unsigned at_once) {
  many m = {0};
  m.pool = pool;
  m.plan.script = script;
  m.total = total;
  m.at_once = at_once;
  return m;
}

static const char counting[] = "<?php usleep(1000 * ($_GET['ms'] ?? 2)); echo $_GET['n'];";

/* ---- lifetime_ms ---- */

START_TEST(old_processes_are_replaced_under_load_and_no_request_is_lost) {
  fcl_pool_options o = driver_php();
  many m;
  o.max_processes = 3;
  o.max_requests = FCL_NEVER;
  o.lifetime_ms = 300;
  m = many_of(driver_pool(&o), driver_file("n.php", counting), driver_is_long() ? 10000 : 1500, 6);
  many_run(&m);
  many_all_ok(&m);
  ck_assert_uint_ge(driver_events("has lived for 300 ms (lifetime_ms) and is replaced"), 3);
  ck_assert_uint_eq(m.tries, m.total);
}
END_TEST

/* ---- max_memory ---- */

START_TEST(a_process_that_takes_too_much_memory_finishes_and_is_replaced) {
  fcl_pool_options o = driver_php();
  fcl_pool *pool;
  call *c;
  o.max_processes = 1;
  o.max_memory = 80u << 20;
  pool = driver_pool(&o);
  c = call_get(pool,
               driver_file("large.php",
                           "<?php ini_set('memory_limit', '256M');\n"
                           "$x = str_repeat('x', 100 << 20); usleep(3500000); echo 'large';"),
               "");
  call_is_ok(c);
  ck_assert_str_eq(c->text, "large");
  ck_assert_ptr_nonnull(driver_event("MiB of memory, more than 80 MiB (max_memory), after 1 "
                                     "requests, and is replaced"));
  wait_until(!process_lives(c->result.pid));
  call_is_ok(call_get(pool, driver_file("n.php", counting), "n=1"));
}
END_TEST

START_TEST(a_process_below_max_memory_stays) {
  fcl_pool_options o = driver_php();
  o.max_processes = 1;
  o.max_memory = 200u << 20;
  call_is_ok(call_get(driver_pool(&o), driver_file("n.php", counting), "n=1"));
  driver_run_for(3500);
  ck_assert_uint_eq(process_count_named("php-cgi"), 1);
}
END_TEST

/* ---- per_process: Net::Async::FastCGI serves many connections ---- */

#define PERL "/usr/bin/perl"

static const char threads[] =
    "use strict; use warnings; use IO::Async::Loop; use IO::Socket::UNIX; use "
    "Net::Async::FastCGI;\n"
    "my $loop = IO::Async::Loop->new; my $now = 0; my $most = 0;\n"
    "my $app = Net::Async::FastCGI->new(handle => IO::Socket::UNIX->new_from_fd(0, 'r+'),\n"
    "  on_request => sub {\n"
    "    my ($self, $r) = @_;\n"
    "    my %q = map { split /=/, $_, 2 } split /&/, ($r->param('QUERY_STRING') // '');\n"
    "    $most = $now if ++$now > $most;\n"
    "    $loop->watch_time(after => 0.01, code => sub {\n"
    "      $now--;\n"
    "      my $text = $q{most} ? $most : $q{n};\n"
    "      $r->print_stdout(\"Content-Type: text/plain\\r\\n\\r\\n$text\"); $r->finish(0);\n"
    "    });\n"
    "  });\n"
    "$loop->add($app); $loop->run;\n";

static fcl_pool *threaded(unsigned per_process) {
  static const char *argv[] = {PERL, NULL, NULL};
  fcl_pool_options o = {0};
  argv[1] = driver_file("threads.pl", threads);
  o.name = "threads";
  o.program = PERL;
  o.argv = argv;
  o.max_processes = 1;
  o.max_requests = FCL_NEVER;
  o.per_process = per_process;
  return driver_pool(&o);
}

static unsigned most(fcl_pool *pool) {
  call *c = call_get(pool, NULL, "most=1");
  call_is_ok(c);
  return (unsigned) atoi(c->text);
}

START_TEST(one_process_serves_as_many_connections_as_per_process) {
  fcl_pool *pool = threaded(10);
  many m = many_of(pool, NULL, 400, 30);
  many_run(&m);
  many_all_ok(&m);
  ck_assert_uint_eq(most(pool), 10);
  ck_assert_uint_eq(process_count_named("perl"), 1);
}
END_TEST

START_TEST(without_per_process_it_is_one) {
  fcl_pool *pool = threaded(0);
  many m = many_of(pool, NULL, 30, 10);
  many_run(&m);
  many_all_ok(&m);
  ck_assert_uint_eq(most(pool), 1);
}
END_TEST

/* ---- ready: php-cgi that takes a second to start, but for the first time ---- */

static fcl_pool *slow_to_start(fcl_ready ready) {
  char script[512];
  fcl_pool_options o = driver_php();
  snprintf(script, sizeof script, "#!/bin/sh\n[ -e %s ] && sleep 1\n: > %s\nexec " PHP_CGI "\n",
           driver_path("was_here"), driver_path("was_here"));
  o.program = driver_program("slow", script);
  o.argv = NULL;
  o.max_processes = 2;
  o.ready = ready;
  return driver_pool(&o);
}

static uint64_t second_of_two(fcl_pool *pool) {
  const char *sleeper = driver_file("n.php", counting);
  uint64_t began;
  call *first, *second;
  call_is_ok(call_get(pool, sleeper, "n=0"));
  began = driver_ms();
  first = call_get(pool, sleeper, "n=1&ms=200");
  second = call_get(pool, sleeper, "n=2");
  call_is_ok(second);
  began = driver_ms() - began;
  call_is_ok(first);
  return began;
}

START_TEST(who_waits_does_not_wait_for_a_process_that_is_not_ready) {
  ck_assert_uint_lt(second_of_two(slow_to_start(FCL_READY_ANSWERED)), 900);
}
END_TEST

START_TEST(to_accept_is_enough_where_that_is_asked) {
  ck_assert_uint_lt(second_of_two(slow_to_start(FCL_READY_ACCEPTED)), 900);
}
END_TEST

START_TEST(without_it_a_request_is_bound_to_the_process_that_starts) {
  ck_assert_uint_ge(second_of_two(slow_to_start(FCL_READY_STARTED)), 900);
}
END_TEST

START_TEST(a_program_that_never_gets_ready_is_named) {
  fcl_pool_options o = driver_php();
  o.program = driver_program("idle", "#!/bin/sh\nexec sleep 60\n");
  o.argv = NULL;
  o.ready = FCL_READY_ACCEPTED;
  o.start_ms = 500;
  call_failed(call_get(driver_pool(&o), driver_file("n.php", counting), "n=1"), FCL_E_TIMEOUT_START,
              "accepted no connection (ready) within 500 ms (start_ms)");
}
END_TEST

/* Says 503 for as long as a file is not there: it warms up. */
static const char warming[] = "<?php if ($_SERVER['SCRIPT_NAME'] == '/ready' &&"
                              " !file_exists(__DIR__ . '/warm')) http_response_code(503);"
                              " echo getmypid();";

static fcl_pool *probed(const char **probe) {
  static char filename[512];
  fcl_pool_options o = driver_php();
  snprintf(filename, sizeof filename, "SCRIPT_FILENAME=%s", driver_file("warm.php", warming));
  probe[0] = "SCRIPT_NAME=/ready";
  probe[1] = filename;
  probe[2] = "REDIRECT_STATUS=200";
  probe[3] = NULL;
  o.ready = FCL_READY_PROBED;
  o.probe = probe;
  o.max_processes = 1;
  o.start_ms = 2000;
  return driver_pool(&o);
}

START_TEST(a_process_is_ready_when_it_answers_a_request_of_the_callers) {
  const char *probe[4];
  fcl_pool *pool = probed(probe);
  call *c = call_get(pool, driver_path("warm.php"), "");
  driver_run_for(400);
  ck_assert(!c->is_done);
  driver_file("warm", "");
  call_is_ok(c);
  ck_assert_uint_eq(driver_events("is ready,"), 1);
}
END_TEST

START_TEST(one_whose_answer_does_not_count_is_named_with_its_status) {
  const char *probe[4];
  fcl_pool *pool = probed(probe);
  call_failed(call_get(pool, driver_path("warm.php"), ""), FCL_E_TIMEOUT_START,
              "did not answer the probe as it should (ready) within 2 s (start_ms)");
  ck_assert_uint_ge(driver_events("The last time it answered with status 503."), 1);
}
END_TEST

/* ---- fcl_request_source: nine with one request at a time each, and one with a hundred ---- */

enum { NINE = 9, FLOOD = 100, WINDOW_MS = 2000, WINDOWS = 3 };

static const char *const names[NINE + 1] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "flood"};
static many crowd[NINE + 1];

static void enter(fcl_pool *pool, const char *script, unsigned who, unsigned at_once) {
  crowd[who] = many_of(pool, script, 1u << 30, at_once);
  crowd[who].plan.source = names[who];
  many_start(&crowd[who]);
}

typedef struct rates {
  unsigned each[NINE], all; /* requests in WINDOW_MS; `all` with the flood's */
} rates;

static unsigned done_in_all(void) {
  unsigned i, sum = 0;
  for (i = 0; i <= NINE; i++)
    sum += crowd[i].done;
  return sum;
}

/* The window of some in which the most was done: the machine has other work. */
static rates watch_crowd(void) {
  rates best = {{0}, 0}, now;
  unsigned before[NINE], window, i;
  driver_run_for(300);
  for (window = 0; window < WINDOWS; window++) {
    for (i = 0; i < NINE; i++)
      before[i] = crowd[i].done;
    now.all = done_in_all();
    driver_run_for(WINDOW_MS);
    for (i = 0; i < NINE; i++)
      now.each[i] = crowd[i].done - before[i];
    now.all = done_in_all() - now.all;
    best = now.all > best.all ? now : best;
  }
  return best;
}

static void leave(unsigned who) {
  crowd[who].total = crowd[who].started;
  wait_until(many_is_done(&crowd[who]));
  many_all_ok(&crowd[who]);
}

/* Each has at least 80 % of what it had before the flood; where the processes together did less in
   the meantime, for other work of the machine, of so much less. */
static int is_kept(const rates *alone, const rates *flooded, int is_full) {
  unsigned all = is_full && flooded->all < alone->all ? flooded->all : alone->all, i, kept = 0;
  for (i = 0; i < NINE; i++)
    printf("  client %u: %u requests in %u ms without the flood, %u in it (%u %%)\n", i + 1,
           alone->each[i], (unsigned) WINDOW_MS, flooded->each[i],
           100 * flooded->each[i] / alone->each[i]);
  printf("  all: %u and %u\n", alone->all, flooded->all);
  fflush(stdout);
  for (i = 0; i < NINE; i++)
    kept += flooded->each[i] * 10 * alone->all >= alone->each[i] * 8 * all;
  return kept == NINE;
}

static void flood(unsigned processes, unsigned first) {
  const char *script = driver_file("n.php", "<?php usleep(10000); echo $_GET['n'];");
  fcl_pool_options o = driver_php();
  rates alone, flooded;
  fcl_pool *pool;
  unsigned i;
  int kept = 0;
  o.max_processes = processes;
  o.max_requests = FCL_NEVER;
  pool = driver_pool(&o);
  driver_warm_up(pool, processes);
  for (i = 0; i < first; i++)
    enter(pool, script, i, 1);
  alone = watch_crowd();
  for (i = first; i < NINE; i++) {
    enter(pool, script, i, 1);
    alone.each[i] = alone.each[0];
  }
  enter(pool, script, NINE, FLOOD);
  printf("%u processes, %u beside the first, then the flood:\n", processes, first - 1);
  for (i = 0; i < 3 && !kept; i++) { /* a machine that has other work is looked at again */
    flooded = watch_crowd();
    kept = is_kept(&alone, &flooded, first == NINE);
  }
  ck_assert_int_eq(kept, 1);
  for (i = 0; i <= NINE; i++)
    leave(i);
}

START_TEST(each_of_nine_keeps_what_one_has_alone_while_one_floods) {
  flood(10, 1);
}
END_TEST

START_TEST(nine_who_fill_the_pool_keep_their_rates_while_one_floods) {
  flood(4, NINE);
}
END_TEST

int main(void) {
  TCase *cases[] = {driver_case("replaced"), driver_case("per_process"), driver_case("ready"),
                    driver_case("sources")};
  tcase_add_test(cases[0], old_processes_are_replaced_under_load_and_no_request_is_lost);
  tcase_add_test(cases[0], a_process_that_takes_too_much_memory_finishes_and_is_replaced);
  tcase_add_test(cases[0], a_process_below_max_memory_stays);
  if (system(PERL " -MNet::Async::FastCGI -e 1 2>/dev/null") == 0) {
    tcase_add_test(cases[1], one_process_serves_as_many_connections_as_per_process);
    tcase_add_test(cases[1], without_per_process_it_is_one);
  }
  tcase_add_test(cases[2], who_waits_does_not_wait_for_a_process_that_is_not_ready);
  tcase_add_test(cases[2], to_accept_is_enough_where_that_is_asked);
  tcase_add_test(cases[2], without_it_a_request_is_bound_to_the_process_that_starts);
  tcase_add_test(cases[2], a_program_that_never_gets_ready_is_named);
  tcase_add_test(cases[2], a_process_is_ready_when_it_answers_a_request_of_the_callers);
  tcase_add_test(cases[2], one_whose_answer_does_not_count_is_named_with_its_status);
  tcase_add_test(cases[3], each_of_nine_keeps_what_one_has_alone_while_one_floods);
  tcase_add_test(cases[3], nine_who_fill_the_pool_keep_their_rates_while_one_floods);
  return driver_main("policy", cases, 4, 1);
}
