/* app.c: `fcgi app`: an application for authors of web servers: answers as the query string asks,
   and tells what the server sent wrong.  What it answers is examples/app.c's.
 */
#include "../../../examples/app.h"
#include "app_shared.h"
#include "app_workers.h"
#include "json.h"
#include "../place.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- The command line ---- */

typedef struct settings {
  const char *listen, *script;
  int reports, is_json, is_verbose, no_mpxs;
  unsigned connections, requests, role;
} settings;

static const fcgi_option options[] = {
    {"listen", 'l', "ADDR",
     "unix:/PATH, unix:@NAME, tcp:HOST:PORT (port 0: a free one) or, on Windows,\n"
     "pipe:\\\\.\\pipe\\NAME; without it "
     "descriptor 0 must be a listening socket, as a web server passes it",
     fcgi_read_text, offsetof(settings, listen)},
    {"report", 'r', NULL,
     "at the end (SIGTERM, SIGINT), on stdout: each requirement of FastCGI and CGI,\n"
     "how often it was kept, and how it was broken first",
     fcgi_read_flag, offsetof(settings, reports)},
    {"json", 'j', NULL, "the report as an object", fcgi_read_json, offsetof(settings, is_json)},
    {"verbose", 'v', NULL, "when a connection ends: what was broken on it, on stderr",
     fcgi_read_flag, offsetof(settings, is_verbose)},
    {"script", 's', "FILE",
     "does what a transcript says, byte for byte, in the place of answering queries; ends\n"
     "with it (fcgi-transcript(5); the same as fcgi play --app)",
     fcgi_read_text, offsetof(settings, script)},
    {"role", 0, "NAME", "the one role it plays: responder, authorizer or filter (responder)",
     fcgi_read_role, offsetof(settings, role)},
    {"connections", 'c', "N", "connections at once, each with a process; more wait (64)",
     fcgi_read_number, offsetof(settings, connections)},
    {"requests", 'n', "N", "answered at once, on all connections; more get OVERLOADED (1000)",
     fcgi_read_number, offsetof(settings, requests)},
    {"no-mpxs", 0, NULL, "one request at a time on a connection; a second one gets CANT_MPX_CONN",
     fcgi_read_flag, offsetof(settings, no_mpxs)},
    {NULL, 0, NULL, NULL, NULL, 0},
};

static const fcgi_syntax syntax = {
    "app", "--listen ADDR [OPTION]...",
    "A FastCGI application that answers as the query string asks, for tests of web servers.",
    options,
    "Query strings:\n"
    "  nothing: the parameters, a line each    size=N: a body of N bytes, with length=1 its\n"
    "  echo=1: the request's body              Content-Length\n"
    "  sum=1: its length and FNV-1a hash       pieces=N slow=MS: in N pieces, each after a pause\n"
    "  early=1: answers before it reads        slowread=MS: a pause before each piece it reads\n"
    "  status=CODE location=URL                header=NAME:VALUE: another field\n"
    "  stderr=TEXT: on the error stream        app=N: END_REQUEST's appStatus\n"
    "  exit=N signal=N: ends in the middle     noend=1: closes without END_REQUEST\n"
    "  before=1: ... or before it answers      hang=1: never answers\n"
    "Exit status: 0; 68 when --report found something broken; 65 usage, 66 cannot listen."};

/* ---- One connection: in a process of its own, so that the query may end it ---- */

static app_common *common;
static fcl_inspector *inspector;

static void watch(int is_ours, const char *data, size_t len) {
  fcl_inspector_feed(inspector, is_ours ? FCL_SIDE_APP : FCL_SIDE_SERVER, data, len);
  if (is_ours)
    app_report_add(&common->report, inspector);
}

static void tell(unsigned requests) {
  size_t n, count;
  const fcl_requirement *all = fcl_requirements(&count);
  for (n = 0; n < count; n++) {
    unsigned broken;
    const char *first;
    fcl_inspector_judged(inspector, n, &broken, &first);
    if (broken)
      fprintf(stderr, "connection with %u requests: %s: %s: %s\n", requests, all[n].id, all[n].text,
              first);
  }
}

