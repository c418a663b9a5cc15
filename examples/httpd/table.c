/* table.c: pools made from the command line or a configuration, and which of them serves a path. */
#include "table.h"
#include "log.h"
#include "server.h"
#include "text.h"
#include <stdlib.h>

static int open_pool(fcl_pool **pool, worker *w, const fcl_pool_options *o) {
  fcl_error e;
  if (fcl_pool_new(pool, w->client, o, &e) == FCL_OK)
    return 0;
  log_sentence("", e.text);
  return -1;
}

/* The pools of an application, one for each thread, have its limits in common. */
static void set_limits(const worker *w, fcl_pool_options *o) {
  if (o->addresses)
    o->run_as = NULL; /* whoever has started it has decided */
  if (w->options->threads > 1)
    o->common_limits = o->name;
}

static int make_pool(fcl_pool **pool, worker *w, fcl_pool_options *o) {
  set_limits(w, o);
  return open_pool(pool, w, o);
}

static int add_pool(table *t, worker *w, fcl_pool_options *o) {
  int error = make_pool(&t->pools[t->pool_count], w, o);
  t->pool_count += error == 0;
  return error;
}

static void set_app(fcl_pool_options *o, const app *a, const char *const *files) {
  o->name = a->extension.base; /* NUL-terminated, as options.c made it */
  o->program = a->program;
  o->argv = a->argv;
  o->addresses = a->addresses[0] ? a->addresses : NULL;
  o->monitor = a->program && files[0] ? files : NULL;
  o->tcp = o->tcp && a->program;
}

int table_authorizer(worker *w) {
  const app *a = &w->options->authorizer;
  fcl_pool_options o = w->options->pool;
  set_app(&o, a, w->options->monitor);
  return o.program || o.addresses ? make_pool(&w->authorizer, w, &o) : 0;
}

static int add_own(table *t, worker *w, unsigned i) {
  const app *a = &w->options->apps[i];
  fcl_pool_options o = w->options->pool;
  set_app(&o, a, w->options->monitor);
  if (a->extension.base[0] == '/') {
    t->catch_all = (int) i;
  } else {
    t->own[t->extension_count] = a->extension;
    t->own_apps[t->extension_count++] = i;
  }
  return add_pool(t, w, &o);
}

static int add_configured(table *t, worker *w, unsigned i) {
  fcl_pool_options o;
  configuration_pool(t->config, i, w->options, &o);
  return add_pool(t, w, &o);
}

int table_open(table *t, worker *w, configuration *config) {
  unsigned i, count = config ? configuration_count(config) : w->options->app_count;
  memset(t, 0, sizeof *t);
  t->catch_all = -1;
  t->config = configuration_hold(config);
  t->pools = calloc(count + 1, sizeof *t->pools);
  t->extensions = config ? configuration_extensions(config, &t->extension_count) : t->own;
  for (i = 0; t->pools && i < count; i++)
    if (config ? add_configured(t, w, i) : add_own(t, w, i))
      break;
  if (t->pools && i == count)
    return 0;
  table_close(t);
  return -1;
}

/* Which of the old pools is the application's, by its name; -1: none. */
static int find_old(const table *was, const worker *w, const char *name) {
  fcl_pool_options o;
  unsigned i;
  for (i = 0; was->config && i < was->pool_count; i++) {
    configuration_pool(was->config, i, w->options, &o);
    if (was->pools[i] && strcmp(o.name, name) == 0)
      return (int) i;
  }
  return -1;
}

/* Pools of names that are new.  They may fail, and nothing has changed yet. */
static int add_new(table *t, worker *w, const table *was, unsigned i) {
  fcl_pool_options o;
  configuration_pool(t->config, i, w->options, &o);
  if (find_old(was, w, o.name) < 0)
    return add_pool(t, w, &o);
  t->pools[t->pool_count++] = NULL;
  return 0;
}

/* What a pool cannot become is another pool's; without one it goes on as it is. */
static void renew(table *t, worker *w, table *was, unsigned i) {
  fcl_pool_options o;
  fcl_error e;
  int old;
  configuration_pool(t->config, i, w->options, &o);
  old = find_old(was, w, o.name);
  set_limits(w, &o);
  if (fcl_pool_configure(was->pools[old], &o, &e) != FCL_OK && open_pool(&t->pools[i], w, &o) == 0)
    return; /* the old one is closed with the others */
  t->pools[i] = was->pools[old];
  was->pools[old] = NULL;
}

int table_renew(table *t, worker *w, configuration *config) {
  table was = *t;
  unsigned i, count = configuration_count(config);
  memset(t, 0, sizeof *t);
  t->catch_all = -1;
  t->config = configuration_hold(config);
  t->pools = calloc(count + 1, sizeof *t->pools);
  t->extensions = configuration_extensions(config, &t->extension_count);
  for (i = 0; t->pools && i < count; i++)
    if (add_new(t, w, &was, i))
      break;
  if (t->pools == NULL || i < count) {
    table_close(t);
    *t = was;
    return -1;
  }
  for (i = 0; i < count; i++)
    if (t->pools[i] == NULL)
      renew(t, w, &was, i);
  table_close(&was);
  return 0;
}

void table_close(table *t) {
  unsigned i;
  for (i = 0; i < t->pool_count; i++)
    if (t->pools[i])
      fcl_pool_close(t->pools[i], FCL_NEVER);
  table_free(t);
}

void table_free(table *t) {
  free(t->pools);
  configuration_drop(t->config);
  memset(t, 0, sizeof *t);
}

int table_script(const table *t, size_t extension, fcl_slice method, fcl_slice path) {
  fcl_slice any = {NULL, 0}, which = t->extensions[extension];
  int serves;
  if (t->config == NULL)
    return (int) t->own_apps[extension];
  serves = configuration_route(t->config, method, which, path);
  if (serves < 0 && configuration_route(t->config, any, which, path) < 0)
    return -2;
  return serves;
}

int table_rest(const table *t, fcl_slice method, fcl_slice path) {
  fcl_slice none = {NULL, 0};
  return t->config ? configuration_route(t->config, method, none, path) : t->catch_all;
}
