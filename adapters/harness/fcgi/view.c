/* view.c: snapshots of pools as a table for people: who is busy with what, who waits, what went
 * wrong. */
#include "view.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 1400 };

/* ---- Words ---- */

typedef struct words {
  char text[32];
} words;

static words duration(uint64_t ms) {
  words w;
  uint64_t s = ms / 1000;
  if (ms < 1000)
    snprintf(w.text, sizeof w.text, "%u ms", (unsigned) ms);
  else if (s < 60)
    snprintf(w.text, sizeof w.text, "%u.%u s", (unsigned) s, (unsigned) (ms % 1000 / 100));
  else if (s < 3600)
    snprintf(w.text, sizeof w.text, "%um%02us", (unsigned) (s / 60), (unsigned) (s % 60));
  else if (s < 86400)
    snprintf(w.text, sizeof w.text, "%uh%02um", (unsigned) (s / 3600), (unsigned) (s / 60 % 60));
  else
    snprintf(w.text, sizeof w.text, "%ud%02uh", (unsigned) (s / 86400), (unsigned) (s / 3600 % 24));
  return w;
}

static words micro(uint64_t us) {
  words w;
  if (us < 1000)
    snprintf(w.text, sizeof w.text, "%u us", (unsigned) us);
  else if (us < 10000)
    snprintf(w.text, sizeof w.text, "%.1f ms", (double) us / 1e3);
  else if (us < 1000000)
    snprintf(w.text, sizeof w.text, "%u ms", (unsigned) (us / 1000));
  else
    snprintf(w.text, sizeof w.text, "%.1f s", (double) us / 1e6);
  return w;
}

static words bytes(uint64_t n) {
  static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double d = (double) n;
  unsigned i = 0;
  words w;
  while (d >= 1024 && i < 4)
    d /= 1024, i++;
  snprintf(w.text, sizeof w.text, i && d < 10 ? "%.1f %s" : "%.0f %s", d, units[i]);
  return w;
}

/* ---- Lines, cut at the width without cutting a character in two ---- */

typedef struct page {
  fcl__text *out;
  const fcgi_view *view;
} page;

static void line(const page *p, const char *colour, const char *text) {
  size_t len = 0;
  unsigned columns = 0;
  while (text[len] && (p->view->width == 0 || columns < p->view->width)) {
    len++;
    while (((unsigned char) text[len] & 0xc0) == 0x80)
      len++;
    columns++;
  }
  while (len > 0 && text[len - 1] == ' ')
    len--;
  if (p->view->has_colours && *colour)
    fcl__text_say(p->out, "\033[%sm%.*s\033[0m\n", colour, (int) len, text);
  else
    fcl__text_say(p->out, "%.*s\n", (int) len, text);
}

#define LINE(p, colour, ...)                                                                       \
  do {                                                                                             \
    char text_[LINE_MAX_BYTES];                                                                    \
    snprintf(text_, sizeof text_, __VA_ARGS__);                                                    \
    line((p), (colour), text_);                                                                    \
  } while (0)

static void append(char *to, size_t size, const char *text) {
  size_t len = strlen(to);
  snprintf(to + len, size - len, "%s", text);
}

/* ---- A pool ---- */

static uint64_t sum(const uint64_t *of, unsigned from, unsigned to) {
  uint64_t n = 0;
  for (; from < to; from++)
    n += of[from];
  return n;
}

static uint64_t count(const fcl_pool_stats *p, fcl_member_state state) {
  uint64_t n = 0;
  size_t i;
  for (i = 0; i < p->member_count; i++)
    n += fcl_stats_member(p, i)->state == state;
  return n;
}

/* "2 busy, 1 idle" */
static void say_states(const fcl_pool_stats *p, char *out, size_t size) {
  static const fcl_member_state order[] = {
      FCL_MEMBER_BUSY,     FCL_MEMBER_IDLE,    FCL_MEMBER_STARTING, FCL_MEMBER_DRAINING,
      FCL_MEMBER_STOPPING, FCL_MEMBER_KILLING, FCL_MEMBER_ABSENT,   FCL_MEMBER_DRAINED};
  unsigned i;
  out[0] = 0;
  for (i = 0; i < sizeof order / sizeof *order; i++) {
    char part[64];
    snprintf(part, sizeof part, "%s%llu %s", out[0] ? ", " : "",
             (unsigned long long) count(p, order[i]), fcl_member_state_name(order[i]));
    if (count(p, order[i]))
      append(out, size, part);
  }
}

