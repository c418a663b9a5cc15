/* test_authorize.c: another pool is asked first: what it is sent, when its 200 lets a request go
   on, what its variables may set, and how every other answer becomes the request's own. */
#include "client/wire.h"
#include <stdio.h>
#include <stdlib.h>

static world w;
static exchange x;
static upload u;
static fcl_script *gate; /* the authorizer */
static fcl_pool *gate_pool;
static fcl_pool_options gate_options;
static _Atomic size_t cut; /* for the script's thread */
static _Atomic unsigned asked;
static const char *_Atomic said; /* what the authorizer answers */

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&x, 0, sizeof x);
  memset(&u, 0, sizeof u);
  memset(&gate_options, 0, sizeof gate_options);
  gate = NULL;
  cut = 0;
  asked = 0;
}

static void teardown(void) {
  fcl_error e = {0};
  world_close(&w);
  ck_assert_msg(fcl_script_end(gate, &e) == FCL_OK, "%s", e.text);
  world_end(&w);
}

/* ---- Two applications ---- */

static void open_gate(void (*play)(fcl_script *, void *)) {
  fcl_script_options o = {0};
  const char *addresses[2] = {NULL, NULL};
  fcl_error e;
  o.play = play;
  ck_assert_msg(fcl_script_start(&gate, &o, &e) == FCL_OK, "%s", e.text);
  addresses[0] = fcl_script_address(gate);
  gate_options.name = "gate";
  gate_options.addresses = addresses;
  ck_assert_msg(fcl_pool_new(&gate_pool, w.client, &gate_options, &e) == FCL_OK, "%s", e.text);
}

static fcl_loop mode = FCL_LOOP_UV;

static void start(void (*gate_play)(fcl_script *, void *), void (*play)(fcl_script *, void *)) {
  world_start(&w, mode, play);
  open_gate(gate_play);
}

static void new_request(const char *method) {
  memset(&x, 0, sizeof x);
  exchange_new(&x, &w, method);
  fcl_request_authorize(x.request, gate_pool);
}

static void ask(void) {
  new_request("GET");
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
}

static void get(void) {
  ask();
  exchange_wait(&x);
}

/* Nobody must come to it. */
static void be_left_alone(fcl_script *s, void *user) {
  if (fcl_script_next(s))
    fcl_script_expect(s, 0, "nobody comes to the application");
}

static void say(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    asked++;
    fcl_script_may_close(s);
    fcl_script_read_request(s);
    fcl_script_expect_begin(s, FCL_AUTHORIZER, FCL_KEEP_CONN);
    fcl_script_cut(s, cut);
    fcl_script_answer(s, said);
  }
}

#define PASS "Status: 200 OK\r\n\r\n"
#define DENY "Status: 403 No\r\nContent-Type: text/plain\r\n\r\nno"

/* The pieces of a body come up as they came. */
static void join(char *log) {
  char *seam;
  while ((seam = strstr(log, "\"; body \"")) != NULL)
    memmove(seam, seam + 9, strlen(seam + 9) + 1);
}

/* ---- It passes (KF-142: no request leaves anything behind, as world_end claims) ---- */

START_TEST(a_200_lets_the_request_go_on_and_nothing_of_it_is_seen) { /* KF-141: cut anywhere */
  static const char *const answers[] = {
      PASS, "Content-Type: text/plain\r\n\r\nbody of the authorizer",
      "Status: 200\r\nLocation: /elsewhere\r\nContent-Length: 3\r\n\r\nabc"}; /* KF-143 */
  said = answers[_i];
  start(say, NULL);
  for (cut = 0; cut < 24 + 8 + strlen(said); cut++) {
    get();
    ck_assert_msg(strcmp(x.log, "head 200; body \"hello\"; done OK; ") == 0, "cut at %zu: %s", cut,
                  x.log);
  }
  ck_assert_uint_eq(asked, cut);
}
END_TEST

static void take_all_but_the_body(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_expect_begin(s, FCL_AUTHORIZER, FCL_KEEP_CONN);
    fcl_script_expect_param(s, "CONTENT_LENGTH", NULL);
    fcl_script_expect_param(s, "PATH_INFO", NULL);
    fcl_script_expect_param(s, "SCRIPT_NAME", NULL);
    fcl_script_expect_param(s, "REQUEST_METHOD", "POST");
    fcl_script_expect_param(s, "HTTP_COOKIE", "c=1");
    fcl_script_expect_body(s, "", 0);
    fcl_script_answer(s, PASS);
  }
}

