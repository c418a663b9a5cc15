/* pools.c: the public verbs of pools, and the pool's way from policy to the world. */
#include "base/error.h"
#include "client/internal.h"
#include "platform/machine.h"
#include "platform/usage.h"
#include <string.h>

static void free_pool(fcl_pool *p) {
  fcl_client *c = p->client;
  fcl_pool *root = p->root;
  unsigned i;
  for (i = 0; p->places && i < p->place_count; i++)
    fcl__crowd_forget(&p->places[i]);
  fcl__drain_forget(p);
  fcl__probe_unref(p->probe);
  fcl__commons_forget(p);
  fcl__options_free(p);
  fcl__free(&c->memory, p->places);
  fcl__free(&c->memory, p);
  if (root)
    fcl__pool_unref(root);
  fcl__client_unref(c);
}

void fcl__pool_unref(fcl_pool *p) {
  if (atomic_fetch_sub(&p->refs, 1) == 1)
    free_pool(p);
}

/* ---- What the pool does to the world ---- */

static fcl_code do_spawn(void *io, fcl__member *m, fcl_error *e) {
  (void) io;
  return fcl__place_spawn(m->io, e);
}

static void do_stop(void *io, fcl__member *m, int force) {
  (void) io;
  fcl__place_stop(m->io, force);
}

static fcl_code do_begin(void *io, fcl__member *m, fcl__ticket *t, fcl_error *e) {
  fcl__place *place = m->io;
  (void) io;
  if (place->name)
    fcl__name_used(place->name);
  return fcl__exchange_begin(place, FCL__OF(t, fcl_request, ticket), e);
}

static void do_fail(void *io, fcl__ticket *t, const fcl_error *e) {
  (void) io;
  fcl__outcome_fail(FCL__OF(t, fcl_request, ticket), e);
}

static void do_probe(void *io, fcl__member *m) {
  fcl__place *place = m->io;
  (void) io;
  if (place->address ||
      (m->state == FCL__STARTING && place->pool->options.ready == FCL_READY_PROBED))
    fcl__health_ask(place);
  else
    fcl__place_probe(place);
}

static int do_taken(void *io, fcl__member *m) {
  (void) io;
  return fcl__place_taken(m->io);
}

static void do_forget(void *io, fcl__member *m) {
  (void) io;
  fcl__place *place = m->io;
  fcl__place_forget(place);
  if (place->name && m->failures > 0)
    fcl__name_doubt(place->name);
}

static void do_event(void *io, fcl__member *m, const fcl_error *e, int level) {
  fcl_pool *p = io;
  fcl__client_event(p->client, p->options.name, (fcl_level) level, m ? m->pid : 0, NULL, e->code,
                    e->text);
}

/* The pool is still on the stack: what belongs to it goes in the next turn.  Nobody elsewhere takes
   note for it any more. */
static void do_closed(void *io) {
  fcl_pool *p = io;
  unsigned i;
  p->is_closed = 1;
  fcl__commons_leave(p);
  for (i = 0; i < p->place_count; i++)
    fcl__crowd_leave(&p->places[i]);
  fcl__client_post(p->client, &p->note, FCL__POOL_CLOSED);
}

static uint64_t do_memory(void *io, fcl__member *m) {
  (void) io;
  return fcl__usage_memory(m->pid);
}

static void do_describe(void *io, fcl__member *m, fcl__fact fact, char *out, size_t cap) {
  (void) io;
  fcl__place_describe(m->io, fact, out, cap);
}

static uint64_t do_wanted(void *io, fcl__member *m) {
  (void) io;
  return fcl__usage_wanted(m->pid);
}

static void do_machine(void *io, fcl__machine *out) {
  fcl_pool *p = io;
  out->processors = fcl__stake_portion(&p->stake, p->pool.settings.processors);
  fcl__machine_memory(&out->memory, &out->available);
}

static const fcl__pool_ops ops = {do_spawn,
                                  do_stop,
                                  do_begin,
                                  do_fail,
                                  do_probe,
                                  do_taken,
                                  do_forget,
                                  do_event,
                                  do_closed,
                                  do_memory,
                                  do_describe,
                                  do_wanted,
                                  do_machine,
                                  fcl__commons_take,
                                  fcl__commons_yields,
                                  fcl__commons_stays,
                                  fcl__commons_changed,
                                  fcl__commons_is_crowded};

/* ---- Verbs ---- */

/* What could be submitted still is waited for as long as what has been. */
static void on_leave(fcl__clock *leave, uint64_t now) {
  fcl__gather_refuse(FCL__OF(leave, fcl_pool, leave));
}

static void leave_soon(fcl_pool *p, unsigned drain_ms) {
  uint64_t now = fcl__client_now(p->client);
  p->leave_by = drain_ms == FCL_NEVER ? UINT64_MAX : now + drain_ms;
  p->leaving = drain_ms == FCL_NEVER ? NULL : fcl__duration_take(&p->client->timeouts, drain_ms);
  p->leave.expired = on_leave;
  fcl__clock_set(&p->leave, p->leaving, now);
}

