/* shared.c: the connections of a place that several requests share: opened, filled, shut, closed.
 */
#include "client/internal.h"
#include "base/error.h"
#include <stdio.h>

typedef struct shared {
  fcl__multiplex multiplex; /* first */
  fcl__clock idle;          /* an address's, while no request is on it */
  fcl_identity *identity;   /* for whom it speaks; NULL: for ourselves */
} shared;

static fcl__multiplex *multiplex(const fcl__list *link) {
  return FCL__OF(link, fcl__multiplex, link);
}

static void close_shared(fcl__multiplex *m) {
  fcl__clock_clear(&((shared *) m)->idle);
  fcl__list_remove(&m->link);
  fcl__multiplex_close(m);
}

static void on_idle(fcl__clock *idle, uint64_t now) {
  (void) now;
  close_shared(&FCL__OF(idle, shared, idle)->multiplex);
}

/* Those with room come first, so that nobody looks for one. */
static void arrange(fcl__place *place, fcl__multiplex *m) {
  fcl__list_remove(&m->link);
  if (fcl__multiplex_has_room(m))
    fcl__list_prepend(&place->shared, &m->link);
  else
    fcl__list_append(&place->shared, &m->link);
}

/* ---- Events ---- */

static void on_changed(fcl__multiplex *m) {
  fcl__place *place = m->place;
  if (!fcl__list_linked(&m->link))
    return;
  if ((m->is_shut || m->has_failed) && fcl__multiplex_is_empty(m)) {
    close_shared(m);
    return;
  }
  arrange(place, m);
  if (m->ids.count == 0 && place->address)
    fcl__clock_set(&((shared *) m)->idle, place->pool->kept, fcl__client_now(place->pool->client));
}

static void on_over(fcl__multiplex *m) {
  close_shared(m);
}

static void on_closed(fcl__multiplex *m) {
  fcl_pool *p = ((fcl__place *) m->place)->pool;
  fcl_client *client = p->client;
  fcl_identity_unref(((shared *) m)->identity);
  fcl__free(&client->memory, m);
  client->connections--;
  fcl__client_maybe_end(client); /* the pool holds the client */
  fcl__pool_unref(p);
}

/* It may come again when its id is another request's. */
static void on_stray(fcl__multiplex *m, const fcl_record *record) {
  fcl__place *place = m->place;
  const fcl_pool_options *o = &place->pool->options;
  char who[128];
  fcl_error e;
  if (!fcl__list_linked(&m->link))
    return;
  fcl__error_setx(&e, FCL_OK, 0,
                  "%s: %s sent a record that belongs to no request (type %u %s, id %u, %u bytes): "
                  "its connection takes no more requests, and is closed when the others are done.",
                  o->name, fcl__place_name(place, who, sizeof who), record->type,
                  fcl_type_name(record->type), record->id, record->length);
  fcl__client_event(place->pool->client, o->name, FCL_LEVEL_WARNING, place->member->pid, NULL,
                    FCL_OK, e.text);
}

static const fcl__multiplex_events events = {on_changed, on_stray, on_over, on_closed};

/* ---- Opening and filling ---- */

static int open_shared(fcl__place *place, void *connection) {
  fcl__multiplex *m = connection;
  fcl_client *c = place->pool->client;
  int fd;
  if (place->address)
    return fcl__multiplex_open(m, c->loop, place->address, &c->blocks, &c->turns, &events);
  fd = place->process ? fcl__process_connect(place->process) : UV_ECONNREFUSED;
  return fd < 0 ? fd
                : fcl__multiplex_adopt(m, c->loop, fd, fcl__process_is_tcp(place->process),
                                       &c->blocks, &c->turns, &events);
}

static int new_shared(fcl__place *place, fcl__multiplex **out, const fcl_identity *identity,
                      fcl_error *why) {
  fcl_pool *p = place->pool;
  shared *s = fcl__zalloc(&p->client->memory, sizeof *s);
  int status;
  if (s == NULL)
    return UV_ENOMEM;
  s->idle.expired = on_idle;
  s->multiplex.place = place;
  s->multiplex.limit = place->member->per_connection;
  status = fcl__place_open_as(place, identity, open_shared, &s->multiplex, why);
  if (status < 0 && !s->multiplex.wire.has_handle) {
    fcl__free(&p->client->memory, s);
    return status;
  }
  s->identity = fcl__identity_ref(identity);
  p->client->connections++;
  atomic_fetch_add(&p->refs, 1); /* it may be closed later than its pool */
  if (status < 0)
    fcl__multiplex_close(&s->multiplex);
  else
    fcl__list_prepend(&place->shared, &s->multiplex.link);
  *out = &s->multiplex;
  return status;
}

/* One with room that speaks for that user; NULL: there is none. */
static fcl__multiplex *find_room(const fcl__place *place, const fcl_identity *identity) {
  const fcl__list *at;
  for (at = place->shared.next; at != &place->shared; at = at->next) {
    fcl__multiplex *m = multiplex(at);
    const fcl_identity *is = ((shared *) m)->identity;
    if (!fcl__multiplex_has_room(m))
      return NULL;
    if (is == identity || fcl__identity_equal(is, identity))
      return m;
  }
  return NULL;
}

static void shut(fcl__multiplex *m);

/* Another user's, if there is one, makes room when it is empty: an application may serve only so
   many connections. */
static void shut_other(fcl__place *place) {
  if (!fcl__list_empty(&place->shared) && fcl__multiplex_has_room(multiplex(place->shared.next)))
    shut(multiplex(place->shared.next));
}

