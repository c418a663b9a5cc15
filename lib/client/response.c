/* response.c: an application's STDOUT as the head and body of a CGI response (RFC 3875 §6), or as
 * it stands; and whether it is whole. */
#include "base/error.h"
#include "client/internal.h"
#include <string.h>

/* What a head is lent in. */
typedef struct head_room {
  fcl_header fields[FCL_HEADERS_MAX];
  fcl_head head;
} head_room;

_Static_assert(sizeof(head_room) <= FCL__BLOCK_SIZE, "a head is lent in one block");

void fcl__response_clear(fcl_request *r) {
  fcl__blocks *blocks = &r->pool->client->blocks;
  fcl__block_give(blocks, r->response.gathered);
  fcl__block_give(blocks, r->response.room);
  r->response.gathered = r->response.room = NULL;
  r->response.gathered_len = 0;
}

fcl_code fcl__response_check(fcl_request *r, int has_ended, fcl_error *phrase) {
  const fcl__response *s = &r->response;
  if (!s->has_head && !r->is_raw)
    return fcl__error_setx(phrase, FCL_E_HEAD, 0, "ended the request %s",
                           s->gathered_len ? "in the middle of its response head"
                                           : "without a response head");
  if (s->has_no_body || s->left == 0 || (s->left < 0 && has_ended))
    return FCL_OK;
  if (s->left > 0)
    return fcl__error_setx(phrase, FCL_E_TRUNCATED, 0,
                           "sent a body that is %lld bytes shorter than its Content-Length",
                           (long long) s->left);
  return fcl__error_setx(phrase, FCL_E_TRUNCATED, 0,
                         "closed the connection before the end of its response");
}

/* The request ends here: nothing of it may be touched afterwards. */
static void refuse(fcl_request *r, const char *phrase, int sys) {
  fcl_error e;
  fcl__outcome_sentence(r, &e, FCL_E_HEAD, sys, phrase,
                        "Run it by hand and look at what it prints first");
  fcl__outcome_give_up(r, &e);
}

static void out_of_memory(fcl_request *r) {
  fcl_error e;
  fcl__outcome_sentence(r, &e, FCL_E_NOMEM, 0, "sent a response head for which there was no memory",
                        "Free memory");
  fcl__outcome_give_up(r, &e);
}

static int has_no_body(const fcl_request *r, int status) {
  return r->is_head || status == 204 || status == 304;
}

/* Of a responder such a head means 200; here that would let somebody in. */
static int permits_by_mistake(const fcl_request *r, const fcl_head *head) {
  fcl_slice type;
  return r->role == FCL_AUTHORIZER && head->status == 200 && head->reason.base == NULL &&
         (!fcl_head_get(head, "Content-Type", &type) || type.len == 0);
}

/* Hands the head to the caller.  Returns 0 when the request has ended instead. */
static int deliver_head(fcl_request *r, const char *data, size_t len) {
  fcl__response *s = &r->response;
  head_room *room;
  fcl_head *head;
  fcl_error e;
  s->room = fcl__block_take(&r->pool->client->blocks);
  if (s->room == NULL) {
    out_of_memory(r);
    return 0;
  }
  room = (head_room *) (void *) s->room;
  head = &room->head;
  if (fcl_head_parse(data, len, room->fields, FCL_HEADERS_MAX, head, &e)) {
    refuse(r, e.text, 0);
    return 0;
  }
  if (permits_by_mistake(r, head)) {
    refuse(r, "answered as an authorizer with neither Status nor Content-Type", 0);
    return 0;
  }
  if (r->role == FCL_AUTHORIZER)
    head->local_redirect = 0; /* its answer is for the client (§6.3) */
  s->has_head = 1;
  s->has_no_body = has_no_body(r, head->status);
  s->left = head->content_length;
  if (r->gather)
    fcl__gather_spend(r);
  if (r->handlers.on_head && r->handlers.on_head(r, head, r->user) == FCL_HOLD)
    r->held = FCL__HELD_HEAD;
  else
    fcl__response_clear(r);
  return 1;
}

