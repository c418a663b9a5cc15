/* play_library.c: plays a case against the library: as it stands, cut at every byte, through a
   relay that cuts, gathers and holds up what both sides send. */
#include "play.h"
#include "caller.h"
#include "signals.h"
#include "../address.h"
#include <stdio.h>
#include <string.h>

#define EVERY_BYTE  256 /* behind that many, every so-manyth */
#define CUTS_MORE   64
#define PIECES_MOST 300

/* How a case is played once. */
typedef struct variant {
  fcl__split split;
  int is_relayed;
  fcl_faults faults[2]; /* by fcl_side */
  char how[96];         /* in words */
} variant;

/* ---- One play ---- */

static uint64_t heard_in(const fcl__play *p) {
  const fcl__play_conn *c;
  uint64_t len = 0;
  for (c = p->conns; c; c = c->next)
    len += c->in.len;
  return len;
}

/* *heard: how many bytes the library sent. */
static int play_case(playing *g, variant *v, const fcl__place *place, const char *address,
                     uint64_t *heard) {
  fcl__play p = play_fresh(g, FCL_SIDE_APP);
  caller k;
  fcl_error e;
  int is_met;
  if (!caller_open(&k, g->c, address, &e))
    return fcgi_say("%s", e.text), 0;
  p.listener = place->fd;
  p.refuse = play_close_place;
  p.user = (void *) place;
  p.caller = &k.as;
  p.is_inspected = 1;
  p.split = v->split;
  is_met = fcl__play_case(&p);
  caller_close(&k);
  v->split = p.split;
  *heard = heard_in(&p);
  return play_end(g, &p, v->how, is_met);
}

const char *play_own_kind(void) {
  return fcl__address_has_unix() ? "unix" : "pipe";
}

/* NULL: a Unix socket. */
static const char *free_address(const char *kind) {
  if (strcmp(kind, "pipe") == 0)
    return "pipe:";
  return strcmp(kind, "tcp") == 0 ? "tcp:127.0.0.1:0" : NULL;
}

static int play_once(playing *g, variant *v, uint64_t *heard) {
  const char *any = free_address(g->on);
  fcl_relay_options o = {0};
  fcl_relay *relay = NULL;
  fcl__place place;
  fcl_error e;
  int is_met;
  if (fcl__place_open(&place, any, 0, &e))
    return fcgi_say("%s", e.text), 0;
  o.address = any;
  o.target = place.address;
  memcpy(o.faults, v->faults, sizeof o.faults);
  if (v->is_relayed && fcl_relay_start(&relay, &o, &e)) {
    fcl__place_close(&place);
    return fcgi_say("%s", e.text), 0;
  }
  is_met = play_case(g, v, &place, relay ? fcl_relay_address(relay) : place.address, heard);
  fcl_relay_end(relay);
  fcl__place_close(&place);
  return is_met;
}

/* ---- Many ---- */

static uint64_t next_cut(uint64_t at, uint64_t total) {
  return at < EVERY_BYTE || total < EVERY_BYTE ? at + 1 : at + 1 + (total - EVERY_BYTE) / CUTS_MORE;
}

static int cut_everywhere(playing *g, uint64_t sent, uint64_t heard) {
  uint64_t at, total = g->o.relay && heard > sent ? heard : sent;
  for (at = 1; at < total && !fcgi_is_woken(); at = next_cut(at, total)) {
    variant v = {.is_relayed = g->o.relay};
    snprintf(v.how, sizeof v.how, " (%s, cut behind byte %llu%s)", g->on, (unsigned long long) at,
             v.is_relayed ? " both ways" : "");
    if (v.is_relayed)
      v.faults[FCL_SIDE_SERVER].cut_at = v.faults[FCL_SIDE_APP].cut_at = at;
    else
      v.split.at = at;
    if (!play_once(g, &v, &heard))
      return 0;
  }
  return 1;
}

static int in_single_bytes(playing *g) {
  variant v = {.split = {.pieces = 1}};
  uint64_t heard;
  snprintf(v.how, sizeof v.how, " (%s, in single bytes)", g->on);
  return play_once(g, &v, &heard);
}

/* A mixture of what changes nothing but when bytes come, and how many at once. */
static int with_seed(playing *g, uint64_t seed, uint64_t total) {
  variant v = {.is_relayed = 1};
  uint64_t heard;
  int side;
  snprintf(v.how, sizeof v.how, " (%s, --seed %llu)", g->on, (unsigned long long) seed);
  for (side = 0; side < 2; side++) {
    fcl_faults *f = &v.faults[side];
    fcl_faults_draw(f, seed * 2 + (unsigned) side, total + 1);
    f->reset_at = f->close_at = 0;
    if (f->pieces > 0 && f->pieces < total / PIECES_MOST)
      f->pieces = (size_t) (total / PIECES_MOST);
  }
  return play_once(g, &v, &heard);
}

/* A relay always takes connections, and closes as it can: what is about that is not played through
 * it. */
static int bears_relay(const fcl__case *c) {
  size_t n;
  for (n = 0; n < c->count; n++)
    if (c->steps[n].kind == FCL__STEP_REFUSE || c->steps[n].kind == FCL__STEP_STOP_READING)
      return 0;
  return !c->is_whole && !c->is_direct;
}

static int play_on(playing *g) {
  variant v = {.is_relayed = 0};
  uint64_t heard, seed, total;
  int relays = bears_relay(g->c), is_met;
  snprintf(v.how, sizeof v.how, " (%s)", g->on);
  is_met = play_once(g, &v, &heard);
  if (is_met && g->o.split && !g->c->is_whole && (relays || !g->o.relay))
    is_met = cut_everywhere(g, v.split.sent, heard) &&
             (g->o.relay || v.split.sent > 1u << 16 || in_single_bytes(g));
  total = heard > v.split.sent ? heard : v.split.sent;
  for (seed = 1; is_met && relays && seed <= g->o.seeds && !fcgi_is_woken(); seed++)
    is_met = with_seed(g, seed, total);
  return is_met && g->o.seed && relays ? with_seed(g, g->o.seed, total) : is_met;
}

int play_library(playing *g) {
  const char *kinds[] = {play_own_kind(), "tcp"};
  int n, is_met = 1;
  for (n = 0; n < 2; n++) {
    g->on = kinds[n];
    if (g->o.on == NULL || strcmp(g->o.on, kinds[n]) == 0)
      is_met = play_on(g) && is_met;
  }
  return is_met;
}
