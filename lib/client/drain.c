/* drain.c: an address of a pool takes no more requests, by call, and is taken back. */
#include "base/error.h"
#include "client/internal.h"
#include <string.h>

typedef struct wish {
  fcl__note note;
  fcl_pool *pool; /* counted */
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
  fcl__free(&p->client->memory, w);
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
