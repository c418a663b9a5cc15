/* health.c: does an address live, is a process ready?  A request with given parameters, or
   GET_VALUES (§4.1), on a connection of its own. */
#include "base/error.h"
#include "client/internal.h"
#include "platform/status.h"
#include <stdio.h>
#include <string.h>

#define HEAD_MAX 2048 /* of the answer: its status stands in there */
#define FIELDS   64

typedef struct fcl__checkup {
  fcl__connection connection; /* first */
  fcl__probe *probe;          /* counted; NULL: GET_VALUES */
  fcl__clock clock;
  unsigned limit_ms; /* of it */
  char head[HEAD_MAX];
  size_t len;
} fcl__checkup;

static fcl__place *place_of(const fcl__checkup *q) {
  return q->connection.place;
}

/* How long an answer is waited for; of a process its start_ms goes on. */
static fcl__duration *limit(const fcl__place *place) {
  fcl__duration *d = place->pool->pool.durations[FCL__D_CONNECT];
  if (place->address == NULL)
    return NULL;
  return d ? d : place->pool->client->asking;
}

/* ---- What came of it ---- */

/* No event follows from now on but `closed`. */
static void drop(fcl__checkup *q) {
  fcl__clock_clear(&q->clock);
  place_of(q)->checkup = NULL;
  fcl__connection_close(&q->connection);
}

/* A process that is not ready is asked again. */
static void report(fcl__checkup *q, const fcl_error *e) {
  fcl__place *place = place_of(q);
  uint64_t now = fcl__client_now(place->pool->client);
  if (place->checkup != q)
    return;
  drop(q);
  if (place->address)
    fcl__address_probed(place->member, e, now);
  else if (e == NULL)
    fcl__member_proven(place->member, now);
}

static void is_well(fcl__checkup *q) {
  report(q, NULL);
}

/* What a process has not answered is kept for the sentence that comes when its time is over. */
static void say_fault(fcl__place *place, fcl_error *e, fcl_code code, int sys, const char *phrase) {
  char who[128];
  if (place->address == NULL)
    snprintf(place->unready, sizeof place->unready, "%s", phrase);
  fcl__error_setx(e, code, sys, "%s: %s %s when it was probed (%s)", place->pool->options.name,
                  fcl__place_name(place, who, sizeof who), phrase,
                  place->address ? "probe_ms" : "ready");
}

static void say_refused(fcl__place *place, fcl_error *e, int status) {
  char phrase[300], words[256];
  snprintf(phrase, sizeof phrase, "took no connection (%s)",
           fcl__status_words(status, words, sizeof words));
  say_fault(place, e, FCL_E_CONNECT, fcl__status_sys(status), phrase);
}

static void is_not(fcl__checkup *q, fcl_code code, int sys, const char *phrase) {
  fcl_error e;
  say_fault(place_of(q), &e, code, sys, phrase);
  report(q, &e);
}

static void on_clock(fcl__clock *clock, uint64_t now) {
  char phrase[64];
  fcl__checkup *q = FCL__OF(clock, fcl__checkup, clock);
  (void) now;
  snprintf(phrase, sizeof phrase, "gave no answer within %u ms (connect_ms)", q->limit_ms);
  is_not(q, FCL_E_TIMEOUT_FIRST, 0, phrase);
}

/* ---- The exchange ---- */

static void ask(fcl__connection *c) {
  static const char words[] =
      "\1\11\0\0\0\21\0\0\17\0FCGI_MPXS_CONNS"; /* GET_VALUES, id 0, 17 bytes */
  fcl_slice prologue = {words, sizeof words - 1};
  const fcl__probe *probe = ((fcl__checkup *) c)->probe;
  fcl__connection_begin(c, probe ? probe->image : prologue);
  fcl__connection_flush(c);
}

static void on_opened(fcl__connection *c, int status) {
  fcl_error e;
  if (status == 0) {
    ask(c);
    return;
  }
  say_refused(c->place, &e, status);
  report((fcl__checkup *) c, &e);
}