/* With read-ahead the span stays where it is, and the connection reads on. */
static void hold_here(fcl_request *r, int *hold) {
  *hold = !fcl__ahead_is_on(r);
  if (!*hold && r->kept_block == NULL)
    r->kept_block = fcl__connection_pin(r->connection);
}

/* Appends as much as fits to the pieces that came before.  Returns 0 when the request has ended
 * instead. */
static int gather(fcl_request *r, const char *data, size_t len) {
  fcl__response *s = &r->response;
  size_t room = FCL_HEAD_MAX - s->gathered_len;
  if (s->gathered == NULL)
    s->gathered = fcl__block_take(&r->pool->client->blocks);
  if (s->gathered == NULL) {
    out_of_memory(r);
    return 0;
  }
  len = len < room ? len : room;
  memcpy(s->gathered + s->gathered_len, data, len);
  s->gathered_len += len;
  return 1;
}

/* Takes what belongs to the head; returns how many bytes that were. */
static size_t take_head(fcl_request *r, const char *data, size_t len, int *hold) {
  fcl__response *s = &r->response;
  size_t before = s->gathered_len, end;
  if (before == 0 &&
      (end = fcl_head_end(&s->scan, data, len < FCL_HEAD_MAX ? len : FCL_HEAD_MAX)) > 0) {
    if (deliver_head(r, data, end) && r->held)
      hold_here(r, hold);
    return end;
  }
  if (!gather(r, data, len))
    return len;
  end = fcl_head_end(&s->scan, s->gathered, s->gathered_len);
  if (end > 0) {
    if (deliver_head(r, s->gathered, end) && r->held)
      hold_here(r, hold);
    return end - before;
  }
  if (s->gathered_len == FCL_HEAD_MAX)
    refuse(r, "sent a response head of more than 65536 bytes", 0);
  return len;
}

/* While the caller holds something, what comes goes behind it.  A connection that others share
   cannot wait: then a full window is the end of the request. */
static size_t keep_body(fcl_request *r, const char *data, size_t len, int *hold) {
  int is_shared = r->connection->multiplex != NULL;
  size_t kept = fcl__ahead_keep(r, data, len);
  *hold = kept < len && !is_shared;
  if (kept == len || *hold)
    return kept;
  fcl__ahead_overflow(r);
  return len;
}

/* Returns how much was taken: less than all of it only with *hold set. */
static size_t take_body(fcl_request *r, const char *data, size_t len, int *hold) {
  fcl__response *s = &r->response;
  size_t all = len, kept;
  if (s->has_no_body)
    return all;
  if (s->left >= 0 && (uint64_t) s->left < len) {
    s->is_long = 1; /* a longer one is cut */
    len = (size_t) s->left;
  }
  if (len == 0)
    return all;
  if (r->held || fcl__ahead_is_pending(r)) {
    kept = keep_body(r, data, len, hold);
    s->left -= s->left >= 0 ? (int64_t) kept : 0;
    return kept < len ? kept : all;
  }
  s->left -= s->left >= 0 ? (int64_t) len : 0;
  r->received += len;
  if (r->handlers.on_body && r->handlers.on_body(r, data, len, r->user) == FCL_HOLD) {
    r->held = FCL__HELD_BODY;
    hold_here(r, hold);
  }
  return all;
}

size_t fcl__response_take(fcl_request *r, const char *data, size_t len, int *hold) {
  fcl__connection *c = r->connection;
  size_t taken = 0;
  if (r->is_raw)
    r->response.has_head = 1; /* there is none to wait for */
  if (!r->response.has_head) {
    taken = take_head(r, data, len, hold);
    if (c->owner != r || c->is_closing) /* it has ended */
      return len;
  }
  if (!*hold && taken < len && r->response.has_head &&
      !fcl__request_has_noted(r, FCL__REQUEST_CANCEL))
    taken += take_body(r, data + taken, len - taken, hold);
  if (r->held)
    fcl__exchange_watch(r);
  return taken;
}
