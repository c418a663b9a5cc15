/* main.c: the command `fcgi`: chooses the subcommand. */
#include "fcgi.h"
#include "system.h"
#include "../../../examples/app_system.h"
#include "../../../examples/arguments.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* In the order in which they are listed. */
static const struct command {
  const char *name;
  int (*run)(int argc, char **argv);
  const char *summary;
} commands[] = {
    {"run", fcgi_run, "sends a request from the command line and prints the answer"},
    {"bench", fcgi_bench, "puts load on an application and says how long its answers took"},
    {"app", fcgi_app, "an application that answers as asked, and tells what a server sent wrong"},
    {"play", fcgi_play, "plays transcripts: against the library, an application, for a server"},
    {"check", fcgi_check, "checks an application against the specification"},
    {"record", fcgi_record, "stands between a server and an application, and writes a transcript"},
    {"dump", fcgi_dump, "shows a raw FastCGI stream record by record"},
#ifdef HAS_CONFIG
    {"config", fcgi_config, "lists, changes and checks which applications serve what"},
#endif
    {"ctl", fcgi_ctl, "asks a running server about its pools, and tells it what to do"},
    {"top", fcgi_top, "shows the pools of a running server, live"},
    {NULL, NULL, NULL},
};

void fcgi_say(const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  fputs("fcgi: ", stderr);
  vfprintf(stderr, format, ap);
  fputc('\n', stderr);
  va_end(ap);
}

int fcgi_exit_of(fcl_code code) {
  switch (code) {
  case FCL_OK:
    return FCGI_OK;
  case FCL_E_INVAL:
  case FCL_E_CONFIG:
  case FCL_E_PARAMS:
  case FCL_E_BODY:
  case FCL_E_LENGTH_REQUIRED:
  case FCL_E_BODY_TOO_LARGE:
    return FCGI_USAGE;
  case FCL_E_TIMEOUT_START:
  case FCL_E_TIMEOUT_CONNECT:
  case FCL_E_TIMEOUT_QUEUE:
  case FCL_E_TIMEOUT_FIRST:
  case FCL_E_TIMEOUT_ACTIVITY:
  case FCL_E_TIMEOUT_REQUEST:
    return FCGI_TIMEOUT;
  case FCL_E_EXITED:
  case FCL_E_IO:
  case FCL_E_PROTOCOL:
  case FCL_E_HEAD:
  case FCL_E_TRUNCATED:
  case FCL_E_ROLE:
  case FCL_E_STDERR:
    return FCGI_PROTOCOL;
  default: /* nobody was there to serve it; an error that is new to us is nothing better */
    return FCGI_NO_CONNECTION;
  }
}

static void list(FILE *to) {
  const struct command *c;
  fputs("usage: fcgi SUBCOMMAND [OPTION]... ...\n\n", to);
  for (c = commands; c->name; c++)
    fprintf(to, "  %-8s %s\n", c->name, c->summary);
  fputs("\nfcgi SUBCOMMAND --help tells more; fcgi --version the version.\n"
        "TARGET is a program to start, with its arguments behind it, or unix:/PATH, unix:@NAME,\n"
        "tcp:HOST:PORT, on Windows pipe:\\\\.\\pipe\\NAME.  Options end at TARGET.\n",
        to);
}

int main(int argc, char **argv) {
  const char *name;
  const struct command *c;
  argv = arguments(&argc, argv);
  name = argc > 1 ? argv[1] : "--help";
  system_begin();
  if (app_was_child(argc, argv))
    return FCGI_OK;
  if (strcmp(name, "--version") == 0)
    return printf("fcgi of libfcgiclient %s\n", fcl_version_string()), FCGI_OK;
  if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
    return list(argc > 1 ? stdout : stderr), argc > 1 ? FCGI_OK : FCGI_USAGE;
  for (c = commands; c->name; c++)
    if (strcmp(name, c->name) == 0)
      return c->run(argc - 1, argv + 1);
  fcgi_say("there is no subcommand \"%s\". These are there:\n", name);
  list(stderr);
  return FCGI_USAGE;
}
