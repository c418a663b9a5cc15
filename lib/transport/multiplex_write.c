/* multiplex_write.c: what goes out on a shared wire: once per turn, a record of each request in its
   turn, so that nobody's large body keeps the others waiting.

   Lent memory is never queued: libuv would keep it until the kernel takes it, and a request that is
   aborted has to give it back.  So what is left of a record that was cut is copied and queued, and
   every request always stands between two records. */
#include "transport/multiplex.h"
#include "base/error.h"
#include <string.h>

#define SHARE_VECS                                                                                 \
  4 /* prologue, header, content, the header of the record that ends the stream                    \
     */
#define TURN_MAX 262144 /* bytes of a turn, about */

typedef struct share {
  fcl__connection *c;
  size_t len;
  int is_gone; /* it has had its turn */
} share;

static size_t bytes(const fcl_slice *vecs, size_t count) {
  size_t i, sum = 0;
  for (i = 0; i < count; i++)
    sum += vecs[i].len;
  return sum;
}

/* What one request sends next: its prologue, and one record of its body. */
static size_t fill(fcl__connection *c, fcl_slice *vecs) {
  size_t count = c->prologue.len > 0;
  vecs[0] = c->prologue;
  return count + fcl_stream_fill(&c->body, vecs + count, 3);
}

/* Where the record ends in which the byte before `at` lies. */
static size_t record_end(fcl_slice records, size_t at) {
  const uint8_t *p = (const uint8_t *) records.base;
  size_t end = 0;
  while (end < at)
    end += FCL_HEADER_SIZE + ((size_t) p[end + 4] << 8 | p[end + 5]) + p[end + 6];
  return end;
}

static void skip_prologue(fcl__connection *c, size_t len) {
  c->prologue.base += len;
  c->prologue.len -= len;
}

static size_t take_record(fcl_stream *s, fcl_slice *vecs) {
  size_t count = fcl_stream_fill(s, vecs, 2);
  fcl_stream_advance(s, bytes(vecs, count));
  return count;
}

static int is_between(const fcl_stream *s) {
  return s->header_left == 0 && s->record_left == 0;
}

/* `gone` bytes of its share went out.  *rest becomes what its record lacks then, which counts as
   gone too; returns how many slices that are, up to two. */
static size_t skip(fcl__connection *c, size_t gone, fcl_slice *rest) {
  size_t end;
  if (gone > 0)
    c->is_begun = 1;
  if (gone < c->prologue.len) {
    end = record_end(c->prologue, gone);
    rest->base = c->prologue.base + gone;
    rest->len = end - gone;
    skip_prologue(c, end);
    return rest->len > 0;
  }
  gone -= c->prologue.len;
  c->prologue.len = 0;
  if (gone == 0)
    return 0;
  fcl_stream_advance(&c->body, gone);
  return is_between(&c->body) ? 0 : take_record(&c->body, rest);
}

static size_t next_record(fcl__connection *c, fcl_slice *vecs) {
  c->is_begun = 1;
  if (c->prologue.len == 0)
    return take_record(&c->body, vecs);
  vecs->base = c->prologue.base;
  vecs->len = record_end(c->prologue, 1);
  skip_prologue(c, vecs->len);
  return 1;
}

static int queue_copy(fcl__multiplex *m, const fcl_slice *vecs, size_t count) {
  fcl_slice copy;
  size_t at = 0, i;
  m->rest = fcl__realloc(m->memory, NULL, bytes(vecs, count));
  if (m->rest == NULL)
    return UV_ENOMEM;
  for (i = 0; i < count; i++) {
    memcpy(m->rest + at, vecs[i].base, vecs[i].len);
    at += vecs[i].len;
  }
  copy.base = m->rest;
  copy.len = at;
  return fcl__wire_queue(&m->wire, copy);
}

/* The kernel takes no more for now.  Where no record was cut, the next one is queued whole, for the
   wire tells only then when it goes on. */
static int queue_rest(fcl__multiplex *m, fcl__connection *c, size_t gone) {
  fcl_slice rest[2];
  size_t count = skip(c, gone, rest);
  if (count == 0)
    count = next_record(c, rest);
  return queue_copy(m, rest, count);
}