static void take_upload(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_expect_begin(s, FCL_RESPONDER, FCL_KEEP_CONN);
    fcl_script_expect_param(s, "CONTENT_LENGTH", "300000");
    fcl_script_expect_param(s, "PATH_INFO", "/p");
    fcl_script_expect_param(s, "SCRIPT_NAME", "/x");
    fcl_script_expect_body_hash(s, 300000, wire_hash(300000));
    fcl_script_answer(s, HELLO);
  }
}

static void lend_next(exchange *e, const char *what) {
  if (strcmp(what, "sent") != 0 || e->dones)
    return;
  if (u.at < u.size) {
    u.at += u.step;
    fcl_request_write(e->request, u.bytes + u.at - u.step, u.step);
  } else {
    fcl_request_finish(e->request);
  }
}

static void start_upload(size_t size, size_t step) {
  u.size = size;
  u.step = step;
  u.bytes = wire_bytes(size);
  new_request("POST");
  x.then = lend_next;
  fcl_request_param(x.request, "PATH_INFO", "/p");
  fcl_request_param(x.request, "HTTP_COOKIE", "c=1");
  fcl_request_body(x.request, (int64_t) size, FCL_BODY_REFUSE);
  fcl_request_start(x.request);
  u.at = step;
  fcl_request_write(x.request, u.bytes, step);
}

START_TEST(the_body_is_for_the_application_alone) { /* KF-127 */
  start(take_all_but_the_body, take_upload);
  start_upload(300000, _i ? 300000 : 1000);
  exchange_wait(&x);
  ck_assert_done(&x);
  ck_assert_uint_eq(x.result.sent, 300000);
  free(u.bytes);
}
END_TEST

static void take_gathered(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_expect_param(s, "CONTENT_LENGTH",
                            fcl_script_seen(s)->role == FCL_AUTHORIZER ? NULL : "3");
    fcl_script_expect_body(s, "abc", fcl_script_seen(s)->role == FCL_AUTHORIZER ? 0 : 3);
    fcl_script_answer(s, fcl_script_seen(s)->role == FCL_AUTHORIZER ? PASS : HELLO);
  }
}

START_TEST(a_body_that_is_gathered_is_for_the_application_alone) {
  start(take_gathered, take_gathered);
  new_request("POST");
  fcl_request_body(x.request, -1, FCL_BODY_SPOOL);
  fcl_request_start(x.request);
  fcl_request_write(x.request, "abc", 3);
  world_wait(&w, &x.sents, 1);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "sent OK; head 200; body \"hello\"; done OK; ");
}
END_TEST

static void play_both(fcl_script *s, void *user) {
  int n;
  for (n = 0; n < 2 && fcl_script_next(s); n++) {
    fcl_script_read_request(s);
    fcl_script_answer(s, fcl_script_seen(s)->role == FCL_AUTHORIZER ? PASS : HELLO);
  }
}

START_TEST(one_pool_may_play_both_roles) {
  w.options.max_connections = 1;
  start(say, play_both);
  exchange_new(&x, &w, "GET");
  fcl_request_authorize(x.request, gate_pool);
  fcl_request_authorize(x.request, w.pool); /* the last one counts */
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; body \"hello\"; done OK; ");
  ck_assert_uint_eq(asked, 0);
}
END_TEST

START_TEST(nobody_is_asked_for_null) {
  start(be_left_alone, NULL);
  exchange_new(&x, &w, "GET");
  fcl_request_authorize(x.request, gate_pool);
  fcl_request_authorize(x.request, NULL);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_done(&x);
}
END_TEST

/* ---- Variables ---- */

