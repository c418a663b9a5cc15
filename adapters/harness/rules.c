/* rules.c: which records each side may send, when, and with what in them (FastCGI 1.0, sections 3
 * to 5; PHP's limits). */
#include "inspector.h"
#include <stdlib.h>
#include <string.h>

/* ---- What both sides keep to ---- */

static int is_management(unsigned type) {
  return type == FCL_GET_VALUES || type == FCL_GET_VALUES_RESULT || type == FCL_UNKNOWN_TYPE;
}

static int is_for(unsigned type, fcl_side side) {
  switch (type) {
  case FCL_BEGIN_REQUEST:
  case FCL_ABORT_REQUEST:
  case FCL_PARAMS:
  case FCL_STDIN:
  case FCL_DATA:
  case FCL_GET_VALUES:
    return side == FCL_SIDE_SERVER;
  }
  return type > 0 && type <= FCL_UNKNOWN_TYPE && side == FCL_SIDE_APP;
}

static int is_zero(const char *p, size_t len) {
  while (len > 0 && *p == 0)
    p++, len--;
  return len == 0;
}

static int size_is(fcl__inspected *s, unsigned size) {
  return s->len == size || fcl__fault(s, "its content should have %u bytes", size);
}

static int check_pairs(fcl__inspected *s, int with_values) {
  const char *at = s->content, *end = at + s->len, *wrong = NULL;
  while (at < end && wrong == NULL) {
    fcl_header pair;
    wrong = fcl__strict_pair(&at, end, &pair);
    if (wrong == NULL && !with_values && pair.value.len > 0)
      wrong = "a question has a value";
  }
  return wrong == NULL || fcl__fault(s, "%s", wrong);
}

/* ---- The server ---- */

static int server_header(fcl_inspector *i, fcl__inspected *s) {
  fcl__seen *r = fcl__inspector_request(i, s->id);
  if (s->len == 0 && s->padding > 0)
    return fcl__fault(s, "an empty record is padded, and PHP reads the padding as the next record");
  if (s->len + s->padding > 65535)
    return fcl__fault(s, "content and padding are above 65,535 bytes together, which PHP refuses");
  if (s->type == FCL_BEGIN_REQUEST || s->type == FCL_GET_VALUES)
    return 1;
  if (r == NULL)
    return fcl__fault(s, "no request of this id was begun");
  if (s->type == FCL_PARAMS)
    return !r->is.params_ended || fcl__fault(s, "PARAMS had ended already");
  if (s->type == FCL_ABORT_REQUEST)
    return 1;
  if (!r->is.params_ended)
    return fcl__fault(s, "PARAMS has not ended yet");
  if (s->type == FCL_STDIN)
    return !r->is.in.ended || fcl__fault(s, "STDIN had ended already");
  if (r->is.role != FCL_FILTER)
    return fcl__fault(s, "DATA is for filters only");
  if (!r->is.in.ended)
    return fcl__fault(s, "DATA comes before the end of STDIN");
  return !r->is.data.ended || fcl__fault(s, "DATA had ended already");
}

static int may_begin(const fcl_inspector *i, fcl__inspected *s) {
  size_t n;
  if (i->is_last)
    return fcl__fault(s, "the request before it did not ask to keep the connection");
  for (n = 0; n < i->count; n++) {
    const fcl_seen *r = &i->requests[n]->is;
    if (!r->ended && r->id == s->id)
      return fcl__fault(s, "a request of this id is running");
    if (!r->ended && !i->multiplexed)
      return fcl__fault(s, "request %u is running on this connection", r->id);
    if (r->ended && !i->multiplexed && !(r->params_ended && r->in.ended))
      return fcl__fault(s, "the input of the request before it never ended");
  }
  return 1;
}

/* An ended request gives its place to the next of its id. */
static int add_request(fcl_inspector *i, fcl__seen *fresh) {
  fcl__seen **grown;
  size_t n;
  for (n = 0; n < i->count; n++)
    if (i->requests[n]->is.id == fresh->is.id) {
      fcl__seen_free(i->requests[n]);
      i->requests[n] = fresh;
      return 1;
    }
  if (i->count == i->room) {
    grown = realloc(i->requests, (i->room * 2 + 4) * sizeof *grown);
    if (grown == NULL)
      return 0;
    i->requests = grown;
    i->room = i->room * 2 + 4;
  }
  i->requests[i->count++] = fresh;
  return 1;
}

static int server_begin(fcl_inspector *i, fcl__inspected *s) {
  const uint8_t *b = (const uint8_t *) s->content;
  unsigned role = (unsigned) b[0] << 8 | b[1];
  fcl__seen *fresh;
  if (!size_is(s, 8))
    return 0;
  if (role < FCL_RESPONDER || role > FCL_FILTER)
    return fcl__fault(s, "its role is %u, and there are 1, 2 and 3", role);
  if (b[2] & ~FCL_KEEP_CONN)
    return fcl__fault(s, "its flags are %u, and there is only 1", b[2]);
  if (!is_zero(s->content + 3, 5))
    return fcl__fault(s, "its reserved bytes are not 0");
  if (!may_begin(i, s))
    return 0;
  fresh = fcl__seen_new(s->id, role, b[2], ++i->begun);
  if (fresh == NULL || !add_request(i, fresh)) {
    fcl__seen_free(fresh);
    return fcl__fault(s, "out of memory");
  }
  i->last = fresh;
  i->is_last = !(b[2] & FCL_KEEP_CONN) && !i->multiplexed;
  return 1;
}

