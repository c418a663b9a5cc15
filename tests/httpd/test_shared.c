/* test_shared.c: httpd --multiplex: many clients on one connection to an application: `fcgi app`,
   which answers in any order, and Net::Async::FastCGI, a real one.  Neighbours that read slowly,
   leave, or are refused. */
#include "site_case.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define POST(target) "POST " target " HTTP/1.1\r\nHost: test\r\nContent-Length: 6\r\n\r\n"

enum { MANY = 40, LARGE = 20000000 };

static void start_with(const char *app, const char *multiplex, const char *more) {
  const char *options[] = {
      "--app",     app,   "--processes", "1",  "--multiplex", multiplex, "--max-requests", "never",
      "--stop-ms", "500", "--no-gather", more, NULL};
  site_start(&s, options);
}

static void start(void) {
  start_with(".app=" FCGI " app", "100", NULL);
}

/* ---- What both applications show ---- */

/* Each of many clients at once gets its own. */
static void each_its_own(const char *format) {
  talk clients[MANY];
  char text[200];
  unsigned n;
  for (n = 0; n < MANY; n++) {
    talk_begin(&clients[n], s.port);
    snprintf(text, sizeof text, format, n * 1000 + 1);
    say(&clients[n], text);
  }
  for (n = 0; n < MANY; n++) {
    answer a = hear(&clients[n], 0);
    ck_assert_int_eq(a.status, 200);
    ck_assert_uint_eq(a.body_len, n * 1000 + 1);
    answer_free(&a);
    talk_end(&clients[n]);
  }
}

/* While one client reads nothing of a large answer, its neighbours get theirs; then it gets all. */
static void slow_reader(const char *large, const char *small) {
  talk slow;
  answer a;
  int n;
  talk_begin(&slow, s.port);
  say(&slow, large);
  ck_assert_int_eq(has_come(&slow), 1);
  for (n = 0; n < 10; n++) {
    a = ask(s.port, small);
    ck_assert_int_eq(a.status, 200);
    ck_assert_uint_eq(a.body_len, 5);
    answer_free(&a);
  }
  a = hear(&slow, 0);
  ck_assert_int_eq(a.is_whole, 1);
  ck_assert_uint_eq(a.body_len, LARGE);
  answer_free(&a);
  talk_end(&slow);
}

/* ---- fcgi app ---- */

static int status_of(const char *target) {
  answer a = get(s.port, target);
  int status = a.status;
  answer_free(&a);
  return status;
}

START_TEST(many_clients_each_get_their_own) {
  each_its_own(GET("/hello.app?size=%u&length=1&pieces=5"));
}
END_TEST

/* Each connection is a process of fcgi app. */
START_TEST(they_share_one_connection) {
  talk waiting;
  answer one, other;
  talk_begin(&waiting, s.port);
  say(&waiting, POST("/hello.app?echo=1") "abc"); /* its second half is missing */
  ck_assert_int_eq(has_come(&waiting), 1);
  one = get(s.port, "/hello.app?pid=1");
  other = get(s.port, "/hello.app?pid=1");
  ck_assert_int_eq(one.status, 200);
  ck_assert_str_eq(one.body, other.body);
  answer_free(&one);
  answer_free(&other);
  say(&waiting, "def");
  ck_assert_answer(hear(&waiting, 0), 200, "abcdef");
  talk_end(&waiting);
}
END_TEST

START_TEST(who_comes_later_may_be_answered_first) {
  talk first, second;
  talk_begin(&first, s.port);
  talk_begin(&second, s.port);
  say(&first, POST("/hello.app?sum=1") "abc");
  say(&second, POST("/hello.app?echo=1") "abc");
  ck_assert_int_eq(has_come(&second), 1); /* both are with the application */
  ck_assert_int_eq(status_of("/hello.app?size=5"), 200);
  say(&second, "def");
  ck_assert_answer(hear(&second, 0), 200, "abcdef");
  say(&first, "def");
  ck_assert_answer(hear(&first, 0), 200, "6 bytes, FNV-1a d80bda3fbe244a0a\n");
  talk_end(&first);
  talk_end(&second);
}
END_TEST

