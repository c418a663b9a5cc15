/* run.c: `fcgi check`: its command line; the cases, one after the other. */
#define _GNU_SOURCE
#include "suite.h"
#include "../fcgi/json.h"
#include "../fcgi/system.h"
#include "../sync.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CRASH_MS = 100 }; /* between a broken connection and the news of the program's end */

/* ---- Verdicts ---- */

int check_is_over(const suite *s) {
  return s->result.verdict != PASSED;
}

static void put_why(suite *s, const char *before, const char *format, va_list ap) {
  int len = snprintf(s->result.why, sizeof s->result.why, "%s", before ? before : "");
  vsnprintf(s->result.why + len, sizeof s->result.why - (size_t) len, format, ap);
}

/* The first reason counts. */
int check_fail(suite *s, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  if (s->result.verdict == PASSED)
    put_why(s, s->context, format, ap);
  va_end(ap);
  if (s->result.verdict == PASSED)
    s->result.verdict = FAILED;
  return 0;
}

int check_skip(suite *s, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  if (s->result.verdict == PASSED)
    put_why(s, NULL, format, ap);
  va_end(ap);
  if (s->result.verdict == PASSED)
    s->result.verdict = SKIPPED;
  return 0;
}

void check_note(suite *s, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  if (s->result.verdict == PASSED)
    put_why(s, NULL, format, ap);
  va_end(ap);
}

/* ---- A case ---- */

static unsigned now_ms(void) {
  return (unsigned) fcl__now_ms();
}

/* A program that has left on purpose is started again; one that has crashed has failed. */
static void look_after(suite *s) {
  char how[200];
  size_t len = strlen(s->result.why);
  int has_failed = s->result.verdict == FAILED;
  if (subject_is_over(s, has_failed ? CRASH_MS : 0)) {
    fcl__keeper_tell(&s->keeper, how, sizeof how);
    if (has_failed)
      snprintf(s->result.why + len, sizeof s->result.why - len, "; the program %s", how);
    else if (s->keeper.status != 0)
      check_fail(s, "the program %s", how);
    subject_restart(s);
  } else if (has_failed) {
    subject_restart(s); /* so that the next case does not suffer from this one */
  }
}

/* What a case leads to may come only when it is over: that belongs to it, not to the next one. */
static void see_it_alive(suite *s) {
  if (s->result.verdict != PASSED)
    return;
  snprintf(s->id, sizeof s->id, "0");
  ask_lives(s);
}

void suite_run(suite *s, const check_case *c, const char *id) {
  unsigned begun = now_ms();
  memset(&s->result, 0, sizeof s->result);
  s->context = NULL;
  snprintf(s->id, sizeof s->id, "%s", id);
  if (c->needs & NEEDS_PROBE && !s->has_probe)
    check_skip(s, "no probe answers (--probe)");
  else
    c->run(s);
  see_it_alive(s);
  host_hang_up(s);
  look_after(s);
  snprintf(s->id, sizeof s->id, "%s", id);
  s->result.ms = now_ms() - begun;
}

/* ---- The command line ---- */

typedef struct check_options {
  suite suite;
  fcgi_target target;
  fcgi_list only;
  unsigned timeout_ms;
  int is_json, is_strict, is_list;
} check_options;

static const fcgi_option options[] = {
    {"probe", 0, "FILE",
     "the script that answers (SCRIPT_FILENAME); php: one of ours, written in PHP; none:\n"
     "only what needs no script (the program itself, where it answers as a probe; php\n"
     "where it is PHP)",
     fcgi_read_text, offsetof(check_options, suite.probe)},
    {"case", 'c', "N", "only this one, or this group: 3.1, 3; may be repeated", fcgi_read_list,
     offsetof(check_options, only)},
    {"timeout", 'm', "TIME", "how long the application may be silent where it should not (2s)",
     fcgi_read_time, offsetof(check_options, timeout_ms)},
    {"strict", 0, NULL, "the exit status is about SHOULD too", fcgi_read_flag,
     offsetof(check_options, is_strict)},
    {"json", 'j', NULL, "the results as an object", fcgi_read_json,
     offsetof(check_options, is_json)},
    {"list", 'l', NULL, "lists the requirements, and checks nothing", fcgi_read_flag,
     offsetof(check_options, is_list)},
    {"verbose", 'v', NULL, "what the started program prints, on stderr", fcgi_read_flag,
     offsetof(check_options, suite.is_shown)},
    {NULL, 0, NULL, NULL, NULL, 0},
};

static const fcgi_syntax syntax = {
    "check", "[OPTION]... TARGET [ARG]...",
    "Checks a FastCGI application against the specification, requirement by requirement.  TARGET:\n"
    "a program to start, with its arguments, or unix:/PATH, unix:@NAME, tcp:HOST:PORT, on Windows\n"
    "pipe:\\\\.\\pipe\\NAME.  It gets broken requests too: give it none that does real work.",
    options,
    "MUST: the specification demands it, and servers rely on it.  SHOULD: it demands or advises "
    "it,\n"
    "and servers bear with applications that do not.\n"
    "Exit status: 0, or 68 when a MUST has failed; 65 usage, 66 no connection.\n"
    "  fcgi check --probe php php-cgi\n"
    "  fcgi check --json --probe /srv/probe.php unix:/run/php/php-fpm.sock"};

