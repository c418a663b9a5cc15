/* json.c: a snapshot as one JSON object. */
#include "stats/stats.h"

static void name(fcl__out *out, const char *prefix, const char *text) {
  fcl__out_text(out, prefix);
  fcl__out_quoted(out, text);
  fcl__out_text(out, ":");
}

static void number(fcl__out *out, const char *prefix, const char *key, uint64_t n) {
  name(out, prefix, key);
  fcl__out_number(out, n);
}

static void text(fcl__out *out, const char *prefix, const char *key, const char *value) {
  name(out, prefix, key);
  fcl__out_quoted(out, value);
}

static void fields(fcl__out *out, const fcl__field *f, const void *of) {
  for (; f->name; f++)
    number(out, ",", f->name, fcl__number_at(of, f->offset));
}

static void codes(fcl__out *out, const fcl_pool_stats *p) {
  const char *prefix = "";
  unsigned i;
  fcl__out_text(out, ",\"ended\":{");
  for (i = 0; i < FCL_CODE_MAX; i++)
    if (p->ended[i] || i == FCL_OK) {
      number(out, prefix, fcl_code_name((fcl_code) i), p->ended[i]);
      prefix = ",";
    }
  fcl__out_text(out, "}");
}

static void reasons(fcl__out *out, const fcl_pool_stats *p) {
  const char *prefix = "";
  unsigned i;
  fcl__out_text(out, ",\"left\":{");
  for (i = 1; i < FCL_LEFT_MAX; i++)
    if (p->left[i]) {
      number(out, prefix, fcl_left_name((fcl_left) i), p->left[i]);
      prefix = ",";
    }
  fcl__out_text(out, "}");
}

/* [[up to so many microseconds, how many], ...], those that are not empty. */
static void buckets(fcl__out *out, const fcl_histogram *h) {
  const char *prefix = "[";
  unsigned i;
  fcl__out_text(out, ",\"buckets\":[");
  for (i = 0; i < FCL_STATS_BUCKETS; i++)
    if (h->buckets[i]) {
      fcl__out_text(out, prefix);
      fcl__out_number(out, fcl_histogram_bound(i));
      fcl__out_text(out, ",");
      fcl__out_number(out, h->buckets[i]);
      fcl__out_text(out, "]");
      prefix = ",[";
    }
  fcl__out_text(out, "]");
}

static void times(fcl__out *out, const char *prefix, const char *phase, const fcl_histogram *h) {
  name(out, prefix, phase);
  number(out, "{", "count", h->count);
  number(out, ",", "sum_us", h->sum_us);
  number(out, ",", "p50_us", fcl_histogram_quantile(h, 0.5));
  number(out, ",", "p95_us", fcl_histogram_quantile(h, 0.95));
  number(out, ",", "p99_us", fcl_histogram_quantile(h, 0.99));
  buckets(out, h);
  fcl__out_text(out, "}");
}

static void member(fcl__out *out, const char *prefix, const fcl_member_stats *m) {
  text(out, prefix, "name", m->name);
  text(out, ",", "state", fcl_member_state_name(m->state));
  fields(out, fcl__member_fields, m);
  text(out, ",", "subject", m->subject);
  text(out, ",", "tag", m->tag);
  fcl__out_text(out, "}");
}

static void pool(fcl__out *out, const char *prefix, const fcl_pool_stats *p) {
  const fcl__phase_field *f;
  size_t n;
  text(out, prefix, "name", p->name);
  text(out, ",", "program", p->program);
  fields(out, fcl__pool_fields, p);
  codes(out, p);
  reasons(out, p);
  fcl__out_text(out, ",\"times\":{");
  for (f = fcl__phase_fields; f->name; f++)
    times(out, f == fcl__phase_fields ? "" : ",", f->name, fcl__phase_at(p, f));
  fcl__out_text(out, "},\"members\":[");
  for (n = 0; n < p->member_count; n++)
    member(out, n ? ",\n{" : "\n{", fcl_stats_member(p, n));
  fcl__out_text(out, "]}");
}

void fcl__write_json(fcl__out *out, const fcl_stats *s) {
  size_t i;
  text(out, "{", "version", fcl_version_string());
  number(out, ",", "age_ms", s->age_ms);
  number(out, ",", "dropped_events", s->dropped_events);
  fcl__out_text(out, ",\"pools\":[");
  for (i = 0; i < s->count; i++)
    pool(out, i ? ",\n{" : "\n{", &s->pools[i]->stats);
  fcl__out_text(out, "]}\n");
}
