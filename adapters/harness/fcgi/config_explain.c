/* config_explain.c: `fcgi config check`: what a configuration means, setting by setting. */
#include "config.h"
#include "system.h"
#include <stdio.h>
#include <string.h>

typedef struct meaning {
  const char *setting; /* in a fcgiext.ini; the other format's name has the same letters */
  unsigned bit;
  const char *words; /* %s: the value */
  const char *zero;  /* what 0 means; NULL: as any other */
} meaning;

static const meaning meanings[] = {
    {"MaxInstances", FCL_CONFIG_MAX_INSTANCES,
     "up to %s processes, each with one request at a time", "as many as the load asks for"},
    {"InstanceMaxRequests", FCL_CONFIG_INSTANCE_MAX_REQUESTS,
     "a process is replaced after %s requests", NULL},
    {"QueueLength", FCL_CONFIG_QUEUE_LENGTH, "up to %s requests wait; more get 503", NULL},
    {"IdleTimeout", FCL_CONFIG_IDLE_TIMEOUT, "a process without work is ended after %s s", NULL},
    {"ActivityTimeout", FCL_CONFIG_ACTIVITY_TIMEOUT,
     "an application that is silent for %s s is ended, its request gets 504", NULL},
    {"RequestTimeout", FCL_CONFIG_REQUEST_TIMEOUT, "a request that takes %s s in all gets 504",
     NULL},
    {"RapidFailsPerMinute", FCL_CONFIG_RAPID_FAILS_PER_MINUTE,
     "after %s failures within a minute requests get 503 until it is over",
     "failures never stop the application"},
    {"SignalBeforeTerminateSeconds", FCL_CONFIG_SIGNAL_BEFORE_TERMINATE_SECONDS,
     "a process that is to leave is told so, and ended by force %s s later",
     "a process that is to leave is ended at once, unless the file leaves this out: then it has 5 "
     "s"},
    {"StderrMode", FCL_CONFIG_STDERR_MODE, "words on the error stream: %s", NULL},
    {"Protocol", FCL_CONFIG_PROTOCOL, "it is given a listener of the kind %s", NULL},
    {"ResponseBufferLimit", FCL_CONFIG_RESPONSE_BUFFER_LIMIT,
     "up to %s bytes of a response are kept for a slow client",
     "nothing is kept for a slow client"},
    {"MonitorChangesTo", FCL_CONFIG_MONITOR_CHANGES_TO,
     "its processes are replaced when this changes: %s", NULL},
    {"Arguments", FCL_CONFIG_ARGUMENTS, "it is started with %s", NULL},
    {"EnvironmentVars", FCL_CONFIG_ENVIRONMENT_VARS, "in its environment: %s", NULL},
};

/* Where the default of this library is not IIS's. */
static const char *our_default(const meaning *m) {
  switch (m->bit) {
  case FCL_CONFIG_STDERR_MODE:
    return "words on the error stream go to the log and change no response";
  case FCL_CONFIG_SIGNAL_BEFORE_TERMINATE_SECONDS:
    return "a process that is to leave is told so, and ended by force 5 s later";
  }
  return NULL;
}

/* "MaxInstances" of an application that is reached and not started. */
static int is_about_processes(unsigned bit) {
  return bit == FCL_CONFIG_MAX_INSTANCES || bit == FCL_CONFIG_INSTANCE_MAX_REQUESTS ||
         bit == FCL_CONFIG_SIGNAL_BEFORE_TERMINATE_SECONDS || bit == FCL_CONFIG_PROTOCOL;
}

static void explain(const fcl_config *c, const fcl_config_app *a, const meaning *m) {
  char value[2000], words[2200];
  int is_set = (a->set & m->bit) != 0;
  if (!fcl_config_get(c, a->name, m->setting, value, sizeof value) &&
      !(m->bit == FCL_CONFIG_ENVIRONMENT_VARS &&
        fcl_config_get(c, a->name, "environmentVariables", value, sizeof value)))
    return;
  if (value[0] == 0 || (a->options->program == NULL && is_about_processes(m->bit)))
    return;
  if (!is_set && our_default(m))
    snprintf(words, sizeof words, "%s", our_default(m));
  else if (m->zero && strcmp(value, "0") == 0)
    snprintf(words, sizeof words, "%s", m->zero);
  else
    snprintf(words, sizeof words, m->words, value); /* of the table above */
  printf("  %-29s %s%s\n", m->setting, words, is_set ? "" : " (default)");
}

/* What is wrong with a program here; NULL: nothing. */
static const char *look_at(const char *program) {
  if (!system_is_there(program))
    return "there is no such file";
  if (!system_is_file(program))
    return "this is no file";
  return !system_may_run(program) ? "it may not be run by this user" : NULL;
}

static unsigned explain_target(const fcl_config_app *a) {
  const char *const *address = a->options->addresses, *wrong;
  if (a->options->program == NULL) {
    printf("  %-29s it runs already, at", "Address");
    for (; *address; address++)
      printf(" %s", *address);
    if (a->options->max_connections)
      printf("; up to %u connections", a->options->max_connections);
    puts("");
    return 0;
  }
  wrong = look_at(a->options->program);
  printf("  %-29s %s%s%s\n", "ExePath", a->options->program, wrong ? ": NOT HERE: " : "",
         wrong ? wrong : "");
  return wrong != NULL;
}

static unsigned explain_monitor(const fcl_config_app *a) {
  const char *const *file = a->options->monitor;
  unsigned missing = 0;
  for (; file && *file; file++)
    if (!system_is_there(*file) && strpbrk(*file, "*?[") == NULL) {
      printf("  %-29s NOT HERE: %s\n", "MonitorChangesTo", *file);
      missing++;
    }
  return missing;
}

static void explain_routes(const fcl_config *c) {
  size_t count, i;
  const fcl_slice *extensions = fcl_config_extensions(c, &count), none = {NULL, 0};
  const fcl_config_app *a;
  for (i = 0; i < count; i++) {
    a = fcl_config_route(c, extensions[i], 0, none);
    printf("%.*s is served by %s%s%s\n", (int) extensions[i].len, extensions[i].base,
           a ? "[" : "nobody, but where a line for a site or an application says so",
           a ? a->name : "", a ? "]" : "");
  }
  a = fcl_config_route(c, none, 0, none);
  if (a)
    printf("Everything else is served by [%s]\n", a->name);
}

unsigned config_explain(const fcl_config *c) {
  unsigned missing = 0;
  size_t i, k;
  explain_routes(c);
  for (i = 0; i < fcl_config_count(c); i++) {
    const fcl_config_app *a = fcl_config_at(c, i);
    printf("\n[%s]\n", a->name);
    missing += explain_target(a);
    for (k = 0; k < sizeof meanings / sizeof *meanings; k++)
      explain(c, a, &meanings[k]);
    missing += explain_monitor(a);
  }
  return missing;
}
