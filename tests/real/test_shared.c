/* test_shared.c: processes that take many requests on one connection: Net::Async::FastCGI, asked
 * what it can (GET_VALUES), or told; and applications that cannot: php-cgi, bin/app. */
#include "real/driver.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PERL "/usr/bin/perl"

/* Answers n after ms; exit=N leaves at once. */
static const char script[] =
    "use strict; use warnings; use IO::Async::Loop; use IO::Socket::UNIX; use "
    "Net::Async::FastCGI;\n"
    "my $loop = IO::Async::Loop->new; my $now = 0; my $most = 0;\n"
    "my $app = Net::Async::FastCGI->new(handle => IO::Socket::UNIX->new_from_fd(0, 'r+'),\n"
    "  on_request => sub {\n"
    "    my ($self, $r) = @_;\n"
    "    my %q = map { split /=/, $_, 2 } split /&/, ($r->param('QUERY_STRING') // '');\n"
    "    $most = $now if ++$now > $most;\n"
    "    exit $q{exit} if defined $q{exit};\n"
    "    my $end = sub {\n"
    "      $now--;\n"
    "      my $text = $q{most} ? $most : $q{size} ? 'x' x $q{size} : ($q{n} // '');\n"
    "      $r->print_stdout(\"Content-Type: text/plain\\r\\n\\r\\n$text\"); $r->finish(0);\n"
    "    };\n"
    "    $q{ms} ? $loop->watch_time(after => $q{ms} / 1000, code => $end) : $end->();\n"
    "  });\n"
    "$loop->add($app); $loop->run;\n";

static fcl_pool_options async_of(unsigned per_connection) {
  static const char *argv[] = {PERL, NULL, NULL};
  fcl_pool_options o = {0};
  argv[1] = driver_file("async.pl", script);
  o.name = "async";
  o.program = PERL;
  o.argv = argv;
  o.max_processes = 1;
  o.max_requests = FCL_NEVER;
  o.per_connection = per_connection;
  return o;
}

static fcl_pool *async(unsigned per_connection) {
  fcl_pool_options o = async_of(per_connection);
  return driver_pool(&o);
}

static unsigned most(fcl_pool *pool) {
  call *c = call_get(pool, NULL, "most=1");
  call_is_ok(c);
  return (unsigned) atoi(c->text);
}

static many many_of(fcl_pool *pool, unsigned total, unsigned at_once) {
  many m = {0};
  m.pool = pool;
  m.total = total;
  m.at_once = at_once;
  return m;
}

START_TEST(a_process_serves_as_many_at_once_as_it_was_given) {
  fcl_pool *pool = async(20);
  many m = many_of(pool, 500, 40);
  many_run(&m);
  many_all_ok(&m);
  ck_assert_uint_le(most(pool), 20);
}
END_TEST

START_TEST(slow_ones_share_the_connection_of_one_process) {
  fcl_pool *pool = async(20);
  call *cs[20];
  uint64_t began = driver_ms();
  int i;
  call_is_ok(call_get(pool, NULL, "n=0"));
  began = driver_ms();
  for (i = 0; i < 20; i++)
    cs[i] = call_get(pool, NULL, i & 1 ? "ms=400" : "ms=300");
  for (i = 0; i < 20; i++)
    call_is_ok(cs[i]);
  ck_assert_uint_lt(driver_ms() - began, 3000); /* one behind the other they take 7 s */
  ck_assert_uint_eq(most(pool), 20);
  ck_assert_uint_eq(process_count_named("perl"), 1);
}
END_TEST

START_TEST(it_says_itself_how_many) {
  fcl_pool *pool = async(FCL_AUTO);
  many m = many_of(pool, 300, 50);
  call *cs[20];
  int i;
  call_is_ok(call_get(pool, NULL, "n=0"));
  wait_until(driver_event("GET_VALUES"));
  ck_assert_msg(strstr(driver_event("GET_VALUES")->text, "FCGI_MPXS_CONNS=1") != NULL, "%s",
                driver_event("GET_VALUES")->text);
  many_run(&m);
  many_all_ok(&m);
  for (i = 0; i < 20; i++)
    cs[i] = call_get(pool, NULL, "ms=200");
  for (i = 0; i < 20; i++)
    call_is_ok(cs[i]);
  ck_assert_uint_eq(most(pool), 20);
}
END_TEST

/* It knows no ABORT_REQUEST and answers nevertheless: the answer is dropped. */
START_TEST(who_cancels_disturbs_nobody) {
  fcl_pool *pool = async(10);
  call *left, *kept;
  call_is_ok(call_get(pool, NULL, "n=0"));
  left = call_get(pool, NULL, "ms=300&size=100000");
  kept = call_get(pool, NULL, "ms=500&size=200000");
  driver_run_for(100);
  fcl_request_cancel(left->request);
  call_failed(left, FCL_E_CANCELED, "canceled");
  call_is_ok(kept);
  ck_assert_uint_eq(kept->len, 200000);
  ck_assert_uint_eq(process_count_named("perl"), 1);
}
END_TEST