static const struct {
  const char *field, *name, *value; /* what the application must see; NULL: nothing */
} variables[] = {
    {"Variable-REMOTE_USER: jo", "REMOTE_USER", "jo"},
    {"variable-AUTH_METHOD: database lookup", "AUTH_METHOD", "database lookup"},
    {"VARIABLE-EMPTY:", "EMPTY", ""},
    {"Variable-A: 1\r\nVariable-A: 2", "A", "1"},
    {"Variable-A: 1\r\nVariable-a: 2", "a", NULL},
    /* What is set stays, in any spelling. */
    {"Variable-SET: evil", "SET", "good"},
    {"Variable-set: evil", "set", NULL},
    {"Variable-HTTP_X_Y: evil", "HTTP_X_Y", "from the client"},
    {"Variable-Http_X_y: evil", "Http_X_y", NULL},
    {"Variable-DASHED_NAME: evil", "DASHED_NAME", NULL},
    {"Variable-QUERY_STRING: evil", "QUERY_STRING", ""},
    /* What says which request this is, set or not. */
    {"Variable-PATH_INFO: /evil", "PATH_INFO", NULL},
    {"Variable-path_info: /evil", "path_info", NULL},
    {"Variable-PATH_TRANSLATED: /evil", "PATH_TRANSLATED", NULL},
    {"Variable-SCRIPT_FILENAME: /evil.php", "SCRIPT_FILENAME", NULL},
    {"Variable-SCRIPT_NAME: /evil", "SCRIPT_NAME", "/x"},
    {"Variable-CONTENT_LENGTH: 100", "CONTENT_LENGTH", NULL},
    {"Variable-CONTENT_TYPE: evil", "CONTENT_TYPE", NULL},
    {"Variable-REQUEST_METHOD: DELETE", "REQUEST_METHOD", "GET"},
    /* What is no name for a variable, or one that configures PHP or its clients. */
    {"Variable-: evil", "", NULL},
    {"Variable-A-B: evil", "A-B", NULL},
    {"Variable-A.B: evil", "A.B", NULL},
    {"Variable-PHP_VALUE: auto_prepend_file=/evil", "PHP_VALUE", NULL},
    {"Variable-PHP_ADMIN_VALUE: x=y", "PHP_ADMIN_VALUE", NULL},
    {"Variable-HTTP_PROXY: evil", "HTTP_PROXY", NULL},
    {"Variables-A: evil", "A", NULL},
    {"X-Variable-A: evil", "A", NULL},
};
#define VARIABLES (int) (sizeof variables / sizeof *variables)
static int now;

static void give_variable(fcl_script *s, void *user) {
  char text[200];
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    snprintf(text, sizeof text, "Status: 200\r\n%s\r\n\r\n", variables[now].field);
    fcl_script_answer(s, text);
  }
}

static void expect_variable(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_expect_param(s, variables[now].name, variables[now].value);
    fcl_script_answer(s, HELLO);
  }
}

START_TEST(a_variable_becomes_a_parameter_unless_it_may_not) {
  static const fcl_header header = {{"X-Y", 3}, {"from the client", 15}};
  now = _i;
  start(give_variable, expect_variable);
  new_request("GET");
  fcl_request_param(x.request, "SET", "good");
  fcl_request_param(x.request, "QUERY_STRING", "");
  fcl_request_param(x.request, "DASHED-NAME", "good");
  fcl_request_headers(x.request, &header, 1);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_done(&x);
}
END_TEST

static void give_too_much(fcl_script *s, void *user) {
  char *text = calloc(1, 70000);
  fcl_script_accept(s);
  fcl_script_read_request(s);
  memset(text, 'x', 65000);
  memcpy(text, "Status: 200\r\nVariable-A: ", 25);
  memcpy(text + 65000, "\r\n\r\n", 5);
  fcl_script_answer(s, text);
  free(text);
}

START_TEST(variables_above_the_limit_of_parameters_are_an_error) {
  w.options.max_params = 10000;
  start(give_too_much, be_left_alone);
  get();
  ck_assert_error(&x, FCL_E_PARAMS, "parameter A");
  ck_assert_log(&x, "done PARAMS; ");
}
END_TEST

/* ---- It does not pass ---- */

