/* apps.c: what the settings of a section mean together: options for a pool, and the fields that go
   with them. */
#include "config/config.h"
#include <stdio.h>
#include <string.h>

fcl__config_app *fcl__config_add_app(fcl__config_reader *r, const char *name, unsigned line) {
  fcl_config *c = r->config;
  fcl__config_app *a;
  if (c->app_count == FCL_CONFIG_APPS_MAX) {
    fcl__config_say(r, FCL_LEVEL_ERROR, line, "the file has more than %d applications",
                    FCL_CONFIG_APPS_MAX);
    return NULL;
  }
  if (!fcl__config_grow(r, (void **) &c->apps, c->app_count, &c->app_room, sizeof *c->apps))
    return NULL;
  a = &c->apps[c->app_count];
  fcl__config_set_defaults(c, a);
  a->app.index = c->app_count++;
  a->app.line = line;
  a->app.name = name;
  return a;
}

/* The value of a text, or NULL when it is empty or not there. */
static const char *text_of(const fcl__config_app *a, fcl__setting setting) {
  const char *text = a->values[setting].text;
  return text && *text ? text : NULL;
}

static fcl_slice slice_of(const fcl__config_app *a, fcl__setting setting) {
  const char *text = text_of(a, setting);
  fcl_slice slice = {text, text ? strlen(text) : 0};
  return slice;
}

static int is_same(fcl_slice a, fcl_slice b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.base, b.base, a.len) == 0);
}

/* Windows' own: d:\php, d:/php, \\server\php. */
static int is_windows(fcl_slice path) {
  return path.len > 1 && (path.base[1] == ':' || path.base[0] == '\\');
}

/* "-d a=b" is not "-D a=B", whatever system reads it. */
int fcl__config_is_app(const fcl__config_app *a, fcl_slice program, fcl_slice arguments) {
  fcl_slice path = slice_of(a, FCL__EXE_PATH);
  return (is_windows(path) ? fcl__ini_same(path, program) : is_same(path, program)) &&
         is_same(slice_of(a, FCL__ARGUMENTS), arguments);
}

int fcl__config_is_same_app(const fcl__config_app *a, const fcl__config_app *b) {
  return fcl__config_is_app(a, slice_of(b, FCL__EXE_PATH), slice_of(b, FCL__ARGUMENTS));
}

/* Either ExePath or Address, and something to start. */
static void check_target(fcl__config_reader *r, const fcl__config_app *a) {
  const char *program = text_of(a, FCL__EXE_PATH);
  if (program && text_of(a, FCL__ADDRESS))
    fcl__config_say(r, FCL_LEVEL_ERROR, a->values[FCL__ADDRESS].line,
                    "[%.100s] has an ExePath (line %u) and an Address; give ExePath for a program "
                    "to start, Address for one that runs",
                    a->app.name, a->values[FCL__EXE_PATH].line);
  else if (!program && !text_of(a, FCL__ADDRESS))
    fcl__config_say(r, FCL_LEVEL_ERROR, a->app.line,
                    "[%.100s] has no %s; give the absolute path of a program to start%s",
                    a->app.name, fcl__config_setting_name(r->config, FCL__EXE_PATH),
                    r->config->is_xml ? "" : ", or an Address instead");
  else if (program && !fcl__config_is_absolute(program))
    fcl__config_say(r, FCL_LEVEL_ERROR, a->values[FCL__EXE_PATH].line,
                    "[%.100s] %s is \"%.100s\"; give an absolute path, without quotes", a->app.name,
                    fcl__config_setting_name(r->config, FCL__EXE_PATH), program);
}

static unsigned seconds(const fcl__config_app *a, fcl__setting setting) {
  return a->values[setting].number * 1000; /* 2,592,000 s at most: fits */
}

/* The default of IIS, a 500 for any word on STDERR, is not ours: it must be asked for. */
static fcl_stderr stderr_mode(const fcl__config_value *v) {
  static const fcl_stderr modes[] = {FCL_STDERR_IN_500, FCL_STDERR_GENERIC_500, FCL_STDERR_IGNORE,
                                     FCL_STDERR_TERMINATE}; /* as fcl_config_stderr has them */
  return v->line ? modes[v->number] : FCL_STDERR_IGNORE;
}

