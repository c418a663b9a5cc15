/* connection.c: records on a wire: what goes out (§3.3, §5), what comes in, and what may not. */
#include "transport/connection.h"
#include "base/error.h"
#include "transport/multiplex.h"
#include <string.h>

#define CONNECTION(w) FCL__OF(w, fcl__connection, wire)

static void breaks(fcl__connection *c, fcl__break how, const fcl_error *e) {
  if (c->is_broken || c->is_closing)
    return;
  c->is_broken = 1;
  fcl__wire_pause(&c->wire);
  c->events->broke(c, how, e);
}

/* ---- Out ---- */

int fcl__connection_is_writing(const fcl__connection *c) {
  return !c->has_failed &&
         (c->wire.writing > 0 || c->prologue.len > 0 || !fcl_stream_idle(&c->body));
}

static void advance(fcl__connection *c, size_t len) {
  size_t head = len < c->prologue.len ? len : c->prologue.len;
  c->prologue.base += head;
  c->prologue.len -= head;
  fcl_stream_advance(&c->body, len - head);
}

void fcl__connection_give_back(fcl__connection *c, fcl_code code) {
  if (!c->has_lend)
    return;
  c->has_lend = 0;
  c->events->sent(c, code);
}

/* What cannot be written is no error yet: the application may have answered before it closed
 * (§5.5). */
static void fail_writing(fcl__connection *c, int status) {
  fcl__wire_has_failed(&c->wire, status);
  c->has_failed = 1;
  c->prologue.len = 0;
  fcl__connection_give_back(c, FCL_E_IO);
}

/* STDIN is over: its place is DATA's (§6.4). */
void fcl__connection_turn_to_data(fcl__connection *c) {
  if (!c->wants_data || !fcl_stream_idle(&c->body))
    return;
  c->wants_data = 0;
  fcl_stream_init(&c->body, FCL_DATA, fcl__connection_id(c));
  fcl_stream_lend(&c->body, c->data.base, c->data.len);
  if (c->is_data_finished)
    fcl_stream_finish(&c->body);
}

void fcl__connection_flush(fcl__connection *c) {
  fcl_slice vecs[1 + FCL_STREAM_VECS];
  if (c->multiplex) {
    fcl__multiplex_write_soon(c->multiplex, c);
    return;
  }
  while (c->wire.writing == 0 && !c->has_failed) {
    size_t count = c->prologue.len > 0;
    ssize_t gone;
    fcl__connection_turn_to_data(c);
    vecs[0] = c->prologue;
    count += fcl_stream_fill(&c->body, vecs + count, FCL_STREAM_VECS);
    if (count == 0)
      break;
    gone = fcl__wire_write(&c->wire, vecs, count);
    if (gone < 0) {
      fail_writing(c, (int) gone);
      return;
    }
    advance(c, (size_t) gone);
    if (gone > 0)
      c->events->moved(c, 0);
  }
  if (!fcl__connection_is_writing(c))
    fcl__connection_give_back(c, c->has_failed ? FCL_E_IO : FCL_OK);
}

static void on_written(fcl__wire *w, size_t len, int status) {
  fcl__connection *c = CONNECTION(w);
  if (c->is_closing) {
    fcl__connection_give_back(c, FCL_E_CANCELED);
    return;
  }
  if (status != 0) {
    fail_writing(c, status);
    return;
  }
  advance(c, len);
  c->events->moved(c, 0);
  if (!c->is_closing)
    fcl__connection_flush(c);
}

int fcl__connection_begin(fcl__connection *c, fcl_slice prologue) {
  c->prologue = prologue;
  c->is_active = 1;
  c->is_answered = c->has_lend = c->is_held = 0;
  c->is_filter = c->wants_data = c->is_data_finished = 0;
  c->tail_len = 0;
  fcl_stream_init(&c->body, FCL_STDIN, fcl__connection_id(c));
  return c->multiplex ? 0 : fcl__wire_read(&c->wire);
}

void fcl__connection_lend(fcl__connection *c, const void *data, size_t len) {
  c->has_lend = 1;
  c->data.base = data;
  c->data.len = len;
  if (!c->has_failed && !c->wants_data)
    fcl_stream_lend(&c->body, data, len);
}

void fcl__connection_finish(fcl__connection *c) {
  if (c->wants_data)
    c->is_data_finished = 1;
  else if (!c->has_failed)
    fcl_stream_finish(&c->body);
}

