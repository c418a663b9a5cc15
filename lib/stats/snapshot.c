/* snapshot.c: snapshots of pools: made, summed up, looked at, freed. */
#include "stats/stats.h"
#include <string.h>

fcl_stats *fcl__stats_new(const fcl__memory *memory) {
  fcl_stats *s = fcl__zalloc(memory, sizeof *s);
  if (s)
    s->memory = *memory;
  return s;
}

static void free_entry(fcl_stats *s, fcl__pool_entry *p) {
  size_t i;
  for (i = 0; i < p->stats.member_count; i++) {
    fcl__free(&s->memory, (char *) p->members[i].name);
    fcl__free(&s->memory, (char *) p->members[i].subject);
    fcl__free(&s->memory, (char *) p->members[i].tag);
  }
  fcl__free(&s->memory, p->members);
  fcl__free(&s->memory, (char *) p->stats.name);
  fcl__free(&s->memory, (char *) p->stats.program);
  fcl__free(&s->memory, p);
}

void fcl_stats_free(fcl_stats *s) {
  fcl__memory memory;
  size_t i;
  if (s == NULL)
    return;
  memory = s->memory;
  for (i = 0; i < s->count; i++)
    free_entry(s, s->pools[i]);
  fcl__free(&memory, s->pools);
  fcl__free(&memory, s->text);
  fcl__free(&memory, s);
}

/* ---- Making ---- */

/* A copy that is UTF-8 without controls. */
static char *copy(const fcl_stats *s, const char *text) {
  char escaped[1024];
  fcl__escape(escaped, sizeof escaped, text, strlen(text));
  return fcl__strdup(&s->memory, escaped);
}

/* Room for one more in an array.  0: no memory. */
static int grow(const fcl_stats *s, void **array, size_t count, size_t *cap, size_t size) {
  size_t more = *cap ? *cap * 2 : 8;
  void *larger;
  if (count < *cap)
    return 1;
  larger = fcl__realloc(&s->memory, *array, more * size);
  if (larger == NULL)
    return 0;
  *array = larger;
  *cap = more;
  return 1;
}

static fcl__pool_entry *new_entry(fcl_stats *s, const fcl_pool_stats *from) {
  void *pools = s->pools;
  fcl__pool_entry *p;
  int has_room = grow(s, &pools, s->count, &s->cap, sizeof *s->pools);
  s->pools = pools;
  p = has_room ? fcl__zalloc(&s->memory, sizeof *p) : NULL;
  if (p == NULL)
    return NULL;
  p->stats.name = copy(s, from->name);
  p->stats.program = copy(s, from->program);
  if (p->stats.name == NULL || p->stats.program == NULL) {
    free_entry(s, p);
    return NULL;
  }
  return s->pools[s->count++] = p;
}

static void add_histogram(fcl_histogram *to, const fcl_histogram *from) {
  unsigned i;
  to->count += from->count;
  to->sum_us += from->sum_us;
  for (i = 0; i < FCL_STATS_BUCKETS; i++)
    to->buckets[i] += from->buckets[i];
}

static void add_pool(fcl_pool_stats *to, const fcl_pool_stats *from) {
  const fcl__field *f;
  unsigned i;
  for (f = fcl__pool_fields; f->name; f++) {
    uint64_t *a = fcl__at(to, f->offset), b = fcl__number_at(from, f->offset);
    *a = f->sum == FCL__ADD ? *a + b : *a > b ? *a : b;
  }
  for (i = 0; i < FCL_STATS_CODES; i++)
    to->ended[i] += from->ended[i];
  for (i = 0; i < FCL_STATS_REASONS; i++)
    to->left[i] += from->left[i];
  add_histogram(&to->queue, &from->queue);
  add_histogram(&to->connect, &from->connect);
  add_histogram(&to->first, &from->first);
  add_histogram(&to->total, &from->total);
}

fcl_pool_stats *fcl__stats_pool(fcl_stats *s, const fcl_pool_stats *from) {
  fcl_pool_stats *p = (fcl_pool_stats *) fcl_stats_find(s, from->name);
  if (p == NULL) {
    fcl__pool_entry *entry = new_entry(s, from);
    if (entry == NULL)
      return NULL;
    p = &entry->stats;
  }
  add_pool(p, from);
  return p;
}

