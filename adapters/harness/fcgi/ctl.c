/* ctl.c: `fcgi ctl`: asks a running server about its pools, and tells it what to do. */
#include "ask.h"
#include "fcgi.h"
#include "view.h"
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct ctl_options {
  int json, prometheus, lines;
} ctl_options;

static const fcgi_option options[] = {
    {"json", 0, NULL, "stats as JSON", fcgi_read_flag, offsetof(ctl_options, json)},
    {"prometheus", 0, NULL, "stats in Prometheus' text format", fcgi_read_flag,
     offsetof(ctl_options, prometheus)},
    {"lines", 0, NULL, "stats as the server says them", fcgi_read_flag,
     offsetof(ctl_options, lines)},
    {NULL, 0, NULL, NULL, NULL, 0}};

static const fcgi_syntax syntax = {
    "ctl", "[OPTION]... ADDRESS COMMAND [ARGUMENT]",
    "Asks the server whose control address this is (unix:/PATH; with a * all that are there;\n"
    "on Windows pipe:\\\\.\\pipe\\NAME).\n"
    "Exit status 66: nobody answers; 68: it was not done.",
    options,
    "Commands:\n"
    "  stats             who does what, who waits, what went wrong (without a command: this)\n"
    "  recycle POOL      new processes for new requests; the old ones finish\n"
    "  resume POOL       starts a program again that failed too often\n"
    "  stop PID [now]    ends a process behind its request, or now\n"
    "  drain ADDRESS     sends nothing more to an address of a pool\n"
    "  undrain ADDRESS   uses it again"};

static int show(const ctl_options *o, fcl_stats *stats) {
  static const fcgi_view plain = {0, 0, 0, NULL};
  fcl_stats_format format = o->json         ? FCL_STATS_JSON
                            : o->prometheus ? FCL_STATS_PROMETHEUS
                                            : FCL_STATS_LINES;
  fcl__text table = {NULL, 0, 0, 0};
  const char *text;
  if (o->json || o->prometheus || o->lines) {
    text = fcl_stats_text(stats, format, NULL);
  } else {
    fcgi_view_stats(&table, stats, &plain);
    text = table.base;
  }
  if (text)
    fputs(text, stdout);
  fcl__text_free(&table);
  if (text == NULL || fflush(stdout) || ferror(stdout))
    return fcgi_say("stdout: the answer could not be written"), FCGI_USAGE;
  return FCGI_OK;
}

static int ask_stats(const ctl_options *o, char **addresses) {
  fcl_error e = {0};
  fcl_stats *stats = fcgi_ask_stats(addresses, &e);
  int status;
  if (stats == NULL)
    return fcgi_say("%s", e.text), FCGI_NO_CONNECTION;
  status = show(o, stats);
  fcl_stats_free(stats);
  return status;
}

/* Where several are asked, it is done if one of them does it. */
static int tell(char **addresses, const char *line) {
  int status = FCGI_NO_CONNECTION, is_ok;
  char *refusal = NULL;
  fcl_error e = {0};
  size_t i;
  for (i = 0; addresses[i]; i++) {
    char *text = fcgi_ask(addresses[i], line, &is_ok, &e);
    if (text == NULL)
      continue;
    if (is_ok) {
      fputs(text, stdout);
      free(text);
      status = FCGI_OK;
    } else {
      free(refusal);
      refusal = text;
    }
  }
  if (status && refusal)
    fcgi_say("%.*s", (int) strcspn(refusal, "\n"), refusal), status = FCGI_PROTOCOL;
  else if (status)
    fcgi_say("%s", e.text);
  free(refusal);
  return status;
}

/* The words of a command, as one line. */
static int join(char *line, size_t size, int argc, char **argv) {
  size_t len = 0;
  int i;
  for (i = 0; i < argc; i++)
    len += (size_t) snprintf(line + (len < size ? len : size - 1), len < size ? size - len : 1,
                             "%s%s", i ? " " : "", argv[i]);
  return len < size && strpbrk(line, "\r\n") == NULL;
}

int fcgi_ctl(int argc, char **argv) {
  ctl_options o;
  fcgi_rest rest;
  char line[500] = "stats", **addresses;
  int status;
  memset(&o, 0, sizeof o);
  if (!fcgi_options_read(&syntax, &o, argc, argv, &rest, &status))
    return status;
  if (rest.argc == 0)
    return fcgi_say("ctl: say whom to ask: unix:/PATH, or pipe: on Windows. `fcgi ctl --help` "
                    "tells more."),
           FCGI_USAGE;
  if (rest.argc > 1 && !join(line, sizeof line, rest.argc - 1, rest.argv + 1))
    return fcgi_say("ctl: this is no command. `fcgi ctl --help` lists them."), FCGI_USAGE;
  addresses = fcgi_addresses(rest.argv[0]);
  if (addresses == NULL)
    return FCGI_USAGE;
  status = strcmp(line, "stats") == 0 ? ask_stats(&o, addresses) : tell(addresses, line);
  fcgi_addresses_free(addresses);
  return status;
}