void fcl__connection_data(fcl__connection *c) {
  if (c->body.type == FCL_DATA || c->wants_data)
    return;
  c->wants_data = 1;
  c->data.len = 0;
}

/* ---- In ---- */

const fcl_decoder *fcl__connection_decoder(const fcl__connection *c) {
  return c->multiplex ? &c->multiplex->decoder : &c->decoder;
}

/* What libuv has in hand may have gone, and be answered, before it says so. */
static int has_sent_stdin(const fcl__connection *c) {
  if (c->wire.writing > 0 && uv_stream_get_write_queue_size(&c->wire.uv.stream) == 0)
    return 1;
  return c->has_failed || (c->body.type == FCL_DATA && c->prologue.len == 0);
}

fcl__verdict fcl__connection_judge(const fcl__connection *c, const fcl_decoder *d, fcl_error *e) {
  if (d->record.type != FCL_STDOUT || d->record.length == 0 || !c->is_filter || has_sent_stdin(c))
    return FCL__RECORD_FINE;
  return fcl__record_refuse(d, e, "answered before STDIN was over, which no filter may", "");
}

/* Records of other ids and of unknown types are skipped, and end the reuse. */
static void check_record(fcl__connection *c) {
  const fcl_record *r = &c->decoder.record;
  fcl_error e;
  if (r->type == FCL_STDOUT && r->id == fcl__connection_id(c) && !c->is_filter)
    return; /* what mostly comes */
  switch (fcl__record_judge(&c->decoder, &e)) {
  case FCL__RECORD_FINE:
    if (r->id != fcl__connection_id(c) && r->type <= FCL_STDERR)
      c->is_dirty = 1;
    else if (fcl__connection_judge(c, &c->decoder, &e) == FCL__RECORD_REFUSED)
      breaks(c, FCL__BREAK_PROTOCOL, &e);
    return;
  case FCL__RECORD_UNKNOWN:
    c->is_dirty = 1;
    return;
  case FCL__RECORD_REFUSED:
    breaks(c, FCL__BREAK_PROTOCOL, &e);
  }
}

void fcl__connection_gather_end(fcl__connection *c, fcl_slice span) {
  size_t n = sizeof c->tail - c->tail_len;
  n = span.len < n ? span.len : n;
  memcpy(c->tail + c->tail_len, span.base, n);
  c->tail_len += (uint8_t) n;
}

/* Hands out STDOUT; returns 1 when the owner holds it. */
static int hand_out(fcl__connection *c, fcl_slice span) {
  int hold = 0;
  size_t taken = c->events->out(c, span.base, span.len, &hold);
  if (!hold)
    return 0;
  c->rest.base = span.base + taken;
  c->rest.len = span.len - taken;
  return 1;
}

static int content(fcl__connection *c, fcl_slice span) {
  const fcl_record *r = &c->decoder.record;
  if (r->id != fcl__connection_id(c)) {
    if (r->type == FCL_GET_VALUES_RESULT && c->events->values)
      c->events->values(c, span, 0);
    return 0;
  }
  if (r->type == FCL_STDOUT)
    return hand_out(c, span);
  if (r->type == FCL_STDERR)
    c->events->err(c, span.base, span.len);
  else if (r->type == FCL_END_REQUEST)
    fcl__connection_gather_end(c, span);
  return 0;
}

static void request_ended(fcl__connection *c, int is_last) {
  fcl_end end;
  fcl_get_end(c->tail, c->tail_len, &end);
  c->is_active = 0;
  c->served++;
  if (!is_last || c->decoder.record.length > 8 || end.protocol_status > FCL_UNKNOWN_ROLE)
    c->is_dirty = 1;
  c->events->end(c, &end);
}

static int hold(fcl__connection *c, char *block, const char *p, const char *end) {
  c->block = block;
  c->at = p;
  c->end = end;
  c->is_held = 1;
  fcl__wire_pause(&c->wire);
  return 1;
}

/* A record is over.  Returns 1 if the request is. */
static int record_ended(fcl__connection *c, int is_last) {
  const fcl_record *r = &c->decoder.record;
  fcl_slice nothing = {NULL, 0};
  if (r->type == FCL_END_REQUEST && r->id == fcl__connection_id(c)) {
    request_ended(c, is_last);
    return 1;
  }
  if (r->type == FCL_GET_VALUES_RESULT && c->events->values)
    c->events->values(c, nothing, 1);
  return 0;
}

