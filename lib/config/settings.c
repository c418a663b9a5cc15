/* settings.c: the settings of an application: names, what each may be, defaults. */
#include "config/config.h"
#include <stdio.h>
#include <string.h>

typedef enum kind { TEXT, NUMBER, FLAG, WORD } kind;

/* Ranges are those of IIS 7.5's schema; the defaults those of fcgiext.ini. */
static const struct {
  const char *name, *xml; /* in <fastCgi>; NULL: not there */
  kind kind;
  unsigned low, high, otherwise;
  const char *words[5];
} settings[FCL__SETTING_COUNT] = {
    {"ExePath", "fullPath", TEXT, 0, 0, 0, {NULL}},
    {"Address", NULL, TEXT, 0, 0, 0, {NULL}},
    {"Arguments", "arguments", TEXT, 0, 0, 0, {NULL}},
    {"EnvironmentVars", "environmentVariables", TEXT, 0, 0, 0, {NULL}},
    {"Protocol", "protocol", WORD, 0, 0, FCL_CONFIG_NAMED_PIPE, {"NamedPipe", "Tcp"}},
    {"QueueLength", "queueLength", NUMBER, 1, 100000000, 1000, {NULL}},
    {"MaxInstances", "maxInstances", NUMBER, 0, 10000, 0, {NULL}},
    {"InstanceMaxRequests", "instanceMaxRequests", NUMBER, 1, 10000000, 1000, {NULL}},
    {"IdleTimeout", "idleTimeout", NUMBER, 10, 2592000, 300, {NULL}},
    {"ActivityTimeout", "activityTimeout", NUMBER, 10, 2592000, 70, {NULL}},
    {"RequestTimeout", "requestTimeout", NUMBER, 10, 2592000, 90, {NULL}},
    {"ResponseBufferLimit", "responseBufferLimit", NUMBER, 0, 4294967295u, 4194304, {NULL}},
    {"FlushNamedPipe", "flushNamedPipe", FLAG, 0, 1, 0, {NULL}},
    {"UnhealthyOnQueueFull", NULL, FLAG, 0, 1, 0, {NULL}},
    {"RapidFailsPerMinute", "rapidFailsPerMinute", NUMBER, 0, 1000, 10, {NULL}},
    {"MonitorChangesTo", "monitorChangesTo", TEXT, 0, 0, 0, {NULL}},
    {"StderrMode",
     "stderrMode",
     WORD,
     0,
     0,
     FCL_CONFIG_STDERR_IN_500,
     {"ReturnStderrIn500", "ReturnGeneric500", "IgnoreAndReturn200", "TerminateProcess"}},
    {"SignalBeforeTerminateSeconds", "signalBeforeTerminateSeconds", NUMBER, 0, 60, 0, {NULL}},
    {"IgnoreExistingFiles", NULL, FLAG, 0, 1, 0, {NULL}},
    {"IgnoreDirectories", NULL, FLAG, 0, 1, 0, {NULL}},
};

static fcl_slice text(const char *s) {
  fcl_slice t;
  t.base = s;
  t.len = strlen(s);
  return t;
}

const char *fcl__config_setting_name(const fcl_config *c, fcl__setting setting) {
  return c->is_xml ? settings[setting].xml : settings[setting].name;
}

const char *fcl__config_ini_name(fcl__setting setting) {
  return settings[setting].name;
}

int fcl__config_is_number(fcl__setting setting) {
  return settings[setting].kind == NUMBER || settings[setting].kind == FLAG;
}

void fcl__config_set_defaults(const fcl_config *c, fcl__config_app *a) {
  size_t i;
  memset(a, 0, sizeof *a);
  for (i = 0; i < FCL__SETTING_COUNT; i++)
    a->values[i].number = settings[i].otherwise;
  if (c->is_xml)
    a->values[FCL__INSTANCE_MAX_REQUESTS].number = 200;
}

size_t fcl__config_find_setting(const fcl_config *c, fcl_slice name) {
  size_t i;
  for (i = 0; i < FCL__SETTING_COUNT; i++) {
    const char *one = fcl__config_setting_name(c, (fcl__setting) i);
    if (one && fcl__ini_same(name, text(one)))
      break;
  }
  return i;
}