/* To GET_VALUES any sign of life will do. */
static void on_moved(fcl__connection *c, int is_answer) {
  fcl__checkup *q = (fcl__checkup *) c;
  if (is_answer && q->probe == NULL)
    is_well(q);
}

static size_t on_out(fcl__connection *c, const char *data, size_t len, int *hold) {
  fcl__checkup *q = (fcl__checkup *) c;
  size_t room = sizeof q->head - q->len, n = len < room ? len : room;
  (void) hold;
  memcpy(q->head + q->len, data, n);
  q->len += n;
  return len;
}

static void on_err(fcl__connection *c, const char *data, size_t len) {
  (void) c;
  (void) data;
  (void) len;
}

/* The status of the answer; 0: it has no head. */
static int status_of(const fcl__checkup *q) {
  fcl_head_scan scan;
  fcl_header fields[FIELDS];
  fcl_head head;
  fcl_error e;
  size_t len;
  memset(&scan, 0, sizeof scan);
  len = fcl_head_end(&scan, q->head, q->len);
  return len > 0 && fcl_head_parse(q->head, len, fields, FIELDS, &head, &e) == FCL_OK ? head.status
                                                                                      : 0;
}

static int is_good(const fcl__checkup *q, int status) {
  unsigned wanted = q->probe ? q->probe->status : 0;
  return wanted ? (unsigned) status == wanted : status < 400;
}

static void on_end(fcl__connection *c, const fcl_end *end) {
  fcl__checkup *q = (fcl__checkup *) c;
  int status = status_of(q);
  char phrase[64];
  if (end->protocol_status != FCL_REQUEST_COMPLETE)
    is_not(q, FCL_E_OVERLOADED, 0, "refused the request");
  else if (status == 0)
    is_not(q, FCL_E_HEAD, 0, "answered without a response head");
  else if (!is_good(q, status)) {
    snprintf(phrase, sizeof phrase, "answered with status %d", status);
    is_not(q, FCL_E_HEAD, 0, phrase);
  } else
    is_well(q);
}

/* Closing is an answer to GET_VALUES: PHP closes behind its own, older ones instead of one. */
static void on_broke(fcl__connection *c, fcl__break how, const fcl_error *e) {
  fcl__checkup *q = (fcl__checkup *) c;
  if (how == FCL__BREAK_EOF && q->probe == NULL)
    is_well(q);
  else
    is_not(q, e->code, e->sys, e->text);
}

static void free_checkup(fcl__checkup *q) {
  fcl_pool *p = place_of(q)->pool;
  fcl_client *client = p->client;
  fcl__probe_unref(q->probe);
  fcl__free(&client->memory, q);
  client->connections--;
  fcl__client_maybe_end(client);
  fcl__pool_unref(p);
}

static void on_closed(fcl__connection *c) {
  free_checkup((fcl__checkup *) c);
}

static const fcl__connection_events events = {on_opened, on_moved, on_out,    on_err, NULL,
                                              on_end,    on_broke, on_closed, NULL};

static fcl__checkup *make(fcl__place *place) {
  fcl__checkup *q = fcl__zalloc(&place->pool->client->memory, sizeof *q);
  if (q == NULL)
    return NULL;
  q->probe = place->pool->probe;
  if (q->probe)
    q->probe->refs++;
  q->connection.place = place;
  q->clock.expired = on_clock;
  place->pool->client->connections++;
  atomic_fetch_add(&place->pool->refs, 1);
  return q;
}

/* What we lack says nothing about the other side: whoever is up stays so, whoever is down too. */
static void cannot_ask(fcl__place *place, int status) {
  int is_ours = status == UV_ENOMEM || status == UV_EMFILE || status == UV_ENFILE;
  fcl__member *m = place->member;
  fcl_error e;
  say_refused(place, &e, status);
  if (place->address)
    fcl__address_probed(m, is_ours && m->state != FCL__ABSENT ? NULL : &e,
                        fcl__client_now(place->pool->client));
}

