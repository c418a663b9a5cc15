/* gate.c: opens and closes the two applications of the tests of authorizers. */
#include "client/gate.h"
#include <stdlib.h>

world w;
exchange x;
upload u;
fcl_script *gate;
fcl_pool *gate_pool;
fcl_pool_options gate_options;
fcl_loop mode = FCL_LOOP_UV;
_Atomic size_t cut;
_Atomic unsigned asked;
const char *_Atomic said;
int now;

void gate_setup(void) {
  memset(&w, 0, sizeof w);
  memset(&x, 0, sizeof x);
  memset(&u, 0, sizeof u);
  memset(&gate_options, 0, sizeof gate_options);
  gate = NULL;
  cut = 0;
  asked = 0;
}

void gate_teardown(void) {
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

void gate_start(void (*gate_play)(fcl_script *, void *), void (*play)(fcl_script *, void *)) {
  world_start(&w, mode, play);
  open_gate(gate_play);
}

void gate_request(const char *method) {
  memset(&x, 0, sizeof x);
  exchange_new(&x, &w, method);
  fcl_request_authorize(x.request, gate_pool);
}

void gate_ask(void) {
  gate_request("GET");
  fcl_request_start(x.request);
  fcl_request_finish(x.request);
}

void gate_get(void) {
  gate_ask();
  exchange_wait(&x);
}

/* Nobody must come to it. */
void gate_left_alone(fcl_script *s, void *user) {
  if (fcl_script_next(s))
    fcl_script_expect(s, 0, "nobody comes to the application");
}

void gate_say(fcl_script *s, void *user) {
  while (fcl_script_next(s)) {
    asked++;
    fcl_script_may_close(s);
    fcl_script_read_request(s);
    fcl_script_expect_begin(s, FCL_AUTHORIZER, FCL_KEEP_CONN);
    fcl_script_cut(s, cut);
    fcl_script_answer(s, said);
  }
}

/* The pieces of a body come up as they came. */
void gate_join(char *log) {
  char *seam;
  while ((seam = strstr(log, "\"; body \"")) != NULL)
    memmove(seam, seam + 9, strlen(seam + 9) + 1);
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

void gate_upload(size_t size, size_t step) {
  u.size = size;
  u.step = step;
  u.bytes = wire_bytes(size);
  gate_request("POST");
  x.then = lend_next;
  fcl_request_param(x.request, "PATH_INFO", "/p");
  fcl_request_param(x.request, "HTTP_COOKIE", "c=1");
  fcl_request_body(x.request, (int64_t) size, FCL_BODY_REFUSE);
  fcl_request_start(x.request);
  u.at = step;
  fcl_request_write(x.request, u.bytes, step);
}

void gate_silent(fcl_script *s, void *user) {
  if (!fcl_script_next(s))
    return;
  fcl_script_may_close(s);
  fcl_script_read_request(s);
  fcl_script_signal(s, "asked");
  fcl_script_read_eof(s);
}
