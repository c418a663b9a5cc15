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

/* The bits of what is wrong with pairs become requirements. */
static int check_pairs_found(fcl_inspector *i, fcl__inspected *s, unsigned wrong,
                             const char *doubled) {
  static const char cut[] = "a name-value pair is cut at the end of the record";
  return fcl__check(i, s, FCL__RULE_PAIR_WHOLE, !(wrong & FCL__PAIR_CUT), "%s", cut) &
         fcl__check(i, s, FCL__RULE_PAIR_LENGTH, !(wrong & FCL__PAIR_LONG),
                    "a length below 128 has 4 bytes") &
         fcl__check(i, s, FCL__RULE_PAIR_NAME, !(wrong & FCL__PAIR_NAMELESS), "a name is empty") &
         fcl__check(i, s, FCL__RULE_PAIR_NUL, !(wrong & FCL__PAIR_NUL),
                    "a name or value holds a NUL") &
         fcl__check(i, s, FCL__RULE_PAIR_ONCE, !(wrong & FCL__PAIR_TWICE), "a name comes twice: %s",
                    doubled) &
         (!(wrong & FCL__PAIR_MEMORY) || fcl__fault(s, "out of memory"));
}

/* The pairs of GET_VALUES and of its answer. */
static int check_values(fcl_inspector *i, fcl__inspected *s, int are_questions) {
  const char *at = s->content, *end = at + s->len;
  unsigned wrong = 0, answers = 0;
  while (at < end && !(wrong & FCL__PAIR_CUT)) {
    fcl_header pair = {{NULL, 0}, {NULL, 0}};
    wrong |= fcl__strict_pair(&at, end, &pair);
    answers += pair.value.len > 0;
  }
  return check_pairs_found(i, s, wrong, "") &
         (!are_questions ||
          fcl__check(i, s, FCL__RULE_QUESTION, answers == 0, "a question has a value"));
}

/* ---- The server ---- */

/* What PHP stumbles over, but any reader of the specification understands: looked at all the same.
 */
static void check_sizes(fcl_inspector *i, fcl__inspected *s) {
  if (s->len == 0)
    fcl__check(i, s, FCL__RULE_EMPTY_PADDED, s->padding == 0,
               "an empty record is padded, and PHP reads the padding as the next record");
  fcl__check(i, s, FCL__RULE_RECORD_SIZE, s->len + s->padding <= 65535,
             "content and padding are above 65,535 bytes together, which PHP refuses");
}

static int data_header(fcl_inspector *i, fcl__inspected *s, const fcl_seen *r) {
  return fcl__check(i, s, FCL__RULE_DATA_ROLE, r->role == FCL_FILTER, "DATA is for filters only") &&
         fcl__check(i, s, FCL__RULE_DATA_ORDER, r->in.ended,
                    "DATA comes before the end of STDIN") &&
         fcl__check(i, s, FCL__RULE_DATA_ONCE, !r->data.ended, "DATA had ended already");
}

static int server_header(fcl_inspector *i, fcl__inspected *s) {
  fcl__seen *r = fcl__inspector_request(i, s->id);
  check_sizes(i, s);
  if (s->type == FCL_BEGIN_REQUEST || s->type == FCL_GET_VALUES)
    return 1;
  if (!fcl__check(i, s, FCL__RULE_BEGUN, r != NULL, "no request of this id was begun"))
    return 0;
  if (s->type == FCL_PARAMS)
    return fcl__check(i, s, FCL__RULE_PARAMS_ONCE, !r->is.params_ended, "PARAMS had ended already");
  if (s->type == FCL_ABORT_REQUEST)
    return 1;
  if (!fcl__check(i, s, FCL__RULE_PARAMS_FIRST, r->is.params_ended, "PARAMS has not ended yet"))
    return 0;
  if (s->type == FCL_STDIN)
    return fcl__check(i, s, FCL__RULE_STDIN_ONCE, !r->is.in.ended, "STDIN had ended already");
  return data_header(i, s, &r->is);
}

/* Where it is clear all the same what was meant, reading goes on behind the fault: what follows
   should not be blamed for it. */
