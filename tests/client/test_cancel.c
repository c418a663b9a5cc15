/* test_cancel.c: a request is canceled in each state that it can be in: on_done comes once, with
   what was lent, nothing else comes, and the next request is served. */
#include "client/deaf.h"
#include "client/wire.h"
#include <stdlib.h>

#define BIG 16000000 /* more than any system takes at once */
static world w;
static exchange x, next;
static deaf nobody;
static int has_deaf;
static char *bytes;

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&x, 0, sizeof x);
  memset(&next, 0, sizeof next);
  has_deaf = 0;
  bytes = NULL;
}

static void teardown(void) {
  world_end(&w);
  if (has_deaf)
    deaf_close(&nobody);
  free(bytes);
}

/* ---- Applications ---- */

static void serve_rest(fcl_script *s) {
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    if (fcl_script_read_request(s))
      fcl_script_answer(s, HELLO);
  }
}

/* Reads no byte while the request is there. */
static void read_nothing(fcl_script *s, void *user) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_signal(s, "there");
  fcl_script_wait(s, "gone");
  serve_rest(s);
}

/* Says that much of an answer, and stays. */
static void say_part(fcl_script *s, const char *part, size_t len) {
  fcl_script_accept(s);
  fcl_script_may_close(s);
  fcl_script_read_params(s);
  fcl_script_send(s, part, len);
  fcl_script_drain(s);
  fcl_script_signal(s, "there");
  serve_rest(s);
}

static void say_nothing(fcl_script *s, void *user) {
  say_part(s, "", 0);
}

#undef OUT /* Windows has one of its own */
#define OUT(len, text) "\1\6\0\1\0" len "\0\0" text

static void say_half_a_header(fcl_script *s, void *user) {
  say_part(s, "\1\6\0\1", 4);
}

static void say_half_a_head(fcl_script *s, void *user) {
  say_part(s, OUT("\12", "Content-Ty"), 18);
}

static void say_half_a_body(fcl_script *s, void *user) {
  say_part(s, OUT("\35", TEXT "a"), 37);
}

static void say_stderr(fcl_script *s, void *user) {
  say_part(s, "\1\7\0\1\0\1\0\0e", 9);
}

static void say_half_an_end(fcl_script *s, void *user) {
  say_part(s, OUT("\35", TEXT "a") "\1\3\0\1\0\10\0\0\0\0\0", 37 + 11);
}

static void say_all_but_the_padding(fcl_script *s, void *user) {
  say_part(s, OUT("\35", TEXT "a") "\1\3\0\1\0\10\2\0\0\0\0\0\0\0\0\0\0", 37 + 17);
}

static void serve_all(fcl_script *s, void *user) {
  serve_rest(s);
}

/* ---- States: each function returns when the request is there ---- */

static void start_get(void) {
  exchange_get(&x, &w);
}

static void wait_there(void) {
  exchange_get(&x, &w);
  world_wait_point(&w, "there");
  world_rest(&w);
}

static void wait_held(void) {
  x.head_flow = x.body_flow = FCL_HOLD;
  wait_there();
}

/* The head is resumed, the span behind it is not. */
static void resume_head(exchange *e, const char *what) {
  if (strcmp(what, "head") == 0)
    fcl_request_resume(e->request);
}

static void wait_body_held(void) {
  x.then = resume_head;
  wait_held();
  world_wait(&w, &x.bodies, 1);
}

static void connect_in_vain(void) {
  exchange_get(&x, &w);
  world_rest(&w);
}

static void resolve(void) {
  exchange_get(&x, &w);
  world_turn(&w);
}

static void send_big_params(void) {
  char name[8];
  int n;
  bytes = calloc(1, 60001);
  memset(bytes, 'v', 60000);
  exchange_new(&x, &w, "GET");
  for (n = 0; n < 60; n++) {
    memcpy(name, "NAME_", 5);
    name[5] = (char) ('A' + n / 26);
    name[6] = (char) ('A' + n % 26);
    name[7] = 0;
    fcl_request_param(x.request, name, bytes);
  }
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  world_wait_point(&w, "there");
  world_rest(&w);
}

static void send_big_body(void) {
  bytes = wire_bytes(BIG);
  exchange_post(&x, &w, BIG + 1);
  fcl_request_write(x.request, bytes, BIG);
  world_wait_point(&w, "there");
  world_rest(&w);
}

static void owe_body(void) {
  exchange_post(&x, &w, 10);
  world_wait_point(&w, "there");
  world_rest(&w);
}

static void send_big_data(void) {
  bytes = wire_bytes(BIG);
  exchange_new(&x, &w, "GET");
  fcl_request_role(x.request, FCL_FILTER);
  fcl_request_file(x.request, BIG + 1, 0);
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
  fcl_request_data(x.request, bytes, BIG);
  world_wait_point(&w, "there");
  world_rest(&w);
}

