/* test_tcp.c: programs that listen on a port of 127.0.0.1 (fcl_pool_options.tcp): php-cgi, and Go's
 * net/http/fcgi where Go is installed. */
#include "real/driver.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static fcl_pool_options by_tcp(void) {
  fcl_pool_options o = driver_php();
  o.tcp = 1;
  o.max_processes = 3;
  o.max_requests = 50;
  return o;
}

START_TEST(php_cgi_serves_on_a_port_and_no_request_is_lost_when_it_is_replaced) {
  fcl_pool_options o = by_tcp();
  many m = {0};
  m.pool = driver_pool(&o);
  m.plan.script = driver_file("n.php", "<?php echo $_GET['n'];");
  m.total = driver_is_long() ? 10000 : 1000;
  m.at_once = 6;
  many_run(&m);
  many_all_ok(&m);
}
END_TEST

START_TEST(each_process_has_a_port_of_its_own_on_loopback) {
  fcl_pool_options o = by_tcp();
  struct sockaddr_in at = {0};
  call *c;
  int fd;
  o.max_processes = 1;
  c = call_get(driver_pool(&o),
               driver_file("where.php",
                           "<?php foreach (file('/proc/self/net/tcp') as $l) if "
                           "(preg_match('/^ *\\d+: 0100007F:([0-9A-F]+) 00000000:0000 0A .* ' . "
                           "fileinode('/proc/self/fd/0') . ' /', $l, $m)) echo hexdec($m[1]);"),
               "");
  call_is_ok(c);
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons((uint16_t) atoi(c->text));
  fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ck_assert_msg(connect(fd, (struct sockaddr *) &at, sizeof at) == 0, "port \"%s\"", c->text);
  close(fd);
}
END_TEST

START_TEST(large_bodies_pass_both_ways) {
  fcl_pool_options o = by_tcp();
  call_plan plan = {0};
  call *c;
  plan.script = driver_file("echo.php", "<?php echo hash('fnv1a64', file_get_contents('php://"
                                        "input')), str_repeat('x', 4000000);");
  plan.upload = 5000000;
  c = call_start(driver_pool(&o), &plan);
  call_is_ok(c);
  ck_assert_uint_eq(c->len, 16 + 4000000);
  ck_assert_int_eq(strncmp(c->text, call_hex(c->lent_hash), 16), 0);
}
END_TEST

START_TEST(a_process_that_crashes_is_told_as_ever) {
  fcl_pool_options o = by_tcp();
  call_failed(
      call_get(driver_pool(&o), driver_file("die.php", "<?php posix_kill(getmypid(), 11);"), ""),
      FCL_E_EXITED, "signal 11");
}
END_TEST

/* ---- Go, which takes many connections at once ---- */

static const char go[] =
    "package main\n"
    "import (\"net\"; \"net/http\"; \"net/http/fcgi\"; \"os\"; \"time\")\n"
    "func main() {\n"
    "  l, err := net.FileListener(os.Stdin)\n"
    "  if err != nil { panic(err) }\n"
    "  if _, ok := l.(*net.TCPListener); !ok { panic(\"no TCP\") }\n"
    "  fcgi.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {\n"
    "    time.Sleep(2 * time.Millisecond)\n"
    "    w.Write([]byte(r.URL.Query().Get(\"n\")))\n"
    "  }))\n"
    "}\n";

START_TEST(a_program_in_go_serves_on_a_port) {
  fcl_pool_options o = {0};
  char build[1200];
  many m = {0};
  snprintf(build, sizeof build,
           "cd %s && GOCACHE=%s/cache GOFLAGS= GO111MODULE=off go build -o served served.go",
           driver_folder(), driver_folder());
  driver_file("served.go", go);
  ck_assert_int_eq(system(build), 0);
  o.name = "go";
  o.program = driver_path("served");
  o.tcp = 1;
  o.max_processes = 1;
  o.per_process = 8;
  m.pool = driver_pool(&o);
  m.plan.script = "/served";
  m.total = 1000;
  m.at_once = 8;
  many_run(&m);
  many_all_ok(&m);
}
END_TEST

int main(void) {
  TCase *cases[1] = {driver_case("tcp")};
  tcase_add_test(cases[0], php_cgi_serves_on_a_port_and_no_request_is_lost_when_it_is_replaced);
  tcase_add_test(cases[0], each_process_has_a_port_of_its_own_on_loopback);
  tcase_add_test(cases[0], large_bodies_pass_both_ways);
  tcase_add_test(cases[0], a_process_that_crashes_is_told_as_ever);
  if (system("go version >/dev/null 2>&1") == 0)
    tcase_add_test(cases[0], a_program_in_go_serves_on_a_port);
  return driver_main("tcp", cases, 1, 1);
}
