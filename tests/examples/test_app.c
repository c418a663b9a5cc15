/* test_app.c: examples/app.c answers as its query string asks, in strict FastCGI. */
#include "support/suite.h"
#include <fcgiclient/harness.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_MS 20000

static pid_t app;
static char name[64]; /* of its abstract socket */
static int fd;
static fcl_inspector *in;

/* ---- The application, its socket, one connection ---- */

static socklen_t address_of(struct sockaddr_un *a) {
  memset(a, 0, sizeof *a);
  a->sun_family = AF_UNIX;
  memcpy(a->sun_path + 1, name, strlen(name));
  return (socklen_t) (offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
}

/* Dies with the test, however that ends. */
static void run(int listener, const char *option, const char *value) {
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  if (listener >= 0)
    dup2(listener, 0);
  execl(TEST_APP, "app", option, value, (char *) NULL);
  _exit(127);
}

/* The socket listens before the application runs, so nobody has to wait for it. */
static void start(const char *option, const char *value) {
  static unsigned count;
  struct sockaddr_un a;
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  snprintf(name, sizeof name, "fcl-test-app-%ld-%u", (long) getpid(), count++);
  ck_assert_int_eq(bind(listener, (struct sockaddr *) &a, address_of(&a)), 0);
  ck_assert_int_eq(listen(listener, 8), 0);
  app = fork();
  ck_assert_int_ge(app, 0);
  if (app == 0)
    run(listener, option, value);
  close(listener);
}

static int dial(void) {
  struct sockaddr_un a;
  int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(sock, (struct sockaddr *) &a, address_of(&a)) == 0)
    return sock;
  close(sock);
  return -1;
}

static void hang_up(void) {
  if (fd >= 0)
    close(fd);
  fd = -1;
  fcl_inspector_free(in);
  in = NULL;
}

static void connect_anew(void) {
  hang_up();
  fd = dial();
  ck_assert_int_ge(fd, 0);
  in = fcl_inspector_new(0);
}

static int status_of_app(void) {
  int status = -1;
  waitpid(app, &status, 0);
  app = 0;
  return status;
}

static void setup(void) {
  fd = -1;
  start(NULL, NULL);
  connect_anew();
}

static void teardown(void) {
  hang_up();
  if (app > 0)
    kill(app, SIGKILL);
  if (app > 0)
    status_of_app();
}

/* ---- What the web server sends: written by hand, and inspected on its way ---- */

typedef struct wire {
  uint8_t bytes[400000];
  size_t len;
} wire;

static void put(wire *w, const void *bytes, size_t len) {
  if (len > 0)
    memcpy(w->bytes + w->len, bytes, len);
  w->len += len;
}

static void record(wire *w, unsigned type, const void *content, size_t len) {
  uint8_t header[8] = {1, (uint8_t) type, 0, 1, (uint8_t) (len >> 8), (uint8_t) len, 0, 0};
  put(w, header, 8);
  put(w, content, len);
}

static void pair(wire *w, const char *key, const char *value) {
  uint8_t record_header[8] = {1, FCL_PARAMS, 0, 1, 0, (uint8_t) (2 + strlen(key) + strlen(value)),
                              0, 0};
  uint8_t lengths[2] = {(uint8_t) strlen(key), (uint8_t) strlen(value)};
  put(w, record_header, 8);
  put(w, lengths, 2);
  put(w, key, lengths[0]);
  put(w, value, lengths[1]);
}

static void begin(wire *w, const char *query, unsigned role, unsigned flags, size_t body) {
  uint8_t content[8] = {0, (uint8_t) role, (uint8_t) flags, 0, 0, 0, 0, 0};
  char length[24];
  w->len = 0;
  record(w, FCL_BEGIN_REQUEST, content, 8);
  pair(w, "QUERY_STRING", query);
  snprintf(length, sizeof length, "%zu", body);
  pair(w, "CONTENT_LENGTH", length);
  record(w, FCL_PARAMS, NULL, 0);
}

static void say(const void *bytes, size_t len) {
  ck_assert_msg(fcl_inspector_feed(in, FCL_SIDE_SERVER, bytes, len), "%s",
                fcl_inspector_fault(in, FCL_SIDE_SERVER));
  ck_assert_int_eq((int) send(fd, bytes, len, MSG_NOSIGNAL), (int) len);
}