/* CONTENT_LENGTH is a promise: STDIN must bring as much, no less and no more. */
static int read_announced(fcl__inspected *s, fcl__seen *r) {
  fcl_slice text;
  size_t n;
  if (!fcl_seen_param(&r->is, "CONTENT_LENGTH", &text) || text.len == 0)
    return 1;
  for (n = 0; n < text.len; n++) {
    if (text.base[n] < '0' || text.base[n] > '9' || n > 18)
      return fcl__fault(s, "CONTENT_LENGTH is \"%.*s\", not a number", (int) text.len, text.base);
    r->announced = r->announced * 10 + (uint64_t) (text.base[n] - '0');
  }
  r->is_announced = 1;
  return 1;
}

static int server_params(fcl__inspected *s, fcl__seen *r) {
  const char *wrong;
  if (s->len == 0) {
    r->is.params_ended = 1;
    return read_announced(s, r);
  }
  wrong = fcl__seen_pairs(r, s->content, s->len);
  return wrong == NULL || fcl__fault(s, "%s", wrong);
}

static int stdin_ended(fcl__inspected *s, const fcl__seen *r) {
  if (!r->is_announced || r->is.in.len == r->announced)
    return 1;
  return fcl__fault(s, "STDIN ends after %llu bytes, and CONTENT_LENGTH was %llu",
                    (unsigned long long) r->is.in.len, (unsigned long long) r->announced);
}

static int server_record(fcl_inspector *i, fcl__inspected *s) {
  fcl__seen *r = fcl__inspector_request(i, s->id);
  switch (s->type) {
  case FCL_BEGIN_REQUEST:
    return server_begin(i, s);
  case FCL_PARAMS:
    return server_params(s, r);
  case FCL_STDIN:
    return s->len > 0 || stdin_ended(s, r);
  case FCL_ABORT_REQUEST:
    r->is.aborted = 1;
    return size_is(s, 0);
  case FCL_GET_VALUES:
    i->values_asked++;
    return check_pairs(s, 0);
  }
  return 1;
}

/* ---- The application ---- */

static int app_header(fcl_inspector *i, fcl__inspected *s) {
  fcl__seen *r = fcl__inspector_request(i, s->id);
  const fcl_seen_stream *stream;
  if (is_management(s->type))
    return 1;
  if (r == NULL)
    return fcl__fault(s, "no request of this id was begun");
  if (r->is.ended)
    return fcl__fault(s, "END_REQUEST had come already");
  if (!r->is.params_ended && s->type != FCL_END_REQUEST)
    return fcl__fault(s, "PARAMS has not ended yet");
  stream = fcl__seen_stream(r, s->type);
  if (stream && stream->ended)
    return fcl__fault(s, "this stream had ended already");
  return 1;
}

static int app_end(fcl__inspected *s, fcl__seen *r) {
  const uint8_t *b = (const uint8_t *) s->content;
  if (!size_is(s, 8))
    return 0;
  r->is.ended = 1;
  r->is.app_status = (uint32_t) b[0] << 24 | (uint32_t) b[1] << 16 | (uint32_t) b[2] << 8 | b[3];
  r->is.protocol_status = b[4];
  if (b[4] > FCL_UNKNOWN_ROLE)
    return fcl__fault(s, "its protocol status is %u, and there are 0 to 3", b[4]);
  if (!is_zero(s->content + 5, 3))
    return fcl__fault(s, "its reserved bytes are not 0");
  if (b[4] == FCL_REQUEST_COMPLETE && !r->is.out.ended)
    return fcl__fault(s, "END_REQUEST comes before the end of STDOUT");
  if (r->is.err.records > 0 && !r->is.err.ended)
    return fcl__fault(s, "END_REQUEST comes before the end of STDERR");
  return 1;
}

static int app_record(fcl_inspector *i, fcl__inspected *s) {
  switch (s->type) {
  case FCL_END_REQUEST:
    return app_end(s, fcl__inspector_request(i, s->id));
  case FCL_GET_VALUES_RESULT:
    if (i->values_asked-- <= 0)
      return fcl__fault(s, "nobody asked");
    return check_pairs(s, 1);
  case FCL_UNKNOWN_TYPE:
    return size_is(s, 8) &&
           (is_zero(s->content + 1, 7) || fcl__fault(s, "its reserved bytes are not 0"));
  }
  return 1;
}

/* ---- Either side ---- */

int fcl__rules_header(fcl_inspector *i, fcl__inspected *s) {
  if (!is_for(s->type, s->side))
    return fcl__fault(s, "it never sends this type");
  if (is_management(s->type) && s->id != 0)
    return fcl__fault(s, "a management record has id 0");
  if (!is_management(s->type) && s->id == 0)
    return fcl__fault(s, "id 0 is for management records");
  return s->side == FCL_SIDE_SERVER ? server_header(i, s) : app_header(i, s);
}

int fcl__rules_content(fcl_inspector *i, fcl__inspected *s, const char *data, size_t len) {
  fcl__seen *r = fcl__inspector_request(i, s->id);
  fcl_seen_stream *stream = fcl__seen_stream(r, s->type);
  if (!fcl__seen_add(r, stream, data, len))
    return fcl__fault(s, "out of memory");
  if (s->type == FCL_STDIN && r->is_announced && stream->len > r->announced)
    return fcl__fault(s, "STDIN goes beyond CONTENT_LENGTH, which was %llu",
                      (unsigned long long) r->announced);
  return 1;
}

int fcl__rules_record(fcl_inspector *i, fcl__inspected *s) {
  fcl__seen *r = fcl__inspector_request(i, s->id);
  fcl_seen_stream *stream = r ? fcl__seen_stream(r, s->type) : NULL;
  if (stream && s->len > 0)
    stream->records++;
  else if (stream)
    stream->ended = 1;
  return s->side == FCL_SIDE_SERVER ? server_record(i, s) : app_record(i, s);
}
