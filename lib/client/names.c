/* names.c: names of hosts into members of a pool: resolved without waiting, again when the answer
 * is old or when a member died. */
#include "client/names.h"
#include "base/error.h"
#include "client/internal.h"
#include "platform/status.h"
#include <stdio.h>
#include <string.h>

#define STEPS (FCL__DURATIONS - FCL__D_BACKOFF) /* 1 s, doubling to 30 s */

static uint64_t now(const fcl__name *n) {
  return fcl__client_now(n->pool->client);
}

static fcl__place *place(const fcl__name *n, unsigned i) {
  return &n->pool->places[n->first + i];
}

static int is_over(const fcl_pool *p) {
  return p->is_closed || p->pool.is_stopping;
}

/* ---- Telling ---- */

static void tell_event(fcl__name *n, fcl_level level, fcl_code code, const char *text) {
  const char *pool = n->pool->options.name;
  fcl_error e;
  fcl__error_setx(&e, code, 0, "%s: %s", pool, text);
  fcl__client_event(n->pool->client, pool, level, 0, NULL, code, e.text);
}

static void tell_change(fcl__name *n, unsigned come, unsigned gone) {
  char text[200];
  snprintf(text, sizeof text, "%.80s stands for %u addresses (%u have come, %u have gone).",
           n->text, n->count, come, gone);
  tell_event(n, FCL_LEVEL_INFO, FCL_OK, text);
}

/* ---- Coming and going ---- */

static int find(const fcl__name *n, const char *text) {
  unsigned i;
  for (i = 0; i < FCL__NAME_PLACES; i++)
    if (strcmp(n->found[i].text, text) == 0)
      return (int) i;
  return -1;
}

static int find_free(const fcl__name *n) {
  unsigned i;
  for (i = 0; i < FCL__NAME_PLACES; i++)
    if (fcl__address_is_free(place(n, i)->member))
      return (int) i;
  return -1;
}

static int text_of(const struct addrinfo *a, const fcl__name *n, char *text, size_t cap) {
  char host[INET6_ADDRSTRLEN];
  if (a->ai_family == AF_INET &&
      uv_ip4_name((const struct sockaddr_in *) a->ai_addr, host, sizeof host) == 0)
    snprintf(text, cap, "tcp:%s:%s", host, n->address->port);
  else if (a->ai_family == AF_INET6 &&
           uv_ip6_name((const struct sockaddr_in6 *) a->ai_addr, host, sizeof host) == 0)
    snprintf(text, cap, "tcp:[%s]:%s", host, n->address->port);
  else
    return 0;
  return a->ai_addrlen <= sizeof n->found[0].address.ip;
}

/* Its place was another's, or nobody's. */
static int settle_in(fcl__name *n, unsigned i, const struct addrinfo *a, const char *text) {
  fcl__found *f = &n->found[i];
  fcl__place *p = place(n, i);
  fcl__crowd_forget(p);
  memset(f, 0, sizeof *f);
  if (!fcl__crowd_join(p, text))
    return 0;
  f->address.kind = FCL__ADDRESS_IP;
  memcpy(&f->address.ip, a->ai_addr, a->ai_addrlen);
  f->address.lost_ms = n->address->lost_ms;
  snprintf(f->text, sizeof f->text, "%s", text);
  p->has_asked = 0;
  return 1;
}

static void welcome(fcl__name *n, unsigned i) {
  fcl__member *m = place(n, i)->member;
  fcl__address_add(m, n->found[i].text, now(n));
  if (n->is_drained || fcl__drain_is_wanted(n->pool, n->found[i].text))
    fcl__address_drain(m, now(n));
}

/* Returns 1 if it is new. */
static unsigned see(fcl__name *n, const struct addrinfo *a) {
  char text[64];
  int i = text_of(a, n, text, sizeof text) ? find(n, text) : -2, is_new;
  if (i == -2)
    return 0;
  if (i < 0 && ((i = find_free(n)) < 0 || !settle_in(n, (unsigned) i, a, text))) {
    n->is_short = 1;
    return 0;
  }
  is_new =
      place(n, (unsigned) i)->member->address == NULL || place(n, (unsigned) i)->member->is_leaving;
  n->count += !n->found[i].is_seen;
  n->found[i].is_seen = 1;
  if (is_new)
    welcome(n, (unsigned) i);
  return (unsigned) is_new;
}

static unsigned remove_unseen(fcl__name *n) {
  unsigned i, gone = 0;
  for (i = 0; i < FCL__NAME_PLACES; i++) {
    fcl__member *m = place(n, i)->member;
    if (n->found[i].is_seen || m->address == NULL || m->is_leaving)
      continue;
    fcl__address_remove(m, now(n));
    gone++;
  }
  return gone;
}

