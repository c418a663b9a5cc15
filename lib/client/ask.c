/* ask.c: a question that goes from client to client, on the loop of each, and comes home to the
 * first; fcl_stats_take. */
#include "base/error.h"
#include "client/internal.h"
#include <string.h>

/* ---- The way ---- */

static void release(fcl__ask *ask) {
  fcl_client **clients = ask->clients;
  size_t i, count = ask->count;
  fcl__memory memory = clients[0]->memory;
  ask->home(ask);
  for (i = 0; i < count; i++)
    fcl__client_unref(clients[i]);
  fcl__free(&memory, clients);
}

/* One whose loop is ending, or has ended, cannot be waited for by anybody. */
static int may_leave(const fcl__ask *ask) {
  return ask->count > 1 && !ask->clients[0]->is_ending && !ask->clients[0]->is_closed;
}

static void leave(fcl__ask *ask) {
  ask->is_away = 1;
  ask->clients[0]->questions++;
  fcl__client_work(ask->clients[0]);
}

static void come_home(fcl__ask *ask) {
  fcl_client *c = ask->clients[0];
  int was_away = ask->is_away;
  if (was_away) {
    c->questions--;
    fcl__client_rest(c);
    atomic_fetch_add(&c->refs, 1);
  }
  release(ask);
  if (!was_away)
    return;
  fcl__client_maybe_end(c);
  fcl__client_unref(c);
}

static void act(fcl__note *note, unsigned bits) {
  fcl__ask *ask = FCL__OF(note, fcl__ask, note);
  fcl_client *here = ask->clients[ask->at % ask->count];
  if (ask->at == ask->count) {
    come_home(ask);
    return;
  }
  if (!here->is_closed)
    ask->visit(ask, here);
  if (ask->at == 0 && !may_leave(ask)) {
    come_home(ask);
    return;
  }
  if (ask->at == 0)
    leave(ask);
  ask->at++;
  fcl__client_post(ask->clients[ask->at % ask->count], note, 1);
}

fcl_code fcl__ask_begin(fcl__ask *ask, fcl_client *const *clients, size_t count) {
  size_t i;
  ask->clients = fcl__realloc(&clients[0]->memory, NULL, count * sizeof *clients);
  if (ask->clients == NULL)
    return FCL_E_NOMEM;
  memcpy(ask->clients, clients, count * sizeof *clients);
  for (i = 0; i < count; i++)
    atomic_fetch_add(&clients[i]->refs, 1);
  ask->count = count;
  ask->note.act = act;
  fcl__client_post(clients[0], &ask->note, 1);
  return FCL_OK;
}

/* ---- fcl_stats_take ---- */

typedef struct question {
  fcl__ask ask;
  fcl__memory memory;
  fcl_stats *stats;
  void (*on_stats)(fcl_stats *stats, void *user);
  void *user;
} question;

static void collect(fcl__ask *ask, fcl_client *c) {
  question *q = FCL__OF(ask, question, ask);
  if (q->stats == NULL || fcl__collect(c, q->stats))
    return;
  fcl_stats_free(q->stats);
  q->stats = NULL;
}

static void answer(fcl__ask *ask) {
  question *q = FCL__OF(ask, question, ask);
  fcl__memory memory = q->memory;
  q->on_stats(q->stats, q->user);
  fcl__free(&memory, q);
}

int fcl_stats_take(fcl_client *const *clients, size_t count,
                   void (*on_stats)(fcl_stats *stats, void *user), void *user, fcl_error *e) {
  question *q;
  if (count == 0)
    return (int) fcl__error_setx(e, FCL_E_INVAL, 0, "fcl_stats_take was given no client");
  q = fcl__zalloc(&clients[0]->memory, sizeof *q);
  if (q) {
    q->memory = clients[0]->memory;
    q->stats = fcl__stats_new(&q->memory);
    q->on_stats = on_stats;
    q->user = user;
    q->ask.visit = collect;
    q->ask.home = answer;
    if (q->stats && fcl__ask_begin(&q->ask, clients, count) == FCL_OK)
      return FCL_OK;
    fcl_stats_free(q->stats);
    fcl__free(&clients[0]->memory, q);
  }
  return (int) fcl__error_setx(e, FCL_E_NOMEM, 0, "no memory for a snapshot");
}
