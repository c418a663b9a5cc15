/* test_addresses.c: applications that listen by themselves, on a named pipe or on a port, those of
   this machine's other system too: php-fpm at $FCGICLIENT_TEST_FPM, which runs the scripts of
   $FCGICLIENT_TEST_FPM_FOLDER. */
#include "windows/apps.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char where[64]; /* as the application has it */
static pid_t at_work;  /* ends with its test, whatever came of that */

static const char *pipe_name(void) {
  static unsigned count;
  snprintf(where, sizeof where, "\\\\.\\pipe\\fcl test %lu-%u", (unsigned long) uv_os_getpid(),
           count++);
  return where;
}

static const char *port_name(void) {
  snprintf(where, sizeof where, "127.0.0.1:%d", process_free_port());
  return where;
}

static const char *name_of(int is_tcp) {
  return is_tcp ? port_name() : pipe_name();
}

static fcl_pool *pool_at(const char *listen, fcl_pool_options *o) {
  static char address[80];
  static const char *addresses[2] = {address, NULL};
  snprintf(address, sizeof address, "%s:%s", listen[0] == '\\' ? "pipe" : "tcp", listen);
  o->addresses = addresses;
  return driver_pool(o);
}

static void script_all_ok(fcl_pool *pool, const char *script, unsigned total, unsigned at_once) {
  many m = {0};
  m.pool = pool;
  m.total = total;
  m.at_once = at_once;
  m.plan.script = script;
  many_run(&m);
  many_all_ok(&m);
}

static void all_ok(fcl_pool *pool, unsigned total, unsigned at_once) {
  script_all_ok(pool, "/script", total, at_once);
}

static void bodies_pass(fcl_pool *pool, const char *script) {
  call_plan plan = {0};
  call *c;
  plan.query = "echo";
  plan.script = script;
  plan.upload = 300000;
  c = call_start(pool, &plan);
  call_is_ok(c);
  ck_assert_str_eq(call_hex(c->hash), call_hex(c->lent_hash));
  plan.query = "size=300000";
  plan.upload = 0;
  c = call_start(pool, &plan);
  call_is_ok(c);
  ck_assert_uint_eq(c->len, 300000);
}

static pid_t server(const char *const *argv) {
  return at_work = process_server(argv, where);
}

static void nobody_works(void) {
  at_work = 0;
}

static void end_who_works(void) {
  if (at_work && process_lives((long) at_work))
    process_end(at_work);
}

/* ---- PHP's main/fastcgi.c ---- */

static pid_t small_php(int is_tcp) {
  fcl_pool_options o = app_options("small-php", 0);
  const char *argv[] = {o.program, "-b", name_of(is_tcp), NULL};
  return server(argv);
}

START_TEST(php_is_reached_at_its_pipe_and_at_its_port) {
  pid_t pid = small_php(_i);
  fcl_pool_options o = {0};
  fcl_pool *pool = pool_at(where, &o);
  all_ok(pool, 100, 1);
  bodies_pass(pool, "/script");
  process_end(pid);
}
END_TEST

/* It takes one connection at a time: on a pipe the next is refused until it has let go of the last.
 */
START_TEST(who_finds_it_busy_comes_again) {
  pid_t pid = small_php(_i);
  fcl_pool_options o = {0};
  all_ok(pool_at(where, &o), 200, 4);
  process_end(pid);
}
END_TEST

START_TEST(an_address_where_nobody_listens_is_told) {
  fcl_pool_options o = {0};
  call *c = call_get(pool_at(name_of(_i), &o), "/script", "n=1");
  call_failed(c, FCL_E_CONNECT, where);
}
END_TEST

START_TEST(an_application_that_is_killed_is_told) {
  pid_t pid = small_php(_i);
  fcl_pool_options o = {0};
  call *c = call_get(pool_at(where, &o), "/script", "wait=20000");
  driver_run_for(300);
  process_end(pid);
  call_wait(c);
  ck_assert_int_ne(c->result.error.code, FCL_OK);
}
END_TEST

/* ---- Others, where apps_large.sh has been ---- */

START_TEST(go_is_reached_at_its_port) {
  const char *argv[] = {app_path("large/served.exe"), port_name(), NULL};
  pid_t pid = server(argv);
  fcl_pool_options o = {0};
  fcl_pool *pool = pool_at(where, &o);
  all_ok(pool, 500, 8);
  bodies_pass(pool, "/script");
  process_end(pid);
}
END_TEST

/* It ends the connection behind each request, whatever it was asked for: what was sent on it
   meanwhile would get no answer, or half of one. */
START_TEST(node_is_reached_at_its_pipe_and_at_its_port) {
  const char *argv[] = {app_path("large/node.exe"), app_path("large/served.js"), name_of(_i), NULL};
  pid_t pid;
  fcl_pool_options o = {0};
  fcl_pool *pool;
  if (_i)
    argv[2] = strchr(where, ':') + 1;
  o.new_connection_each = 1;
  pid = server(argv);
  pool = pool_at(where, &o);
  all_ok(pool, 500, 8);
  bodies_pass(pool, "/script");
  process_end(pid);
}
END_TEST

START_TEST(perl_is_reached_at_its_port) {
  const char *argv[] = {app_path("large/perl/perl.exe"), app_path("large/perl/served.pl"),
                        port_name(), NULL};
  pid_t pid;
  fcl_pool_options o = {0};
  fcl_pool *pool;
  argv[2] = strchr(where, ':') + 1;
  pid = server(argv);
  pool = pool_at(where, &o);
  all_ok(pool, 100, 1);
  bodies_pass(pool, "/script");
  process_end(pid);
}
END_TEST

START_TEST(php_fpm_is_reached_at_its_port) {
  const char *const addresses[] = {getenv("FCGICLIENT_TEST_FPM"), NULL};
  char script[300];
  fcl_pool_options o = {0};
  fcl_pool *pool;
  snprintf(script, sizeof script, "%s/n.php", getenv("FCGICLIENT_TEST_FPM_FOLDER"));
  o.addresses = addresses;
  pool = driver_pool(&o);
  script_all_ok(pool, script, 500, 8);
  bodies_pass(pool, script);
}
END_TEST

int main(void) {
  TCase *cases[2] = {driver_case("php"), driver_case("others")};
  tcase_add_checked_fixture(cases[0], nobody_works, end_who_works);
  tcase_add_checked_fixture(cases[1], nobody_works, end_who_works);
  tcase_add_loop_test(cases[0], php_is_reached_at_its_pipe_and_at_its_port, 0, 2);
  tcase_add_loop_test(cases[0], who_finds_it_busy_comes_again, 0, 2);
  tcase_add_loop_test(cases[0], an_address_where_nobody_listens_is_told, 0, 2);
  tcase_add_loop_test(cases[0], an_application_that_is_killed_is_told, 0, 2);
  if (app_path("large/served.exe"))
    tcase_add_test(cases[1], go_is_reached_at_its_port);
  if (app_path("large/node.exe"))
    tcase_add_loop_test(cases[1], node_is_reached_at_its_pipe_and_at_its_port, 0, 2);
  if (app_path("large/perl/served.pl"))
    tcase_add_test(cases[1], perl_is_reached_at_its_port);
  if (getenv("FCGICLIENT_TEST_FPM"))
    tcase_add_test(cases[1], php_fpm_is_reached_at_its_port);
  return app_main("windows_addresses", cases, 2);
}
