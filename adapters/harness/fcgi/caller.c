/* caller.c: makes the calls of a transcript's `!` lines, and keeps what the callbacks bring. */
#include "caller.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_MAX (64u << 20) /* of a body */

/* ---- Callbacks ---- */

static void keep(fcl__text *t, const char *bytes, size_t len) {
  if (t->len + len <= KEPT_MAX)
    fcl__text_add(t, bytes, len);
}

static fcl_flow flow_of(call *c) {
  if (!c->is_to_hold || c->body.len < c->hold_after)
    return FCL_NEXT;
  c->is_to_hold = 0;
  c->is_held = 1;
  return FCL_HOLD;
}

static fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user) {
  call *c = user;
  size_t n;
  c->has_head = 1;
  c->status = head->status;
  c->local_redirect = head->local_redirect;
  c->content_length = head->content_length;
  keep(&c->reason, head->reason.base, head->reason.len);
  c->field_count = head->count;
  for (n = 0; n < head->count; n++) {
    keep(&c->fields, head->headers[n].name.base, head->headers[n].name.len);
    keep(&c->fields, "", 1);
    keep(&c->fields, head->headers[n].value.base, head->headers[n].value.len);
    keep(&c->fields, "", 1);
  }
  return flow_of(c);
}

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  call *c = user;
  keep(&c->body, data, len);
  return flow_of(c);
}

static void on_stderr(fcl_request *r, const char *text, size_t len, void *user) {
  keep(&((call *) user)->errs, text, len);
}

static void on_sent(fcl_request *r, fcl_code code, void *user) {
  call *c = user;
  c->sents++;
  c->sent_code = code;
  if (c->owes_data && code == FCL_OK) {
    c->owes_data = 0;
    fcl_request_data(r, c->data.base, c->data.len);
  }
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  call *c = user;
  c->is_done = 1;
  c->result = *result;
}

static void on_event(const fcl_event *event, void *user) {
  caller *k = user;
  if (k->events.len < 1u << 20)
    fcl__text_say(&k->events, "%s\n", event->sentence);
}

/* ---- `! request` ---- */

static const fcl__arg *option(const fcl__step *s, const char *name) {
  size_t n;
  for (n = 0; n < s->arg_count; n++)
    if (s->args[n].kind == FCL__ARG_NAMED && !s->args[n].is_quoted &&
        fcl__slice_is(s->args[n].name, name))
      return &s->args[n];
  return NULL;
}

static int is_option(const fcl__arg *a) {
  static const char *const names[] = {"body", "length", "header", "role", "raw", "data"};
  size_t n;
  for (n = 0; n < sizeof names / sizeof *names && !a->is_quoted; n++)
    if (fcl__slice_is(a->name, names[n]))
      return 1;
  return 0;
}

static void set_params(call *c, const fcl__step *s) {
  size_t n;
  for (n = 0; n < s->arg_count; n++)
    if (!is_option(&s->args[n]))
      fcl_request_param_n(c->request, s->args[n].name, s->args[n].value);
}

/* header="NAME: VALUE" */
static void set_headers(call *c, const fcl__step *s) {
  fcl_header headers[64];
  size_t n, count = 0;
  for (n = 0; n < s->arg_count && count < 64; n++) {
    fcl_slice all = s->args[n].value;
    const char *colon = all.len ? memchr(all.base, ':', all.len) : NULL;
    if (s->args[n].is_quoted || !fcl__slice_is(s->args[n].name, "header") || colon == NULL)
      continue;
    headers[count].name.base = all.base;
    headers[count].name.len = (size_t) (colon - all.base);
    for (colon++; colon < all.base + all.len && *colon == ' ';)
      colon++;
    headers[count].value.base = colon;
    headers[count++].value.len = (size_t) (all.base + all.len - colon);
  }
  if (count > 0)
    fcl_request_headers(c->request, headers, count);
}

static void set_role(call *c, const fcl__step *s) {
  const fcl__arg *role = option(s, "role"), *data = option(s, "data");
  if (role && fcl__slice_is(role->value, "AUTHORIZER"))
    fcl_request_role(c->request, FCL_AUTHORIZER);
  else if (role && fcl__slice_is(role->value, "FILTER"))
    fcl_request_role(c->request, FCL_FILTER);
  if (data) {
    c->data = data->value;
    fcl_request_file(c->request, (int64_t) data->value.len, 0);
  }
  if (option(s, "raw"))
    fcl_request_raw(c->request);
}

