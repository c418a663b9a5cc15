/* target.c: reads TARGET and what stands behind it. */
#define _GNU_SOURCE
#include "fcgi.h"
#include "system.h"
#include <fcgiclient/harness.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int fcgi_is_address(const char *text) {
  return strncmp(text, "unix:", 5) == 0 || strncmp(text, "tcp:", 4) == 0 ||
         strncmp(text, "pipe:", 5) == 0;
}

char *fcgi_whole_address(const char *text) {
  char *here, *whole = NULL;
  if (strncmp(text, "unix:", 5) != 0 || text[5] == '/' || text[5] == '@')
    return strdup(text);
  here = system_here();
  if (here == NULL || asprintf(&whole, "unix:%s/%s", here, text + 5) < 0)
    whole = NULL;
  free(here);
  return whole;
}

/* ---- Options of ours behind TARGET ---- */

static const fcgi_option *ours(const fcgi_syntax *s, const char *arg) {
  const fcgi_option *o;
  size_t len = strcspn(arg, "=");
  for (o = s->options; o->name; o++)
    if (strncmp(arg, "--", 2) == 0 && strlen(o->name) == len - 2 &&
        memcmp(arg + 2, o->name, len - 2) == 0)
      return o;
  return NULL;
}

static void show_before(const fcgi_rest *rest) {
  int i;
  for (i = -rest->before; i < 0; i++)
    fprintf(stderr, " %s", rest->argv[i]);
}

/* `argv[at]` is an option of ours: shows where it belongs. */
static void refuse(const fcgi_syntax *s, const fcgi_option *o, const fcgi_rest *rest, int at) {
  int argc = rest->argc;
  char **argv = rest->argv;
  int takes = o->argument && !strchr(argv[at], '=') && at + 1 < argc, i;
  fprintf(stderr, "fcgi %s: %s stands behind TARGET, and options end there. Write: fcgi %s",
          s->command, argv[at], s->command);
  show_before(rest);
  fprintf(stderr, " %s%s%s", argv[at], takes ? " " : "", takes ? argv[at + 1] : "");
  for (i = 0; i < argc; i++)
    if (i != at && !(takes && i == at + 1))
      fprintf(stderr, " %s", argv[i]);
  fprintf(stderr, "; or, if it is meant for %s: fcgi %s", argv[0], s->command);
  show_before(rest);
  fputs(" --", stderr);
  for (i = 0; i < argc; i++)
    fprintf(stderr, " %s", argv[i]);
  fputc('\n', stderr);
}

/* Copies the arguments.  The first "--" behind TARGET ends our interest, and is not passed on. */
static int copy_arguments(fcgi_target *t, const fcgi_syntax *s, const fcgi_rest *rest) {
  int i, n = 0, is_verbatim = rest->is_verbatim;
  t->argv = calloc((size_t) rest->argc + 1, sizeof *t->argv);
  for (i = 0; t->argv && i < rest->argc; i++) {
    const fcgi_option *o = i > 0 && !is_verbatim ? ours(s, rest->argv[i]) : NULL;
    if (o)
      return refuse(s, o, rest, i), 0;
    if (i > 0 && !is_verbatim && strcmp(rest->argv[i], "--") == 0)
      is_verbatim = 1;
    else
      t->argv[n++] = rest->argv[i];
  }
  return t->argv != NULL;
}

/* ---- All ---- */

static int read_rest(fcgi_target *t, const fcgi_syntax *s, const fcgi_rest *rest) {
  if (rest->argc == 0) {
    fprintf(stderr,
            "fcgi %s: TARGET is missing: a program to start, unix:/PATH, unix:@NAME, "
            "pipe:NAME or tcp:HOST:PORT. `fcgi %s --help` tells more.\n",
            s->command, s->command);
    return 0;
  }
  t->text = rest->argv[0];
  if (!copy_arguments(t, s, rest))
    return 0;
  if (fcgi_is_address(t->text)) {
    t->addresses[0] = t->address = fcgi_whole_address(t->text);
    if (t->argv[1])
      fprintf(stderr, "fcgi %s: %s stands behind the address %s, which takes no arguments\n",
              s->command, t->argv[1], t->text);
    return t->address && t->argv[1] == NULL;
  }
  t->program = system_find_program(t->text);
  if (t->program == NULL)
    fprintf(stderr,
            "fcgi %s: %s is no program that may be run%s, and no address (unix:/PATH, unix:@NAME, "
            "pipe:NAME, tcp:HOST:PORT)\n",
            s->command, t->text, strchr(t->text, '/') ? "" : " from $PATH");
  return t->program != NULL;
}

int fcgi_target_read(fcgi_target *target, const fcgi_syntax *syntax, const fcgi_rest *rest,
                     int *status) {
  memset(target, 0, sizeof *target);
  if (read_rest(target, syntax, rest))
    return 1;
  fcgi_target_free(target);
  *status = FCGI_USAGE;
  return 0;
}

void fcgi_target_free(fcgi_target *target) {
  free(target->address);
  free(target->program);
  free(target->argv);
  memset(target, 0, sizeof *target);
}

void fcgi_target_to_pool(const fcgi_target *target, fcl_pool_options *pool) {
  pool->program = target->program;
  pool->argv = target->program ? (const char *const *) target->argv : NULL;
  pool->addresses = target->program ? NULL : target->addresses;
}

int fcgi_target_start(const fcgi_target *target, fcl_program **program, const char **address) {
  fcl_program_options o = {0};
  fcl_error e;
  *program = NULL;
  *address = target->address;
  if (target->program == NULL)
    return 1;
  o.path = target->program;
  o.argv = (const char *const *) target->argv;
  if (fcl_program_start(program, &o, &e))
    return fcgi_say("%s", e.text), 0;
  *address = fcl_program_address(*program);
  return 1;
}
