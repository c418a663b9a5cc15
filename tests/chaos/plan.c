/* plan.c: what a request asks for, drawn by chance, so that its answer can be judged byte by byte.
 */
#include "chaos/chaos.h"
#include <stdio.h>
#include <string.h>

/* splitmix64 */
uint64_t chance_next(chance *c) {
  uint64_t z = c->state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

unsigned chance_below(chance *c, unsigned n) {
  return (unsigned) (chance_next(c) % n);
}

char plan_byte(uint64_t n) {
  return (char) ((uint32_t) n * 2654435761u >> 24);
}

static void ask(plan *p, unsigned size, const char *more) {
  p->length = size;
  snprintf(p->query, sizeof p->query, "size=%u%s", size, more);
}

static void upload(plan *p, unsigned size, int is_sum) {
  p->upload = p->length = size;
  p->is_sum = is_sum;
  snprintf(p->query, sizeof p->query, is_sum ? "sum=1" : "echo=1");
}

static void ends_early(plan *p, const char *how) {
  p->may_be_whole = 0;
  snprintf(p->query, sizeof p->query, "size=%llu&%s", (unsigned long long) p->length, how);
}

/* How processes end by themselves; where others than the pool start them, they do not. */
static void draw_end(plan *p, chance *c) {
  static const char *const hows[] = {"signal=9",        "signal=11", "exit=3",
                                     "before=1&exit=0", "noend=1",   "before=1&signal=6"};
  p->length = 1 + chance_below(c, 40000);
  ends_early(p, hows[chance_below(c, sizeof hows / sizeof *hows)]);
}

static void draw_answer(plan *p, unsigned largest, chance *c) {
  char more[64];
  snprintf(more, sizeof more, "&slow=%u&pieces=%u%s", chance_below(c, 30), 1 + chance_below(c, 9),
           chance_below(c, 2) ? "&length=1" : "");
  ask(p, chance_below(c, largest), chance_below(c, 3) ? "" : more);
}

static void draw_person(plan *p, chance *c) {
  p->person = chance_below(c, PEOPLE);
  p->is_uid = chance_below(c, 2) == 0;
  if (p->is_uid)
    snprintf(p->query, sizeof p->query, "uid=1");
}

void plan_draw(plan *p, which pool, chance *c) {
  unsigned kind = chance_below(c, 100), largest = pool == PHP ? 9000 : 200000;
  memset(p, 0, sizeof *p);
  p->may_be_whole = 1;
  if (pool == USERS)
    draw_person(p, c);
  if (p->is_uid)
    p->length = 0;
  else if (kind < 40)
    draw_answer(p, largest, c);
  else if (kind < 85 || pool == PHP || pool == RELAYED)
    upload(p, chance_below(c, largest), pool != PHP && chance_below(c, 2));
  else if (kind < 98)
    draw_end(p, c);
  else
    ends_early(p, "hang=1");
  if (chance_below(c, 6) == 0)
    p->read_ms = 1 + chance_below(c, 40);
  if (chance_below(c, 6) == 0)
    p->write_ms = 1 + chance_below(c, 60);
  if (chance_below(c, 10) == 0)
    p->cancel_ms = 1 + chance_below(c, 200);
}

void plan_simple(plan *p) {
  memset(p, 0, sizeof *p);
  p->may_be_whole = 1;
  ask(p, 5000, "");
}
