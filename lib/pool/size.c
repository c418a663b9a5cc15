/* size.c: how many processes a pool may have, by its load. */
#include "pool/size.h"

#define QUIET_STEPS   10          /* so long fewer must be enough before they become fewer */
#define PER_PROCESSOR 4           /* processes that want one all the time, for each */
#define USUAL_BYTES   (32u << 20) /* of a process of which nothing is known */

static unsigned least(uint64_t a, uint64_t b) {
  return (unsigned) (a < b ? a : b);
}

static unsigned most(unsigned a, unsigned b) {
  return a > b ? a : b;
}

/* More of those that compute would only wait for each other; more of those that wait for something
   else (a database, a disk) get more done, even on a busy machine. */
static uint64_t room_in_processors(const fcl__load *l) {
  unsigned wanted = l->wanted > 0 ? l->wanted : 1;
  if (l->machine.processors == 0 || !l->is_wanted_known)
    return UINT32_MAX;
  return ((uint64_t) l->machine.processors * PER_PROCESSOR * 100 + wanted - 1) / wanted;
}

/* A tenth of the memory stays free. */
static uint64_t room_in_memory(const fcl__load *l) {
  uint64_t each = l->each ? l->each : USUAL_BYTES, kept = l->machine.memory / 10;
  if (l->machine.memory == 0)
    return UINT32_MAX;
  return l->serving + (l->machine.available > kept ? (l->machine.available - kept) / each : 0);
}

static int is_short_of_memory(const fcl__load *l) {
  return l->machine.memory > 0 && l->machine.available < l->machine.memory / 20;
}

/* As many again, or as many as wait. */
static unsigned grown(const fcl__size *s, const fcl__load *l) {
  uint64_t to = (uint64_t) s->limit + least(l->waiting, most(s->limit, 2));
  to = least(to, room_in_processors(l));
  to = least(to, room_in_memory(l));
  return most(s->limit, least(to, s->ceiling));
}

/* A quarter less, down to what is in use and a quarter of that. */
static unsigned shrunk(const fcl__size *s, unsigned enough) {
  unsigned to = s->limit - (s->limit + 3) / 4;
  return most(most(to, enough), s->floor);
}

static unsigned next(fcl__size *s, const fcl__load *l) {
  unsigned enough = l->busy + l->busy / 4;
  if (is_short_of_memory(l) && s->limit > s->floor)
    return shrunk(s, 0);
  if (l->waiting > 0) {
    s->quiet = 0;
    return grown(s, l);
  }
  if (enough >= s->limit)
    s->quiet = 0;
  else if (++s->quiet > QUIET_STEPS)
    return shrunk(s, enough);
  return s->limit;
}

int fcl__size_step(fcl__size *s, const fcl__load *load) {
  unsigned before = s->limit;
  s->limit = next(s, load);
  return s->limit != before;
}
