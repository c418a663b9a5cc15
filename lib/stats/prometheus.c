/* prometheus.c: a snapshot in Prometheus' text exposition format, version 0.0.4. */
#include "stats/stats.h"

static void family(fcl__out *out, const char *metric, const char *type, const char *help) {
  fcl__out_text(out, "# HELP ");
  fcl__out_text(out, metric);
  fcl__out_text(out, " ");
  fcl__out_text(out, help);
  fcl__out_text(out, "\n# TYPE ");
  fcl__out_text(out, metric);
  fcl__out_text(out, " ");
  fcl__out_text(out, type);
  fcl__out_text(out, "\n");
}

/* METRIC{pool="...", and, where `label` is not NULL, another label. */
static void sample(fcl__out *out, const char *metric, const char *suffix, const fcl_pool_stats *p,
                   const char *label, const char *value) {
  fcl__out_text(out, metric);
  fcl__out_text(out, suffix);
  fcl__out_text(out, "{pool=");
  fcl__out_quoted(out, p->name);
  if (label) {
    fcl__out_text(out, ",");
    fcl__out_text(out, label);
    fcl__out_text(out, "=");
    fcl__out_quoted(out, value);
  }
  fcl__out_text(out, "} ");
}

static void value(fcl__out *out, uint64_t n) {
  fcl__out_number(out, n);
  fcl__out_text(out, "\n");
}

static void field(fcl__out *out, const fcl_stats *s, const fcl__field *f) {
  size_t i;
  family(out, f->metric, f->type, f->help);
  for (i = 0; i < s->count; i++) {
    const fcl_pool_stats *p = fcl_stats_at(s, i);
    sample(out, f->metric, "", p, NULL, NULL);
    fcl__out_seconds(out, fcl__number_at(p, f->offset), f->per);
    fcl__out_text(out, "\n");
  }
}

static void codes(fcl__out *out, const fcl_stats *s) {
  static const char metric[] = "fcgiclient_requests_total";
  size_t i;
  unsigned code;
  family(out, metric, "counter",
         "Requests that ended, by the library's code (OK: they went well).");
  for (i = 0; i < s->count; i++)
    for (code = 0; code < FCL_CODE_MAX; code++) {
      sample(out, metric, "", fcl_stats_at(s, i), "code", fcl_code_name((fcl_code) code));
      value(out, fcl_stats_at(s, i)->ended[code]);
    }
}

static void reasons(fcl__out *out, const fcl_stats *s) {
  static const char metric[] = "fcgiclient_process_exits_total";
  size_t i;
  unsigned why;
  family(out, metric, "counter", "Processes that are no more, by the reason.");
  for (i = 0; i < s->count; i++)
    for (why = 1; why < FCL_LEFT_MAX && fcl_stats_at(s, i)->program[0]; why++) {
      sample(out, metric, "", fcl_stats_at(s, i), "reason", fcl_left_name((fcl_left) why));
      value(out, fcl_stats_at(s, i)->left[why]);
    }
}

/* ---- Members ---- */

static uint64_t count(const fcl_pool_stats *p, fcl_member_state state) {
  uint64_t n = 0;
  size_t i;
  for (i = 0; i < p->member_count; i++)
    n += fcl_stats_member(p, i)->state == state;
  return n;
}

static uint64_t memory(const fcl_pool_stats *p) {
  uint64_t sum = 0;
  size_t i;
  for (i = 0; i < p->member_count; i++)
    sum += fcl_stats_member(p, i)->memory;
  return sum;
}

static void processes(fcl__out *out, const fcl_stats *s) {
  static const char states[] = "fcgiclient_processes", bytes[] = "fcgiclient_memory_bytes";
  size_t i;
  unsigned state;
  family(out, states, "gauge", "Processes that are there, by what they are doing.");
  for (i = 0; i < s->count; i++)
    for (state = FCL_MEMBER_STARTING; state < FCL_MEMBER_STATES; state++)
      if (fcl_stats_at(s, i)->program[0]) {
        sample(out, states, "", fcl_stats_at(s, i), "state",
               fcl_member_state_name((fcl_member_state) state));
        value(out, count(fcl_stats_at(s, i), (fcl_member_state) state));
      }
  family(out, bytes, "gauge",
         "Memory that the pool's processes hold, shared pages counted by each.");
  for (i = 0; i < s->count; i++)
    if (fcl_stats_at(s, i)->program[0]) {
      sample(out, bytes, "", fcl_stats_at(s, i), NULL, NULL);
      value(out, memory(fcl_stats_at(s, i)));
    }
}