/* An address that several clients reach is one member. */
static fcl_member_stats *same_address(const fcl__pool_entry *p, const fcl_member_stats *from) {
  size_t i;
  if (p->stats.program[0])
    return NULL;
  for (i = 0; i < p->stats.member_count; i++)
    if (strcmp(p->members[i].name, from->name) == 0)
      return &p->members[i];
  return NULL;
}

static uint64_t most(uint64_t a, uint64_t b) {
  return a > b ? a : b;
}

/* What one client cannot reach, another may. */
static void add_address(fcl_member_stats *to, const fcl_member_stats *from) {
  to->state = from->state > to->state ? from->state : to->state;
  to->served += from->served;
  to->in_hand += from->in_hand;
  to->busy_ms = most(to->busy_ms, from->busy_ms);
  to->failures = most(to->failures, from->failures);
  to->rest_ms = most(to->rest_ms, from->rest_ms);
}

static int append_member(fcl_stats *s, fcl__pool_entry *p, const fcl_member_stats *from) {
  fcl_member_stats *m = &p->members[p->stats.member_count];
  *m = *from;
  m->name = copy(s, from->name);
  m->subject = copy(s, from->subject);
  m->tag = copy(s, from->tag);
  if (m->name && m->subject && m->tag) {
    p->stats.member_count++;
    return 1;
  }
  fcl__free(&s->memory, (char *) m->name);
  fcl__free(&s->memory, (char *) m->subject);
  fcl__free(&s->memory, (char *) m->tag);
  return 0;
}

int fcl__stats_member(fcl_stats *s, fcl_pool_stats *pool, const fcl_member_stats *from) {
  fcl__pool_entry *p = (fcl__pool_entry *) (void *) pool;
  fcl_member_stats *same = same_address(p, from);
  void *members = p->members;
  int has_room;
  if (same) {
    add_address(same, from);
    return 1;
  }
  has_room = grow(s, &members, pool->member_count, &p->cap, sizeof *p->members);
  p->members = members;
  return has_room && append_member(s, p, from);
}

int fcl_stats_add(fcl_stats *to, const fcl_stats *from) {
  size_t i, n;
  for (i = 0; i < from->count; i++) {
    const fcl__pool_entry *entry = from->pools[i];
    fcl_pool_stats *p = fcl__stats_pool(to, &entry->stats);
    for (n = 0; p && n < entry->stats.member_count; n++)
      if (!fcl__stats_member(to, p, &entry->members[n]))
        return FCL_E_NOMEM;
    if (p == NULL)
      return FCL_E_NOMEM;
  }
  to->dropped_events += from->dropped_events;
  to->age_ms = to->age_ms > from->age_ms ? to->age_ms : from->age_ms;
  return FCL_OK;
}

/* ---- Looking ---- */

size_t fcl_stats_count(const fcl_stats *s) {
  return s->count;
}

const fcl_pool_stats *fcl_stats_at(const fcl_stats *s, size_t i) {
  return i < s->count ? &s->pools[i]->stats : NULL;
}

const fcl_pool_stats *fcl_stats_find(const fcl_stats *s, const char *name) {
  char escaped[1024]; /* as it stands in the snapshot */
  size_t i;
  fcl__escape(escaped, sizeof escaped, name, strlen(name));
  for (i = 0; i < s->count; i++)
    if (strcmp(s->pools[i]->stats.name, escaped) == 0)
      return &s->pools[i]->stats;
  return NULL;
}

const fcl_member_stats *fcl_stats_member(const fcl_pool_stats *pool, size_t i) {
  const fcl__pool_entry *p = (const fcl__pool_entry *) (const void *) pool;
  return i < pool->member_count ? &p->members[i] : NULL;
}

uint64_t fcl_stats_dropped_events(const fcl_stats *s) {
  return s->dropped_events;
}

uint64_t fcl_stats_age_ms(const fcl_stats *s) {
  return s->age_ms;
}

const char *fcl_stats_text(fcl_stats *s, fcl_stats_format format, size_t *len) {
  fcl__out out = {0};
  out.memory = &s->memory;
  fcl__free(&s->memory, s->text);
  s->text = NULL;
  switch (format) {
  case FCL_STATS_LINES:
    fcl__write_lines(&out, s);
    break;
  case FCL_STATS_JSON:
    fcl__write_json(&out, s);
    break;
  case FCL_STATS_PROMETHEUS:
    fcl__write_prometheus(&out, s);
    break;
  }
  if (out.has_failed) {
    fcl__free(&s->memory, out.base);
    return NULL;
  }
  if (len)
    *len = out.len;
  return s->text = out.base;
}