static size_t gather(fcl__multiplex *m, share *shares, fcl_slice *vecs, size_t *count) {
  fcl__list *at, *after;
  size_t n = 0, sum = 0;
  *count = 0;
  FCL__LIST_EACH (at, after, &m->writers) {
    fcl__connection *c = FCL__OF(at, fcl__connection, turn);
    size_t filled = fill(c, vecs + *count);
    shares[n].c = c;
    shares[n].len = bytes(vecs + *count, filled);
    shares[n].is_gone = 0;
    sum += shares[n++].len;
    *count += filled;
    if (*count + SHARE_VECS > FCL__WIRE_TRIES || n == FCL__WIRE_TRIES || sum >= TURN_MAX)
      break;
  }
  return n;
}

/* From here on any of them may close, or be closed. */
static void tell_shares(const share *shares, size_t n) {
  size_t i;
  for (i = 0; i < n && shares[i].is_gone; i++) {
    fcl__connection *c = shares[i].c;
    if (!c->is_closing && shares[i].len > 0)
      c->events->moved(c, 0);
    if (!c->is_closing && !fcl__connection_is_writing(c))
      fcl__connection_give_back(c, FCL_OK);
  }
}

/* Who has had its turn goes behind the others, or is done. */
static void requeue(fcl__multiplex *m, fcl__connection *c) {
  fcl__list_remove(&c->turn);
  fcl__connection_turn_to_data(c);
  if (fcl__connection_is_writing(c))
    fcl__list_append(&m->writers, &c->turn);
}

/* What cannot be written is no error yet: the application may have answered before it closed
 * (§5.5).  Nobody new is let in. */
static void fail_writing(fcl__multiplex *m, int status) {
  unsigned id;
  fcl__wire_has_failed(&m->wire, status);
  m->has_failed = 1;
  while (!fcl__list_empty(&m->writers))
    fcl__list_remove(m->writers.next);
  for (id = fcl__id_next(&m->ids, 0); id != 0; id = fcl__id_next(&m->ids, id)) {
    fcl__connection *c = fcl__id_owner(&m->ids, id);
    c->has_failed = 1;
    c->prologue.len = 0;
    if (!c->is_closing)
      fcl__connection_give_back(c, FCL_E_IO);
  }
  if (!m->is_closing)
    m->events->changed(m);
}

static int account(fcl__multiplex *m, share *shares, size_t n, size_t gone) {
  fcl_slice ignored[2];
  int status = 0;
  size_t i;
  for (i = 0; i < n && m->rest == NULL && status == 0; i++) {
    share *s = &shares[i];
    if (gone < s->len)
      status = queue_rest(m, s->c, gone);
    else
      skip(s->c, s->len, ignored);
    gone -= gone < s->len ? gone : s->len;
    s->is_gone = 1;
    requeue(m, s->c);
  }
  return status;
}

/* A record was cut, and its rest is lost. */
static void lose_place(fcl__multiplex *m, int status) {
  fcl_error e;
  fcl__break how = fcl__record_unwritten(status, &e);
  fcl__multiplex_break(m, how, &e);
}

void fcl__multiplex_write(fcl__multiplex *m) {
  share shares[FCL__WIRE_TRIES];
  fcl_slice vecs[FCL__WIRE_TRIES];
  size_t count, n;
  ssize_t gone;
  int status;
  if (!m->wire.is_open || m->wire.writing > 0 || m->has_failed || m->is_closing ||
      fcl__list_empty(&m->writers))
    return;
  n = gather(m, shares, vecs, &count);
  gone = count ? fcl__wire_try(&m->wire, vecs, count) : 0;
  if (gone < 0) {
    fail_writing(m, (int) gone);
    return;
  }
  status = account(m, shares, n, (size_t) gone);
  if (status != 0) {
    lose_place(m, status);
    return;
  }
  tell_shares(shares, n);
  if (m->wire.writing == 0 && !fcl__list_empty(&m->writers))
    fcl__multiplex_schedule(m);
}

void fcl__multiplex_written(fcl__multiplex *m, int status) {
  fcl__free(m->memory, m->rest);
  m->rest = NULL;
  if (m->is_closing)
    return;
  if (status != 0)
    fail_writing(m, status);
  else if (!fcl__list_empty(&m->writers))
    fcl__multiplex_schedule(m);
}