START_TEST(a_slow_reader_stalls_no_neighbour) {
  slow_reader(GET("/hello.app?size=20000000"), GET("/hello.app?size=5"));
}
END_TEST

static void start_without_read_ahead(void) {
  start_with(".app=" FCGI " app", "100", "--no-read-ahead");
}

START_TEST(nor_does_it_where_nothing_else_is_read_ahead) {
  slow_reader(GET("/hello.app?size=20000000"), GET("/hello.app?size=5"));
}
END_TEST

/* Two requests may run: when the one that hangs is aborted, another two have room. */
static void start_two(void) {
  start_with(".app=" FCGI " app --requests 2", "100", "--quiet");
}

START_TEST(a_client_that_leaves_frees_its_place_and_disturbs_nobody) {
  talk leaving, neighbour;
  unsigned tries = 0;
  talk_begin(&leaving, s.port);
  talk_begin(&neighbour, s.port);
  say(&neighbour, POST("/hello.app?echo=1") "abc");
  ck_assert_int_eq(has_come(&neighbour), 1);
  say(&leaving, GET("/hello.app?slow=100000&size=2&pieces=2"));
  ck_assert_int_eq(has_come(&leaving), 1); /* its head: it runs */
  talk_end(&leaving);
  while (status_of("/hello.app?size=0") != 200 && ++tries < 1000)
    ; /* until it is noticed that it has left */
  ck_assert_answer(get(s.port, "/hello.app?size=0"), 200, "");
  say(&neighbour, "def");
  ck_assert_answer(hear(&neighbour, 0), 200, "abcdef");
  talk_end(&neighbour);
}
END_TEST

START_TEST(more_than_the_application_takes_are_answered_in_turn) { /* OVERLOADED */
  each_its_own(GET("/hello.app?size=%u&length=1"));
}
END_TEST

static void start_alone(void) {
  start_with(".app=" FCGI " app --no-mpxs", "10", NULL);
}

START_TEST(an_application_that_cannot_is_asked_one_at_a_time) { /* CANT_MPX_CONN */
  each_its_own(GET("/hello.app?size=%u&length=1"));
}
END_TEST

static void start_auto(void) {
  start_with(".app=" FCGI " app", "auto", NULL);
}

static void start_auto_alone(void) {
  start_with(".app=" FCGI " app --no-mpxs", "auto", NULL);
}

START_TEST(what_the_application_says_of_itself_decides) {
  each_its_own(GET("/hello.app?size=%u&length=1"));
}
END_TEST

/* ---- Net::Async::FastCGI ---- */

/* `later` answers when the next `now` has come. */
static const char script[] =
    "use strict; use warnings; use IO::Async::Loop; use IO::Socket::UNIX; use "
    "Net::Async::FastCGI;\n"
    "my $loop = IO::Async::Loop->new; my @later;\n"
    "my $app = Net::Async::FastCGI->new(handle => IO::Socket::UNIX->new_from_fd(0, 'r+'),\n"
    "  on_request => sub {\n"
    "    my ($self, $r) = @_;\n"
    "    my %q = map { /=/ ? split(/=/, $_, 2) : ($_, '') } split /&/, $r->param('QUERY_STRING');\n"
    "    my $end = sub {\n"
    "      $r->print_stdout(\"Content-Type: text/plain\\r\\n\\r\\n\" . 'x' x ($q{size} // 0));\n"
    "      $r->finish(0);\n"
    "    };\n"
    "    return push @later, $end if exists $q{later};\n"
    "    $end->();\n"
    "    if (exists $q{now}) { $_->() for splice @later; }\n"
    "  });\n"
    "$loop->add($app); $loop->run;\n";

static char path[] = "/tmp/httpd-test-async-XXXXXX";

static int has_async(void) {
  return system("perl -MNet::Async::FastCGI -e 1 2>/dev/null") == 0;
}

