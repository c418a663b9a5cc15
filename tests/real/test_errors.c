/* test_errors.c: what a sentence tells about a process that failed or took too long: its last
   words, how to start it by hand, and what it was doing. */
#include "real/driver.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- Programs that fail ---- */

static call *run(const char *program, const char *argument) {
  const char *argv[] = {program, argument, NULL};
  fcl_pool_options o = {0};
  o.name = "app";
  o.program = program;
  o.argv = argv;
  return call_get(driver_pool(&o), "/x.php", "");
}

START_TEST(the_last_words_of_a_program_and_how_to_run_it_are_told) {
  const char *program = driver_program("broken", "#!/bin/sh\necho one\necho 'no licence' >&2\n"
                                                 "exit 3\n");
  char want[300];
  call *c = run(program, "it's here");
  call_failed(c, FCL_E_EXITED, "its last words: \"one | no licence\". Run ");
  snprintf(want, sizeof want, "Run %s \"it's here\" by hand to see why.", program);
  ck_assert_ptr_nonnull(strstr(c->result.error.text, want));
  ck_assert_int_eq(c->result.error.sys, 3);
}
END_TEST

START_TEST(what_php_wrote_to_stderr_before_it_died_is_told) {
  fcl_pool_options o = driver_php();
  const char *argv[] = {PHP_CGI, "-d", "fastcgi.logging=1", "-d", "log_errors=1", NULL};
  call *c;
  o.argv = argv;
  c = call_get(driver_pool(&o),
               driver_file("dies.php", "<?php error_log('about to die'); echo 'x'; flush(); "
                                       "posix_kill(getmypid(), 11);"),
               "");
  call_wait(c);
  ck_assert(c->result.error.code == FCL_E_TRUNCATED || c->result.error.code == FCL_E_EXITED);
  ck_assert_ptr_nonnull(strstr(c->result.error.text, "(SIGSEGV)"));
  ck_assert_ptr_nonnull(strstr(c->result.error.text, "about to die"));
}
END_TEST

START_TEST(php_without_fastcgi_is_named) {
  if (access("/usr/bin/php", X_OK) != 0)
    return; /* tests/pool has the sentence for every name */
  call_failed(run("/usr/bin/php", NULL), FCL_E_EXITED, "command line program");
}
END_TEST

#ifdef REAL_HTTPD
START_TEST(an_http_server_at_the_address_is_recognized) {
  char listen[32], address[64];
  const char *argv[] = {REAL_HTTPD, "--listen", listen, "--quiet", NULL};
  const char *addresses[] = {address, NULL};
  fcl_pool_options o = {0};
  pid_t server;
  snprintf(listen, sizeof listen, "127.0.0.1:%d", process_free_port());
  snprintf(address, sizeof address, "tcp:%s", listen);
  server = process_server(argv, listen);
  o.addresses = addresses;
  call_failed(call_get(driver_pool(&o), "/x.php", ""), FCL_E_PROTOCOL, "HTTP");
  process_end(server);
}
END_TEST
#endif

/* ---- Programs that take too long ---- */

/* What the sentence says of a script that is ended for its silence. */
static void slow(const char *program, const char *script, const char *words) {
  fcl_pool_options o = driver_php();
  o.program = program;
  o.activity_ms = 800;
  call_failed(call_get(driver_pool(&o), driver_file("slow.php", script), ""),
              FCL_E_TIMEOUT_ACTIVITY, words);
}

START_TEST(a_script_that_sleeps_is_seen_to) {
  slow(PHP_CGI, "<?php sleep(60);", "nanosleep(). Raise activity_ms");
}
END_TEST

START_TEST(a_script_that_computes_is_seen_to) {
  slow(PHP_CGI, "<?php for (;;);", "It was computing. Raise activity_ms");
}
END_TEST

START_TEST(a_script_that_waits_for_a_command_is_seen_to) {
  slow(PHP_CGI, "<?php shell_exec('sleep 60');", "on a pipe. Raise activity_ms");
}
END_TEST

