/* stderr_world.c: requests to applications that write on STDERR. */
#include "client/stderr_world.h"

world w;
_Atomic size_t cut;
int now;

told x;

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&x, 0, sizeof x);
  cut = 0;
}

static void teardown(void) {
  world_end(&w);
}

fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user) {
  world_enter(&w);
  strcat(x.log, head->status == 200 ? "head 200; " : "head; ");
  if (x.cancels)
    fcl_request_cancel(r);
  world_leave(&w);
  return FCL_NEXT;
}

fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  world_enter(&w);
  strncat(x.log, data, len < 16 ? len : 16);
  world_leave(&w);
  return FCL_NEXT;
}

void on_done(fcl_request *r, const fcl_result *result, void *user) {
  fcl_slice text = fcl_request_stderr(r);
  world_enter(&w);
  x.dones++;
  x.result = *result;
  x.text_len = text.len;
  memcpy(x.text, text.base, text.len < sizeof x.text ? text.len : sizeof x.text);
  fcl_request_free(r);
  world_leave(&w);
}

void get(void) {
  static const fcl_handlers handlers = {on_head, on_body, NULL, NULL, NULL, on_done};
  fcl_request *r = fcl_request_new(w.pool, &handlers, NULL);
  int cancels = x.cancels;
  memset(&x, 0, sizeof x);
  x.cancels = cancels;
  fcl_request_param(r, "REQUEST_METHOD", "GET");
  fcl_request_param(r, "SCRIPT_FILENAME", "/x.php");
  fcl_request_tag(r, (fcl_slice){"tag", 3});
  fcl_request_start(r);
  fcl_request_finish(r);
  world_wait(&w, &x.dones, 1);
}

void start(void (*play)(fcl_script *, void *)) {
  w.options.name = "app";
  world_start(&w, FCL_LOOP_UV, play);
}

/* What events said behind "app: ADDRESS ", without that. */
const char *said(void) {
  static char out[16384];
  char *to = out;
  const char *at = w.said, *word;
  while (*at) {
    const char *line = strchr(at, '\n');
    *to++ = *at;
    word = strstr(at, fcl_script_address(w.script));
    word = word && word < line ? strchr(word, ' ') : at + 1;
    memcpy(to, word, (size_t) (line + 1 - word));
    to += line + 1 - word;
    at = line + 1;
  }
  *to = 0;
  w.said[0] = 0;
  return out;
}

TCase *stderr_world_case(const char *name) {
  TCase *t = tcase_create(name);
  tcase_set_timeout(t, 120);
  tcase_add_checked_fixture(t, setup, teardown);
  return t;
}