static void serve(app_common *shared, int fd, unsigned slot) {
  unsigned requests;
  common = shared;
  app_role = common->role;
  inspector = fcl_inspector_new(common->limits.is_shared);
  if (inspector)
    app_watch = watch;
  requests = app_serve_shared(fd, &common->limits, slot);
  app_report_connection(&common->report, requests);
  if (inspector == NULL)
    return;
  app_report_add(&common->report, inspector);
  if (common->is_verbose)
    tell(requests);
}

/* ---- Life ---- */

static int open_listener(fcl__place *place, const settings *s) {
  char *whole;
  fcl_error e;
  int code;
  memset(place, 0, sizeof *place);
  if (s->listen == NULL) {
    place->fd = app_workers_inherited();
    if (place->fd < 0)
      fcgi_say("app: --listen is missing, and descriptor 0 is no listening socket. `fcgi app "
               "--help` tells more");
    return place->fd >= 0;
  }
  whole = fcgi_whole_address(s->listen);
  code = fcl__place_open(place, whole ? whole : s->listen, 0, &e);
  free(whole);
  if (code == FCL_OK)
    fcgi_say("listening on %s", place->address);
  else
    fcgi_say("%s", e.text);
  return code == FCL_OK;
}

static int read_line(settings *s, int argc, char **argv, int *status) {
  fcgi_rest rest;
  memset(s, 0, sizeof *s);
  s->connections = 64;
  s->requests = 1000;
  s->role = FCL_RESPONDER;
  if (!fcgi_options_read(&syntax, s, argc, argv, &rest, status))
    return 0;
  *status = FCGI_USAGE;
  if (rest.argc > 0)
    fcgi_say("app: %s: this subcommand takes no TARGET; servers connect to it", rest.argv[0]);
  else if (s->connections == 0 || s->connections > APP_CONNECTIONS_MAX)
    fcgi_say("app: --connections is %u; give 1 to %d", s->connections, APP_CONNECTIONS_MAX);
  else if (s->requests == 0)
    fcgi_say("app: --requests is 0: nothing could be answered");
  else
    return 1;
  return 0;
}

/* Requirements are judged on connections of our own, not on those of a script. */
static int play(const settings *s) {
  char name[] = "play", app[] = "--app", listen[] = "--listen";
  char *argv[] = {name, app, listen, (char *) s->listen, (char *) s->script, NULL};
  if (s->listen == NULL)
    return fcgi_say("app: --script needs --listen ADDR"), FCGI_USAGE;
  if (s->reports || s->is_json || s->is_verbose)
    return fcgi_say("app: --script says itself what must come: leave --report, --json and "
                    "--verbose out"),
           FCGI_USAGE;
  return fcgi_play(5, argv);
}

static app_common *new_common(const settings *s) {
  app_common *c = app_common_new();
  if (c == NULL)
    return NULL;
  c->limits.connections = s->connections;
  c->limits.requests = s->requests;
  c->limits.is_shared = !s->no_mpxs;
  c->role = s->role;
  c->is_verbose = s->is_verbose;
  return c;
}

int fcgi_app(int argc, char **argv) {
  settings s;
  fcl__place place;
  app_common *c;
  int status;
  unsigned broken = 0;
  if (app_workers_was_one(argc, argv, serve))
    return FCGI_OK;
  if (!read_line(&s, argc, argv, &status))
    return status;
  if (s.script)
    return play(&s);
  c = new_common(&s);
  if (c == NULL)
    return fcgi_say("app: no memory"), FCGI_USAGE;
  if (!open_listener(&place, &s))
    return s.listen ? FCGI_NO_CONNECTION : FCGI_USAGE;
  app_workers_run(place.fd, c, serve);
  if (s.listen)
    fcl__place_close(&place);
  if (s.is_json)
    broken = app_report_show_json(&c->report);
  else if (s.reports)
    broken = app_report_show(&c->report);
  return broken ? FCGI_PROTOCOL : FCGI_OK;
}