static int may_begin(fcl_inspector *i, fcl__inspected *s) {
  size_t n;
  fcl__check(i, s, FCL__RULE_LAST, !i->is_last,
             "the request before it did not ask to keep the connection");
  for (n = 0; n < i->count; n++) {
    const fcl_seen *r = &i->requests[n]->is;
    if (!fcl__check(i, s, FCL__RULE_ACTIVE, r->ended || r->id != s->id,
                    "a request of this id is running") ||
        !fcl__check(i, s, FCL__RULE_ALONE, r->ended || i->multiplexed,
                    "request %u is running on this connection", r->id))
      return 0;
    if (r->ended && !i->multiplexed)
      fcl__check(i, s, FCL__RULE_LEFT_OPEN, r->params_ended && r->in.ended,
                 "the input of the request before it never ended");
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

static int check_begin(fcl_inspector *i, fcl__inspected *s, unsigned role, unsigned flags) {
  return fcl__check(i, s, FCL__RULE_ROLE, role >= FCL_RESPONDER && role <= FCL_FILTER,
                    "its role is %u, and there are 1, 2 and 3", role) &&
         fcl__check(i, s, FCL__RULE_FLAGS, !(flags & ~FCL_KEEP_CONN),
                    "its flags are %u, and there is only 1", flags) &&
         fcl__check(i, s, FCL__RULE_BEGIN_RESERVED, is_zero(s->content + 3, 5),
                    "its reserved bytes are not 0") &&
         may_begin(i, s);
}

static int server_begin(fcl_inspector *i, fcl__inspected *s) {
  const uint8_t *b = (const uint8_t *) s->content;
  unsigned role = (unsigned) b[0] << 8 | b[1];
  fcl__seen *fresh;
  if (!fcl__check(i, s, FCL__RULE_BEGIN_SIZE, s->len == 8, "its content should have 8 bytes") ||
      !check_begin(i, s, role, b[2]))
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
static int read_announced(fcl_inspector *i, fcl__inspected *s, fcl__seen *r) {
  fcl_slice text;
  size_t n, digits = 0;
  if (!fcl_seen_param(&r->is, "CONTENT_LENGTH", &text) || text.len == 0)
    return 1;
  while (digits < text.len && text.base[digits] >= '0' && text.base[digits] <= '9')
    digits++;
  if (!fcl__check(i, s, FCL__RULE_LENGTH_NUMBER, digits == text.len && digits < 20,
                  "CONTENT_LENGTH is \"%.*s\", not a number", (int) text.len, text.base))
    return 0;
  for (n = 0; n < text.len; n++)
    r->announced = r->announced * 10 + (uint64_t) (text.base[n] - '0');
  r->is_announced = 1;
  return 1;
}

static int server_params(fcl_inspector *i, fcl__inspected *s, fcl__seen *r) {
  unsigned wrong;
  if (s->len == 0) {
    r->is.params_ended = 1;
    fcl__rules_cgi(i, s, &r->is);
    return read_announced(i, s, r);
  }
  wrong = fcl__seen_pairs(r, s->content, s->len);
  return check_pairs_found(i, s, wrong, r->doubled);
}

static int server_stdin(fcl_inspector *i, fcl__inspected *s, const fcl__seen *r) {
  if (s->len > 0)
    return 1;
  if (r->is.in.len > 0)
    fcl__judge(i, s, FCL__RULE_LENGTH_THERE, r->is_announced,
               "STDIN brought %llu bytes, and CONTENT_LENGTH is not set",
               (unsigned long long) r->is.in.len);
  return !r->is_announced ||
         fcl__check(i, s, FCL__RULE_STDIN_LENGTH, r->is.in.len == r->announced,
                    "STDIN ends after %llu bytes, and CONTENT_LENGTH was %llu",
                    (unsigned long long) r->is.in.len, (unsigned long long) r->announced);
}

static int server_record(fcl_inspector *i, fcl__inspected *s) {
  fcl__seen *r = fcl__inspector_request(i, s->id);
  switch (s->type) {
  case FCL_BEGIN_REQUEST:
    return server_begin(i, s);
  case FCL_PARAMS:
    return server_params(i, s, r);
  case FCL_STDIN:
    return server_stdin(i, s, r);
  case FCL_ABORT_REQUEST:
    r->is.aborted = 1;
    return fcl__check(i, s, FCL__RULE_ABORT_SIZE, s->len == 0, "its content should have 0 bytes");
  case FCL_GET_VALUES:
    i->values_asked++;
    return check_values(i, s, 1);
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

static int size_is(fcl__inspected *s, unsigned size) {
  return s->len == size || fcl__fault(s, "its content should have %u bytes", size);
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
    return check_values(i, s, 0);
  case FCL_UNKNOWN_TYPE:
    return size_is(s, 8) &&
           (is_zero(s->content + 1, 7) || fcl__fault(s, "its reserved bytes are not 0"));
  }
  return 1;
}

/* ---- Either side ---- */

int fcl__rules_header(fcl_inspector *i, fcl__inspected *s) {
  int is_known =
      fcl__check(i, s, FCL__RULE_TYPE, is_for(s->type, s->side), "it never sends this type");
  if (!is_known ||
      !fcl__check(i, s, FCL__RULE_MANAGEMENT, !is_management(s->type) || s->id == 0,
                  "a management record has id 0") ||
      !fcl__check(i, s, FCL__RULE_MANAGEMENT, is_management(s->type) || s->id != 0,
                  "id 0 is for management records"))
    return 0;
  return s->side == FCL_SIDE_SERVER ? server_header(i, s) : app_header(i, s);
}

int fcl__rules_content(fcl_inspector *i, fcl__inspected *s, const char *data, size_t len) {
  fcl__seen *r = fcl__inspector_request(i, s->id);
  fcl_seen_stream *stream = fcl__seen_stream(r, s->type);
  if (!fcl__seen_add(r, stream, data, len))
    return fcl__fault(s, "out of memory");
  if (s->type != FCL_STDIN || !r->is_announced || stream->len <= r->announced)
    return 1;
  return fcl__check(i, s, FCL__RULE_STDIN_LENGTH, 0,
                    "STDIN goes beyond CONTENT_LENGTH, which was %llu",
                    (unsigned long long) r->announced);
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