static int64_t length_of(const fcl__arg *length) {
  uint64_t n = 0;
  return fcl__slice_number(length->value, INT64_MAX, &n) ? (int64_t) n : -1;
}

static fcl_body unknown_of(const fcl__arg *length) {
  if (fcl__slice_is(length->value, "gather"))
    return FCL_BODY_SPOOL;
  return fcl__slice_is(length->value, "refuse") ? FCL_BODY_REFUSE : FCL_BODY_STREAM;
}

static void start_request(call *c, const fcl__step *s) {
  const fcl__arg *body = option(s, "body"), *length = option(s, "length");
  set_params(c, s);
  set_headers(c, s);
  set_role(c, s);
  if (length)
    fcl_request_body(c->request, length_of(length), unknown_of(length));
  else if (body)
    fcl_request_body(c->request, (int64_t) body->value.len, FCL_BODY_REFUSE);
  fcl_request_start(c->request);
  c->owes_data = c->data.base && body;
  if (body) {
    c->lends++;
    fcl_request_write(c->request, body->value.base, body->value.len);
  }
  if (body || !length)
    fcl_request_finish(c->request);
  if (c->data.base && !body)
    fcl_request_data(c->request, c->data.base, c->data.len);
}

static fcl__verdict add_call(caller *k, const fcl__step *s, fcl__text *got) {
  static const fcl_handlers handlers = {on_head, on_body, on_stderr, on_sent, NULL, on_done};
  static const fcl_handlers events = {on_head, on_body, NULL, on_sent, NULL, on_done};
  size_t n;
  call *c;
  if (caller_find(k, s->name))
    return fcl__text_say(got, "there is a request of this name already"), FCL__FAIL;
  c = calloc(1, sizeof *c);
  if (c == NULL)
    return FCL__FAIL;
  c->of = k;
  c->name = s->name;
  c->next = k->calls;
  k->calls = c;
  for (n = 0; n < k->c->pool_count && !fcl__slice_is(k->c->pool[n].name, "stderr");)
    n++;
  c->request = fcl_request_new(k->pool, n < k->c->pool_count ? &events : &handlers, c);
  if (c->request == NULL)
    return FCL__FAIL;
  start_request(c, s);
  return FCL__MET;
}

/* ---- Other `!` lines ---- */

static fcl__verdict make_call(caller *k, const fcl__step *s, fcl__text *got) {
  call *c = caller_find(k, s->name);
  uint64_t after = 0;
  if (c == NULL)
    return fcl__text_say(got, "no request of this name"), FCL__FAIL;
  switch (s->verb) {
  case FCL__VERB_WRITE:
    if (c->sents < c->lends && !c->is_done)
      return fcl__text_say(got, "the part before it is still lent"), FCL__WAIT;
    c->lends++;
    fcl_request_write(c->request, s->bytes.base, s->bytes.len);
    return FCL__MET;
  case FCL__VERB_FINISH:
    fcl_request_finish(c->request);
    return FCL__MET;
  case FCL__VERB_HOLD:
    if (s->arg_count > 0)
      fcl__slice_number(s->args[0].value, UINT64_MAX, &after);
    c->hold_after = (size_t) after;
    c->is_to_hold = 1;
    return FCL__MET;
  case FCL__VERB_RESUME:
    if (!c->is_held)
      return fcl__text_say(got, "nothing is held"), FCL__WAIT;
    c->is_held = 0;
    fcl_request_resume(c->request);
    return FCL__MET;
  case FCL__VERB_CANCEL:
    fcl_request_cancel(c->request);
    return FCL__MET;
  case FCL__VERB_REQUEST:
  case FCL__VERB_HEAD:
  case FCL__VERB_BODY:
  case FCL__VERB_STDERR:
  case FCL__VERB_SENT:
  case FCL__VERB_DONE:
  case FCL__VERB_EVENT:
    break;
  }
  return FCL__FAIL;
}

/* ---- What the player sees ---- */

static int get_fd(void *it) {
  return fcl_client_fd(((caller *) it)->client);
}

