/* multiplex.c: a wire that many requests share (§3.3): who is on it, what comes for whom, and how
 * it ends. */
#include "transport/multiplex.h"
#include <string.h>

#define MULTIPLEX(w) FCL__OF(w, fcl__multiplex, wire)

void fcl__multiplex_schedule(fcl__multiplex *m) {
  if (!fcl__list_linked(&m->turn))
    fcl__list_append(m->turns, &m->turn);
}

/* The request whose id that is, if it has begun. */
static fcl__connection *find(const fcl__multiplex *m, unsigned id) {
  fcl__connection *c = fcl__id_owner(&m->ids, id);
  return c && c->is_begun ? c : NULL;
}

static void free_id(fcl__multiplex *m, fcl__connection *c) {
  if (c->id)
    fcl__id_give(&m->ids, c->id);
  m->aborted -= c->is_aborted;
  m->crowded -= c->is_crowding;
  c->id = 0;
  c->is_active = c->is_aborted = c->is_crowding = 0;
}

/* It hears `closed` in the next turn. */
static void say_farewell(fcl__multiplex *m, fcl__connection *c) {
  if (!fcl__list_linked(&c->leave))
    fcl__list_append(&m->leaving, &c->leave);
  fcl__multiplex_schedule(m);
}

/* ---- Coming and going ---- */

int fcl__multiplex_has_room(const fcl__multiplex *m) {
  return !m->is_shut && m->crowded == 0 && !m->has_failed && !m->is_broken && !m->is_closing &&
         m->ids.count < m->limit && m->ids.count < FCL__ID_MAX;
}

int fcl__multiplex_attach(fcl__multiplex *m, fcl__connection *c,
                          const fcl__connection_events *events) {
  c->id = (uint16_t) fcl__id_take(&m->ids, m->memory, c);
  if (c->id == 0)
    return UV_ENOMEM;
  c->multiplex = m;
  c->events = events;
  c->wire.blocks = m->wire.blocks;
  c->served = m->has_heard; /* for those who ask whether it was in use before */
  return m->wire.is_open;
}

void fcl__multiplex_shut(fcl__multiplex *m) {
  m->is_shut = 1;
}

void fcl__multiplex_crowd(fcl__connection *c, int is_crowding) {
  fcl__multiplex *m = c->multiplex;
  if (c->is_crowding == (unsigned) is_crowding || c->is_closing)
    return;
  c->is_crowding = is_crowding & 1;
  m->crowded += is_crowding ? 1u : -1u;
  m->events->changed(m);
}

void fcl__multiplex_write_soon(fcl__multiplex *m, fcl__connection *c) {
  fcl__connection_turn_to_data(c);
  if (c->has_failed) {
    fcl__connection_give_back(c, FCL_E_IO);
  } else if (!c->is_closing && !fcl__list_linked(&c->turn)) {
    fcl__list_append(&m->writers, &c->turn);
    fcl__multiplex_schedule(m);
  }
}

/* Between two records, as every request stands, nothing is owed but what has been lent. */
static void abort_request(fcl__multiplex *m, fcl__connection *c) {
  c->is_aborted = 1;
  m->aborted++;
  if (m->has_failed)
    return;
  fcl_put_header(c->abort, FCL_ABORT_REQUEST, c->id, 0, 0);
  c->prologue.base = (const char *) c->abort;
  c->prologue.len = sizeof c->abort;
  fcl__list_append(&m->writers, &c->turn);
}

/* Its id is in use until END_REQUEST comes, unless the application has never heard of it. */
void fcl__multiplex_leave(fcl__multiplex *m, fcl__connection *c) {
  fcl__list_remove(&c->turn);
  c->prologue.len = 0;
  m->crowded -= c->is_crowding;
  c->is_crowding = 0;
  c->wants_data = 0;
  fcl_stream_init(&c->body, FCL_STDIN, c->id);
  if (!c->is_active || !c->is_begun || m->is_broken || m->is_closing)
    free_id(m, c);
  else
    abort_request(m, c);
  say_farewell(m, c);
}

/* The lend comes back at once, the rest when the id is free. */
static void bid_farewell(fcl__multiplex *m) {
  while (!fcl__list_empty(&m->leaving)) {
    fcl__connection *c = FCL__OF(m->leaving.next, fcl__connection, leave);
    fcl__list_remove(&c->leave);
    fcl__connection_give_back(c, FCL_E_CANCELED);
    if (c->id != 0)
      continue;
    c->events->closed(c);
  }
}

