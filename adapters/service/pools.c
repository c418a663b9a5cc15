/* pools.c: the pools of a configuration: new ones, and those of the one before under the same name,
   which go on with the options that are new. */
#include "pools.h"
#include <stdlib.h>
#include <string.h>

/* Of a response, while its client is slow: in memory, and in a file where the configuration does
   not limit it. */
enum { AHEAD_MEMORY = 1 << 20, AHEAD_FILE = 1 << 30 };

/* Servers hold what they are slow to send; applications are not to wait for that. */
static fcl_pool_options options_of(const fcl_config_app *app) {
  fcl_pool_options options = *app->options;
  uint64_t limit = app->response_buffer_limit;
  if (!(app->set & FCL_CONFIG_RESPONSE_BUFFER_LIMIT))
    limit = AHEAD_FILE;
  options.read_ahead = limit < AHEAD_MEMORY ? (size_t) limit : AHEAD_MEMORY;
  options.read_ahead_file = limit - options.read_ahead;
  options.common_limits = app->name; /* with those of other clients of this server process */
  return options;
}

static application *hold(application *a) {
  if (a)
    a->holders++;
  return a;
}

static application *make(const fcl_config_app *app, fcl_client *client, fcl_error *e) {
  fcl_pool_options options = options_of(app);
  application *a = calloc(1, sizeof *a);
  if (a && fcl_pool_new(&a->pool, client, &options, e) == FCL_OK)
    return hold(a);
  free(a);
  return NULL;
}

static void drop(application *a, unsigned drain_ms) {
  if (a == NULL || --a->holders > 0)
    return;
  fcl_pool_close(a->pool, drain_ms);
  free(a);
}

static int has(application *const *list, size_t count, const application *a) {
  size_t i;
  for (i = 0; i < count; i++)
    if (list[i] == a)
      return 1;
  return 0;
}

/* What the configuration before has by this name, and nobody has taken over yet; NULL: nothing. */
static application *find_old(const settings *s, const settings *was, const char *name) {
  size_t i;
  for (i = 0; was && i < fcl_config_count(was->config); i++)
    if (strcmp(fcl_config_at(was->config, i)->name, name) == 0 &&
        !has(s->applications, fcl_config_count(s->config), was->applications[i]))
      return was->applications[i];
  return NULL;
}

/* What a pool cannot become is another pool's; without one it goes on as it is. */
static application *renew(application *old, const fcl_config_app *app, fcl_client *client) {
  fcl_pool_options options = options_of(app);
  application *other = NULL;
  if (fcl_pool_configure(old->pool, &options, NULL) != FCL_OK)
    other = make(app, client, NULL);
  return other ? other : hold(old);
}

int pools_open(settings *s, const settings *was, fcl_client *client, fcl_error *e) {
  size_t i, count = fcl_config_count(s->config);
  s->applications = calloc(count + 1, sizeof *s->applications);
  if (s->applications == NULL)
    return -1;
  for (i = 0; i < count; i++) {
    const fcl_config_app *app = fcl_config_at(s->config, i);
    if (find_old(s, was, app->name))
      continue;
    if ((s->applications[i] = make(app, client, e)) == NULL)
      return -1;
  }
  for (i = 0; i < count; i++) {
    const fcl_config_app *app = fcl_config_at(s->config, i);
    if (s->applications[i] == NULL)
      s->applications[i] = renew(find_old(s, was, app->name), app, client);
  }
  return 0;
}

void pools_close(settings *s, unsigned drain_ms) {
  size_t i;
  for (i = 0; s->applications && i < fcl_config_count(s->config); i++)
    drop(s->applications[i], drain_ms);
  free(s->applications);
}