/* ---- What comes back: inspected ---- */

/* Returns 0 at the end of the connection. */
static int hear(void) {
  struct pollfd p = {fd, POLLIN, 0};
  char bytes[65536];
  ssize_t n;
  ck_assert_msg(poll(&p, 1, LIMIT_MS) == 1, "the application said nothing for %d ms; before: %s",
                LIMIT_MS, fcl_inspector_log(in, FCL_SIDE_APP));
  n = recv(fd, bytes, sizeof bytes, 0);
  if (n <= 0)
    return 0;
  ck_assert_msg(fcl_inspector_feed(in, FCL_SIDE_APP, bytes, (size_t) n), "%s",
                fcl_inspector_fault(in, FCL_SIDE_APP));
  return 1;
}

static const fcl_seen *hear_end(void) {
  while (!fcl_inspector_last(in)->ended)
    ck_assert_msg(hear(), "the connection ended before END_REQUEST");
  return fcl_inspector_last(in);
}

static void hear_eof(void) {
  while (hear())
    ;
}

static void send_request(const char *query, unsigned flags, const void *body, size_t len) {
  wire *w = malloc(sizeof *w);
  size_t at, n;
  begin(w, query, FCL_RESPONDER, flags, len);
  for (at = 0; at < len; at += n) {
    n = len - at < 60000 ? len - at : 60000;
    record(w, FCL_STDIN, (const char *) body + at, n);
  }
  record(w, FCL_STDIN, NULL, 0);
  say(w->bytes, w->len);
  free(w);
}

static const fcl_seen *ask(const char *query) {
  send_request(query, FCL_KEEP_CONN, NULL, 0);
  return hear_end();
}

static void assert_out(const fcl_seen *seen, const char *text) {
  ck_assert_msg(
      seen->out.kept_len == strlen(text) && memcmp(seen->out.kept, text, strlen(text)) == 0,
      "expected \"%s\", and this came: \"%.*s\"", text, (int) seen->out.kept_len, seen->out.kept);
}

static uint64_t pattern_hash(size_t n) {
  uint64_t hash = FCL_FNV_START;
  size_t i;
  for (i = 0; i < n; i++) {
    uint8_t byte = (uint8_t) ((uint32_t) i * 2654435761u >> 24);
    hash = fcl_fnv1a(hash, &byte, 1);
  }
  return hash;
}

/* ---- Answers ---- */

START_TEST(it_answers_with_its_parameters) {
  assert_out(ask(""), "Content-Type: text/plain\r\n\r\nQUERY_STRING=\nCONTENT_LENGTH=0\n");
}
END_TEST

START_TEST(a_kept_connection_serves_on) {
  ask("size=1");
  ask("size=2");
  ck_assert_uint_eq(ask("size=3")->number, 3);
}
END_TEST

START_TEST(it_closes_when_not_asked_to_keep) {
  send_request("", 0, NULL, 0);
  hear_end();
  hear_eof();
}
END_TEST

START_TEST(a_body_of_asked_size_follows_the_pattern) {
  static const char head[] = "Content-Type: text/plain\r\nContent-Length: 300000\r\n\r\n";
  const fcl_seen *seen = ask("size=300000&length=1");
  ck_assert_uint_eq(seen->out.len, sizeof head - 1 + 300000);
  ck_assert_mem_eq(seen->out.kept, head, sizeof head - 1);
  ck_assert_uint_eq(fcl_fnv1a(FCL_FNV_START, seen->out.kept + sizeof head - 1, 300000),
                    pattern_hash(300000));
}
END_TEST

static void ask_with_body(const char *query, size_t size) {
  char *body = malloc(size);
  size_t i;
  for (i = 0; i < size; i++)
    body[i] = (char) ((uint32_t) i * 2654435761u >> 24);
  send_request(query, FCL_KEEP_CONN, body, size);
  free(body);
}

START_TEST(it_echoes_the_body) {
  static const char head[] = "Content-Type: text/plain\r\n\r\n";
  const fcl_seen *seen;
  ask_with_body("echo=1", 100000);
  seen = hear_end();
  ck_assert_uint_eq(seen->out.len, sizeof head - 1 + 100000);
  ck_assert_uint_eq(fcl_fnv1a(FCL_FNV_START, seen->out.kept + sizeof head - 1, 100000),
                    pattern_hash(100000));
}
END_TEST

