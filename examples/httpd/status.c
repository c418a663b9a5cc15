/* status.c: /-/pools, /-/pools.json, /-/metrics: what the pools of all workers are doing, for whom
 * it may concern. */
#include "status.h"
#include "output.h"
#include "reply.h"
#include "text.h"

extern const char status_page[];

static uv_once_t once = UV_ONCE_INIT;
static uv_mutex_t lock;
static fcl_client *clients[THREADS_MAX]; /* of workers that are not closing */
static unsigned count;

static void init(void) {
  uv_mutex_init(&lock);
}

void status_join(worker *w) {
  uv_once(&once, init);
  uv_mutex_lock(&lock);
  clients[count++] = w->client;
  uv_mutex_unlock(&lock);
}

void status_leave(worker *w) {
  unsigned i;
  uv_mutex_lock(&lock);
  for (i = 0; i < count; i++)
    if (clients[i] == w->client)
      clients[i--] = clients[--count];
  uv_mutex_unlock(&lock);
}

/* ---- Who may ask ---- */

static int is_number(fcl_slice s) {
  size_t i;
  for (i = 0; i < s.len; i++)
    if ((s.base[i] < '0' || s.base[i] > '9') && s.base[i] != '.')
      return 0;
  return s.len > 0;
}

static int begins(fcl_slice s, const char *with) {
  size_t len = strlen(with);
  return s.len >= len && memcmp(s.base, with, len) == 0;
}

/* A name that leads here is one that anybody may have made (DNS rebinding); only these are ours. */
static int is_our_name(fcl_slice host) {
  size_t port = 0;
  if (host.len == 0)
    return 1;
  while (port < host.len && host.base[host.len - 1 - port] >= '0' &&
         host.base[host.len - 1 - port] <= '9')
    port++;
  if (port < host.len && host.base[host.len - 1 - port] == ':')
    host.len -= port + 1;
  return same_fold(host, "localhost") || same(host, LITERAL("[::1]")) ||
         (begins(host, "127.") && is_number(host));
}

/* Somebody else speaks through a proxy beside us: then it is his address that counts, and what such
   fields say can make nobody local. */
static int is_forwarded(const exchange *x) {
  static const char *const fields[] = {
      "forwarded",         "via",      "x-real-ip", "x-forwarded-for", "x-forwarded-host",
      "x-forwarded-proto", "client-ip"};
  fcl_slice ignored;
  size_t i;
  for (i = 0; i < sizeof fields / sizeof *fields; i++)
    if (exchange_field(x, fields[i], &ignored))
      return 1;
  return 0;
}

static int is_local(exchange *x) {
  fcl_slice host = {"", 0}, peer;
  connection_addresses(x->c);
  peer = text(x->c->remote_addr);
  exchange_field(x, "host", &host);
  return (begins(peer, "127.") || same(peer, LITERAL("::1")) || begins(peer, "::ffff:127.")) &&
         !is_forwarded(x) && is_our_name(host);
}

static int may_ask(exchange *x) {
  switch (x->c->worker->options->status) {
  case STATUS_LOOPBACK:
    return is_local(x);
  case STATUS_ALL:
    return 1;
  case STATUS_OFF:
    return 0;
  }
  return 0;
}

/* ---- Answering ---- */

static void give(exchange *x, const char *type, const char *body, size_t len) {
  if (!reply_begin(x, 200)) {
    reply_error(x, 500, 0);
    return;
  }
  reply_field(x, "Content-Type", text(type));
  reply_field(x, "Cache-Control", LITERAL("no-store"));
  reply_field(x, "X-Content-Type-Options", LITERAL("nosniff"));
  reply_field(x, "Content-Security-Policy",
              LITERAL("default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
                      "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"));
  reply_end(x, (int64_t) len);
  x->file_left = 0; /* what is lent is all: on_output_room ends it */
  if (output_body(x, body, fcl_cgi_reply_take(&x->reply, len)))
    output_end(x);
}

static void on_stats(fcl_stats *stats, void *user) {
  exchange *x = user;
  connection *c = x->c;
  const char *body;
  size_t len;
  x->fs_busy = 0;
  x->stats = stats;
  if (c->is_closing) {
    connection_settle(c);
    return;
  }
  body = stats ? fcl_stats_text(stats, x->stats_format, &len) : NULL;
  if (body == NULL)
    reply_error(x, 500, 0);
  else
    give(x,
         x->stats_format == FCL_STATS_JSON ? "application/json"
                                           : "text/plain; version=0.0.4; charset=utf-8",
         body, len);
}

void status_free(exchange *x) {
  fcl_stats_free(x->stats);
  x->stats = NULL;
}

/* Ours first: there the answer comes. */
static void ask(exchange *x, fcl_stats_format format) {
  fcl_client *asked[THREADS_MAX + 1];
  unsigned i, n = 0;
  int code;
  x->stats_format = format;
  asked[n++] = x->c->worker->client;
  uv_mutex_lock(&lock);
  for (i = 0; i < count; i++)
    if (clients[i] != asked[0])
      asked[n++] = clients[i];
  code = fcl_stats_take(asked, n, on_stats, x, NULL);
  uv_mutex_unlock(&lock);
  if (code)
    reply_error(x, 500, 0);
  else
    x->fs_busy = 1;
}

int status_serve(exchange *x) {
  fcl_slice path = x->target;
  const char *query = path.len ? memchr(path.base, '?', path.len) : NULL;
  int is_page, is_json;
  if (!begins(path, "/-/"))
    return 0;
  if (query)
    path.len = (size_t) (query - path.base);
  is_page = same(path, LITERAL("/-/pools"));
  is_json = same(path, LITERAL("/-/pools.json"));
  if ((!is_page && !is_json && !same(path, LITERAL("/-/metrics"))) || !may_ask(x))
    return 0;
  if (!same(x->method, LITERAL("GET")) && !same(x->method, LITERAL("HEAD")))
    reply_error(x, 405, 0);
  else if (is_page)
    give(x, "text/html; charset=utf-8", status_page, strlen(status_page));
  else
    ask(x, is_json ? FCL_STATS_JSON : FCL_STATS_PROMETHEUS);
  return 1;
}