START_TEST(an_exit_fails_each_in_its_own_words_and_the_next_are_served) {
  fcl_pool_options o = async_of(10);
  fcl_pool *pool;
  call_plan plan = {0};
  call *slow, *last;
  o.rapid_fails = FCL_NEVER;
  pool = driver_pool(&o);
  call_is_ok(call_get(pool, NULL, "n=0"));
  plan.method = "POST"; /* which is not sent again */
  plan.query = "ms=5000";
  plan.script = "/slow";
  slow = call_start(pool, &plan);
  driver_run_for(100);
  plan.query = "exit=3";
  plan.script = "/last";
  last = call_start(pool, &plan);
  call_failed(slow, FCL_E_EXITED, "exited with status 3 while running /slow");
  call_failed(last, FCL_E_EXITED, "while running /last");
  call_is_ok(call_get(pool, NULL, "n=0"));
}
END_TEST

START_TEST(a_killed_process_is_replaced_under_load) {
  fcl_pool_options o = async_of(10);
  fcl_pool *pool;
  many m;
  long pid;
  o.rapid_fails = FCL_NEVER;
  o.max_processes = 2;
  pool = driver_pool(&o);
  call_is_ok(call_get(pool, NULL, "n=0"));
  pid = driver_event("was started")->pid;
  m = many_of(pool, 1000, 10);
  many_start(&m);
  wait_until(m.done > 100);
  kill((pid_t) pid, SIGKILL);
  wait_until(many_is_done(&m));
  ck_assert_uint_ge(m.ok, 1000 - 20); /* what was in hand when it died */
}
END_TEST

START_TEST(a_worn_process_is_replaced_and_loses_nothing) {
  fcl_pool_options o = async_of(10);
  many m;
  o.max_requests = 50;
  m = many_of(driver_pool(&o), 400, 20);
  many_run(&m);
  many_all_ok(&m);
  ck_assert_uint_gt(driver_events("has served 50 requests"), 3);
}
END_TEST

START_TEST(one_that_is_silent_fails_alone_and_its_process_is_replaced) {
  fcl_pool_options o = async_of(10);
  fcl_pool *pool;
  call *silent, *slow;
  o.activity_ms = 1500;
  o.rapid_fails = FCL_NEVER;
  pool = driver_pool(&o);
  call_is_ok(call_get(pool, NULL, "n=0"));
  silent = call_get(pool, NULL, "ms=60000");
  driver_run_for(500);
  slow = call_get(pool, NULL, "ms=1300&size=10");
  call_failed(silent, FCL_E_TIMEOUT_ACTIVITY, "when its other requests are done");
  call_is_ok(slow);
  wait_until(!process_lives(slow->result.pid));
  call_is_ok(call_get(pool, NULL, "n=0"));
}
END_TEST

/* ---- Who cannot ---- */

/* php-cgi answers and closes (§4.1: FCGI_MPXS_CONNS is 0). */
START_TEST(php_is_asked_and_gets_one_at_a_time) {
  fcl_pool_options o = driver_php();
  fcl_pool *pool;
  many m;
  if (access(PHP_CGI, 1) != 0)
    return;
  o.per_connection = FCL_AUTO;
  o.max_processes = 2;
  pool = driver_pool(&o);
  m = many_of(pool, 100, 4);
  m.plan.script = driver_file("n.php", "<?php echo $_GET['n'];");
  many_run(&m);
  many_all_ok(&m);
  wait_until(driver_event("GET_VALUES"));
  ck_assert_uint_eq(driver_events("GET_VALUES"), 1);
}
END_TEST

static int wait_half(call *c) {
  return c->lent >= 65536 && c->user == NULL;
}

/* bin/app, while it reads a request: it ends what comes second with CANT_MPX_CONN. */
START_TEST(who_refuses_to_share_gets_one_at_a_time_and_loses_nothing) {
  fcl_pool_options o = {0};
  fcl_pool *pool;
  call_plan plan = {0};
  call *upload, *second;
  o.name = "app";
  o.program = REAL_APP;
  o.max_processes = 2;
  o.per_connection = 10;
  pool = driver_pool(&o);
  plan.query = "sum=1";
  plan.upload = 131072;
  plan.before_part = wait_half;
  upload = call_start(pool, &plan);
  wait_until(upload->lent == 65536);
  second = call_get(pool, NULL, "n=1");
  call_is_ok(second); /* by another process */
  ck_assert_uint_eq(second->result.tries, 2);
  ck_assert(driver_event("CANT_MPX_CONN") != NULL);
  upload->user = upload;
  call_send(upload);
  call_is_ok(upload);
}
END_TEST

static int has_module(void) {
  return system(PERL " -MNet::Async::FastCGI -e 1 2>/dev/null") == 0;
}

int main(void) {
  TCase *t = driver_case("shared");
  if (!has_module()) {
    puts("skipped: libnet-async-fastcgi-perl is not installed");
    return 77;
  }
  tcase_add_test(t, a_process_serves_as_many_at_once_as_it_was_given);
  tcase_add_test(t, slow_ones_share_the_connection_of_one_process);
  tcase_add_test(t, it_says_itself_how_many);
  tcase_add_test(t, who_cancels_disturbs_nobody);
  tcase_add_test(t, an_exit_fails_each_in_its_own_words_and_the_next_are_served);
  tcase_add_test(t, a_killed_process_is_replaced_under_load);
  tcase_add_test(t, a_worn_process_is_replaced_and_loses_nothing);
  tcase_add_test(t, one_that_is_silent_fails_alone_and_its_process_is_replaced);
  tcase_add_test(t, php_is_asked_and_gets_one_at_a_time);
  tcase_add_test(t, who_refuses_to_share_gets_one_at_a_time_and_loses_nothing);
  return driver_main("shared", &t, 1, 0);
}