static int get_timeout(void *it) {
  return fcl_client_timeout(((caller *) it)->client);
}

static void run(void *it) {
  fcl_client_run(((caller *) it)->client);
}

static fcl__verdict step(void *it, const fcl__step *s, fcl__text *got) {
  if (s->kind == FCL__STEP_OUTCOME)
    return caller_outcome(it, s, got);
  return s->verb == FCL__VERB_REQUEST ? add_call(it, s, got) : make_call(it, s, got);
}

call *caller_find(caller *k, fcl_slice name) {
  call *c;
  for (c = k->calls; c; c = c->next)
    if (c->name.len == name.len && memcmp(c->name.base, name.base, name.len) == 0)
      return c;
  return NULL;
}

/* ---- Beginning and end ---- */

static unsigned or_none(uint64_t n) {
  return n == 0 ? FCL_NONE : n < FCL_NONE ? (unsigned) n : FCL_NEVER;
}

static void set_option(fcl_pool_options *o, fcl_slice name, uint64_t n) {
  const struct {
    const char *name;
    unsigned *field;
  } fields[] = {{"connections", &o->max_connections},
                {"queue", &o->queue_length},
                {"max_requests", &o->max_requests},
                {"connect_ms", &o->connect_ms},
                {"queue_ms", &o->queue_ms},
                {"first_ms", &o->first_ms},
                {"activity_ms", &o->activity_ms},
                {"request_ms", &o->request_ms},
                {"idle_ms", &o->idle_ms},
                {"per_connection", &o->per_connection},
                {"rapid_fails", &o->rapid_fails}};
  size_t i;
  for (i = 0; i < sizeof fields / sizeof *fields; i++)
    if (fcl__slice_is(name, fields[i].name))
      *fields[i].field = or_none(n);
  if (fcl__slice_is(name, "keep"))
    o->new_connection_each = n == 0;
  if (fcl__slice_is(name, "read_ahead"))
    o->read_ahead = (size_t) n;
  if (fcl__slice_is(name, "gather"))
    o->gather = n != 0;
  if (fcl__slice_is(name, "max_params"))
    o->max_params = (size_t) n;
}

int caller_open(caller *k, const fcl__case *c, const char *address, fcl_error *e) {
  const char *addresses[2] = {address, NULL};
  fcl_client_options client = {0};
  fcl_pool_options pool = {0};
  size_t i;
  uint64_t n;
  memset(k, 0, sizeof *k);
  k->c = c;
  k->as = (fcl__caller){k, get_fd, get_timeout, run, step};
  client.mode = FCL_LOOP_MANUAL;
  client.on_event = on_event;
  client.user = k;
  pool.name = "play";
  pool.addresses = addresses;
  for (i = 0; i < c->pool_count; i++)
    if (fcl__slice_number(c->pool[i].value, UINT64_MAX, &n))
      set_option(&pool, c->pool[i].name, n);
    else if (fcl__slice_is(c->pool[i].name, "per_connection"))
      pool.per_connection = FCL_AUTO;
  if (fcl_client_new(&k->client, &client, e))
    return 0;
  if (fcl_pool_new(&k->pool, k->client, &pool, e) == FCL_OK)
    return 1;
  caller_close(k);
  return 0;
}

static void free_call(call *c) {
  if (c->request)
    fcl_request_free(c->request);
  fcl__text_free(&c->reason);
  fcl__text_free(&c->fields);
  fcl__text_free(&c->body);
  fcl__text_free(&c->errs);
  free(c);
}

/* A request that is not over is canceled, and gives back what it holds. */
static void end_call(call *c) {
  int turns;
  if (c->request == NULL || c->is_done)
    return;
  fcl_request_cancel(c->request);
  for (turns = 0; !c->is_done && turns < 1000; turns++) {
    if (c->is_held)
      fcl_request_resume(c->request);
    c->is_held = 0;
    fcl_client_run(c->of->client);
  }
}

void caller_close(caller *k) {
  call *c;
  for (c = k->calls; c; c = c->next)
    end_call(c);
  while (k->calls) {
    c = k->calls;
    k->calls = c->next;
    free_call(c);
  }
  if (k->client) {
    fcl_client_close(k->client, NULL, NULL);
    fcl_client_join(k->client);
  }
  fcl__text_free(&k->events);
}