static void fill_pool(const fcl__config_app *a, fcl_pool_options *o) {
  const fcl__config_value *v = a->values;
  unsigned instances = v[FCL__MAX_INSTANCES].number;
  o->name = a->app.name;
  o->program = text_of(a, FCL__EXE_PATH);
  if (o->program)
    o->max_processes = instances ? instances : FCL_AUTO;
  else
    o->max_connections = instances; /* 0: no limit */
  o->tcp = o->program && v[FCL__PROTOCOL].number == FCL_CONFIG_TCP;
  o->max_requests = v[FCL__INSTANCE_MAX_REQUESTS].number;
  o->queue_length = v[FCL__QUEUE_LENGTH].number;
  o->rapid_fails = v[FCL__RAPID_FAILS_PER_MINUTE].number;
  if (o->rapid_fails == 0)
    o->rapid_fails = FCL_NEVER;
  o->rapid_fail_ms = 60000;
  o->stderr_mode = stderr_mode(&v[FCL__STDERR_MODE]);
  o->activity_ms = seconds(a, FCL__ACTIVITY_TIMEOUT);
  o->request_ms = seconds(a, FCL__REQUEST_TIMEOUT);
  o->idle_ms = seconds(a, FCL__IDLE_TIMEOUT);
  o->stop_ms = seconds(a, FCL__SIGNAL_BEFORE_TERMINATE_SECONDS);
  if (v[FCL__SIGNAL_BEFORE_TERMINATE_SECONDS].line && o->stop_ms == 0)
    o->stop_ms = FCL_NONE;
}

static void fill_app(fcl__config_app *a) {
  const fcl__config_value *v = a->values;
  fcl_config_app *app = &a->app;
  unsigned i;
  for (i = 0; i < FCL__SETTING_COUNT; i++)
    if (v[i].line)
      app->set |= 1u << i;
  app->options = &a->options;
  app->arguments = text_of(a, FCL__ARGUMENTS);
  app->protocol = (fcl_config_protocol) v[FCL__PROTOCOL].number;
  app->response_buffer_limit = v[FCL__RESPONSE_BUFFER_LIMIT].number;
  app->flush_named_pipe = (int) v[FCL__FLUSH_NAMED_PIPE].number;
  app->unhealthy_on_queue_full = (int) v[FCL__UNHEALTHY_ON_QUEUE_FULL].number;
  app->stderr_mode = (fcl_config_stderr) v[FCL__STDERR_MODE].number;
  app->signal_before_terminate_seconds = v[FCL__SIGNAL_BEFORE_TERMINATE_SECONDS].number;
  app->ignore_existing_files = (int) v[FCL__IGNORE_EXISTING_FILES].number;
  app->ignore_directories = (int) v[FCL__IGNORE_DIRECTORIES].number;
}

static void fill_lists(fcl__config_reader *r, fcl__config_app *a) {
  if (text_of(a, FCL__ADDRESS))
    fcl__config_addresses(r, a, &a->addresses);
  if (text_of(a, FCL__ARGUMENTS))
    fcl__config_arguments(r, a, text_of(a, FCL__EXE_PATH), &a->argv);
  if (text_of(a, FCL__ENVIRONMENT_VARS))
    fcl__config_environment(r, a, &a->env);
  if (text_of(a, FCL__MONITOR_CHANGES_TO))
    fcl__config_monitor(r, a, &a->monitor);
  a->app.monitor_changes_to = a->monitor ? ((const char **) a->monitor)[0] : NULL;
  a->options.monitor = a->options.program ? a->monitor : NULL;
  a->options.addresses = a->addresses;
  a->options.argv = a->options.program ? a->argv : NULL;
  a->options.env = a->options.program ? a->env : NULL;
}

void fcl__config_finish_apps(fcl__config_reader *r) {
  size_t i;
  for (i = 0; i < r->config->app_count; i++) {
    fcl__config_app *a = &r->config->apps[i];
    check_target(r, a);
    fill_app(a);
    fill_pool(a, &a->options);
    fill_lists(r, a);
  }
}