static void wait_in_queue(void) {
  exchange_get(&next, &w);
  world_wait_point(&w, "there");
  exchange_get(&x, &w);
  world_rest(&w);
}

static const struct {
  const char *state;
  void (*reach)(void);
  void (*play)(fcl_script *, void *);
  const char *log; /* behind the cancel, and a resume where something is held */
} states[] = {
    {"noted", start_get, serve_all, "done CANCELED; "},
    {"queued", wait_in_queue, say_nothing, "done CANCELED; "},
    {"resolving", resolve, serve_all, "done CANCELED; "},
    {"connecting", connect_in_vain, serve_all, "done CANCELED; "},
    {"connecting by TCP", connect_in_vain, serve_all, "done CANCELED; "},
    {"sending parameters", send_big_params, read_nothing, "done CANCELED; "},
    {"sending a body", send_big_body, read_nothing, "sent CANCELED; done CANCELED; "},
    {"sending data", send_big_data, read_nothing, "sent CANCELED; done CANCELED; "},
    {"waiting for the caller", owe_body, say_nothing, "done CANCELED; "},
    {"waiting for an answer", wait_there, say_nothing, "done CANCELED; "},
    {"in a record's header", wait_there, say_half_a_header, "done CANCELED; "},
    {"in the head", wait_there, say_half_a_head, "done CANCELED; "},
    {"behind STDERR", wait_there, say_stderr, "err \"e\"; done CANCELED; "},
    {"in the body", wait_there, say_half_a_body, "head 200; body \"a\"; done CANCELED; "},
    {"in END_REQUEST", wait_there, say_half_an_end, "head 200; body \"a\"; done CANCELED; "},
    {"in its padding", wait_there, say_all_but_the_padding,
     "head 200; body \"a\"; done CANCELED; "},
    {"held at the head", wait_held, say_half_a_body, "head 200; done CANCELED; "},
    {"held in the body", wait_body_held, say_half_a_body, "head 200; body \"a\"; done CANCELED; "},
};
#define STATES (int) (sizeof states / sizeof *states)

static void open_world(int i, fcl_loop mode) {
  static const char *addresses[2];
  const char *state = states[i].state;
  if (strcmp(state, "queued") == 0)
    w.options.max_connections = 1;
  if (strcmp(state, "sending parameters") == 0)
    w.options.max_params = 4000000;
  if (strcmp(state, "resolving") == 0) {
    addresses[0] = "tcp:localhost:1"; /* a name is looked up beside the loop */
    w.options.addresses = addresses;
  }
  if (strncmp(state, "connecting", 10) == 0) {
    deaf_open(&nobody, strcmp(state, "connecting") != 0);
    has_deaf = 1;
    addresses[0] = nobody.address;
    w.options.addresses = addresses;
  }
  world_start(&w, mode, states[i].play);
}

/* Where nobody answers there is no next request. */
static void assert_next_is_served(void) {
  if (w.options.addresses)
    return;
  if (next.dones == 0 && next.request)
    fcl_request_cancel(next.request); /* the one that kept ours waiting */
  if (next.request)
    exchange_wait(&next);
  wire_get(&next, &w);
  ck_assert_log(&next, "head 200; body \"hello\"; done OK; ");
}

START_TEST(it_ends_and_the_next_request_is_served) {
  int i = _i / 2;
  open_world(i, _i % 2 ? FCL_LOOP_MANUAL : FCL_LOOP_UV);
  states[i].reach();
  ck_assert_uint_eq(x.dones, 0);
  fcl_request_cancel(x.request);
  if (x.head_flow == FCL_HOLD) {
    world_rest(&w);
    ck_assert_uint_eq(x.dones, 0); /* a resume is owed */
    fcl_request_resume(x.request);
  }
  exchange_wait(&x);
  ck_assert_msg(strcmp(x.log, states[i].log) == 0, "%s: %s", states[i].state, x.log);
  fcl_script_signal(w.script, "gone");
  assert_next_is_served();
}
END_TEST

START_TEST(it_ends_with_its_client) {
  open_world(_i, FCL_LOOP_UV);
  states[_i].reach();
  fcl_request_cancel(x.request);
  if (x.head_flow == FCL_HOLD)
    fcl_request_resume(x.request);
  fcl_script_signal(w.script, "gone");
  world_close(&w);
  ck_assert_msg(strcmp(x.log, states[_i].log) == 0, "%s: %s", states[_i].state, x.log);
}
END_TEST

int main(void) {
  TCase *t = tcase_create("cancel");
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, setup, teardown);
  test_add_loop(t, it_ends_and_the_next_request_is_served, 0, 2 * STATES);
  test_add_loop(t, it_ends_with_its_client, 0, STATES);
  return test_suite_run("cancel", &t, 1);
}