/* "3" names a group, "3.1" a case. */
static int is_wanted(const fcgi_list *only, const char *id) {
  size_t i, len;
  for (i = 0; i < only->count; i++) {
    len = strlen(only->texts[i]);
    if (strncmp(only->texts[i], id, len) == 0 && (id[len] == 0 || id[len] == '.'))
      return 1;
  }
  return only->count == 0;
}

/* ---- All ---- */

static void count(check_counts *n, const check_case *c, const check_result *r) {
  if (r->verdict == PASSED)
    n->passed++;
  else if (r->verdict == SKIPPED)
    n->skipped++;
  else if (c->level == MUST)
    n->failed++;
  else
    n->deviated++;
}

static fcl_slice text(const char *t) {
  fcl_slice s;
  s.base = t;
  s.len = strlen(t);
  return s;
}

static void add_json(fcgi_json *to, const check_group *g, const check_case *c, const suite *s) {
  static const char *const verdicts[] = {"pass", "fail", "skip"};
  fcgi_json *one = fcgi_json_object();
  fcgi_json_text(one, "id", text(s->id));
  fcgi_json_text(one, "group", text(g->name));
  fcgi_json_text(one, "claim", text(c->claim));
  fcgi_json_text(one, "section", text(c->section));
  fcgi_json_text(one, "level", text(c->level == MUST ? "MUST" : "SHOULD"));
  fcgi_json_text(one, "verdict", text(verdicts[s->result.verdict]));
  if (s->result.why[0])
    fcgi_json_text(one, "why", text(s->result.why));
  fcgi_json_number(one, "ms", s->result.ms);
  fcgi_json_add(to, NULL, one);
}

static int print_json(const check_options *o, fcgi_json *cases, const check_counts *n) {
  fcgi_json *all = fcgi_json_object();
  fcgi_json_text(all, "target", text(o->target.text));
  fcgi_json_bool(all, "probe", o->suite.has_probe);
  fcgi_json_number(all, "passed", n->passed);
  fcgi_json_number(all, "failed", n->failed);
  fcgi_json_number(all, "deviated", n->deviated);
  fcgi_json_number(all, "skipped", n->skipped);
  fcgi_json_add(all, "cases", cases);
  return fcgi_json_print(all, stdout);
}

static void run_group(check_options *o, int number, check_counts *n, fcgi_json *json) {
  const check_group *g = &check_groups[number - 1];
  const check_case *c;
  char id[24];
  int is_shown = 0;
  for (c = g->cases; c->claim; c++) {
    snprintf(id, sizeof id, "%d.%d", number, (int) (c - g->cases) + 1);
    if (!is_wanted(&o->only, id))
      continue;
    suite_run(&o->suite, c, id);
    count(n, c, &o->suite.result);
    if (o->is_json) {
      add_json(json, g, c, &o->suite);
      continue;
    }
    if (!is_shown++)
      show_group(g, number);
    show_result(c, id, &o->suite.result);
  }
}

static int run_all(check_options *o) {
  check_counts n = {0};
  fcgi_json *json = o->is_json ? fcgi_json_array() : NULL;
  int i;
  for (i = 0; check_groups[i].name; i++)
    run_group(o, i + 1, &n, json);
  if (o->is_json && !print_json(o, json, &n))
    fcgi_say("the results could not be written");
  if (!o->is_json)
    show_counts(&n);
  return n.failed || (o->is_strict && n.deviated) ? FCGI_PROTOCOL : FCGI_OK;
}

/* What is asked for and is not there would be nothing that fails. */
static int knows_all(const fcgi_list *only) {
  size_t i;
  for (i = 0; i < only->count; i++) {
    fcgi_list one = {&only->texts[i], 1};
    const check_case *c;
    char id[24];
    int number, found = 0;
    for (number = 1; check_groups[number - 1].name; number++)
      for (c = check_groups[number - 1].cases; c->claim; c++) {
        snprintf(id, sizeof id, "%d.%d", number, (int) (c - check_groups[number - 1].cases) + 1);
        found |= is_wanted(&one, id);
      }
    if (!found)
      return fcgi_say("check: there is no case or group %s. `fcgi check --list` lists them",
                      one.texts[0]),
             0;
  }
  return 1;
}

static int check(check_options *o) {
  int status = FCGI_NO_CONNECTION;
  system_ignore_pipes();
  o->suite.target = &o->target;
  o->suite.multiplexes = o->suite.keeps = NOT_ASKED;
  o->suite.timeout_ms = o->timeout_ms ? o->timeout_ms : 2000;
  if (subject_open(&o->suite) && probe_find(&o->suite))
    status = run_all(o);
  subject_close(&o->suite);
  return status;
}

int fcgi_check(int argc, char **argv) {
  check_options *o = calloc(1, sizeof *o);
  fcgi_rest rest;
  int status = FCGI_NO_CONNECTION;
  if (o == NULL)
    return fcgi_say("there is no memory"), status;
  if (fcgi_options_read(&syntax, o, argc, argv, &rest, &status)) {
    if (o->is_list)
      show_list(), status = FCGI_OK;
    else if (!knows_all(&o->only))
      status = FCGI_USAGE;
    else if (fcgi_target_read(&o->target, &syntax, &rest, &status))
      status = check(o);
  }
  fcgi_target_free(&o->target);
  free(o->only.texts);
  free(o);
  return status;
}