int fcl__multiplex_turns(fcl__list *turns) {
  fcl__list now;
  if (fcl__list_empty(turns))
    return 0;
  fcl__list_init(&now);
  while (!fcl__list_empty(turns)) {
    fcl__list *at = turns->next;
    fcl__list_remove(at);
    fcl__list_append(&now, at);
  }
  while (!fcl__list_empty(&now)) {
    fcl__multiplex *m = FCL__OF(now.next, fcl__multiplex, turn);
    fcl__list_remove(&m->turn);
    bid_farewell(m);
    fcl__multiplex_write(m);
  }
  return !fcl__list_empty(turns);
}

/* ---- In ---- */

/* Each request hears it for itself; those that were aborted are over with it. */
void fcl__multiplex_break(fcl__multiplex *m, fcl__break how, const fcl_error *e) {
  unsigned id;
  if (m->is_broken || m->is_closing)
    return;
  m->is_broken = 1;
  fcl__wire_pause(&m->wire);
  for (id = fcl__id_next(&m->ids, 0); id != 0; id = fcl__id_next(&m->ids, id)) {
    fcl__connection *c = fcl__id_owner(&m->ids, id);
    c->is_broken = 1;
    if (!c->is_closing) {
      c->events->broke(c, how, e);
    } else {
      free_id(m, c);
      say_farewell(m, c);
    }
  }
  if (!m->is_closing)
    m->events->over(m);
}

/* Whoever sends what belongs to nobody may send it again when its id belongs to somebody else. */
static void distrust(fcl__multiplex *m) {
  if (m->is_shut)
    return;
  m->is_shut = 1;
  m->events->stray(m, &m->decoder.record);
  if (!m->is_closing)
    m->events->changed(m);
}

static void record_begins(fcl__multiplex *m) {
  const fcl_record *r = &m->decoder.record;
  fcl__connection *c;
  fcl_error e;
  switch (fcl__record_judge(&m->decoder, &e)) {
  case FCL__RECORD_REFUSED:
    fcl__multiplex_break(m, FCL__BREAK_PROTOCOL, &e);
    return;
  case FCL__RECORD_UNKNOWN:
    distrust(m);
    return;
  case FCL__RECORD_FINE:
    break;
  }
  if (r->type > FCL_STDERR)
    return;
  c = find(m, r->id);
  if (c == NULL) {
    distrust(m);
  } else if (!c->is_closing) {
    c->events->moved(c, !c->is_answered);
    c->is_answered = 1;
    if (!c->is_closing && fcl__connection_judge(c, &m->decoder, &e) == FCL__RECORD_REFUSED)
      c->events->broke(c, FCL__BREAK_PROTOCOL, &e); /* its own fault alone */
  }
}

/* Reading goes on whatever the owner does with it: what it holds, it has pinned. */
static void hand_out(fcl__connection *c, fcl_slice span, char *block) {
  int hold = 0;
  c->reading = block;
  c->events->out(c, span.base, span.len, &hold);
}

static void content(fcl__multiplex *m, fcl_slice span, char *block) {
  const fcl_record *r = &m->decoder.record;
  fcl__connection *c = r->type <= FCL_STDERR ? find(m, r->id) : NULL;
  if (c == NULL)
    return;
  if (r->type == FCL_END_REQUEST)
    fcl__connection_gather_end(c, span);
  else if (!c->is_closing)
    c->events->moved(c, 0);
  if (r->type == FCL_STDOUT && !c->is_closing)
    hand_out(c, span, block);
  else if (r->type == FCL_STDERR && !c->is_closing)
    c->events->err(c, span.base, span.len);
}

static void request_ended(fcl__multiplex *m, fcl__connection *c) {
  fcl_end end;
  fcl_get_end(c->tail, c->tail_len, &end);
  m->served++;
  fcl__list_remove(&c->turn);
  free_id(m, c);
  if (m->decoder.record.length > 8 || end.protocol_status > FCL_UNKNOWN_ROLE)
    m->is_shut = 1;
  if (c->is_closing)
    say_farewell(m, c);
  else
    c->events->end(c, &end);
  if (!m->is_closing)
    m->events->changed(m);
}

static void record_ends(fcl__multiplex *m) {
  const fcl_record *r = &m->decoder.record;
  fcl__connection *c = r->type == FCL_END_REQUEST ? find(m, r->id) : NULL;
  if (c)
    request_ended(m, c);
}

