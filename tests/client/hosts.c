/* hosts.c: starts several scripted applications, and asks which of them answers. */
#include "client/hosts.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void note_subject(host *h, const fcl_seen *seen) {
  static const char *const names[] = {"REQUEST_METHOD", "SCRIPT_NAME", "SCRIPT_FILENAME", "X"};
  char text[sizeof h->subject] = "";
  unsigned i;
  for (i = 0; i < 4; i++) {
    fcl_slice value = {"-", 1};
    size_t at = strlen(text);
    fcl_seen_param(seen, names[i], &value);
    snprintf(text + at, sizeof text - at, "%s%.*s", i ? " " : "", (int) value.len, value.base);
  }
  strcpy(h->subject, text);
}

static void answer(fcl_script *s, host *h) {
  char text[96], status[32] = "";
  if (h->status)
    snprintf(status, sizeof status, "Status: %d\r\n", h->status);
  snprintf(text, sizeof text, "%s" TEXT "%u", status, h->number);
  note_subject(h, fcl_script_seen(s));
  h->served++;
  fcl_script_answer(s, text);
}

static void serve(fcl_script *s, void *user) {
  host *h = user;
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    if (!fcl_script_read_request(s))
      continue;
    if (h->is_crowded)
      fcl_script_end_request(s, 0, FCL_IS_OVERLOADED);
    else if (h->is_mute)
      h->muted++;
    else
      answer(s, h);
  }
}

void host_start(host *h) {
  fcl_script_options o = {0};
  fcl_error e;
  o.play = serve;
  o.user = h;
  o.address = h->listen;
  o.limit_ms = 20000;
  ck_assert_msg(fcl_script_start(&h->script, &o, &e) == FCL_OK, "%s", e.text);
}

void host_stop(host *h) {
  fcl_error e;
  int code = fcl_script_end(h->script, &e);
  h->script = NULL;
  ck_assert_msg(code == FCL_OK, "host %u: %s", h->number, e.text);
}

void hosts_open(hosts *h, fcl_loop mode, unsigned count) {
  unsigned i;
  world_open(&h->w, mode);
  h->count = count;
  for (i = 0; i < count; i++) {
    h->host[i].number = i;
    host_start(&h->host[i]);
    h->addresses[i] = fcl_script_address(h->host[i].script);
  }
}

void hosts_reach(hosts *h) {
  fcl_pool_options o = h->w.options;
  fcl_error e;
  o.name = "test";
  if (o.addresses == NULL)
    o.addresses = h->addresses;
  ck_assert_msg(fcl_pool_new(&h->w.pool, h->w.client, &o, &e) == FCL_OK, "%s", e.text);
}

void hosts_end(hosts *h) {
  unsigned i;
  world_close(&h->w);
  for (i = 0; i < h->count; i++)
    if (h->host[i].script)
      host_stop(&h->host[i]);
  world_end(&h->w);
}

void hosts_get(hosts *h, exchange *x, const char *key) {
  memset(x, 0, sizeof *x);
  exchange_new(x, &h->w, "GET");
  if (key) {
    fcl_slice slice = {key, strlen(key)};
    fcl_request_affinity(x->request, slice);
  }
  exchange_go(x);
  exchange_wait(x);
}

unsigned hosts_ask(hosts *h, const char *key) {
  exchange x;
  char *body;
  hosts_get(h, &x, key);
  ck_assert_error(&x, FCL_OK, "");
  body = strstr(x.log, "body \"");
  ck_assert_msg(body != NULL, "%s", x.log);
  return (unsigned) atoi(body + 6);
}