START_TEST(any_other_answer_is_the_requests_own) { /* KF-143 */
  static const struct {
    const char *said, *log;
  } cases[] = {
      {DENY, "head 403; body \"no\"; done OK; "},
      {"Status: 401\nWWW-Authenticate: Basic\nVariable-A: 1\n\n", "head 401; done OK; "},
      {"Location: /login\n\n", "head 302; done OK; "},
      {"Status: 204\n\nab", "head 204; done OK; "},
      {"Status: 201\nContent-Length: 2\n\nab", "head 201; body \"ab\"; done OK; "},
      {"Status: 500\n\noh", "head 500; body \"oh\"; done OK; "},
      {"no head\n\n", "done HEAD; "},
      {"Status: 200", "done HEAD; "},
      {"Status: 200\nContent-Length: 9\n\nab", "done TRUNCATED; "},
  };
  said = cases[_i].said;
  start(say, be_left_alone);
  for (cut = 0; cut < 24 + 8 + strlen(said); cut++) {
    get();
    join(x.log);
    ck_assert_msg(strcmp(x.log, cases[_i].log) == 0, "cut at %zu: %s, %s", cut, x.log,
                  x.result.error.text);
  }
}
END_TEST

START_TEST(a_raw_request_hears_the_head_of_a_refusal) {
  said = DENY;
  start(say, be_left_alone);
  new_request("GET");
  fcl_request_raw(x.request);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 403; body \"no\"; done OK; ");
}
END_TEST

START_TEST(a_denial_of_head_has_no_body) {
  said = DENY;
  start(say, be_left_alone);
  new_request("HEAD");
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "head 403; done OK; ");
}
END_TEST

/* Ends after `cut` bytes of a complete 200. */
static const char complete_pass[] = "\1\6\0\1\0\25\0\0"
                                    "Status: 200 OK\r\n\r\nabc" OUT_END "\1\3\0\1\0\10\3\0"
                                    "\0\0\0\0\0\0\0\0"
                                    "zzz";
#define PASS_END (sizeof complete_pass - 1 - 3)

static void end_early(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_send(s, complete_pass, cut);
    fcl_script_may_close(s);
    fcl_script_close(s);
  }
}

static void serve_one(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    fcl_script_read_request(s);
    fcl_script_expect(s, cut >= PASS_END, "nobody comes before all of the 200 was said");
    fcl_script_answer(s, HELLO);
  }
}

START_TEST(only_a_complete_200_passes) {
  start(end_early, serve_one);
  for (cut = 0; cut < sizeof complete_pass; cut++) {
    get();
    if (cut >= PASS_END)
      ck_assert_log(&x, "head 200; body \"hello\"; done OK; ");
    else
      ck_assert_error(&x, x.result.error.code == FCL_E_IO ? FCL_E_IO : FCL_E_TRUNCATED, "gate: ");
    ck_assert_uint_eq(x.heads, cut >= PASS_END);
  }
}
END_TEST

static void whole_by_length(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, "Status: 200\nContent-Length: 2\n\nab");
  fcl_script_close(s);
}

START_TEST(a_200_that_is_whole_by_its_length_alone_does_not_pass) {
  start(whole_by_length, be_left_alone);
  get();
  ck_assert_error(&x, FCL_E_TRUNCATED, "did not end the request");
}
END_TEST

static void end_as(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, now == FCL_UNKNOWN_ROLE ? "" : PASS);
  fcl_script_end_request(s, now ? 0 : 7, (unsigned) now);
}

START_TEST(a_200_that_ends_in_failure_does_not_pass) {
  static const fcl_code codes[] = {FCL_E_TRUNCATED, FCL_E_OVERLOADED, FCL_E_OVERLOADED, FCL_E_ROLE};
  now = _i;
  start(end_as, be_left_alone);
  get();
  ck_assert_error(&x, codes[_i], "gate: ");
  ck_assert_uint_eq(x.heads, 0);
  ck_assert_uint_eq(x.result.app_status, _i ? 0 : 7);
}
END_TEST

static void violate(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, PASS);
  fcl_script_send(s, "\2\6\0\1\0\0\0\0", 8);
  fcl_script_read_eof(s);
}

START_TEST(a_200_and_a_violation_do_not_pass) {
  start(violate, be_left_alone);
  get();
  ck_assert_error(&x, FCL_E_PROTOCOL, "gate: ");
}
END_TEST

static void never_answer(fcl_script *s, void *user) {
  if (!fcl_script_next(s))
    return;
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_signal(s, "asked");
  fcl_script_read_eof(s);
}

START_TEST(the_clocks_are_the_authorizers) {
  gate_options.first_ms = 30;
  w.options.request_ms = w.options.queue_ms = 10;
  start(never_answer, be_left_alone);
  get();
  ck_assert_error(&x, FCL_E_TIMEOUT_FIRST, "gate: ");
}
END_TEST

