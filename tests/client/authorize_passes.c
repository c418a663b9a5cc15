/* authorize_passes.c: a 200 lets a request go on; what its variables may set. */
#include "client/gate.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- It passes (KF-142: no request leaves anything behind, as world_end claims) ---- */

START_TEST(a_200_lets_the_request_go_on_and_nothing_of_it_is_seen) { /* KF-141: cut anywhere */
  static const char *const answers[] = {
      PASS, "Content-Type: text/plain\r\n\r\nbody of the authorizer",
      "Status: 200\r\nLocation: /elsewhere\r\nContent-Length: 3\r\n\r\nabc"}; /* KF-143 */
  said = answers[_i];
  gate_start(gate_say, NULL);
  for (cut = 0; cut < 24 + 8 + strlen(said); cut += (size_t) test_loop_step()) {
    gate_get();
    ck_assert_msg(strcmp(x.log, "head 200; body \"hello\"; done OK; ") == 0, "cut at %zu: %s", cut,
                  x.log);
  }
  ck_assert_uint_eq(asked, cut / (size_t) test_loop_step());
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

START_TEST(the_body_is_for_the_application_alone) { /* KF-127 */
  gate_start(take_all_but_the_body, take_upload);
  gate_upload(300000, _i ? 300000 : 1000);
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
  gate_start(take_gathered, take_gathered);
  gate_request("POST");
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
  gate_start(gate_say, play_both);
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
  gate_start(gate_left_alone, NULL);
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
  gate_start(give_variable, expect_variable);
  gate_request("GET");
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
  gate_start(give_too_much, gate_left_alone);
  gate_get();
  ck_assert_error(&x, FCL_E_PARAMS, "parameter A");
  ck_assert_log(&x, "done PARAMS; ");
}
END_TEST

TCase *authorize_passes(void) {
  TCase *t = tcase_create("passing");
  tcase_add_loop_test(t, a_200_lets_the_request_go_on_and_nothing_of_it_is_seen, 0, 3);
  tcase_add_loop_test(t, the_body_is_for_the_application_alone, 0, 2);
  tcase_add_test(t, a_body_that_is_gathered_is_for_the_application_alone);
  tcase_add_test(t, one_pool_may_play_both_roles);
  tcase_add_test(t, nobody_is_asked_for_null);
  test_add_loop(t, a_variable_becomes_a_parameter_unless_it_may_not, 0, VARIABLES);
  tcase_add_test(t, variables_above_the_limit_of_parameters_are_an_error);
  return t;
}