START_TEST(it_counts_and_hashes_the_body) {
  char want[128];
  ask_with_body("sum=1", 100000);
  snprintf(want, sizeof want, "Content-Type: text/plain\r\n\r\n100000 bytes, FNV-1a %016llx\n",
           (unsigned long long) pattern_hash(100000));
  assert_out(hear_end(), want);
}
END_TEST

START_TEST(slowly_it_comes_in_pieces) {
  const fcl_seen *seen = ask("slow=1&pieces=5&size=50");
  ck_assert_uint_eq(seen->out.records, 6); /* the head, and five */
  ck_assert_uint_eq(seen->out.len, strlen("Content-Type: text/plain\r\n\r\n") + 50);
}
END_TEST

START_TEST(the_error_stream_is_written_and_ended) {
  const fcl_seen *seen = ask("stderr=one%20%25+two");
  ck_assert_uint_eq(seen->err.kept_len, 9);
  ck_assert_mem_eq(seen->err.kept, "one % two", 9);
  ck_assert(seen->err.ended);
}
END_TEST

START_TEST(the_head_is_as_asked) {
  assert_out(ask("status=404%20Gone+fishing&header=X-A:1&header=X-B:%202&size=0"),
             "Status: 404 Gone fishing\r\nContent-Type: text/plain\r\nX-A:1\r\nX-B: 2\r\n\r\n");
}
END_TEST

START_TEST(a_location_comes_alone) {
  assert_out(ask("location=http://x/%3fa=b"), "Location: http://x/?a=b\r\n\r\n");
}
END_TEST

START_TEST(end_request_carries_the_asked_status) {
  ck_assert_uint_eq(ask("app=258")->app_status, 258);
}
END_TEST

START_TEST(its_pid_is_its_own) {
  char want[64];
  snprintf(want, sizeof want, "Content-Type: text/plain\r\n\r\n%ld\n", (long) app);
  assert_out(ask("pid=1"), want);
}
END_TEST

START_TEST(early_it_answers_before_the_body) {
  wire *w = malloc(sizeof *w);
  begin(w, "early=1&size=5", FCL_RESPONDER, FCL_KEEP_CONN, 3);
  say(w->bytes, w->len);
  hear_end();
  w->len = 0;
  record(w, FCL_STDIN, "abc", 3);
  record(w, FCL_STDIN, NULL, 0);
  say(w->bytes, w->len);
  free(w);
  ck_assert_uint_eq(ask("size=1")->number, 2); /* it has read what it did not need */
}
END_TEST

/* ---- Ends ---- */

START_TEST(it_exits_in_the_middle_of_the_body) {
  int status;
  send_request("exit=7&size=100", FCL_KEEP_CONN, NULL, 0);
  hear_eof();
  ck_assert_uint_eq(fcl_inspector_last(in)->out.len,
                    strlen("Content-Type: text/plain\r\n\r\n") + 50);
  ck_assert(!fcl_inspector_last(in)->ended);
  status = status_of_app();
  ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}
END_TEST

START_TEST(it_exits_before_it_answers) {
  int status;
  send_request("exit=3&before=1", FCL_KEEP_CONN, NULL, 0);
  hear_eof();
  ck_assert_uint_eq(fcl_inspector_last(in)->out.len, 0);
  status = status_of_app();
  ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}
END_TEST