static void refuse_all(fcl_script *s, void *user) {
  fcl_script_refuse(s);
  fcl_script_signal(s, "refusing");
}

START_TEST(an_authorizer_that_cannot_be_reached_is_an_error) {
  start(refuse_all, be_left_alone);
  ck_assert(fcl_script_wait(gate, "refusing"));
  get();
  ck_assert_error(&x, FCL_E_CONNECT, "gate: ");
  ck_assert_uint_gt(x.result.retry_after_s + 1, 0);
}
END_TEST

START_TEST(an_authorizer_of_another_client_is_refused) {
  fcl_client_options own_thread = {0};
  fcl_client *other;
  fcl_pool_options o = {0};
  const char *addresses[] = {"unix:/nowhere", NULL};
  fcl_pool *pool;
  o.addresses = addresses;
  start(be_left_alone, be_left_alone);
  ck_assert_int_eq(fcl_client_new(&other, &own_thread, NULL), FCL_OK);
  ck_assert_int_eq(fcl_pool_new(&pool, other, &o, NULL), FCL_OK);
  exchange_new(&x, &w, "GET");
  fcl_request_authorize(x.request, pool);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_INVAL, "pool of another client");
  fcl_client_close(other, NULL, NULL);
  fcl_client_join(other);
}
END_TEST

/* ---- Lends ---- */

static void resume_later(exchange *e, const char *what) {
  if (strcmp(what, "head") == 0 || strcmp(what, "body") == 0)
    fcl_request_resume(e->request);
}

START_TEST(a_denial_can_be_held_and_resumed) {
  said = DENY;
  start(say, be_left_alone);
  for (cut = 0; cut < 60; cut++) {
    new_request("GET");
    x.head_flow = x.body_flow = FCL_HOLD;
    x.then = resume_later;
    fcl_request_start(x.request);
    fcl_request_finish(x.request);
    exchange_wait(&x);
    join(x.log);
    ck_assert_log(&x, "head 403; body \"no\"; done OK; ");
  }
}
END_TEST

START_TEST(a_canceled_denial_waits_for_what_is_held) {
  said = DENY;
  start(say, be_left_alone);
  new_request("GET");
  x.head_flow = _i ? FCL_NEXT : FCL_HOLD;
  x.body_flow = FCL_HOLD;
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  world_wait(&w, _i ? &x.bodies : &x.heads, 1);
  fcl_request_cancel(x.request);
  world_rest(&w);
  ck_assert_uint_eq(x.dones, 0);
  fcl_request_resume(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, _i ? "head 403; body \"no\"; done CANCELED; " : "head 403; done CANCELED; ");
}
END_TEST

START_TEST(what_is_lent_comes_back_from_a_denial) {
  said = DENY;
  start(say, be_left_alone);
  start_upload(3000, 1000);
  x.then = NULL;
  exchange_wait(&x);
  ck_assert_log(&x, "head 403; body \"no\"; sent OK; done OK; ");
  ck_assert_uint_eq(x.result.sent, 0);
  free(u.bytes);
}
END_TEST

START_TEST(a_body_that_is_too_long_ends_it_while_it_is_asked) {
  start(never_answer, be_left_alone);
  new_request("POST");
  fcl_request_body(x.request, 3, FCL_BODY_REFUSE);
  fcl_request_start(x.request);
  fcl_request_write(x.request, "abcd", 4);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_BODY, "1 bytes more");
}
END_TEST

static void complain(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stderr(s, "who is that");
  fcl_script_answer(s, PASS);
}

START_TEST(its_stderr_comes_through_the_same_callback) {
  start(complain, NULL);
  get();
  ck_assert_log(&x, "err \"who is that\"; head 200; body \"hello\"; done OK; ");
}
END_TEST

static void complain_late(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_read_request(s);
  fcl_script_stdout(s, PASS);
  fcl_script_stderr(s, "not quite");
  fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
}

START_TEST(a_200_with_stderr_does_not_pass_where_stderr_counts) {
  gate_options.stderr_mode = FCL_STDERR_IN_500;
  start(_i ? complain_late : complain, be_left_alone);
  get();
  ck_assert_error(&x, FCL_E_STDERR, "gate: ");
  ck_assert_uint_eq(x.heads, 0);
}
END_TEST