/* Decodes a read block from `p`.  Returns 1 if the block is held. */
static int feed(fcl__connection *c, char *block, const char *p, const char *end) {
  fcl_slice span;
  fcl_error e;
  c->reading = block;
  while (!c->is_closing && !c->is_broken && c->is_active) {
    switch (fcl_decode(&c->decoder, &p, end, &span)) {
    case FCL_EV_MORE:
      return 0;
    case FCL_EV_RECORD:
      check_record(c);
      break;
    case FCL_EV_CONTENT:
      if (content(c, span))
        return hold(c, block, p, end);
      break;
    case FCL_EV_END:
      if (record_ended(c, p == end))
        return 0;
      break;
    case FCL_EV_BAD_VERSION:
      fcl__record_wrong_version(&c->decoder, &e);
      breaks(c, FCL__BREAK_PROTOCOL, &e);
      return 0;
    }
  }
  return 0;
}

static int on_came(fcl__wire *w, char *block, size_t len) {
  fcl__connection *c = CONNECTION(w);
  fcl_error e;
  if (!c->is_active) {
    fcl__record_stray(&c->decoder, block, len, &e);
    c->is_dirty = 1;
    breaks(c, FCL__BREAK_PROTOCOL, &e);
    return 0;
  }
  c->events->moved(c, !c->is_answered);
  c->is_answered = 1;
  return feed(c, block, block, block + len);
}

/* END_REQUEST has said all that it says; only its padding is missing, or what is behind its 8
 * bytes. */
static int has_heard_end(const fcl__connection *c) {
  return c->is_active && c->tail_len == sizeof c->tail;
}

static void on_ended(fcl__wire *w, int status) {
  fcl__connection *c = CONNECTION(w);
  fcl__break how;
  fcl_error e;
  fcl__wire_pause(w);
  if (has_heard_end(c)) {
    request_ended(c, 0);
    return;
  }
  how = w->failure ? fcl__record_unwritten(w->failure, &e)
                   : fcl__record_stream_ended(&c->decoder, status, &e);
  breaks(c, how, &e);
}

char *fcl__connection_pin(fcl__connection *c) {
  fcl__block_pin(c->reading);
  return c->reading;
}

char *fcl__connection_keep(fcl__connection *c) {
  char *block = c->block;
  c->block = NULL;
  c->is_held = 0;
  return block;
}

void fcl__connection_resume(fcl__connection *c) {
  char *block = c->block;
  fcl_slice rest = c->rest;
  if (!c->is_held)
    return;
  c->is_held = 0;
  c->block = NULL;
  c->rest.len = 0;
  c->reading = block;
  if (rest.len > 0 && hand_out(c, rest)) {
    hold(c, block, c->at, c->end);
    return;
  }
  if (feed(c, block, c->at, c->end))
    return;
  fcl__block_give(c->wire.blocks, block);
  if (!c->is_closing && !c->is_broken && fcl__wire_read(&c->wire) != 0)
    on_ended(&c->wire, UV_EIO);
}

/* ---- Life ---- */

static void on_opened(fcl__wire *w, int status) {
  CONNECTION(w)->events->opened(CONNECTION(w), status);
}

static void on_closed(fcl__wire *w) {
  fcl__connection *c = CONNECTION(w);
  fcl__connection_give_back(c, FCL_E_CANCELED);
  fcl__block_give(c->wire.blocks, fcl__connection_keep(c));
  c->events->closed(c);
}

static const fcl__wire_events wire_events = {on_opened, on_came, on_ended, on_written, on_closed};

int fcl__connection_open(fcl__connection *c, uv_loop_t *loop, const fcl__address *to,
                         fcl__blocks *blocks, const fcl__connection_events *events) {
  c->events = events;
  return fcl__wire_connect(&c->wire, loop, to, blocks, &wire_events);
}

int fcl__connection_adopt(fcl__connection *c, uv_loop_t *loop, int fd, int is_tcp,
                          fcl__blocks *blocks, const fcl__connection_events *events) {
  c->events = events;
  return fcl__wire_adopt(&c->wire, loop, fd, is_tcp, blocks, &wire_events);
}

int fcl__connection_is_reusable(const fcl__connection *c) {
  return !c->is_active && !c->is_dirty && !c->is_closing && !c->is_broken && !c->has_failed &&
         c->wire.is_open && !fcl__connection_is_writing(c) && fcl_decoder_between(&c->decoder);
}

void fcl__connection_close(fcl__connection *c) {
  if (c->is_closing)
    return;
  c->is_closing = 1;
  if (c->multiplex)
    fcl__multiplex_leave(c->multiplex, c);
  else
    fcl__wire_close(&c->wire);
}
