/* lists.c: the settings that are lists: Arguments, Address, EnvironmentVars. */
#include "config/system.h"
#include <stdlib.h>
#include <string.h>

/* Read once, and kept. */
const char *const *fcl__config_variables(fcl__config_reader *r) {
  if (r->options.env == NULL)
    r->options.env = fcl__config_our_environment(r);
  return r->options.env;
}

#define VARIABLES_MAX 1000 /* in one EnvironmentVars: each is held against all others */

/* Pointers and texts in one block. */
typedef struct list {
  const char **items;
  size_t count;
  char *at; /* where the next text goes */
} list;

static int list_init(fcl__config_reader *r, list *l, size_t most, size_t bytes) {
  size_t pointers = (most + 1) * sizeof *l->items;
  l->items = fcl__config_alloc(r, pointers + bytes);
  l->count = 0;
  l->at = (char *) l->items + pointers;
  return l->items != NULL;
}

static const char *skip_blanks(const char *s) {
  return s + strspn(s, " \t");
}

/* ---- Arguments ---- */

void fcl__config_arguments(fcl__config_reader *r, const fcl__config_app *a, const char *first,
                           void **out) {
  const fcl__config_value *v = &a->values[FCL__ARGUMENTS];
  const char *s = skip_blanks(v->text);
  size_t len = strlen(s);
  list l;
  if (!list_init(r, &l, len / 2 + 2, len + 1))
    return;
  *out = l.items;
  l.items[l.count++] = first;
  while (s && *s) {
    l.items[l.count++] = l.at;
    s = fcl__config_word(s, &l.at);
    s = s ? skip_blanks(s) : NULL;
  }
  if (s == NULL)
    fcl__config_say(
        r, FCL_LEVEL_ERROR, v->line,
        "[%.100s] %s has a quote that is left open in %.100s; close it, or put \\ before it",
        a->app.name, fcl__config_setting_name(r->config, FCL__ARGUMENTS), l.items[l.count - 1]);
}

/* ---- Address ---- */

static int is_address(fcl_slice s) {
  return (s.len > 5 && memcmp(s.base, "unix:", 5) == 0) ||
         (s.len > 4 && memcmp(s.base, "tcp:", 4) == 0) ||
         (s.len > 5 && memcmp(s.base, "pipe:", 5) == 0);
}

void fcl__config_addresses(fcl__config_reader *r, const fcl__config_app *a, void **out) {
  const fcl__config_value *v = &a->values[FCL__ADDRESS];
  const char *s = v->text;
  size_t len = strlen(s);
  list l;
  if (!list_init(r, &l, len / 2 + 1, len + 1))
    return;
  *out = l.items;
  for (;;) {
    size_t n = strcspn(s, ",");
    fcl_slice one = {s, n};
    one = fcl__ini_trim(one);
    if (!is_address(one)) {
      fcl__config_say(r, FCL_LEVEL_ERROR, v->line,
                      "[%.100s] Address has \"%.*s\"; give unix:/path, unix:@name, tcp:host:port "
                      "or several of them with commas between",
                      a->app.name, FCL__CULPRIT(one));
      return;
    }
    l.items[l.count++] = memcpy(l.at, one.base, one.len);
    l.at += one.len + 1;
    if (s[n] == 0)
      return;
    s += n + 1;
  }
}

/* ---- EnvironmentVars ---- */

/* The value at `s` without its escapes, to *at.  Returns where it ends; NULL: *fault says why not.
 */
static const char *read_value(const char *s, char **at, const char **fault) {
  int is_quoted = *s == '"';
  const char *end = is_quoted ? "\"" : ",";
  char *first = *at;
  for (s += is_quoted; *s && *s != *end; s++) {
    if (*s == '/' && (s[1] == 0 || strchr("/,\"", s[1]) == NULL)) {
      *fault = "a / escapes what follows; write // for a /, /, for a comma";
      return NULL;
    }
    s += *s == '/';
    *(*at)++ = *s;
  }
  if (is_quoted && *s == 0) {
    *fault = "the quotes are left open";
    return NULL;
  }
  while (!is_quoted && *at > first && ((*at)[-1] == ' ' || (*at)[-1] == '\t'))
    (*at)--;
  *(*at)++ = 0;
  return skip_blanks(s + is_quoted);
}

/* NAME:VALUE at `s`, as NAME=VALUE, to *at. */
static const char *read_pair(const char *s, char **at, const char **fault) {
  size_t n = strcspn(s, ":,=\"");
  fcl_slice name = {s, n};
  name = fcl__ini_trim(name);
  if (s[n] != ':' || name.len == 0) {
    *fault = "a variable is NAME:VALUE";
    return NULL;
  }
  memcpy(*at, name.base, name.len);
  *at += name.len;
  *(*at)++ = '=';
  s = read_value(skip_blanks(s + n + 1), at, fault);
  if (s && *s && *s != ',') {
    *fault = "behind the quotes of a value comes a comma, or the end";
    return NULL;
  }
  return s;
}

static fcl_slice name_of(const char *pair) {
  fcl_slice s = {pair, strcspn(pair, "=")};
  return s;
}

/* Is a variable with the name of `pair` among the first `count`? */
static int has(const list *l, size_t count, const char *pair) {
  size_t i;
  for (i = 0; i < count; i++)
    if (fcl__config_same_variable(name_of(l->items[i]), name_of(pair)))
      return 1;
  return 0;
}

/* NULL, or where the fault is. */
static const char *read_pairs(const char *s, list *l, const char **fault) {
  for (;;) {
    const char *from = skip_blanks(s), *pair = l->at;
    s = read_pair(from, &l->at, fault);
    if (s && has(l, l->count, pair))
      *fault = "this variable is there already; give it once";
    else if (s && l->count == VARIABLES_MAX)
      *fault = "there are too many variables; give 1000 at most";
    if (*fault)
      return from;
    l->items[l->count++] = pair;
    if (*s++ == 0)
      return NULL;
  }
}

static void append_environment(list *l, const char *const *env) {
  size_t ours = l->count;
  for (; *env; env++)
    if (!has(l, ours, *env)) {
      size_t size = strlen(*env) + 1;
      l->items[l->count++] = memcpy(l->at, *env, size);
      l->at += size;
    }
}

void fcl__config_environment(fcl__config_reader *r, const fcl__config_app *a, void **out) {
  const fcl__config_value *v = &a->values[FCL__ENVIRONMENT_VARS];
  const char *const *env = fcl__config_variables(r);
  const char *culprit, *fault = NULL;
  size_t len = strlen(v->text), count = 0, bytes = len + 2;
  list l;
  for (; env[count]; count++)
    bytes += strlen(env[count]) + 1;
  if (!list_init(r, &l, count + len / 2 + 1, bytes))
    return;
  *out = l.items;
  culprit = read_pairs(v->text, &l, &fault);
  if (culprit)
    fcl__config_say(r, FCL_LEVEL_ERROR, v->line, "[%.100s] %s at \"%.100s\": %s", a->app.name,
                    fcl__config_setting_name(r->config, FCL__ENVIRONMENT_VARS), culprit, fault);
  else
    append_environment(&l, env);
}