/* ---- Cancel, close ---- */

START_TEST(it_can_be_canceled_while_it_is_asked) {
  start(never_answer, be_left_alone);
  ask();
  if (_i)
    world_rest(&w);
  fcl_request_cancel(x.request);
  exchange_wait(&x);
  ck_assert_log(&x, "done CANCELED; ");
}
END_TEST

/* It is canceled inside each of the callbacks that the denial makes. */
static void cancel_there(exchange *e, const char *what) {
  if (strcmp(what, now ? "body" : "head") == 0)
    fcl_request_cancel(e->request);
}

START_TEST(nothing_comes_behind_a_cancel_of_a_denial) {
  now = _i;
  said = DENY;
  start(say, be_left_alone);
  for (cut = 0; cut < 60; cut++) {
    new_request("GET");
    x.then = cancel_there;
    fcl_request_start(x.request);
    fcl_request_finish(x.request);
    exchange_wait(&x);
    ck_assert_uint_eq(x.bodies, (unsigned) _i);
    ck_assert_ptr_nonnull(strstr(x.log, "done CANCELED; "));
  }
}
END_TEST

START_TEST(pools_that_drain_serve_what_is_being_asked) {
  said = PASS;
  start(say, NULL);
  ask();
  if (_i)
    world_turn(&w);
  fcl_pool_close(w.pool, FCL_NEVER);
  fcl_pool_close(gate_pool, FCL_NEVER);
  exchange_wait(&x);
  ck_assert_log(&x, "head 200; body \"hello\"; done OK; ");
}
END_TEST

static void pass_when_told(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_signal(s, "asked");
  fcl_script_wait(s, "go on");
  fcl_script_answer(s, PASS);
}

static void turn_until_asked(void) {
  while (!fcl_script_reached(gate, "asked"))
    world_turn(&w);
}

START_TEST(a_pool_that_drains_takes_nothing_new_while_another_is_asked) {
  exchange late = {0};
  start(pass_when_told, NULL);
  ask();
  turn_until_asked();
  fcl_pool_close(w.pool, FCL_NEVER);
  world_rest(&w);
  exchange_get(&late, &w);
  exchange_wait(&late);
  ck_assert_error(&late, FCL_E_CLOSING, "");
  fcl_script_signal(gate, "go on");
  exchange_wait(&x);
  ck_assert_done(&x);
}
END_TEST

START_TEST(a_pool_that_is_closed_while_it_is_asked_fails_the_request) {
  start(pass_when_told, be_left_alone);
  ask();
  turn_until_asked();
  fcl_pool_close(w.pool, 0);
  world_rest(&w);
  fcl_script_signal(gate, "go on");
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_CLOSING, "test: ");
}
END_TEST

START_TEST(a_closed_pool_asks_nobody) {
  start(be_left_alone, be_left_alone);
  new_request("GET");
  fcl_pool_close(w.pool, 0);
  world_rest(&w);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_CLOSING, "test: ");
}
END_TEST

START_TEST(an_authorizer_that_is_closed_lets_nobody_through) {
  start(be_left_alone, be_left_alone);
  new_request("GET");
  fcl_pool_close(gate_pool, 0);
  world_rest(&w);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  exchange_wait(&x);
  ck_assert_error(&x, FCL_E_CLOSING, "gate: ");
}
END_TEST

START_TEST(a_client_that_closes_ends_what_is_being_asked) {
  start(never_answer, be_left_alone);
  ask();
  turn_until_asked();
  world_close(&w);
  ck_assert_error(&x, FCL_E_CLOSING, "gate: ");
}
END_TEST

START_TEST(a_request_that_is_never_started_lets_go_of_both_pools) {
  start(be_left_alone, be_left_alone);
  new_request("GET");
  fcl_request_free(x.request);
}
END_TEST

/* ---- Loops ---- */

START_TEST(each_kind_of_loop_asks) {
  mode = (fcl_loop) _i;
  said = PASS;
  start(say, NULL);
  get();
  ck_assert_log(&x, "head 200; body \"hello\"; done OK; ");
  mode = FCL_LOOP_UV;
}
END_TEST