static void start_async(void) {
  char app[200];
  FILE *f;
  strcpy(strrchr(path, '-'), "-XXXXXX");
  f = fdopen(mkstemp(path), "w");
  ck_assert_ptr_nonnull(f);
  fputs(script, f);
  fclose(f);
  snprintf(app, sizeof app, ".app=/usr/bin/perl %s", path);
  start_with(app, "100", NULL);
}

static void stop_async(void) {
  stop();
  unlink(path);
}

START_TEST(async_many_clients_each_get_their_own) {
  each_its_own(GET("/hello.app?size=%u"));
}
END_TEST

START_TEST(async_who_comes_later_may_be_answered_first) {
  talk first;
  answer a;
  talk_begin(&first, s.port);
  say(&first, GET("/hello.app?later&size=7"));
  a = get(s.port, "/hello.app?size=3");
  ck_assert_uint_eq(a.body_len, 3);
  answer_free(&a);
  ck_assert_answer(get(s.port, "/hello.app?now"), 200, "");
  ck_assert_answer(hear(&first, 0), 200, "xxxxxxx");
  talk_end(&first);
}
END_TEST

START_TEST(async_a_slow_reader_stalls_no_neighbour) {
  slow_reader(GET("/hello.app?size=20000000"), GET("/hello.app?size=5"));
}
END_TEST

START_TEST(async_a_client_that_leaves_disturbs_nobody) {
  talk first, leaving;
  talk_begin(&first, s.port);
  talk_begin(&leaving, s.port);
  say(&first, GET("/hello.app?later&size=7"));
  say(&leaving, GET("/hello.app?later&size=9"));
  ck_assert_int_eq(status_of("/hello.app?size=3"), 200);
  talk_end(&leaving);
  ck_assert_answer(get(s.port, "/hello.app?now"), 200, "");
  ck_assert_answer(hear(&first, 0), 200, "xxxxxxx");
  talk_end(&first);
}
END_TEST

static TCase *with(const char *name, void (*setup)(void), void (*teardown)(void)) {
  TCase *c = tcase_create(name);
  tcase_add_checked_fixture(c, setup, teardown);
  tcase_set_timeout(c, 60);
  return c;
}

int main(void) {
  TCase *cases[] = {
      with("fcgi app", start, stop),
      with("no read-ahead", start_without_read_ahead, stop),
      with("two", start_two, stop),
      with("alone", start_alone, stop),
      with("auto", start_auto, stop),
      with("auto alone", start_auto_alone, stop),
      with("Net::Async::FastCGI", start_async, stop_async),
  };
  int count = (int) (sizeof cases / sizeof *cases);
  tcase_add_test(cases[0], many_clients_each_get_their_own);
  tcase_add_test(cases[0], they_share_one_connection);
  tcase_add_test(cases[0], who_comes_later_may_be_answered_first);
  tcase_add_test(cases[0], a_slow_reader_stalls_no_neighbour);
  tcase_add_test(cases[1], nor_does_it_where_nothing_else_is_read_ahead);
  tcase_add_test(cases[2], a_client_that_leaves_frees_its_place_and_disturbs_nobody);
  tcase_add_test(cases[2], more_than_the_application_takes_are_answered_in_turn);
  tcase_add_test(cases[3], an_application_that_cannot_is_asked_one_at_a_time);
  tcase_add_test(cases[4], what_the_application_says_of_itself_decides);
  tcase_add_test(cases[5], what_the_application_says_of_itself_decides);
  tcase_add_test(cases[6], async_many_clients_each_get_their_own);
  tcase_add_test(cases[6], async_who_comes_later_may_be_answered_first);
  tcase_add_test(cases[6], async_a_slow_reader_stalls_no_neighbour);
  tcase_add_test(cases[6], async_a_client_that_leaves_disturbs_nobody);
  if (!has_async())
    puts("without Net::Async::FastCGI (libnet-async-fastcgi-perl)"), count--;
  return test_suite_run("httpd shared", cases, count);
}
