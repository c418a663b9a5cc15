/* lines.c: a snapshot as lines of words, for the control address and whoever reads it by script. */
#include "stats/stats.h"

static void number(fcl__out *out, const char *name, uint64_t n) {
  fcl__out_text(out, " ");
  fcl__out_text(out, name);
  fcl__out_text(out, "=");
  fcl__out_number(out, n);
}

static void text(fcl__out *out, const char *name, const char *value) {
  fcl__out_text(out, " ");
  fcl__out_text(out, name);
  fcl__out_text(out, "=");
  fcl__out_quoted(out, value);
}

static void fields(fcl__out *out, const fcl__field *f, const void *of) {
  for (; f->name; f++)
    number(out, f->name, fcl__number_at(of, f->offset));
}

static void member(fcl__out *out, const fcl_member_stats *m) {
  fcl__out_text(out, "member");
  text(out, "name", m->name);
  text(out, "state", fcl_member_state_name(m->state));
  fields(out, fcl__member_fields, m);
  text(out, "subject", m->subject);
  text(out, "tag", m->tag);
  fcl__out_text(out, "\n");
}

/* Buckets by number, those that are not empty. */
static void times(fcl__out *out, const char *phase, const fcl_histogram *h) {
  char index[4] = "";
  unsigned i;
  fcl__out_text(out, "times");
  text(out, "phase", phase);
  number(out, "count", h->count);
  number(out, "sum_us", h->sum_us);
  for (i = 0; i < FCL_STATS_BUCKETS; i++) {
    index[0] = (char) ('0' + i / 10);
    index[1] = (char) ('0' + i % 10);
    if (h->buckets[i])
      number(out, index, h->buckets[i]);
  }
  fcl__out_text(out, "\n");
}

static void pool(fcl__out *out, const fcl_pool_stats *p) {
  const fcl__phase_field *f;
  unsigned i;
  fcl__out_text(out, "pool");
  text(out, "name", p->name);
  text(out, "program", p->program);
  fields(out, fcl__pool_fields, p);
  fcl__out_text(out, "\nended");
  for (i = 0; i < FCL_CODE_MAX; i++)
    if (p->ended[i])
      number(out, fcl_code_name((fcl_code) i), p->ended[i]);
  fcl__out_text(out, "\nleft");
  for (i = 1; i < FCL_LEFT_MAX; i++)
    if (p->left[i])
      number(out, fcl_left_name((fcl_left) i), p->left[i]);
  fcl__out_text(out, "\n");
  for (f = fcl__phase_fields; f->name; f++)
    times(out, f->name, fcl__phase_at(p, f));
}

void fcl__write_lines(fcl__out *out, const fcl_stats *s) {
  size_t i, n;
  fcl__out_text(out, "fcgiclient format=1");
  text(out, "version", fcl_version_string());
  number(out, "age_ms", s->age_ms);
  number(out, "dropped_events", s->dropped_events);
  fcl__out_text(out, "\n");
  for (i = 0; i < s->count; i++) {
    const fcl_pool_stats *p = &s->pools[i]->stats;
    pool(out, p);
    for (n = 0; n < p->member_count; n++)
      member(out, fcl_stats_member(p, n));
  }
}