/* Decimal digits, and nothing but them. */
static int read_number(fcl_slice s, unsigned low, unsigned high, unsigned *number) {
  uint64_t n = 0;
  size_t i;
  for (i = 0; i < s.len && n <= high; i++) {
    if (s.base[i] < '0' || s.base[i] > '9')
      return 0;
    n = n * 10 + (unsigned) (s.base[i] - '0');
  }
  if (s.len == 0 || n < low || n > high)
    return 0;
  *number = (unsigned) n;
  return 1;
}

static int read_word(fcl_slice s, const char *const *words, unsigned *number) {
  unsigned i;
  for (i = 0; words[i]; i++)
    if (fcl__ini_same(s, text(words[i]))) {
      *number = i;
      return 1;
    }
  return 0;
}

static const char *const truths[] = {"false", "true", NULL};

static int read_value(const fcl_config *c, size_t setting, fcl_slice s, unsigned *number) {
  switch (settings[setting].kind) {
  case TEXT:
    return 1;
  case FLAG:
    if (c->is_xml)
      return read_word(s, truths, number);
    /* fall through */
  case NUMBER:
    return read_number(s, settings[setting].low, settings[setting].high, number);
  case WORD:
    return read_word(s, settings[setting].words, number);
  }
  return 0;
}

/* "give a number from 10 to 3600", "give NamedPipe or Tcp". */
static void say_allowed(const fcl_config *c, size_t setting, char *out, size_t cap) {
  const char *const *words = settings[setting].words;
  size_t i, used;
  if (settings[setting].kind == FLAG)
    snprintf(out, cap, "give %s", c->is_xml ? "true or false" : "0 or 1");
  else if (settings[setting].kind == NUMBER)
    snprintf(out, cap, "give a number from %u to %u", settings[setting].low,
             settings[setting].high);
  else
    for (i = used = 0; words[i] && used < cap; i++)
      used += (size_t) snprintf(out + used, cap - used, "%s%s",
                                i == 0         ? "give "
                                : words[i + 1] ? ", "
                                               : " or ",
                                words[i]);
}

static void say_unknown(fcl__config_reader *r, const fcl__config_app *a,
                        const fcl__ini_item *item) {
  char all[600];
  size_t i, used = 0;
  for (i = 0; i < FCL__SETTING_COUNT && used < sizeof all; i++) {
    const char *name = fcl__config_setting_name(r->config, (fcl__setting) i);
    if (name)
      used += (size_t) snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", name);
  }
  fcl__config_say(r, FCL_LEVEL_ERROR, item->line,
                  "[%.100s] has no setting \"%.*s\"; the settings are %s", a->app.name,
                  FCL__CULPRIT(item->name), all);
}

void fcl__config_set(fcl__config_reader *r, fcl__config_app *a, const fcl__ini_item *item) {
  size_t setting = fcl__config_find_setting(r->config, item->name);
  fcl__config_value *v = &a->values[setting < FCL__SETTING_COUNT ? setting : 0];
  char allowed[200];
  if (setting == FCL__SETTING_COUNT) {
    say_unknown(r, a, item);
  } else if (v->line) {
    fcl__config_say(r, FCL_LEVEL_ERROR, item->line,
                    "[%.100s] %s is set in line %u already; give it once", a->app.name,
                    fcl__config_setting_name(r->config, (fcl__setting) setting), v->line);
  } else {
    v->line = item->line;
    v->text = item->value.base;
    ((char *) item->value.base)[item->value.len] = 0; /* in our copy; the reader is behind it */
    if (read_value(r->config, setting, item->value, &v->number))
      return;
    say_allowed(r->config, setting, allowed, sizeof allowed);
    fcl__config_say(r, FCL_LEVEL_ERROR, item->line, "[%.100s] %s is \"%.*s\"; %s", a->app.name,
                    fcl__config_setting_name(r->config, (fcl__setting) setting),
                    FCL__CULPRIT(item->value), allowed);
  }
}

int fcl__config_print_value(const fcl_config *c, const fcl__config_app *a, size_t setting,
                            char *out, size_t cap) {
  const fcl__config_value *v = &a->values[setting];
  if (v->line)
    return snprintf(out, cap, "%s", v->text);
  switch (settings[setting].kind) {
  case NUMBER:
    return snprintf(out, cap, "%u", v->number);
  case FLAG:
    return snprintf(out, cap, "%s", c->is_xml ? truths[v->number] : v->number ? "1" : "0");
  case WORD:
    return snprintf(out, cap, "%s", settings[setting].words[v->number]);
  case TEXT:
    break;
  }
  return snprintf(out, cap, "%s", "");
}