static void addresses(fcl__out *out, const fcl_stats *s) {
  static const char up[] = "fcgiclient_address_up",
                    busy[] = "fcgiclient_address_requests_in_progress";
  size_t i, n;
  family(out, up, "gauge", "1: the address is used; 0: it could not be reached and is left alone.");
  for (i = 0; i < s->count; i++)
    for (n = 0; n < fcl_stats_at(s, i)->member_count && !fcl_stats_at(s, i)->program[0]; n++) {
      const fcl_member_stats *m = fcl_stats_member(fcl_stats_at(s, i), n);
      sample(out, up, "", fcl_stats_at(s, i), "address", m->name);
      value(out, m->state != FCL_MEMBER_ABSENT);
    }
  family(out, busy, "gauge", "Requests that the address has in hand.");
  for (i = 0; i < s->count; i++)
    for (n = 0; n < fcl_stats_at(s, i)->member_count && !fcl_stats_at(s, i)->program[0]; n++) {
      const fcl_member_stats *m = fcl_stats_member(fcl_stats_at(s, i), n);
      sample(out, busy, "", fcl_stats_at(s, i), "address", m->name);
      value(out, m->in_hand);
    }
}

/* ---- Times: a bound for each octave, 64 us to 134 s ---- */

enum { OCTAVES_END = 44 };

static void buckets(fcl__out *out, const fcl__phase_field *f, const fcl_pool_stats *p) {
  const fcl_histogram *h = fcl__phase_at(p, f);
  uint64_t sum = 0;
  unsigned i;
  for (i = 0; i < OCTAVES_END; i++) {
    fcl__out le = {0};
    sum += h->buckets[i];
    if (i % 2)
      continue;
    le.memory = out->memory;
    fcl__out_seconds(&le, fcl_histogram_bound(i), 1000000);
    sample(out, f->metric, "_bucket", p, "le", le.base ? le.base : "");
    out->has_failed |= le.has_failed;
    fcl__free(le.memory, le.base);
    value(out, sum);
  }
  sample(out, f->metric, "_bucket", p, "le", "+Inf");
  value(out, h->count);
}

static void phase(fcl__out *out, const fcl_stats *s, const fcl__phase_field *f) {
  size_t i;
  family(out, f->metric, "histogram", f->help);
  for (i = 0; i < s->count; i++) {
    const fcl_pool_stats *p = fcl_stats_at(s, i);
    buckets(out, f, p);
    sample(out, f->metric, "_sum", p, NULL, NULL);
    fcl__out_seconds(out, fcl__phase_at(p, f)->sum_us, 1000000);
    fcl__out_text(out, "\n");
    sample(out, f->metric, "_count", p, NULL, NULL);
    value(out, fcl__phase_at(p, f)->count);
  }
}

static void library(fcl__out *out, const fcl_stats *s) {
  family(out, "fcgiclient_info", "gauge", "The library.");
  fcl__out_text(out, "fcgiclient_info{version=");
  fcl__out_quoted(out, fcl_version_string());
  fcl__out_text(out, "} 1\n");
  family(out, "fcgiclient_events_dropped_total", "counter",
         "Events that were too many to be told (max_events).");
  fcl__out_text(out, "fcgiclient_events_dropped_total ");
  value(out, s->dropped_events);
}

void fcl__write_prometheus(fcl__out *out, const fcl_stats *s) {
  const fcl__field *f;
  const fcl__phase_field *p;
  library(out, s);
  for (f = fcl__pool_fields; f->name; f++)
    field(out, s, f);
  codes(out, s);
  reasons(out, s);
  processes(out, s);
  addresses(out, s);
  for (p = fcl__phase_fields; p->name; p++)
    phase(out, s, p);
}