static unsigned what_is_left(const fcl_pool *p) {
  uint64_t now = fcl__client_now(p->client);
  if (p->leave_by == UINT64_MAX)
    return FCL_NEVER;
  return p->leave_by > now ? (unsigned) (p->leave_by - now) : 0;
}

void fcl__pool_shut(fcl_pool *p, unsigned drain_ms) {
  if (p->pool.is_closing || p->is_closed || p->is_leaving)
    return;
  p->is_leaving = drain_ms > 0 && p->steps > 0;
  if (p->is_leaving) {
    leave_soon(p, drain_ms);
    return;
  }
  fcl__gather_refuse(p);
  fcl__pool_close(&p->pool, drain_ms, fcl__client_now(p->client));
}

void fcl__pool_stepped(fcl_pool *p) {
  p->steps--;
  if (p->steps > 0 || !p->is_leaving)
    return;
  p->is_leaving = 0;
  fcl__clock_clear(&p->leave);
  fcl__duration_drop(p->leaving);
  p->leaving = NULL;
  fcl__pool_shut(p, what_is_left(p));
}

/* A pool is made on any thread, but clocks are the loop's. */
static void open_pool(fcl_pool *p) {
  if (p->is_open)
    return;
  p->is_open = 1;
  fcl__pool_attach(&p->pool, &p->client->timeouts);
  fcl__pool_begin(&p->pool, fcl__client_now(p->client));
  fcl__timeouts_free(&p->staging);
  fcl__monitor_begin(p);
  if (p->options.idle_ms != FCL_NEVER)
    p->kept = fcl__duration_take(&p->client->timeouts, p->options.idle_ms);
  fcl__list_append(&p->client->pools, &p->link);
  fcl__branch_open(p);
  if (p->client->is_closing || fcl__branch_is_late(p))
    fcl__pool_shut(p, 0);
  else
    fcl__names_begin(p);
}

/* A member that could not be reached again may still have connections from before. */
static void end_pool(fcl_pool *p) {
  fcl_client *c = p->client;
  unsigned i;
  fcl__names_end(p);
  fcl__monitor_end(p);
  for (i = 0; i < p->place_count; i++) {
    fcl__place_forget(&p->places[i]);
    fcl__crowd_leave(&p->places[i]);
  }
  fcl__collect_past(p);
  fcl__pool_free(&p->pool);
  if (p->kept)
    fcl__duration_drop(p->kept);
  fcl__list_remove(&p->link);
  fcl__branch_ended(p);
  fcl__client_maybe_end(c);
  fcl__pool_unref(p);
}

static void tell_exits(fcl_pool *p) {
  unsigned i;
  for (i = 0; i < p->pool.member_count; i++)
    if (p->places[i].reading == 0)
      fcl__place_settle(&p->places[i]);
}

static void make_room(fcl_pool *p) {
  unsigned i;
  for (i = 0; i < p->place_count; i++)
    fcl__place_make_room(&p->places[i]);
}

static void recycle(fcl_pool *p, void *arg) {
  fcl__learn_anew(p);
  fcl__pool_recycle(&p->pool, fcl__client_now(p->client));
}

static void resume(fcl_pool *p, void *arg) {
  fcl__names_resume(p);
  fcl__pool_resume(&p->pool, fcl__client_now(p->client));
}

static void shut(fcl_pool *p, void *drain_ms) {
  fcl__pool_shut(p, *(const unsigned *) drain_ms);
}

static void act(fcl__note *note, unsigned bits) {
  fcl_pool *p = FCL__OF(note, fcl_pool, note);
  open_pool(p);
  if (bits & FCL__POOL_CLOSED) {
    end_pool(p);
    return;
  }
  if (p->is_closed)
    return;
  if (bits & FCL__POOL_EXITS)
    tell_exits(p);
  if (bits & FCL__POOL_MAKE_ROOM)
    make_room(p);
  if (bits & FCL__POOL_COMMON)
    fcl__commons_act(p);
  if (bits & FCL__POOL_RECYCLE)
    recycle(p, NULL);
  if (bits & FCL__POOL_RECYCLE)
    fcl__branches_each(p, recycle, NULL);
  if (bits & FCL__POOL_RESUME)
    resume(p, NULL);
  if (bits & FCL__POOL_RESUME)
    fcl__branches_each(p, resume, NULL);
}

static void act_close(fcl__note *note, unsigned bits) {
  fcl_pool *p = FCL__OF(note, fcl_pool, close);
  fcl__branches_each(p, shut, &p->drain_ms);
  fcl__pool_shut(p, p->drain_ms);
}