static void members(const page *p, const fcl_pool_stats *s) {
  char states[256];
  say_states(s, states, sizeof states);
  if (s->program[0])
    LINE(p, "", "  processes  %llu of %llu%s%s%s", (unsigned long long) s->member_count,
         (unsigned long long) s->max_processes, states[0] ? " (" : "", states,
         states[0] ? ")" : "");
  else
    LINE(p, "", "  addresses  %llu%s%s%s", (unsigned long long) s->member_count,
         states[0] ? " (" : "", states, states[0] ? ")" : "");
  if (s->resting)
    LINE(p, "31", "  resting    its program failed too often: requests are refused for another %s",
         duration(s->resting_ms).text);
}

static void queue(const page *p, const fcl_pool_stats *s) {
  if (s->queued)
    LINE(p, "33",
         "  queue      %llu of %llu wait, the first for %s; %llu at most, %llu had to wait",
         (unsigned long long) s->queued, (unsigned long long) s->queue_length,
         duration(s->oldest_wait_ms).text, (unsigned long long) s->queued_max,
         (unsigned long long) s->waited);
  else
    LINE(p, "", "  queue      empty; %llu at most, %llu had to wait",
         (unsigned long long) s->queued_max, (unsigned long long) s->waited);
}

/* What has come since `before`. */
static void since(fcl_histogram *now, const fcl_histogram *before) {
  unsigned i;
  if (before == NULL || before->count > now->count)
    return;
  now->count -= before->count;
  for (i = 0; i < FCL_STATS_BUCKETS; i++)
    now->buckets[i] -= before->buckets[i];
}

static void requests(const page *p, const fcl_pool_stats *s, const fcl_pool_stats *before,
                     double seconds) {
  uint64_t all = sum(s->ended, 0, FCL_STATS_CODES), bad = all - s->ended[FCL_OK];
  uint64_t was = before ? sum(before->ended, 0, FCL_STATS_CODES) : 0;
  char text[LINE_MAX_BYTES];
  unsigned i;
  snprintf(text, sizeof text, "  requests   %llu%s, %.1f/s, %llu in progress; %llu failed",
           (unsigned long long) all, p->view->before ? "" : " in all",
           seconds > 0 ? (double) (all - (was < all ? was : all)) / seconds : 0,
           (unsigned long long) (s->started - all), (unsigned long long) bad);
  for (i = 1; i < FCL_CODE_MAX; i++)
    if (s->ended[i]) {
      char part[64];
      snprintf(part, sizeof part, "%s %s %llu", bad ? ":" : ",", fcl_code_name((fcl_code) i),
               (unsigned long long) s->ended[i]);
      append(text, sizeof text, part);
      bad = 0;
    }
  line(p, sum(s->ended, 1, FCL_STATS_CODES) ? "33" : "", text);
}

static void times(const page *p, const char *name, const fcl_histogram *now,
                  const fcl_histogram *before) {
  fcl_histogram h = *now;
  since(&h, before);
  if (h.count)
    LINE(p, "", "  %-9s  half in %s, 95 %% in %s, 99 %% in %s", name,
         micro(fcl_histogram_quantile(&h, 0.5)).text, micro(fcl_histogram_quantile(&h, 0.95)).text,
         micro(fcl_histogram_quantile(&h, 0.99)).text);
}

static void reasons(const page *p, const fcl_pool_stats *s) {
  char text[LINE_MAX_BYTES];
  unsigned i;
  if (sum(s->left, 0, FCL_STATS_REASONS) == 0)
    return;
  snprintf(text, sizeof text, "  left       %llu of %llu started:",
           (unsigned long long) sum(s->left, 0, FCL_STATS_REASONS), (unsigned long long) s->starts);
  for (i = 1; i < FCL_LEFT_MAX; i++)
    if (s->left[i]) {
      char part[64];
      snprintf(part, sizeof part, " %s %llu", fcl_left_name((fcl_left) i),
               (unsigned long long) s->left[i]);
      append(text, sizeof text, part);
    }
  line(p, s->left[FCL_LEFT_CRASHED] || s->left[FCL_LEFT_START] ? "31" : "", text);
}