static int open_connection(fcl__place *place, void *connection) {
  fcl__connection *c = connection;
  fcl_client *client = place->pool->client;
  int fd;
  if (place->address)
    return fcl__connection_open(c, client->loop, place->address, &client->blocks, &events);
  fd = place->process ? fcl__process_connect(place->process) : UV_ECONNREFUSED;
  return fd < 0 ? fd
                : fcl__connection_adopt(c, client->loop, fd, fcl__process_is_tcp(place->process),
                                        &client->blocks, &events);
}

void fcl__health_ask(fcl__place *place) {
  fcl_client *client = place->pool->client;
  fcl__checkup *q = place->checkup ? NULL : make(place);
  int status =
      q ? fcl__place_open_as(place, NULL, open_connection, &q->connection, NULL) : UV_ENOMEM;
  if (status < 0) {
    if (q && q->connection.wire.has_handle)
      fcl__connection_close(&q->connection);
    else if (q)
      free_checkup(q);
    cannot_ask(place, status);
    return;
  }
  place->checkup = q;
  if (limit(place)) {
    q->limit_ms = fcl__duration_ms(limit(place));
    fcl__clock_set(&q->clock, limit(place), fcl__client_now(client));
  }
  if (status == 1)
    ask(&q->connection);
}

void fcl__health_stop(fcl__place *place) {
  if (place->checkup)
    drop(place->checkup);
}

/* ---- The request ---- */

static void set_pair(fcl_params *params, const char *pair) {
  const char *equals = strchr(pair, '=');
  fcl_slice name = {pair, (size_t) (equals - pair)}, value = {equals + 1, strlen(equals + 1)};
  fcl_params_set(params, name, value);
}

static int has(const fcl_params *params, const char *name, fcl_slice *value) {
  fcl_slice wanted = {name, strlen(name)};
  return fcl_params_get(params, wanted, value);
}

/* What every FastCGI application asks for. */
static void complete(fcl_params *params) {
  fcl_slice value, name = {"SCRIPT_FILENAME", 15};
  char copy[1024];
  if (!has(params, "REQUEST_METHOD", &value))
    fcl_params_set_text(params, "REQUEST_METHOD", "GET");
  if (has(params, "SCRIPT_FILENAME", &value) || !has(params, "SCRIPT_NAME", &value) ||
      value.len > sizeof copy)
    return;
  memcpy(copy, value.base, value.len);
  value.base = copy;
  fcl_params_set(params, name, value);
}

void fcl__probe_unref(fcl__probe *probe) {
  if (probe == NULL || --probe->refs > 0)
    return;
  fcl_params_free(&probe->params);
  fcl__free(probe->memory, probe);
}

static fcl_code fill(fcl__probe *probe, const fcl_pool_options *o, fcl_error *e) {
  const char *const *pair;
  for (pair = o->probe; *pair; pair++) {
    if (strchr(*pair, '=') == NULL || (*pair)[0] == '=')
      return fcl__error_setx(e, FCL_E_CONFIG, 0,
                             "%s: the probe's parameter \"%s\" is no NAME=value", o->name, *pair);
    set_pair(&probe->params, *pair);
  }
  complete(&probe->params);
  if (fcl_params_end(&probe->params, FCL_RESPONDER, 1, &probe->image, e) != FCL_OK)
    return e->code;
  fcl_params_address(&probe->params, 1, 0); /* its connection is closed behind the answer */
  probe->status = o->probe_status;
  return FCL_OK;
}

/* Counted, so that it may become another while one is out. */
fcl_code fcl__health_prepare(fcl_pool *p, fcl_error *e) {
  const fcl__memory *memory = &p->client->memory;
  if (p->options.probe == NULL || p->options.probe[0] == NULL)
    return FCL_OK;
  p->probe = fcl__zalloc(memory, sizeof *p->probe);
  if (p->probe == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "%s: no memory for a probe", p->options.name);
  p->probe->refs = 1;
  p->probe->memory = memory;
  fcl_params_init(&p->probe->params, memory->fn, memory->user);
  return fill(p->probe, &p->options, e);
}
