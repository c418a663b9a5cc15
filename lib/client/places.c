/* places.c: the connections of a pool's member: opened, kept, taken again, made room for; and the
 * probe that asks whether its process is free. */
#include "client/internal.h"
#include "platform/impersonation.h"
#include <stdio.h>

#define CLOSINGS 2 /* so many say that the application keeps none */

/* ---- Connections ---- */

static void drop_oldest(fcl__place *place) {
  fcl__place_drop(FCL__OF(place->kept.prev, fcl__connection, link));
}

/* A new connection that is not answered may wait for a worker that a kept one holds: here, or in
   another client. */
static void ask_for_room(fcl__lane *k, uint64_t now) {
  fcl__place *place = k->connection.place;
  fcl__clock_set(&k->clock, place->pool->client->patience, now);
  if (!fcl__list_empty(&place->kept))
    drop_oldest(place);
  else if (!fcl__crowd_is_alone(place))
    fcl__crowd_ask(place, now);
}

/* It is not alone any more. */
static void hasten_first(fcl__place *place) {
  fcl_client *client = place->pool->client;
  if (place->first)
    fcl__clock_set(&place->first->clock, client->haste, fcl__client_now(client));
  place->first = NULL;
}

void fcl__place_make_room(fcl__place *place) {
  unsigned n = fcl__crowd_asked(place);
  hasten_first(place);
  for (; n > 0 && !fcl__list_empty(&place->kept); n--)
    drop_oldest(place);
  fcl__crowd_unpaid(place, n);
}

static void on_clock(fcl__clock *clock, uint64_t now) {
  fcl__lane *k = FCL__OF(clock, fcl__lane, clock);
  if (k->is_unheard)
    ask_for_room(k, now);
  else
    fcl__place_drop(&k->connection);
}

static fcl__connection *new_connection(fcl__place *place) {
  fcl__lane *k = fcl__lane_new(place);
  if (k == NULL)
    return NULL;
  k->clock.expired = on_clock;
  return &k->connection;
}

void fcl__place_heard(fcl__connection *c) {
  fcl__lane *k = (fcl__lane *) c;
  fcl__place *place = c->place;
  fcl__clock_clear(&k->clock);
  if (k->is_unheard)
    fcl__crowd_heard(place);
  k->is_unheard = 0;
  if (place->first == k)
    place->first = NULL;
}

/* It waits for no request any more. */
static void take_off(fcl__place *place, fcl__connection *c) {
  if (fcl__list_linked(&c->link) && c->multiplex == NULL)
    atomic_fetch_sub(&place->part.kept, 1);
  fcl__list_remove(&c->link);
}

void fcl__place_drop(fcl__connection *c) {
  fcl__lane *k = (fcl__lane *) c;
  fcl__place_heard(c);
  take_off(c->place, c);
  if (k->is_counted)
    fcl__crowd_exit(c->place);
  k->is_counted = 0;
  if (c->multiplex || c->wire.has_handle)
    fcl__connection_close(c);
  else
    fcl__lane_free(c);
}

int fcl__place_open_as(fcl__place *place, const fcl_identity *identity,
                       int (*open)(fcl__place *place, void *connection), void *connection,
                       fcl_error *why) {
  const fcl_client_options *o = &place->pool->client->options;
  fcl__impersonation i;
  int status;
  if (fcl__impersonation_begin(&i, identity, o->on_impersonate, o->user, why) != FCL_OK)
    return FCL__NOT_FOR_USER;
  status = open(place, connection);
  fcl__impersonation_end(&i);
  return fcl__impersonation_blame(status, identity, why) == FCL_OK ? status : FCL__NOT_FOR_USER;
}

static int open_new(fcl__place *place, void *connection) {
  fcl__connection *c = connection;
  fcl_client *client = place->pool->client;
  int fd;
  if (place->address)
    return fcl__connection_open(c, client->loop, place->address, &client->blocks,
                                &fcl__exchange_events);
  fd = place->process ? fcl__process_connect(place->process) : UV_ECONNREFUSED;
  return fd < 0 ? fd
                : fcl__connection_adopt(c, client->loop, fd, fcl__process_is_tcp(place->process),
                                        &client->blocks, &fcl__exchange_events);
}