/* Where nobody is on it, and the request is one that cannot be sent again, one that is quiet. */
static fcl__multiplex *find_shared(fcl__place *place, fcl__choice choice,
                                   const fcl_identity *identity) {
  fcl__multiplex *m;
  while ((m = find_room(place, identity)) != NULL) {
    if (choice == FCL__KEPT || m->ids.count > 0 || !m->wire.is_open || fcl__wire_is_quiet(&m->wire))
      return m;
    close_shared(m);
  }
  shut_other(place);
  return NULL;
}

static void on_overdue(fcl__clock *clock, uint64_t now);

int fcl__shared_connect(fcl__place *place, fcl__connection **out, fcl__choice choice,
                        const fcl_identity *identity, fcl_error *why) {
  fcl__multiplex *m = find_shared(place, choice, identity);
  int status = m ? 0 : new_shared(place, &m, identity, why);
  fcl__lane *lane;
  if (status < 0)
    return status;
  lane = fcl__lane_new(place);
  if (lane == NULL) {
    on_changed(m); /* it may be a new one, with nobody on it */
    return UV_ENOMEM;
  }
  lane->clock.expired = on_overdue;
  status = fcl__multiplex_attach(m, &lane->connection, &fcl__exchange_events);
  if (status < 0) {
    fcl__place_drop(&lane->connection);
    on_changed(m);
    return status;
  }
  fcl__clock_clear(&((shared *) m)->idle);
  arrange(place, m);
  *out = &lane->connection;
  return status;
}

unsigned fcl__shared_unheard(const fcl__place *place) {
  const fcl__list *at;
  unsigned n = 0;
  for (at = place->shared.next; at != &place->shared; at = at->next)
    n += !multiplex(at)->has_heard;
  return n;
}

/* ---- Shutting ---- */

static void shut(fcl__multiplex *m) {
  fcl__multiplex_shut(m);
  on_changed(m);
}

void fcl__shared_shut(fcl__place *place) {
  fcl__list *at, *after;
  unsigned n = 0, i;
  FCL__LIST_EACH (at, after, &place->shared)
    n++;
  for (i = 0; i < n && !fcl__list_empty(&place->shared); i++)
    shut(multiplex(place->shared.next)); /* goes, or goes to the end of the list */
}

/* ---- Aborted requests ---- */

void fcl__shared_owes(fcl__connection *c, fcl__duration *patience) {
  fcl_client *client = ((fcl__place *) c->place)->pool->client;
  fcl__lane *lane = (fcl__lane *) c;
  fcl__multiplex *m = c->multiplex;
  if (c->is_aborted && patience) {
    lane->patience = fcl__duration_take(&client->timeouts, fcl__duration_ms(patience));
    fcl__clock_set(&lane->clock, lane->patience, fcl__client_now(client));
  }
  if ((m->is_shut || m->has_failed) && !m->is_broken)
    on_changed(m); /* it may have been the last on it */
}

static void tell_overdue(fcl__place *place) {
  const fcl_pool_options *o = &place->pool->options;
  fcl_error e;
  fcl__error_setx(&e, FCL_OK, 0,
                  "%s: %s had not ended a request that was aborted after %s (%s): its connection "
                  "takes no more requests, and is closed when the others are done.",
                  o->name, place->member->address,
                  o->abort_ms ? "abort_ms" : "what was left of request_ms",
                  o->abort_ms ? "fcl_pool_options.abort_ms" : "fcl_pool_options.request_ms");
  fcl__client_event(place->pool->client, o->name, FCL_LEVEL_WARNING, 0, NULL, FCL_OK, e.text);
}

/* An application that does not end what was aborted may do so never: nobody new joins it there. */
static void on_overdue(fcl__clock *clock, uint64_t now) {
  fcl__connection *c = &FCL__OF(clock, fcl__lane, clock)->connection;
  fcl__place *place = c->place;
  if (!c->is_aborted || c->multiplex->is_closing) /* it is over, and only waits to hear so */
    return;
  if (!c->multiplex->is_shut && place->address)
    tell_overdue(place);
  shut(c->multiplex);
  fcl__member_overdue(place->member, now);
}

/* ---- Refused ---- */

static void tell_refused(fcl__place *place, unsigned protocol_status, unsigned per_connection) {
  const fcl_pool_options *o = &place->pool->options;
  char who[128];
  fcl_error e;
  fcl__error_setx(&e, FCL_OK, 0,
                  "%s: %s refused a request that shared a connection with others (%s): it is sent "
                  "%u at a time on a connection from now on (per_connection).",
                  o->name, fcl__place_name(place, who, sizeof who),
                  protocol_status == FCL_CANT_MPX_CONN ? "CANT_MPX_CONN" : "OVERLOADED",
                  per_connection);
  fcl__client_event(place->pool->client, o->name, FCL_LEVEL_WARNING, place->member->pid, NULL,
                    FCL_OK, e.text);
}

static void limit_all(fcl__place *place, unsigned limit) {
  fcl__list *at, *after;
  FCL__LIST_EACH (at, after, &place->shared)
    multiplex(at)->limit = limit;
}

/* Who cannot share gets one request on a connection; who was overloaded as many as it bore. */
void fcl__shared_refused(fcl__connection *c, unsigned protocol_status) {
  fcl__place *place = c->place;
  fcl__member *member = place->member;
  unsigned others = c->multiplex->ids.count, limit;
  if (others == 0 || member->per_connection == 1)
    return;
  limit = protocol_status == FCL_CANT_MPX_CONN ? 1 : others;
  if (limit >= member->per_connection)
    return;
  tell_refused(place, protocol_status, limit);
  limit_all(place, limit);
  if (limit == 1)
    fcl__shared_shut(place);
  fcl__member_share(member, limit, member->connections, fcl__client_now(place->pool->client));
}