START_TEST(it_ends_by_a_signal) {
  int status;
  send_request("signal=9", FCL_KEEP_CONN, NULL, 0);
  hear_eof();
  status = status_of_app();
  ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
END_TEST

START_TEST(it_may_close_without_end_request) {
  send_request("noend=1&size=4", FCL_KEEP_CONN, NULL, 0);
  hear_eof();
  ck_assert_uint_eq(fcl_inspector_last(in)->out.len,
                    strlen("Content-Type: text/plain\r\n\r\n") + 4);
  ck_assert(!fcl_inspector_last(in)->ended);
  connect_anew();
  ask("size=1");
}
END_TEST

START_TEST(it_leaves_after_its_requests) {
  int status;
  teardown();
  start("--max-requests", "2");
  connect_anew();
  ask("size=1");
  ask("size=1");
  hear_eof();
  status = status_of_app();
  ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

START_TEST(sigterm_lets_it_leave_when_idle) {
  int status;
  ask("size=1");
  kill(app, SIGTERM);
  hear_eof();
  status = status_of_app();
  ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

START_TEST(sigterm_lets_it_finish_its_request) {
  wire *w = malloc(sizeof *w);
  int status;
  begin(w, "echo=1", FCL_RESPONDER, FCL_KEEP_CONN, 3);
  record(w, FCL_STDIN, "a", 1);
  say(w->bytes, w->len);
  while (fcl_inspector_last(in)->out.len < strlen("Content-Type: text/plain\r\n\r\na"))
    ck_assert(hear());
  kill(app, SIGTERM);
  w->len = 0;
  record(w, FCL_STDIN, "bc", 2);
  record(w, FCL_STDIN, NULL, 0);
  say(w->bytes, w->len);
  free(w);
  assert_out(hear_end(), "Content-Type: text/plain\r\n\r\nabc");
  hear_eof();
  status = status_of_app();
  ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

/* It has the whole request and stays: no more comes, and SIGTERM moves nothing. */
START_TEST(it_hangs_until_it_is_killed) {
  struct pollfd p;
  int status;
  send_request("hang=1&stderr=x", FCL_KEEP_CONN, NULL, 0);
  while (fcl_inspector_last(in)->err.len < 1)
    ck_assert(hear());
  kill(app, SIGTERM);
  p.fd = fd;
  p.events = POLLIN;
  ck_assert_int_eq(poll(&p, 1, 50), 0);
  kill(app, SIGKILL);
  status = status_of_app();
  ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
END_TEST

START_TEST(its_children_stay) {
  const fcl_seen *seen = ask("children=2&setsid=1");
  const char *at = strstr(seen->out.kept, "child ");
  long one = 0, two = 0;
  ck_assert_ptr_nonnull(at);
  ck_assert_int_eq(sscanf(at, "child %ld child %ld", &one, &two), 2);
  kill(app, SIGKILL);
  status_of_app();
  ck_assert_int_eq(kill((pid_t) one, 0), 0);
  ck_assert_int_eq((int) getsid((pid_t) two), (int) two);
  kill((pid_t) one, SIGKILL);
  kill((pid_t) two, SIGKILL);
  hear_eof(); /* they do not hold the connection open */
}
END_TEST

/* ---- The protocol ---- */

static void expect(const char *bytes, size_t len) {
  char got[256];
  size_t at = 0;
  while (at < len) {
    struct pollfd p = {fd, POLLIN, 0};
    ssize_t n;
    ck_assert_int_eq(poll(&p, 1, LIMIT_MS), 1);
    n = recv(fd, got + at, sizeof got - at, 0);
    ck_assert_int_gt((int) n, 0);
    at += (size_t) n;
  }
  ck_assert_uint_eq(at, len);
  ck_assert_mem_eq(got, bytes, len);
}

START_TEST(get_values_is_answered_with_what_is_known) {
  static const char question[] = "\1\11\0\0\0\32\0\0"
                                 "\17\0FCGI_MPXS_CONNS"
                                 "\7\0UNKNOWN";
  static const char reply[] = "\1\12\0\0\0\22\0\0"
                              "\17\1FCGI_MPXS_CONNS0";
  say(question, sizeof question - 1);
  expect(reply, sizeof reply - 1);
}
END_TEST

START_TEST(an_unknown_management_record_is_named) {
  static const char question[] = "\1\77\0\0\0\0\0\0", reply[] = "\1\13\0\0\0\10\0\0"
                                                                "\77\0\0\0\0\0\0\0";
  ck_assert_int_eq((int) send(fd, question, 8, MSG_NOSIGNAL), 8);
  expect(reply, sizeof reply - 1);
}
END_TEST

START_TEST(a_second_request_is_refused_while_one_runs) {
  static const char two[] = "\1\1\0\1\0\10\0\0"
                            "\0\1\1\0\0\0\0\0"
                            "\1\1\0\2\0\10\0\0"
                            "\0\1\1\0\0\0\0\0";
  static const char reply[] = "\1\3\0\2\0\10\0\0"
                              "\0\0\0\0\1\0\0\0";
  ck_assert_int_eq((int) send(fd, two, sizeof two - 1, MSG_NOSIGNAL), (int) sizeof two - 1);
  expect(reply, sizeof reply - 1);
}
END_TEST

START_TEST(other_roles_are_refused) {
  static const char authorizer[] = "\1\1\0\1\0\10\0\0"
                                   "\0\2\1\0\0\0\0\0";
  static const char reply[] = "\1\3\0\1\0\10\0\0"
                              "\0\0\0\0\3\0\0\0";
  say(authorizer, sizeof authorizer - 1);
  expect(reply, sizeof reply - 1);
}
END_TEST

START_TEST(a_refused_role_is_told_before_the_connection_is_closed) {
  static const char filter[] = "\1\1\0\1\0\10\0\0"
                               "\0\3\0\0\0\0\0\0";
  static const char reply[] = "\1\3\0\1\0\10\0\0"
                              "\0\0\0\0\3\0\0\0";
  say(filter, sizeof filter - 1);
  expect(reply, sizeof reply - 1);
  ck_assert_int_eq(hear(), 0);
}
END_TEST

START_TEST(an_abort_ends_the_request) {
  wire *w = malloc(sizeof *w);
  begin(w, "sum=1", FCL_RESPONDER, FCL_KEEP_CONN, 3);
  record(w, FCL_ABORT_REQUEST, NULL, 0);
  say(w->bytes, w->len);
  free(w);
  hear_end();
}
END_TEST

START_TEST(a_request_may_come_in_any_cut) { /* loop: _i is the cut */
  wire *w = malloc(sizeof *w);
  begin(w, "sum=1", FCL_RESPONDER, FCL_KEEP_CONN, 3);
  record(w, FCL_STDIN, "abc", 3);
  record(w, FCL_STDIN, NULL, 0);
  ck_assert_uint_lt((size_t) _i, w->len);
  say(w->bytes, (size_t) _i);
  say(w->bytes + _i, w->len - (size_t) _i);
  free(w);
  assert_out(hear_end(), "Content-Type: text/plain\r\n\r\n3 bytes, FNV-1a e71fa2190541574b\n");
}
END_TEST

START_TEST(what_is_no_fastcgi_ends_the_connection) {
  ck_assert_int_eq((int) send(fd, "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL), 18);
  hear_eof();
  connect_anew();
  ask("size=1");
}
END_TEST

START_TEST(it_listens_where_it_is_told) {
  int tries;
  char address[80];
  teardown();
  snprintf(address, sizeof address, "unix:@%s-own", name);
  strcat(name, "-own");
  app = fork();
  if (app == 0)
    run(-1, "--listen", address);
  for (tries = 0; tries < 1000 && (fd = dial()) < 0; tries++)
    poll(NULL, 0, 10);
  ck_assert_int_ge(fd, 0);
  in = fcl_inspector_new(0);
  ask("size=1");
}
END_TEST

/* ---- Other roles ---- */

static void play(const char *role) {
  teardown();
  start("--role", role);
  connect_anew();
}

START_TEST(as_an_authorizer_it_answers_authorizers_alone) {
  wire *w = malloc(sizeof *w);
  const fcl_seen *seen;
  play("authorizer");
  begin(w, "status=403&size=2", FCL_AUTHORIZER, FCL_KEEP_CONN, 0);
  record(w, FCL_STDIN, NULL, 0);
  say(w->bytes, w->len);
  seen = hear_end();
  ck_assert_ptr_nonnull(strstr(seen->out.kept, "Status: 403"));
  ck_assert_uint_eq(ask("size=1")->protocol_status, FCL_UNKNOWN_ROLE);
  free(w);
}
END_TEST

/* A filter's request: body "abc", and that of its data. */
static const fcl_seen *ask_filter(const char *query, const char *length, const char *data) {
  wire *w = malloc(sizeof *w);
  uint8_t content[8] = {0, FCL_FILTER, FCL_KEEP_CONN, 0, 0, 0, 0, 0};
  w->len = 0;
  record(w, FCL_BEGIN_REQUEST, content, 8);
  pair(w, "QUERY_STRING", query);
  pair(w, "CONTENT_LENGTH", "3");
  pair(w, "FCGI_DATA_LENGTH", length);
  record(w, FCL_PARAMS, NULL, 0);
  record(w, FCL_STDIN, "abc", 3);
  record(w, FCL_STDIN, NULL, 0);
  record(w, FCL_DATA, data, strlen(data));
  if (data[0])
    record(w, FCL_DATA, NULL, 0);
  say(w->bytes, w->len);
  free(w);
  return hear_end();
}

START_TEST(as_a_filter_it_answers_with_its_data_in_capitals) {
  play("filter");
  assert_out(ask_filter("", "5", "hello"), "Content-Type: text/plain\r\n\r\nHELLO");
  assert_out(ask_filter("length=1", "0", ""),
             "Content-Type: text/plain\r\nContent-Length: 0\r\n\r\n");
  ck_assert_ptr_nonnull(strstr(ask_filter("sum=1", "4", "data")->out.kept,
                               "3 bytes, FNV-1a e71fa2190541574b\n4 bytes, FNV-1a "));
}
END_TEST

START_TEST(as_a_filter_it_refuses_data_that_is_short) {
  static const char *const lengths[] = {"6", "18446744073709551615"};
  play("filter");
  ck_assert_ptr_nonnull(
      strstr(ask_filter("", lengths[_i], "hello")->out.kept, "the data was short"));
}
END_TEST

static void add_roles(TCase *t) {
  tcase_add_test(t, as_an_authorizer_it_answers_authorizers_alone);
  tcase_add_test(t, as_a_filter_it_answers_with_its_data_in_capitals);
  tcase_add_loop_test(t, as_a_filter_it_refuses_data_that_is_short, 0, 2);
}

static void add_answers(TCase *t) {
  tcase_add_test(t, it_answers_with_its_parameters);
  tcase_add_test(t, a_kept_connection_serves_on);
  tcase_add_test(t, it_closes_when_not_asked_to_keep);
  tcase_add_test(t, a_body_of_asked_size_follows_the_pattern);
  tcase_add_test(t, it_echoes_the_body);
  tcase_add_test(t, it_counts_and_hashes_the_body);
  tcase_add_test(t, slowly_it_comes_in_pieces);
  tcase_add_test(t, the_error_stream_is_written_and_ended);
  tcase_add_test(t, the_head_is_as_asked);
  tcase_add_test(t, a_location_comes_alone);
  tcase_add_test(t, end_request_carries_the_asked_status);
  tcase_add_test(t, its_pid_is_its_own);
  tcase_add_test(t, early_it_answers_before_the_body);
}

static void add_ends(TCase *t) {
  tcase_add_test(t, it_exits_in_the_middle_of_the_body);
  tcase_add_test(t, it_exits_before_it_answers);
  tcase_add_test(t, it_ends_by_a_signal);
  tcase_add_test(t, it_may_close_without_end_request);
  tcase_add_test(t, it_leaves_after_its_requests);
  tcase_add_test(t, sigterm_lets_it_leave_when_idle);
  tcase_add_test(t, sigterm_lets_it_finish_its_request);
  tcase_add_test(t, it_hangs_until_it_is_killed);
  tcase_add_test(t, its_children_stay);
}

static void add_protocol(TCase *t) {
  tcase_add_test(t, get_values_is_answered_with_what_is_known);
  tcase_add_test(t, an_unknown_management_record_is_named);
  tcase_add_test(t, a_second_request_is_refused_while_one_runs);
  tcase_add_test(t, other_roles_are_refused);
  tcase_add_test(t, a_refused_role_is_told_before_the_connection_is_closed);
  tcase_add_test(t, an_abort_ends_the_request);
  tcase_add_loop_test(t, a_request_may_come_in_any_cut, 1, 80);
  tcase_add_test(t, what_is_no_fastcgi_ends_the_connection);
  tcase_add_test(t, it_listens_where_it_is_told);
}

int main(void) {
  TCase *t = tcase_create("app");
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, setup, teardown);
  add_answers(t);
  add_ends(t);
  add_protocol(t);
  add_roles(t);
  return test_suite_run("app", &t, 1);
}
