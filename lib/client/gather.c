/* gather.c: a request body that is here before any process is taken: kept in a window while it
 * comes, and sent from there, more than once if need be. */
#include "base/error.h"
#include "client/internal.h"

/* From the time when the body may come until the answer has begun. */
struct fcl__gather {
  fcl_request *request;
  fcl__list link; /* in pool->gathering, while it comes */
  fcl__window window;
  uint64_t limit; /* bytes */
  size_t lent;    /* of what is sent, to the connection */
};

static uint64_t limit(const fcl_pool_options *o) {
  return o->gather_memory + o->gather_file < o->gather_file ? UINT64_MAX
                                                            : o->gather_memory + o->gather_file;
}

static int is_wanted(const fcl_request *r) {
  return r->body_length < 0 ? r->body_unknown == FCL_BODY_SPOOL
                            : r->body_length > 0 && r->pool->options.gather;
}

int fcl__gather_finds_length(const fcl_request *r) {
  return r->body_length < 0 && r->body_unknown == FCL_BODY_SPOOL;
}

static fcl_code too_large(const fcl_request *r, uint64_t most, const char *how, uint64_t bytes,
                          fcl_error *e) {
  return fcl__error_setx(e, FCL_E_BODY_TOO_LARGE, 0,
                         "%s: the request body has %s%llu bytes, and at most %llu are gathered "
                         "(gather_memory and gather_file). Raise gather_file, or refuse such "
                         "bodies before they are sent",
                         r->pool->options.name, how, (unsigned long long) bytes,
                         (unsigned long long) most);
}

int fcl__gather_is_refused(fcl_request *r) {
  uint64_t most = limit(&r->pool->options);
  fcl_error e;
  if (!is_wanted(r) || r->body_length < 0 || (uint64_t) r->body_length <= most)
    return 0;
  too_large(r, most, "", (uint64_t) r->body_length, &e);
  fcl__outcome_give_up(r, &e);
  return 1;
}

/* ---- In ---- */

static int make(fcl_request *r) {
  fcl_client *c = r->pool->client;
  r->gather = fcl__zalloc(&c->memory, sizeof *r->gather);
  if (r->gather == NULL)
    return 0;
  r->gather->request = r;
  r->gather->limit = limit(&r->pool->options);
  fcl__window_init(&r->gather->window, &c->blocks, &r->pool->gather);
  fcl__window_keep(&r->gather->window);
  fcl__list_append(&r->pool->gathering, &r->gather->link);
  r->pool->steps++;
  return 1;
}

int fcl__gather_is_coming(const fcl_request *r) {
  return r->gather != NULL && fcl__list_linked(&r->gather->link);
}

/* Returns 0 when there is nothing to wait for: the request can be submitted. */
int fcl__gather_begin(fcl_request *r) {
  fcl_error e;
  if (!is_wanted(r) || r->pool->pool.is_closing || r->pool->is_closed)
    return 0;
  if (!make(r)) {
    fcl__error_setx(&e, FCL_E_NOMEM, 0, "%s: no memory to gather a request body. Free memory",
                    r->pool->options.name);
    fcl__outcome_give_up(r, &e);
    return 1;
  }
  if (r->has_lend && !r->is_data)
    fcl__gather_take(r);
  if (r->is_finished && fcl__gather_is_coming(r))
    fcl__gather_conclude(r);
  return 1;
}

void fcl__gather_take(fcl_request *r) {
  fcl__window *w = &r->gather->window;
  fcl_error e;
  size_t taken;
  fcl_code code;
  if (r->lend_len > r->gather->limit - w->size)
    code = too_large(r, r->gather->limit, "more than ", w->size, &e);
  else
    code = fcl__window_put(w, r->lend, r->lend_len, &taken, &e); /* there is room */
  if (code == FCL_OK)
    fcl__outcome_return_lend(r, FCL_OK);
  else
    fcl__outcome_give_up(r, &e);
}

static fcl_code tell_length(fcl_request *r, fcl_error *e) {
  if (!fcl__gather_finds_length(r))
    return FCL_OK;
  r->body_length = (int64_t) r->gather->window.size;
  r->body_left = 0;
  return fcl__request_end_params(r, e);
}

void fcl__gather_conclude(fcl_request *r) {
  fcl_pool *p = r->pool;
  fcl_error e;
  if (tell_length(r, &e) != FCL_OK) {
    fcl__outcome_give_up(r, &e);
    return;
  }
  fcl__list_remove(&r->gather->link);
  if (r->body_length == 0)
    fcl__gather_clear(r);
  fcl__exchange_enter(r);
  fcl__pool_stepped(p);
}

void fcl__gather_stop(fcl_request *r) {
  if (!fcl__gather_is_coming(r))
    return;
  fcl__list_remove(&r->gather->link);
  fcl__pool_stepped(r->pool);
}

/* The pool closes: who has not been seen by any process will not be. */
void fcl__gather_refuse(fcl_pool *p) {
  fcl_error e;
  fcl__error_setx(&e, FCL_E_CLOSING, 0,
                  "%s: the pool was closed before the body of this request had been gathered",
                  p->options.name);
  while (!fcl__list_empty(&p->gathering))
    fcl__outcome_give_up(FCL__OF(p->gathering.next, struct fcl__gather, link)->request, &e);
}

/* ---- Out ---- */

int fcl__gather_has_more(const fcl_request *r) {
  return r->gather != NULL && r->gather->window.size > r->gather->lent;
}

int fcl__gather_is_lent(const fcl_request *r) {
  return r->gather != NULL && r->gather->lent > 0;
}

void fcl__gather_rewind(fcl_request *r) {
  r->gather->lent = 0;
  fcl__window_rewind(&r->gather->window);
}

fcl_code fcl__gather_lend(fcl_request *r, fcl_slice *span, fcl_error *e) {
  fcl_code code = fcl__window_peek(&r->gather->window, span, e);
  r->gather->lent = code == FCL_OK ? span->len : 0;
  return code;
}

size_t fcl__gather_sent(fcl_request *r) {
  size_t len = r->gather->lent;
  r->gather->lent = 0;
  fcl__window_take(&r->gather->window, len);
  fcl__gather_spend(r);
  return len;
}

/* Once the answer has begun, nothing is sent again. */
void fcl__gather_spend(fcl_request *r) {
  if (r->gather && r->response.has_head && r->gather->window.size == 0)
    fcl__gather_clear(r);
}

void fcl__gather_clear(fcl_request *r) {
  if (r->gather == NULL)
    return;
  fcl__window_clear(&r->gather->window);
  fcl__free(&r->pool->client->memory, r->gather);
  r->gather = NULL;
}