START_TEST(a_cancel_of_another_thread_may_come_at_any_moment) {
  int n, i;
  mode = FCL_LOOP_THREAD;
  said = _i ? DENY : PASS;
  start(say, NULL);
  for (n = 0; n < 300; n++) {
    ask();
    for (i = 0; i < n * 20; i++)
      atomic_load(&asked); /* a little later each time */
    fcl_request_cancel(x.request);
    exchange_wait(&x);
    ck_assert(x.result.error.code == FCL_OK || x.result.error.code == FCL_E_CANCELED);
    ck_assert_uint_eq(x.dones, 1);
  }
  mode = FCL_LOOP_UV;
}
END_TEST

static TCase *passing(void) {
  TCase *t = tcase_create("passing");
  tcase_add_loop_test(t, a_200_lets_the_request_go_on_and_nothing_of_it_is_seen, 0, 3);
  tcase_add_loop_test(t, the_body_is_for_the_application_alone, 0, 2);
  tcase_add_test(t, a_body_that_is_gathered_is_for_the_application_alone);
  tcase_add_test(t, one_pool_may_play_both_roles);
  tcase_add_test(t, nobody_is_asked_for_null);
  tcase_add_loop_test(t, a_variable_becomes_a_parameter_unless_it_may_not, 0, VARIABLES);
  tcase_add_test(t, variables_above_the_limit_of_parameters_are_an_error);
  tcase_add_loop_test(t, each_kind_of_loop_asks, 0, 3);
  tcase_add_loop_test(t, a_cancel_of_another_thread_may_come_at_any_moment, 0, 2);
  return t;
}

static TCase *denying(void) {
  TCase *t = tcase_create("denying");
  tcase_add_loop_test(t, any_other_answer_is_the_requests_own, 0, 9);
  tcase_add_test(t, a_raw_request_hears_the_head_of_a_refusal);
  tcase_add_test(t, a_denial_of_head_has_no_body);
  tcase_add_test(t, only_a_complete_200_passes);
  tcase_add_test(t, a_200_that_is_whole_by_its_length_alone_does_not_pass);
  tcase_add_loop_test(t, a_200_that_ends_in_failure_does_not_pass, 0, 4);
  tcase_add_test(t, a_200_and_a_violation_do_not_pass);
  tcase_add_test(t, the_clocks_are_the_authorizers);
  tcase_add_test(t, an_authorizer_that_cannot_be_reached_is_an_error);
  tcase_add_test(t, an_authorizer_of_another_client_is_refused);
  return t;
}

static TCase *lends(void) {
  TCase *t = tcase_create("lends");
  tcase_add_test(t, a_denial_can_be_held_and_resumed);
  tcase_add_loop_test(t, a_canceled_denial_waits_for_what_is_held, 0, 2);
  tcase_add_test(t, what_is_lent_comes_back_from_a_denial);
  tcase_add_test(t, a_body_that_is_too_long_ends_it_while_it_is_asked);
  tcase_add_test(t, its_stderr_comes_through_the_same_callback);
  tcase_add_loop_test(t, a_200_with_stderr_does_not_pass_where_stderr_counts, 0, 2);
  return t;
}

static TCase *ends(void) {
  TCase *t = tcase_create("ends");
  tcase_add_loop_test(t, it_can_be_canceled_while_it_is_asked, 0, 2);
  tcase_add_loop_test(t, nothing_comes_behind_a_cancel_of_a_denial, 0, 2);
  tcase_add_loop_test(t, pools_that_drain_serve_what_is_being_asked, 0, 2);
  tcase_add_test(t, a_pool_that_drains_takes_nothing_new_while_another_is_asked);
  tcase_add_test(t, a_pool_that_is_closed_while_it_is_asked_fails_the_request);
  tcase_add_test(t, a_closed_pool_asks_nobody);
  tcase_add_test(t, an_authorizer_that_is_closed_lets_nobody_through);
  tcase_add_test(t, a_client_that_closes_ends_what_is_being_asked);
  tcase_add_test(t, a_request_that_is_never_started_lets_go_of_both_pools);
  return t;
}

int main(void) {
  TCase *cases[] = {passing(), denying(), lends(), ends()};
  size_t n;
  for (n = 0; n < 4; n++) {
    tcase_set_timeout(cases[n], 120);
    tcase_add_checked_fixture(cases[n], setup, teardown);
  }
  return test_suite_run("authorize", cases, 4);
}
