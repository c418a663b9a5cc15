/* configuration.c: fcgiext.ini or applicationHost.config, as httpd uses it. */
#include "configuration.h"
#include <fcgiclient/config.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { SITE = 1 }; /* that httpd is, for lines that name one */

struct configuration {
  fcl_config *config;
  atomic_uint holders;
};

static void on_message(const fcl_config_message *m, void *user) {
  fprintf(stderr, "httpd: %s: %s\n", m->level == FCL_LEVEL_ERROR ? "error" : "warning",
          m->sentence);
}

configuration *configuration_read(const options *o) {
  configuration *c = calloc(1, sizeof *c);
  fcl_config_options how = {0};
  fcl_error e = {FCL_E_NOMEM, 0, "out of memory"};
  how.on_message = on_message;
  how.env = o->pool.env;
  how.applies = FCL_CONFIG_RESPONSE_BUFFER_LIMIT | FCL_CONFIG_IGNORE_EXISTING_FILES |
                FCL_CONFIG_IGNORE_DIRECTORIES;
  if (c && fcl_config_read(&c->config, o->config, &how, &e) == FCL_OK) {
    c->holders = 1;
    return c;
  }
  if (e.code == FCL_E_NOMEM)
    fprintf(stderr, "httpd: --config %s: out of memory\n", o->config);
  free(c);
  return NULL;
}

configuration *configuration_hold(configuration *c) {
  if (c)
    atomic_fetch_add(&c->holders, 1);
  return c;
}

void configuration_drop(configuration *c) {
  if (c == NULL || atomic_fetch_sub(&c->holders, 1) > 1)
    return;
  fcl_config_free(c->config);
  free(c);
}

unsigned configuration_count(const configuration *c) {
  return (unsigned) fcl_config_count(c->config);
}

/* ResponseBufferLimit: memory first, then a file, as the command line has them. */
static void set_read_ahead(const fcl_config_app *a, fcl_pool_options *pool) {
  uint64_t limit = a->response_buffer_limit;
  if (!(a->set & FCL_CONFIG_RESPONSE_BUFFER_LIMIT))
    return;
  if (pool->read_ahead > limit)
    pool->read_ahead = (size_t) limit;
  pool->read_ahead_file = limit - pool->read_ahead;
}

void configuration_pool(const configuration *c, unsigned n, const options *o,
                        fcl_pool_options *pool) {
  const fcl_config_app *a = fcl_config_at(c->config, n);
  const fcl_pool_options *said = a->options;
  *pool = o->pool;
  pool->name = said->name;
  pool->program = said->program;
  pool->argv = said->argv;
  pool->env = said->env ? said->env : o->pool.env;
  pool->addresses = said->addresses;
  pool->max_processes = said->max_processes;
  pool->max_connections = said->max_connections;
  pool->max_requests = said->max_requests;
  pool->queue_length = said->queue_length;
  pool->rapid_fails = said->rapid_fails;
  pool->rapid_fail_ms = said->rapid_fail_ms;
  pool->stderr_mode = said->stderr_mode;
  pool->activity_ms = said->activity_ms;
  pool->request_ms = said->request_ms;
  pool->idle_ms = said->idle_ms;
  pool->stop_ms = said->stop_ms;
  pool->monitor = said->monitor;
  pool->tcp = said->tcp;
  set_read_ahead(a, pool);
}

const fcl_slice *configuration_extensions(const configuration *c, size_t *count) {
  return fcl_config_extensions(c->config, count);
}

int configuration_route(const configuration *c, fcl_slice method, fcl_slice extension,
                        fcl_slice path) {
  fcl_slice application = fcl_config_application(c->config, SITE, path);
  const fcl_config_app *a = fcl_config_route_for(c->config, method, extension, SITE, application);
  return a ? (int) a->index : -1;
}

int configuration_ignores_files(const configuration *c, unsigned n) {
  return fcl_config_at(c->config, n)->ignore_existing_files;
}

int configuration_ignores_directories(const configuration *c, unsigned n) {
  return fcl_config_at(c->config, n)->ignore_directories;
}
