/* watch.c: a client that leaves ends its requests: the server tells what is stored with its
   connection, which may serve several at once (HTTP/2), and is asked in between. */
#include "session.h"
#include <stddef.h>
#include <stdlib.h>
#include <uv.h>

typedef struct watch {
  const IHttpConnectionStoredContextTable *table;
  session *first; /* of those that are served now */
} watch;

static uv_once_t once = UV_ONCE_INIT;
static uv_mutex_t lock; /* of all watches */

static void init(void) {
  uv_mutex_init(&lock);
}

/* On any thread, also while another is in the middle of the request. */
static void IIS_METHOD on_disconnect(IHttpConnectionStoredContext *stored) {
  watch *w = (watch *) stored;
  session *s;
  uv_mutex_lock(&lock);
  for (s = w->first; s; s = s->next_watched)
    fcl_request_cancel(s->visit.request);
  uv_mutex_unlock(&lock);
}

static void IIS_METHOD on_cleanup(IHttpConnectionStoredContext *stored) {
  watch *w = (watch *) stored;
  session *s;
  uv_mutex_lock(&lock);
  for (s = w->first; s; s = s->next_watched)
    s->watch = NULL;
  uv_mutex_unlock(&lock);
  free(w);
}

static const IHttpConnectionStoredContextTable table = {on_cleanup, on_disconnect};

static watch *find(session *s) {
  IHttpConnection *connection = s->context->table->GetConnection(s->context);
  IHttpConnectionModuleContextContainer *c =
      connection ? connection->table->GetModuleContextContainer(connection) : NULL;
  watch *w = c ? (watch *) c->table->GetConnectionModuleContext(c, session_id) : NULL;
  if (w || c == NULL || (w = calloc(1, sizeof *w)) == NULL)
    return w;
  w->table = &table;
  if (!FAILED(
          c->table->SetConnectionModuleContext(c, (IHttpConnectionStoredContext *) w, session_id)))
    return w;
  free(w); /* another request of this connection was quicker */
  return (watch *) c->table->GetConnectionModuleContext(c, session_id);
}

void watch_begin(session *s) {
  uv_once(&once, init);
  s->watch = find(s);
  if (s->watch == NULL)
    return;
  uv_mutex_lock(&lock);
  s->next_watched = s->watch->first;
  s->watch->first = s;
  uv_mutex_unlock(&lock);
}

void watch_end(session *s) {
  session **at;
  uv_once(&once, init);
  uv_mutex_lock(&lock);
  for (at = s->watch ? &s->watch->first : NULL; at && *at; at = &(*at)->next_watched)
    if (*at == s) {
      *at = s->next_watched;
      break;
    }
  uv_mutex_unlock(&lock);
}

int watch_is_connected(const session *s) {
  IHttpConnection *connection = s->context->table->GetConnection(s->context);
  return connection == NULL || connection->table->IsConnected(connection);
}