/* ---- Its members ---- */

/* Busy ones first, the longest first; then by name. */
static int compare(const void *a, const void *b) {
  const fcl_member_stats *x = *(const fcl_member_stats *const *) a,
                         *y = *(const fcl_member_stats *const *) b;
  if ((x->in_hand > 0) != (y->in_hand > 0))
    return x->in_hand > 0 ? -1 : 1;
  if (x->busy_ms != y->busy_ms)
    return x->busy_ms > y->busy_ms ? -1 : 1;
  if (x->pid != y->pid)
    return x->pid < y->pid ? -1 : 1;
  return strcmp(x->name, y->name);
}

static const char *colour_of(const fcl_member_stats *m) {
  switch (m->state) {
  case FCL_MEMBER_BUSY:
    return "32";
  case FCL_MEMBER_ABSENT:
  case FCL_MEMBER_KILLING:
    return "31";
  case FCL_MEMBER_IDLE:
    return "2";
  default:
    return "33";
  }
}

/* What it is busy with; of an address that is left alone, for how long. */
static void say_with(const fcl_member_stats *m, char *out, size_t size) {
  if (m->state == FCL_MEMBER_ABSENT)
    snprintf(out, size, "failed %llu times in a row, is tried again in %s",
             (unsigned long long) m->failures, duration(m->rest_ms).text);
  else
    snprintf(out, size, "%s%s%s%s", m->subject, m->tag[0] ? " [" : "", m->tag,
             m->tag[0] ? "]" : "");
}

static void member(const page *p, const fcl_member_stats *m) {
  words busy = duration(m->busy_ms), age = duration(m->age_ms), memory = bytes(m->memory);
  char with[LINE_MAX_BYTES - 200];
  say_with(m, with, sizeof with);
  LINE(p, colour_of(m), "    %-22s %-9s %8s %8llu %8s %9s  %s", m->name,
       fcl_member_state_name(m->state), m->pid ? age.text : "-", (unsigned long long) m->served,
       m->in_hand ? busy.text : "-", m->memory ? memory.text : "-", with);
}

static void list(const page *p, const fcl_pool_stats *s) {
  const fcl_member_stats **all = calloc(s->member_count + 1, sizeof *all);
  size_t i;
  if (s->member_count)
    LINE(p, "1", "    %-22s %-9s %8s %8s %8s %9s  %s", "MEMBER", "STATE", "AGE", "SERVED", "BUSY",
         "MEMORY", "WITH");
  for (i = 0; all && i < s->member_count; i++)
    all[i] = fcl_stats_member(s, i);
  if (all)
    qsort(all, s->member_count, sizeof *all, compare);
  for (i = 0; all && i < s->member_count; i++)
    member(p, all[i]);
  free(all);
}

void fcgi_view_stats(fcl__text *out, const fcl_stats *stats, const fcgi_view *view) {
  page p = {out, view};
  double seconds = view->before ? view->seconds : (double) fcl_stats_age_ms(stats) / 1000;
  size_t i;
  for (i = 0; i < fcl_stats_count(stats); i++) {
    const fcl_pool_stats *s = fcl_stats_at(stats, i);
    const fcl_pool_stats *b = view->before ? fcl_stats_find(view->before, s->name) : NULL;
    LINE(&p, "1", "%s  %s%s", s->name, s->program, s->pools ? "" : "  (closed)");
    members(&p, s);
    queue(&p, s);
    requests(&p, s, b, seconds);
    times(&p, "waited", &s->queue, b ? &b->queue : NULL);
    times(&p, "connected", &s->connect, b ? &b->connect : NULL);
    times(&p, "answered", &s->first, b ? &b->first : NULL);
    times(&p, "done", &s->total, b ? &b->total : NULL);
    reasons(&p, s);
    list(&p, s);
    line(&p, "", "");
  }
  if (fcl_stats_dropped_events(stats))
    LINE(&p, "33", "%llu events were too many to be told (max_events)",
         (unsigned long long) fcl_stats_dropped_events(stats));
  if (fcl_stats_count(stats) == 0)
    line(&p, "", "no pools yet");
}
