/* warnings.c: settings that are right and yet do not do what somebody may expect. */
#include "config/config.h"
#include <stdlib.h>
#include <string.h>

/* Settings that no pool of this version knows, and the value that asks for no more than what
   happens anyhow. */
static const struct {
  fcl__setting setting;
  unsigned harmless;
  const char *instead;
} without_effect[] = {
    {FCL__RESPONSE_BUFFER_LIMIT, 0, "a response is sent on as it comes"},
    {FCL__FLUSH_NAMED_PIPE, 0,
     "sockets need no flushing, what an application leaves unread blocks nobody"},
    {FCL__UNHEALTHY_ON_QUEUE_FULL, 0, "a full queue refuses requests, and nothing else"},
    {FCL__IGNORE_EXISTING_FILES, 0, "the web server decides what reaches the application"},
    {FCL__IGNORE_DIRECTORIES, 0, "the web server decides what reaches the application"},
};

/* Settings about processes, which an application that is reached at an Address is without. */
static const fcl__setting about_processes[] = {
    FCL__ARGUMENTS,          FCL__ENVIRONMENT_VARS, FCL__INSTANCE_MAX_REQUESTS,
    FCL__MONITOR_CHANGES_TO, FCL__PROTOCOL,         FCL__SIGNAL_BEFORE_TERMINATE_SECONDS};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int applies(const fcl__config_reader *r, fcl__setting setting) {
  return (r->options.applies >> setting & 1) != 0;
}

static void warn_without_effect(fcl__config_reader *r, const fcl__config_app *a) {
  size_t i;
  for (i = 0; i < COUNT(without_effect); i++) {
    fcl__setting setting = without_effect[i].setting;
    const fcl__config_value *v = &a->values[setting];
    if (v->line && v->number != without_effect[i].harmless && !applies(r, setting))
      fcl__config_say(r, FCL_LEVEL_WARNING, v->line,
                      "[%.100s] %s=%.100s has no effect in this version: %s", a->app.name,
                      fcl__config_setting_name(r->config, setting), v->text,
                      without_effect[i].instead);
  }
}

static void warn_about_processes(fcl__config_reader *r, const fcl__config_app *a) {
  size_t i;
  for (i = 0; i < COUNT(about_processes); i++)
    if (a->values[about_processes[i]].line)
      fcl__config_say(r, FCL_LEVEL_WARNING, a->values[about_processes[i]].line,
                      "[%.100s] %s has no effect for an application that is reached at an Address; "
                      "set it where that is started",
                      a->app.name, fcl__config_setting_name(r->config, about_processes[i]));
}

/* php-cgi leaves by itself after so many requests; it is better replaced before. */
static void warn_about_php(fcl__config_reader *r, const fcl__config_app *a) {
  static const char variable[] = "PHP_FCGI_MAX_REQUESTS=";
  const char *name = fcl__config_setting_name(r->config, FCL__INSTANCE_MAX_REQUESTS);
  const char *const *env = a->options.env;
  long leaves;
  if (a->values[FCL__ENVIRONMENT_VARS].line == 0)
    return;
  while (env && *env && strncmp(*env, variable, sizeof variable - 1) != 0)
    env++;
  if (env == NULL || *env == NULL)
    return;
  leaves = strtol(*env + sizeof variable - 1, NULL, 10);
  if (leaves > 0 && (unsigned long) leaves < a->options.max_requests)
    fcl__config_say(r, FCL_LEVEL_WARNING, a->values[FCL__ENVIRONMENT_VARS].line,
                    "[%.100s] PHP leaves after %ld requests (PHP_FCGI_MAX_REQUESTS), before its %u "
                    "of %s; give %s %ld or less",
                    a->app.name, leaves, a->options.max_requests, name, name, leaves);
}

/* `first` should be the greater of the two. */
static void warn_about_order(fcl__config_reader *r, const fcl__config_app *a, fcl__setting first,
                             fcl__setting second, const char *why) {
  const fcl__config_value *one = &a->values[first], *other = &a->values[second];
  if ((one->line || other->line) && one->number < other->number)
    fcl__config_say(r, FCL_LEVEL_WARNING, one->line > other->line ? one->line : other->line,
                    "[%.100s] %s of %u s is below %s of %u s: %s", a->app.name,
                    fcl__config_setting_name(r->config, first), one->number,
                    fcl__config_setting_name(r->config, second), other->number, why);
}

static void warn_about_clocks(fcl__config_reader *r, const fcl__config_app *a) {
  warn_about_order(r, a, FCL__REQUEST_TIMEOUT, FCL__ACTIVITY_TIMEOUT,
                   "a silent application is never found silent, its request is over before");
  warn_about_order(r, a, FCL__IDLE_TIMEOUT, FCL__REQUEST_TIMEOUT,
                   "processes are started anew between requests that may take longer; let the idle "
                   "time be the longest");
}

static void warn_about_app(fcl__config_reader *r, const fcl__config_app *a) {
  if (!a->is_routed && !(r->options.applies & FCL_CONFIG_ROUTES))
    fcl__config_say(r, FCL_LEVEL_WARNING, a->app.line, "[%.100s] is never used: no %s leads to it",
                    a->app.name, r->config->is_xml ? "handler" : "line of [Types]");
  warn_without_effect(r, a);
  warn_about_clocks(r, a);
  if (a->options.program == NULL) {
    warn_about_processes(r, a);
    return;
  }
  warn_about_php(r, a);
}

void fcl__config_warn(fcl__config_reader *r) {
  size_t i;
  for (i = 0; i < r->config->app_count; i++)
    warn_about_app(r, &r->config->apps[i]);
  fcl__config_warn_handlers(r);
}