static void feed(fcl__multiplex *m, char *block, const char *p, const char *end) {
  fcl_slice span;
  fcl_error e;
  while (!m->is_closing && !m->is_broken) {
    switch (fcl_decode(&m->decoder, &p, end, &span)) {
    case FCL_EV_MORE:
      return;
    case FCL_EV_RECORD:
      record_begins(m);
      break;
    case FCL_EV_CONTENT:
      content(m, span, block);
      break;
    case FCL_EV_END:
      record_ends(m);
      break;
    case FCL_EV_BAD_VERSION:
      fcl__record_wrong_version(&m->decoder, &e);
      fcl__multiplex_break(m, FCL__BREAK_PROTOCOL, &e);
      return;
    }
  }
}

static int on_came(fcl__wire *w, char *block, size_t len) {
  fcl__multiplex *m = MULTIPLEX(w);
  m->has_heard = 1;
  feed(m, block, block, block + len);
  return 0; /* who holds a span has pinned it */
}

/* END_REQUEST has said all that it says when its 8 bytes are there, with or without its padding. */
static void on_ended(fcl__wire *w, int status) {
  fcl__multiplex *m = MULTIPLEX(w);
  fcl__connection *c = fcl_decoder_between(&m->decoder) ? NULL : find(m, m->decoder.record.id);
  fcl__break how;
  fcl_error e;
  fcl__wire_pause(w);
  m->is_shut = 1;
  if (c && m->decoder.record.type == FCL_END_REQUEST && c->tail_len == sizeof c->tail)
    request_ended(m, c);
  how = w->failure ? fcl__record_unwritten(w->failure, &e)
                   : fcl__record_stream_ended(&m->decoder, status, &e);
  fcl__multiplex_break(m, how, &e);
}

/* ---- Life ---- */

static void on_opened(fcl__wire *w, int status) {
  fcl__multiplex *m = MULTIPLEX(w);
  unsigned id;
  if (status == 0)
    status = fcl__wire_read(w);
  m->is_broken = status != 0;
  for (id = fcl__id_next(&m->ids, 0); id != 0; id = fcl__id_next(&m->ids, id)) {
    fcl__connection *c = fcl__id_owner(&m->ids, id); /* nothing is begun: who left is gone */
    c->events->opened(c, status);
  }
  if (m->is_broken && !m->is_closing)
    m->events->over(m);
}

/* `status`: of the wire, as it was opened. */
static int begin_reading(fcl__multiplex *m, int status) {
  return status == 1 && fcl__wire_read(&m->wire) != 0 ? UV_EIO : status;
}

static void on_written(fcl__wire *w, size_t len, int status) {
  (void) len;
  fcl__multiplex_written(MULTIPLEX(w), status);
}

static void on_closed(fcl__wire *w) {
  fcl__multiplex *m = MULTIPLEX(w);
  unsigned id;
  for (id = fcl__id_next(&m->ids, 0); id != 0; id = fcl__id_next(&m->ids, id)) {
    fcl__connection *c = fcl__id_owner(&m->ids, id);
    c->is_closing = 1;
    free_id(m, c);
    say_farewell(m, c);
  }
  bid_farewell(m);
  fcl__list_remove(&m->turn);
  fcl__free(m->memory, m->rest);
  fcl__ids_free(&m->ids, m->memory);
  m->events->closed(m);
}

static const fcl__wire_events wire_events = {on_opened, on_came, on_ended, on_written, on_closed};

static void init(fcl__multiplex *m, fcl__blocks *blocks, fcl__list *turns,
                 const fcl__multiplex_events *events) {
  m->events = events;
  m->memory = blocks->memory;
  m->turns = turns;
  fcl__list_init(&m->writers);
  fcl__list_init(&m->leaving);
}

int fcl__multiplex_open(fcl__multiplex *m, uv_loop_t *loop, const fcl__address *to,
                        fcl__blocks *blocks, fcl__list *turns,
                        const fcl__multiplex_events *events) {
  init(m, blocks, turns, events);
  return begin_reading(m, fcl__wire_connect(&m->wire, loop, to, blocks, &wire_events));
}

int fcl__multiplex_adopt(fcl__multiplex *m, uv_loop_t *loop, int fd, int is_tcp,
                         fcl__blocks *blocks, fcl__list *turns,
                         const fcl__multiplex_events *events) {
  init(m, blocks, turns, events);
  return begin_reading(m, fcl__wire_adopt(&m->wire, loop, fd, is_tcp, blocks, &wire_events));
}

void fcl__multiplex_close(fcl__multiplex *m) {
  if (m->is_closing)
    return;
  m->is_closing = 1;
  fcl__wire_close(&m->wire);
}