START_TEST(a_script_that_waits_for_a_lock_is_seen_to_and_for_which) {
  const char *lock = driver_file("lock", "");
  fcl_pool_options o = driver_php();
  char script[300], words[300];
  call *holder;
  snprintf(script, sizeof script,
           "<?php $f = fopen('%s', 'r+'); flock($f, LOCK_EX); echo 'has it'; flush(); sleep(20);",
           lock);
  holder = call_get(driver_pool(&o), driver_file("holds.php", script), "");
  wait_until(holder->len > 0);
  snprintf(words, sizeof words, "It was in flock() on %s.", lock);
  slow(PHP_CGI, script, words);
  fcl_request_cancel(holder->request);
}
END_TEST

/* A server that takes connections and never says a word. */
static int silent_server(int *port) {
  struct sockaddr_in a;
  socklen_t size = sizeof a;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  memset(&a, 0, sizeof a);
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ck_assert_int_eq(bind(fd, (struct sockaddr *) &a, sizeof a), 0);
  ck_assert_int_eq(listen(fd, 5), 0);
  ck_assert_int_eq(getsockname(fd, (struct sockaddr *) &a, &size), 0);
  *port = ntohs(a.sin_port);
  return fd;
}

START_TEST(a_script_that_waits_for_a_server_is_seen_to_and_for_which) {
  char script[300], words[100];
  int port, fd = silent_server(&port);
  snprintf(script, sizeof script,
           "<?php $f = fsockopen('127.0.0.1', %d); stream_set_timeout($f, 60); fgets($f);", port);
  snprintf(words, sizeof words, " on 127.0.0.1:%d. Raise activity_ms", port);
  slow(PHP_CGI, script, words);
  close(fd);
}
END_TEST

START_TEST(what_a_wrapper_waits_for_is_seen_through_it) {
  slow(driver_program("wrapper", "#!/bin/sh\n" PHP_CGI " \"$@\"\nexit $?\n"), "<?php sleep(60);",
       " (php-cgi), which was in ");
}
END_TEST

START_TEST(a_process_that_was_stopped_is_seen_to) {
  fcl_pool_options o = driver_php();
  call *c;
  o.activity_ms = 800;
  c = call_get(driver_pool(&o),
               driver_file("stops.php", "<?php echo getmypid(), \"\\n\"; flush(); sleep(60);"), "");
  wait_until(c->len > 0 && strchr(c->text, '\n'));
  process_stop(strtol(c->text, NULL, 10));
  call_failed(c, FCL_E_TIMEOUT_ACTIVITY, "It was stopped, by a signal or a debugger.");
}
END_TEST

int main(void) {
  TCase *fails = driver_case("programs that fail"), *slows = driver_case("too long");
  TCase *cases[] = {fails, slows};
  tcase_add_test(fails, the_last_words_of_a_program_and_how_to_run_it_are_told);
  tcase_add_test(fails, what_php_wrote_to_stderr_before_it_died_is_told);
  tcase_add_test(fails, php_without_fastcgi_is_named);
#ifdef REAL_HTTPD
  tcase_add_test(fails, an_http_server_at_the_address_is_recognized);
#endif
  tcase_add_test(slows, a_script_that_sleeps_is_seen_to);
  tcase_add_test(slows, a_script_that_computes_is_seen_to);
  tcase_add_test(slows, a_script_that_waits_for_a_command_is_seen_to);
  tcase_add_test(slows, a_script_that_waits_for_a_lock_is_seen_to_and_for_which);
  tcase_add_test(slows, a_script_that_waits_for_a_server_is_seen_to_and_for_which);
  tcase_add_test(slows, what_a_wrapper_waits_for_is_seen_through_it);
  tcase_add_test(slows, a_process_that_was_stopped_is_seen_to);
  return driver_main("real/errors", cases, 2, 1);
}