/* Where it is the only one, it waits for nobody, and wakes nobody. */
static void enter_crowd(fcl__lane *k) {
  fcl__place *place = k->connection.place;
  fcl_client *client = place->pool->client;
  uint64_t now = fcl__client_now(client);
  k->is_unheard = k->is_counted = 1;
  if (!fcl__crowd_enter(place, now)) {
    place->first = k;
    return;
  }
  hasten_first(place);
  fcl__clock_set(&k->clock, client->haste, now);
}

/* A handle must not keep a borrowed loop running: requests do. */
static int connect_new(fcl__place *place, fcl__connection **out, const fcl_identity *identity,
                       fcl_error *why) {
  fcl__connection *c = new_connection(place);
  int status = c ? fcl__place_open_as(place, identity, open_new, c, why) : UV_ENOMEM;
  *out = c;
  if (c)
    ((fcl__lane *) c)->identity = fcl__identity_ref(identity);
  if (status < 0 && c) {
    fcl__place_drop(c);
    *out = NULL;
  } else if (c && place->address) {
    enter_crowd((fcl__lane *) c);
  }
  return status;
}

void fcl__place_drop_kept(fcl__place *place) {
  while (!fcl__list_empty(&place->kept))
    fcl__place_drop(FCL__OF(place->kept.next, fcl__connection, link));
}

static int speaks_for(const fcl__connection *c, const fcl_identity *identity) {
  const fcl_identity *is = ((const fcl__lane *) c)->identity;
  return is == identity || fcl__identity_equal(is, identity);
}

/* The one that was used last, of those that speak for that user; NULL: there is none. */
static fcl__connection *find_kept(const fcl__place *place, const fcl_identity *identity) {
  const fcl__list *at;
  for (at = place->kept.next; at != &place->kept; at = at->next)
    if (speaks_for(FCL__OF(at, fcl__connection, link), identity))
      return FCL__OF(at, fcl__connection, link);
  return NULL;
}

/* One that is quiet: the loop may not have seen yet that a peer has closed. */
static fcl__connection *find_quiet(fcl__place *place, const fcl_identity *identity) {
  fcl__connection *c = find_kept(place, identity);
  while (c && !fcl__wire_is_quiet(&c->wire)) {
    fcl__place_drop(c);
    c = find_kept(place, identity);
  }
  return c;
}

/* Who serves one connection at a time and did not answer it shall not wait for more of it. */
static void drop_old_probe(fcl__place *place) {
  fcl__connection *c = place->member->is_proving || place->address ? NULL : place->probe;
  if (c == NULL)
    return;
  place->probe = NULL;
  fcl__place_drop(c);
}

/* Where one connection had died, the others may have as well; and who serves one connection at a
   time shall not wait on an old one. */
int fcl__place_connect(fcl__place *place, fcl__connection **out, fcl__choice choice,
                       const fcl_identity *identity, fcl_error *why) {
  fcl__connection *c;
  drop_old_probe(place);
  if (place->member->per_connection > 1) {
    fcl__place_drop_kept(place); /* from the time before it was known */
    return fcl__shared_connect(place, out, choice, identity, why);
  }
  if (choice == FCL__FRESH)
    fcl__place_drop_kept(place);
  c = choice == FCL__KEPT_QUIET ? find_quiet(place, identity) : find_kept(place, identity);
  if (c == NULL) {
    if (!fcl__list_empty(&place->kept)) /* another user's: each has a place that is ours now */
      drop_oldest(place);
    return connect_new(place, out, identity, why);
  }
  take_off(place, c);
  fcl__clock_clear(&((fcl__lane *) c)->clock);
  *out = c;
  return 1;
}

/* An address that is left alone, or is no longer there, is forgotten: nobody would find it. */
static int is_forgotten(const fcl__place *place) {
  return place->address != NULL && place->member->state == FCL__ABSENT;
}

int fcl__place_keeps(const fcl__connection *c) {
  const fcl__place *place = c->place;
  const fcl_pool *p = place->pool;
  return !p->options.new_connection_each && (c->multiplex || p->closings < CLOSINGS);
}

static int is_ending(const fcl__place *place) {
  return place->has_exited || place->member->is_leaving || place->member->state == FCL__STOPPING ||
         (place->process && fcl__process_is_ending(place->process));
}

/* Some applications close each connection behind the answer, asked to keep it or not (Ruby's fcgi,
   uWSGI, node-fastcgi): a request that is sent meanwhile is lost. */