/* Those that come are there before others go, so that there is always somebody. */
static void take(fcl__name *n, const struct addrinfo *list) {
  const struct addrinfo *a;
  unsigned i, come = 0, gone;
  for (i = 0; i < FCL__NAME_PLACES; i++)
    n->found[i].is_seen = 0;
  n->count = n->is_short = 0;
  for (a = list; a; a = a->ai_next)
    come += see(n, a);
  gone = remove_unseen(n);
  if (come + gone > 0)
    tell_change(n, come, gone);
}

/* ---- Asking ---- */

static int is_unwell(const fcl__name *n) {
  unsigned i;
  for (i = 0; i < FCL__NAME_PLACES; i++)
    if (place(n, i)->member->failures > 0)
      return 1;
  return 0;
}

static void ask_later(fcl__name *n) {
  unsigned step = n->rounds < STEPS ? n->rounds : STEPS - 1;
  n->rounds++;
  fcl__clock_set(&n->again, n->pool->pool.durations[FCL__D_BACKOFF + step], now(n));
}

/* An old answer is better than none. */
static void fail(fcl__name *n, int status) {
  char words[256];
  snprintf(
      n->fault, sizeof n->fault,
      "the name in %.100s could not be resolved: %s. Check it, and the resolver of this machine.",
      n->text, fcl__status_words(status, words, sizeof words));
  if (n->failures == 0)
    tell_event(n, FCL_LEVEL_WARNING, FCL_E_CONNECT, n->fault);
}

/* The first of the pool's names that has a fault says why there is nobody. */
static void tell_pool(fcl_pool *p) {
  unsigned i, awaited = 0;
  const char *fault = NULL;
  for (i = 0; i < p->name_count; i++) {
    awaited += !p->names[i].is_known;
    if (fault == NULL && p->names[i].fault[0])
      fault = p->names[i].fault;
  }
  fcl__pool_names(&p->pool, awaited, fault, fcl__client_now(p->client));
}

static void answered(fcl__name *n, int status, const struct addrinfo *list) {
  n->is_known = 1;
  if (status == 0) {
    n->failures = 0;
    n->fault[0] = 0;
    take(n, list);
    if (n->is_short && n->count == 0)
      snprintf(n->fault, sizeof n->fault, "there was no memory for the addresses of %.100s.",
               n->text);
  } else {
    fail(n, status);
    n->failures++;
  }
  if (n->failures > 0 || n->is_short || is_unwell(n))
    ask_later(n);
  else
    n->rounds = 0;
  tell_pool(n->pool);
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *list) {
  fcl__name *n = FCL__OF(request, fcl__name, request);
  fcl_pool *p = n->pool;
  fcl_client *client = p->client;
  n->is_asking = 0;
  if (!is_over(p))
    answered(n, status, list);
  uv_freeaddrinfo(list);
  client->connections--;
  fcl__client_maybe_end(client);
  fcl__pool_unref(p);
}

static void ask(fcl__name *n) {
  fcl_pool *p = n->pool;
  struct addrinfo hints;
  int status;
  if (n->is_asking || is_over(p))
    return;
  memset(&hints, 0, sizeof hints);
  hints.ai_socktype = SOCK_STREAM;
  fcl__clock_clear(&n->again);
  n->asked_at = now(n);
  status = uv_getaddrinfo(p->client->loop, &n->request, on_resolved, n->address->host,
                          n->address->port, &hints);
  if (status != 0) {
    answered(n, status, NULL);
    return;
  }
  n->is_asking = 1;
  p->client->connections++; /* it is waited for */
  atomic_fetch_add(&p->refs, 1);
}

static void on_again(fcl__clock *clock, uint64_t at) {
  (void) at;
  ask(FCL__OF(clock, fcl__name, again));
}

void fcl__name_used(fcl__name *n) {
  unsigned ms = n->pool->options.resolve_ms;
  if (ms != FCL_NEVER && now(n) - n->asked_at >= ms)
    ask(n);
}

void fcl__name_doubt(fcl__name *n) {
  if (is_over(n->pool) || fcl__clock_runs(&n->again))
    return;
  if (!n->is_asking) /* else it will be asked again behind the answer */
    fcl__clock_set(&n->again, n->pool->client->haste, now(n));
}

void fcl__names_begin(fcl_pool *p) {
  unsigned i;
  if (p->name_count == 0)
    return;
  for (i = 0; i < p->name_count; i++)
    p->names[i].again.expired = on_again;
  tell_pool(p);
  for (i = 0; i < p->name_count; i++)
    ask(&p->names[i]);
}

void fcl__names_resume(fcl_pool *p) {
  unsigned i;
  for (i = 0; i < p->name_count; i++)
    if (p->names[i].failures > 0)
      p->names[i].is_known = 0;
  if (p->name_count > 0)
    tell_pool(p);
  for (i = 0; i < p->name_count; i++)
    if (!p->names[i].is_known)
      ask(&p->names[i]);
}

void fcl__names_end(fcl_pool *p) {
  unsigned i;
  for (i = 0; i < p->name_count; i++) {
    fcl__clock_clear(&p->names[i].again);
    if (p->names[i].is_asking)
      uv_cancel((uv_req_t *) &p->names[i].request);
  }
}
