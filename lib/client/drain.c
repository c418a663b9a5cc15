/* drain.c: an address of a pool takes no more requests, by call, and is taken back. */
#include "base/error.h"
#include "client/internal.h"
#include <string.h>

typedef struct wish {
  fcl__note note;
  fcl__list link; /* in pool->drained */
  fcl_pool *pool; /* counted, until it is in that list */
  int is_back;
  char address[]; /* as it was given */
} wish;

static int is_meant(const fcl_pool *p, unsigned i, const char *address) {
  const char *text = p->pool.members[i].address;
  const fcl__name *name = p->places[i].name;
  if (name && strcmp(name->text, address) == 0)
    return 1;
  return text != NULL && strcmp(text, address) == 0;
}

/* A name stands for what it will have, too. */
static void mark_names(fcl_pool *p, const wish *w) {
  unsigned i;
  for (i = 0; i < p->name_count; i++)
    if (strcmp(p->names[i].text, w->address) == 0)
      p->names[i].is_drained = !w->is_back;
}

/* ---- Addresses of names: these come and go, and what was said of them stays ---- */

static wish *find(const fcl_pool *p, const char *address) {
  const fcl__list *at;
  for (at = p->drained.next; at != &p->drained; at = at->next)
    if (strcmp(FCL__OF(at, wish, link)->address, address) == 0)
      return FCL__OF(at, wish, link);
  return NULL;
}

int fcl__drain_is_wanted(const fcl_pool *p, const char *address) {
  return find(p, address) != NULL;
}

static void drop(fcl_pool *p, wish *w) {
  if (w == NULL)
    return;
  fcl__list_remove(&w->link);
  fcl__free(&p->client->memory, w);
}

/* The last word about that address is w. */
static void keep(fcl_pool *p, wish *w) {
  drop(p, find(p, w->address));
  fcl__list_append(&p->drained, &w->link);
  if (w->is_back || p->is_closed || p->name_count == 0)
    drop(p, w);
}

void fcl__drain_forget(fcl_pool *p) {
  while (!fcl__list_empty(&p->drained))
    drop(p, FCL__OF(p->drained.next, wish, link));
}

/* ---- By call ---- */

static void act(fcl__note *note, unsigned bits) {
  wish *w = FCL__OF(note, wish, note);
  fcl_pool *p = w->pool;
  uint64_t now = fcl__client_now(p->client);
  unsigned i, n = p->is_closed ? 0 : p->pool.member_count;
  (void) bits;
  mark_names(p, w);
  for (i = 0; i < n; i++)
    if (is_meant(p, i, w->address) && w->is_back)
      fcl__address_undrain(&p->pool.members[i], now);
    else if (is_meant(p, i, w->address))
      fcl__address_drain(&p->pool.members[i], now);
  keep(p, w);
  fcl__pool_unref(p);
}

/* Which addresses a name has only the loop knows. */
static int has_address(const fcl_pool *p, const char *address) {
  unsigned i;
  if (p->name_count > 0 && strncmp(address, "tcp:", 4) == 0)
    return 1;
  for (i = 0; i < p->address_count; i++)
    if (strcmp(p->options.addresses[i], address) == 0)
      return 1;
  return 0;
}

static int take_note(fcl_pool *p, const char *address, int is_back, fcl_error *e) {
  size_t len = strlen(address) + 1;
  wish *w;
  if (!has_address(p, address))
    return (int) fcl__error_setx(e, FCL_E_INVAL, 0,
                                 "%s: there is no address \"%s\"; give one as it stands in "
                                 "fcl_pool_options.addresses",
                                 p->options.name, address);
  w = fcl__zalloc(&p->client->memory, sizeof *w + len);
  if (w == NULL)
    return (int) fcl__error_setx(e, FCL_E_NOMEM, 0, "%s: no memory to drain an address",
                                 p->options.name);
  w->note.act = act;
  w->pool = p;
  w->is_back = is_back;
  memcpy(w->address, address, len);
  atomic_fetch_add(&p->refs, 1);
  fcl__client_post(p->client, &w->note, 1);
  return FCL_OK;
}

int fcl_pool_drain(fcl_pool *p, const char *address, fcl_error *e) {
  return take_note(p, address, 0, e);
}

int fcl_pool_undrain(fcl_pool *p, const char *address, fcl_error *e) {
  return take_note(p, address, 1, e);
}