static void init_names(fcl_pool *p) {
  unsigned n, i;
  for (n = 0; n < p->name_count; n++)
    for (i = 0; i < FCL__NAME_PLACES; i++) {
      fcl__place *place = &p->places[p->names[n].first + i];
      place->name = &p->names[n];
      place->address = &p->names[n].found[i].address;
    }
}

static fcl_code init_places(fcl_pool *p, fcl_error *e) {
  unsigned i;
  p->places = fcl__zalloc(&p->client->memory, p->pool.member_count * sizeof *p->places);
  if (p->places == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "%s: no memory for %u members", p->options.name,
                           p->pool.member_count);
  for (i = 0; i < p->pool.member_count; i++) {
    fcl__place *place = &p->places[i];
    place->pool = p;
    place->member = &p->pool.members[i];
    place->member->io = place;
    p->place_count = i + 1;
    place->address = p->addresses ? p->slot_addresses[i] : NULL;
    if (place->address && !fcl__crowd_join(place, p->slot_texts[i]))
      return fcl__error_setx(e, FCL_E_NOMEM, 0, "%s: no memory for an address", p->options.name);
    fcl__list_init(&place->kept);
    fcl__list_init(&place->shared);
  }
  init_names(p);
  return FCL_OK;
}

static fcl_code init_pool(fcl_pool *p, const fcl_pool_options *given, fcl_error *e) {
  fcl_client *c = p->client;
  fcl__pool_settings settings;
  fcl_code code = fcl__options_read(p, given, &settings, e);
  if (code == FCL_OK)
    code = fcl__pool_init(&p->pool, &settings, &ops, p, &c->memory, &p->staging, e);
  if (code == FCL_OK)
    code = init_places(p, e);
  return code == FCL_OK ? fcl__commons_join(p, e) : code;
}

static fcl_pool *new_memory(fcl_client *c) {
  fcl_pool *p = fcl__zalloc(&c->memory, sizeof *p);
  if (p == NULL)
    return NULL;
  p->client = c;
  p->tally = &p->counts;
  p->note.act = act;
  p->close.act = act_close;
  fcl__list_init(&p->gathering);
  fcl__list_init(&p->drained);
  fcl__list_init(&p->branches);
  atomic_store(&p->refs, 1);
  atomic_fetch_add(&c->refs, 1);
  fcl__timeouts_init(&p->staging, &c->memory);
  return p;
}

void fcl__pool_scrap(fcl_pool *p) {
  fcl__pool_free(&p->pool);
  fcl__timeouts_free(&p->staging);
  free_pool(p);
}

static void set_root(fcl_pool *p, fcl_pool *root) {
  p->root = root;
  if (root)
    atomic_fetch_add(&root->refs, 1);
}

fcl_code fcl__pool_draft(fcl_pool **draft, fcl_client *c, const fcl_pool_options *given,
                         fcl_pool *root, fcl_error *e) {
  fcl__pool_settings settings;
  fcl_pool *p = new_memory(c);
  fcl_code code;
  if (p == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "no memory for a pool's options");
  set_root(p, root);
  code = fcl__options_read(p, given, &settings, e);
  if (code == FCL_OK)
    code = fcl__pool_init(&p->pool, &settings, &ops, p, &c->memory, &p->staging, e);
  if (code == FCL_OK)
    *draft = p;
  else
    fcl__pool_scrap(p);
  return code;
}

fcl_code fcl__pool_make(fcl_pool **pool, fcl_client *c, const fcl_pool_options *given,
                        fcl_pool *root, fcl_error *e) {
  fcl_pool *p;
  fcl_code code;
  if (atomic_load(&c->is_leaving))
    return fcl__error_setx(e, FCL_E_CLOSING, 0,
                           "%s: the client takes no more pools: it is being closed",
                           given->name ? given->name : "pool");
  p = new_memory(c);
  if (p == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "no memory for a pool");
  set_root(p, root);
  code = init_pool(p, given, e);
  if (code) {
    fcl__pool_scrap(p);
    return code;
  }
  *pool = p;
  fcl__client_post(c, &p->note, FCL__POOL_OPENED);
  return FCL_OK;
}

int fcl__pool_new(fcl_pool **pool, fcl_client *c, const fcl_pool_options *options, size_t size,
                  fcl_error *error) {
  fcl_pool_options given;
  memset(&given, 0, sizeof given);
  if (options)
    memcpy(&given, options, size < sizeof given ? size : sizeof given);
  *pool = NULL;
  return (int) fcl__pool_make(pool, c, &given, NULL, error);
}

void fcl_pool_recycle(fcl_pool *p) {
  fcl__client_post(p->client, &p->note, FCL__POOL_RECYCLE);
}

void fcl_pool_resume(fcl_pool *p) {
  fcl__client_post(p->client, &p->note, FCL__POOL_RESUME);
}

void fcl_pool_close(fcl_pool *p, unsigned drain_ms) {
  p->drain_ms = drain_ms;
  fcl__client_post(p->client, &p->close, 1);
}
