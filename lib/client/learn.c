/* learn.c: what an application says of itself (GET_VALUES, §4.1): asked once, on a connection of
   its own, while requests go on one at a time. */
#include "client/internal.h"
#include "base/error.h"
#include <stdio.h>
#include <string.h>

#define UNSAID    0xffffffffu
#define SHARE_MAX 65535u /* there are no more ids */
#define SHARE     100u   /* of an application that shares connections, and does not say how many */

/* FCGI_MAX_CONNS, FCGI_MAX_REQS, FCGI_MPXS_CONNS */
typedef struct values {
  unsigned connections, requests, shares;
} values;

typedef struct fcl__question {
  fcl__connection connection; /* first */
  fcl__clock clock;
  char answer[512]; /* of the record that is being read; what is more is not for us */
  size_t len;
  values values;
} fcl__question;

/* ---- The answer ---- */

static unsigned number(fcl_slice text) {
  unsigned n = 0;
  size_t i;
  if (text.len == 0 || text.len > 9)
    return UNSAID;
  for (i = 0; i < text.len; i++) {
    if (text.base[i] < '0' || text.base[i] > '9')
      return UNSAID;
    n = n * 10 + (unsigned) (text.base[i] - '0');
  }
  return n;
}

static unsigned *find_value(values *v, fcl_slice name) {
  static const char *const names[] = {"FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS"};
  unsigned *const where[] = {&v->connections, &v->requests, &v->shares};
  size_t i;
  for (i = 0; i < 3; i++)
    if (name.len == strlen(names[i]) && memcmp(name.base, names[i], name.len) == 0)
      return where[i];
  return NULL;
}

/* What is said first counts. */
static void read_values(fcl__question *q) {
  const char *p = q->answer;
  fcl_slice name, value;
  while (fcl_get_pair(&p, q->answer + q->len, &name, &value)) {
    unsigned *to = find_value(&q->values, name);
    if (to && *to == UNSAID)
      *to = number(value);
  }
  q->len = 0;
}

/* ---- What follows from it ---- */

static unsigned at_most(unsigned a, unsigned b) {
  return a < b ? a : b;
}

/* Zero connections or requests would mean that it serves nobody: it does not mean it. */
static unsigned or_unsaid(unsigned n) {
  return n == 0 ? UNSAID : n;
}

static unsigned shared_by(const values *v) {
  if (v->shares != 1)
    return 1;
  return v->requests == UNSAID ? SHARE : at_most(v->requests, SHARE_MAX);
}

/* FCGI_MAX_REQS counts all requests, on whatever connections: those that share one need no other.
 */
static unsigned connections_for(const values *v, unsigned given) {
  unsigned all = at_most(given, v->connections);
  if (v->requests == UNSAID)
    return all;
  return at_most(all, shared_by(v) > 1 ? 1 : v->requests);
}

static void add_value(fcl_error *e, const char *name, unsigned value, int is_first) {
  if (value != UNSAID)
    fcl__error_append(e, "%s%s=%u", is_first ? "" : ", ", name, value);
}

static void tell_values(fcl__place *place, const values *v, unsigned per_connection) {
  fcl_pool *p = place->pool;
  char who[128];
  fcl_error e;
  fcl__place_name(place, who, sizeof who);
  if (v->shares == UNSAID) {
    fcl__error_setx(&e, FCL_OK, 0,
                    "%s: %s did not say how many requests may share a connection (GET_VALUES): it "
                    "gets one at a time on each.",
                    p->options.name, who);
  } else {
    fcl__error_setx(&e, FCL_OK, 0, "%s: %s says ", p->options.name, who);
    add_value(&e, "FCGI_MPXS_CONNS", v->shares, 1);
    add_value(&e, "FCGI_MAX_CONNS", v->connections, 0);
    add_value(&e, "FCGI_MAX_REQS", v->requests, 0);
    fcl__error_append(&e, " (GET_VALUES): it gets %u %s a time on a connection.", per_connection,
                      per_connection > 1 ? "requests at" : "request at");
  }
  fcl__client_event(p->client, p->options.name, FCL_LEVEL_INFO, place->member->pid, NULL, FCL_OK,
                    e.text);
}

/* All processes of a pool are the same program. */
static void apply(fcl__place *place, const values *v) {
  fcl_pool *p = place->pool;
  uint64_t now = fcl__client_now(p->client);
  unsigned per_connection = shared_by(v), i;
  unsigned connections = connections_for(v, p->options.max_connections);
  tell_values(place, v, per_connection);
  if (place->address) {
    fcl__member_share(place->member, per_connection, connections, now);
    return;
  }
  for (i = 0; i < p->pool.member_count; i++)
    fcl__member_share(&p->pool.members[i], per_connection, 1, now);
}

/* ---- The exchange ---- */

static void drop(fcl__question *q) {
  fcl__place *place = q->connection.place;
  place->question = NULL;
  fcl__clock_clear(&q->clock);
  fcl__connection_close(&q->connection);
}

