/* app_report.c: adds up what was found on all connections, and shows it. */
#include "app_report.h"
#include "json.h"
#include <stdio.h>
#include <string.h>

/* ---- Adding up ---- */

static struct {
  unsigned times, broken;
} added[APP_REQUIREMENTS_MAX]; /* of this process's inspector, of which there is one */

static size_t count(void) {
  size_t n;
  fcl_requirements(&n);
  return n < APP_REQUIREMENTS_MAX ? n : APP_REQUIREMENTS_MAX;
}

static void keep_first(app_tally *t, const char *first) {
  int nobody = 0;
  if (!__atomic_compare_exchange_n(&t->is_claimed, &nobody, 1, 0, __ATOMIC_ACQ_REL,
                                   __ATOMIC_RELAXED))
    return;
  snprintf(t->first, sizeof t->first, "%s", first);
  __atomic_store_n(&t->has_first, 1, __ATOMIC_RELEASE);
}

void app_report_add(app_report *r, const fcl_inspector *i) {
  size_t n, end = count();
  for (n = 0; n < end; n++) {
    const char *first;
    unsigned broken, times = fcl_inspector_judged(i, n, &broken, &first);
    if (times == added[n].times)
      continue;
    __atomic_add_fetch(&r->of[n].times, times - added[n].times, __ATOMIC_RELAXED);
    __atomic_add_fetch(&r->of[n].broken, broken - added[n].broken, __ATOMIC_RELAXED);
    if (broken)
      keep_first(&r->of[n], first);
    added[n].times = times;
    added[n].broken = broken;
  }
}

void app_report_connection(app_report *r, unsigned requests) {
  __atomic_add_fetch(&r->connections, 1, __ATOMIC_RELAXED);
  __atomic_add_fetch(&r->requests, requests, __ATOMIC_RELAXED);
}

/* ---- Showing ---- */

static const char *verdict(const app_tally *t) {
  return t->broken ? "broken" : t->times ? "kept" : "not seen";
}

static const char *first_of(const app_tally *t) {
  return t->has_first ? t->first : "";
}

static void show_one(const fcl_requirement *q, const app_tally *t) {
  char often[32] = "";
  if (t->broken)
    snprintf(often, sizeof often, "%u of %u", t->broken, t->times);
  else if (t->times)
    snprintf(often, sizeof often, "%u", t->times);
  printf("%-8s  %-8s  %12s  %s (%s)\n", t->broken ? "BROKEN" : verdict(t), q->id, often, q->text,
         q->source);
  if (t->broken)
    printf("%34s%s\n", "", first_of(t));
}

static unsigned number_of(const app_report *r, const char *wanted) {
  size_t n, end = count();
  unsigned found = 0;
  for (n = 0; n < end; n++)
    found += strcmp(verdict(&r->of[n]), wanted) == 0;
  return found;
}

unsigned app_report_show(const app_report *r) {
  size_t n, end;
  const fcl_requirement *q = fcl_requirements(&end);
  printf("%u requests on %u connections\n", r->requests, r->connections);
  for (n = 0; n < count(); n++)
    show_one(&q[n], &r->of[n]);
  printf("%u requirements kept, %u broken, %u not seen\n", number_of(r, "kept"),
         number_of(r, "broken"), number_of(r, "not seen"));
  return number_of(r, "broken");
}

static fcl_slice text(const char *s) {
  fcl_slice t;
  t.base = s;
  t.len = strlen(s);
  return t;
}

static fcgi_json *one_of(const fcl_requirement *q, const app_tally *t) {
  fcgi_json *o = fcgi_json_object();
  fcgi_json_text(o, "id", text(q->id));
  fcgi_json_text(o, "source", text(q->source));
  fcgi_json_text(o, "text", text(q->text));
  fcgi_json_text(o, "verdict", text(verdict(t)));
  fcgi_json_number(o, "times", t->times);
  fcgi_json_number(o, "broken", t->broken);
  fcgi_json_text(o, "first", text(first_of(t)));
  return o;
}

unsigned app_report_show_json(const app_report *r) {
  size_t n, end;
  const fcl_requirement *q = fcl_requirements(&end);
  fcgi_json *o = fcgi_json_object(), *all = fcgi_json_array();
  for (n = 0; n < count(); n++)
    fcgi_json_add(all, NULL, one_of(&q[n], &r->of[n]));
  fcgi_json_number(o, "requests", r->requests);
  fcgi_json_number(o, "connections", r->connections);
  fcgi_json_number(o, "kept", number_of(r, "kept"));
  fcgi_json_number(o, "broken", number_of(r, "broken"));
  fcgi_json_number(o, "not_seen", number_of(r, "not seen"));
  fcgi_json_add(o, "requirements", all);
  if (!fcgi_json_print(o, stdout))
    fcgi_say("the JSON could not be written: no memory, or stdout is closed");
  return number_of(r, "broken");
}