void fcl__place_closed(const fcl__connection *c) {
  fcl__place *place = c->place;
  fcl_pool *p = place->pool;
  fcl_error e;
  if (p->has_kept || c->multiplex || c->served != 1 || is_ending(place) ||
      ++p->closings != CLOSINGS)
    return;
  fcl__error_setx(&e, FCL_OK, 0,
                  "%s: the application closes each connection behind its answer, so that none is "
                  "kept any more; new_connection_each says so from the beginning.",
                  p->options.name);
  fcl__client_event(p->client, p->options.name, FCL_LEVEL_INFO, 0, NULL, FCL_OK, e.text);
}

static int may_keep(fcl__place *place, const fcl__connection *c) {
  fcl_pool *p = place->pool;
  if (!fcl__place_keeps(c) || is_forgotten(place) || place->has_exited || p->is_closed ||
      place->member->per_connection > 1 || place->member->is_drained || place->member->is_leaving ||
      !fcl__connection_is_reusable(c))
    return 0;
  return place->address == NULL || !fcl__crowd_owes(place);
}

void fcl__place_done(fcl__place *place, fcl__connection *c) {
  if (c->served > 1)
    place->pool->has_kept = 1;
  if (!may_keep(place, c)) {
    fcl__place_drop(c);
    return;
  }
  fcl__list_prepend(&place->kept, &c->link);
  atomic_fetch_add(&place->part.kept, 1);
  if (place->address || place->pool->options.per_process > 1)
    fcl__clock_set(&((fcl__lane *) c)->clock, place->pool->kept,
                   fcl__client_now(place->pool->client));
}

void fcl__place_forget(fcl__place *place) {
  fcl__place_drop_kept(place);
  fcl__shared_shut(place);
  fcl__learn_stop(place);
  fcl__health_stop(place);
  if (place->probe)
    fcl__place_drop(place->probe);
  place->probe = NULL;
}

const char *fcl__place_name(const fcl__place *place, char *out, size_t cap) {
  if (place->address)
    snprintf(out, cap, "%s", place->member->address);
  else
    snprintf(out, cap, "process %ld", place->member->pid);
  return out;
}

int fcl__place_taken(fcl__place *place) {
  int is_waiting = place->probe || place->reading > 0;
  return is_waiting && place->process && !fcl__process_is_awaited(place->process);
}

/* ---- Probes: GET_VALUES on a connection of its own (§4.1); any sign of life will do ---- */

static int drop_probe(fcl__connection *c) {
  fcl__place *place = c->place;
  if (place->probe != c)
    return 0;
  place->probe = NULL;
  fcl__place_drop(c);
  return 1;
}

/* Closing is an answer too: PHP does so. */
static void probe_broke(fcl__connection *c, fcl__break how, const fcl_error *e) {
  fcl__place *place = c->place;
  (void) how;
  (void) e;
  if (drop_probe(c))
    fcl__member_hung_up(place->member, fcl__client_now(place->pool->client));
}

static void probe_moved(fcl__connection *c, int is_answer) {
  fcl__place *place = c->place;
  if (is_answer && drop_probe(c))
    fcl__member_proven(place->member, fcl__client_now(place->pool->client));
}

static const fcl__connection_events probe_events = {NULL, probe_moved, NULL,           NULL, NULL,
                                                    NULL, probe_broke, fcl__lane_free, NULL};

static int open_probe(fcl__place *place, void *connection) {
  fcl_client *client = place->pool->client;
  int fd = fcl__process_connect(place->process);
  return fd < 0 ? fd
                : fcl__connection_adopt(connection, client->loop, fd,
                                        fcl__process_is_tcp(place->process), &client->blocks,
                                        &probe_events);
}

void fcl__place_probe(fcl__place *place) {
  static const char ask[] =
      "\1\11\0\0\0\21\0\0\17\0FCGI_MPXS_CONNS"; /* GET_VALUES, id 0, 17 bytes */
  fcl_slice prologue = {ask, sizeof ask - 1};
  fcl__connection *c;
  if (place->process == NULL || place->probe)
    return;
  c = new_connection(place);
  if (c == NULL || fcl__place_open_as(place, NULL, open_probe, c, NULL) < 0) {
    if (c)
      fcl__place_drop(c);
    fcl__member_unasked(place->member);
    return;
  }
  place->probe = c;
  fcl__connection_begin(c, prologue);
  fcl__connection_flush(c);
}