static void conclude(fcl__question *q) {
  fcl__place *place = q->connection.place;
  if (place->question != q)
    return;
  drop(q);
  q->values.connections = or_unsaid(q->values.connections);
  q->values.requests = or_unsaid(q->values.requests);
  apply(place, &q->values);
}

static void on_clock(fcl__clock *clock, uint64_t now) {
  (void) now;
  conclude(FCL__OF(clock, fcl__question, clock));
}

static void on_values(fcl__connection *c, fcl_slice span, int is_last) {
  fcl__question *q = (fcl__question *) c;
  size_t room = sizeof q->answer - q->len;
  if (!is_last) {
    span.len = span.len < room ? span.len : room;
    memcpy(q->answer + q->len, span.base, span.len);
    q->len += span.len;
    return;
  }
  read_values(q);
  if (q->values.shares != UNSAID)
    conclude(q);
}

static void ask(fcl__connection *c) {
  static const char words[] = "\1\11\0\0\0\60\0\0"
                              "\16\0FCGI_MAX_CONNS"
                              "\15\0FCGI_MAX_REQS"
                              "\17\0FCGI_MPXS_CONNS"; /* GET_VALUES, id 0, 48 bytes */
  fcl_slice prologue = {words, sizeof words - 1};
  fcl__connection_begin(c, prologue);
  fcl__connection_flush(c);
}

static void on_opened(fcl__connection *c, int status) {
  if (status == 0)
    ask(c);
  else
    conclude((fcl__question *) c);
}

static void on_moved(fcl__connection *c, int is_answer) {
  (void) c;
  (void) is_answer;
}

static size_t on_out(fcl__connection *c, const char *data, size_t len, int *hold) {
  (void) c;
  (void) data;
  (void) hold;
  return len;
}

static void on_err(fcl__connection *c, const char *data, size_t len) {
  (void) c;
  (void) data;
  (void) len;
}

/* Closing is an answer too: PHP closes behind its own, older ones instead of one. */
static void on_broke(fcl__connection *c, fcl__break how, const fcl_error *e) {
  (void) how;
  (void) e;
  conclude((fcl__question *) c);
}

static void on_end(fcl__connection *c, const fcl_end *end) {
  (void) end;
  conclude((fcl__question *) c);
}

static void free_question(fcl__question *q) {
  fcl_pool *p = ((fcl__place *) q->connection.place)->pool;
  fcl_client *client = p->client;
  fcl__free(&client->memory, q);
  client->connections--;
  fcl__client_maybe_end(client);
  fcl__pool_unref(p);
}

static void on_closed(fcl__connection *c) {
  free_question((fcl__question *) c);
}

static const fcl__connection_events events = {on_opened, on_moved, on_out,    on_err,   NULL,
                                              on_end,    on_broke, on_closed, on_values};

static int open_connection(fcl__place *place, void *question) {
  fcl__question *q = question;
  fcl_client *c = place->pool->client;
  int fd;
  if (place->address)
    return fcl__connection_open(&q->connection, c->loop, place->address, &c->blocks, &events);
  fd = place->process ? fcl__process_connect(place->process) : UV_ECONNREFUSED;
  return fd < 0 ? fd
                : fcl__connection_adopt(&q->connection, c->loop, fd,
                                        fcl__process_is_tcp(place->process), &c->blocks, &events);
}

static fcl__question *new_question(fcl__place *place) {
  fcl__question *q = fcl__zalloc(&place->pool->client->memory, sizeof *q);
  if (q == NULL)
    return NULL;
  q->connection.place = place;
  q->clock.expired = on_clock;
  q->values.connections = q->values.requests = q->values.shares = UNSAID;
  place->pool->client->connections++;
  atomic_fetch_add(&place->pool->refs, 1);
  return q;
}

/* Behind the first request, so that an application that serves one connection at a time serves that
   one first.  Where there is no connection now, the next request tries again. */
void fcl__learn(fcl__place *place) {
  fcl_pool *p = place->pool;
  fcl__question *q;
  int status;
  if (place->question || (place->address ? place->has_asked : p->has_asked))
    return;
  q = new_question(place);
  if (q == NULL)
    return;
  status = fcl__place_open_as(place, NULL, open_connection, q, NULL);
  if (status < 0) {
    if (q->connection.wire.has_handle)
      fcl__connection_close(&q->connection);
    else
      free_question(q);
    return;
  }
  place->question = q;
  place->has_asked = p->has_asked = 1;
  fcl__clock_set(&q->clock, p->client->asking, fcl__client_now(p->client));
  if (status == 1)
    ask(&q->connection);
}

void fcl__learn_stop(fcl__place *place) {
  if (place->question)
    drop(place->question);
}

/* What the old ones still say is not about the new ones. */
void fcl__learn_anew(fcl_pool *p) {
  unsigned i;
  p->has_asked = 0;
  for (i = 0; i < p->place_count; i++) {
    p->places[i].has_asked = 0;
    fcl__learn_stop(&p->places[i]);
  }
}
