/* app.c: `fcgi app`: an application for authors of web servers: answers as the query string asks,
   and tells what the server sent wrong.  What it answers is examples/app.c's.
 */
#define _GNU_SOURCE
#include "../../../examples/app.h"
#include "../../../examples/app_system.h"
#include "app_report.h"
#include "app_shared.h"
#include "json.h"
#include "../place.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LEAVE_MS = 2000 };

/* ---- The command line ---- */

typedef struct settings {
  const char *listen, *script;
  int reports, is_json, is_verbose, no_mpxs;
  unsigned connections, requests, role;
} settings;

static const fcgi_option options[] = {
    {"listen", 'l', "ADDR",
     "unix:/PATH, unix:@NAME or tcp:HOST:PORT (port 0: a free one); without it\n"
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

static app_report *report;
static fcl_inspector *inspector;
static app_limits *limits;

static void watch(int is_ours, const char *data, size_t len) {
  fcl_inspector_feed(inspector, is_ours ? FCL_SIDE_APP : FCL_SIDE_SERVER, data, len);
  if (is_ours)
    app_report_add(report, inspector);
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

static void serve(int fd, unsigned slot, const settings *s) {
  unsigned requests;
  inspector = fcl_inspector_new(limits->is_shared);
  if (inspector)
    app_watch = watch;
  requests = app_serve_shared(fd, limits, slot);
  app_report_connection(report, requests);
  if (inspector == NULL)
    return;
  app_report_add(report, inspector);
  if (s->is_verbose)
    tell(requests);
}

/* ---- All of them ---- */

static pid_t served[APP_CONNECTIONS_MAX]; /* 0: free */
static unsigned served_count;

static unsigned find(pid_t pid) {
  unsigned n = 0;
  while (n < APP_CONNECTIONS_MAX && served[n] != pid)
    n++;
  return n;
}

/* Forgets those that have ended; waits for one where there must be room. */
static void reap(unsigned most) {
  pid_t pid;
  while (served_count > 0 && (pid = waitpid(-1, NULL, served_count < most ? WNOHANG : 0)) > 0) {
    unsigned n = find(pid);
    if (n == APP_CONNECTIONS_MAX)
      continue;
    served[n] = 0;
    served_count--;
    app_limits_forget(limits, n);
  }
}

static void begin(int fd, const settings *s) {
  unsigned slot = find(0);
  pid_t pid = fork();
  if (pid == 0) {
    signal(SIGINT, SIG_IGN); /* the terminal's is for the one that reports */
    serve(fd, slot, s);
    _exit(0);
  }
  close(fd);
  if (pid > 0)
    served[slot] = pid, served_count++;
  else
    fcgi_say("cannot start a process for a connection: %s", strerror(errno));
}

static void signal_all(int number) {
  unsigned n;
  for (n = 0; n < APP_CONNECTIONS_MAX; n++)
    if (served[n])
      kill(served[n], number);
}

static void end_all(void) {
  struct timespec moment = {0, 10000000};
  unsigned waited;
  signal_all(SIGTERM);
  for (waited = 0; served_count > 0 && waited < LEAVE_MS; waited += 10) {
    reap(APP_CONNECTIONS_MAX + 1);
    if (served_count > 0)
      nanosleep(&moment, NULL);
  }
  signal_all(SIGKILL);
  while (served_count > 0)
    reap(0);
}

static void on_interrupt(int number) {
  kill(getpid(), SIGTERM);
}

static void serve_all(int listener, const settings *s) {
  app_role = s->role;
  app_leave_on_term();
  signal(SIGINT, on_interrupt);
  while (app_wait_idle(listener)) {
    int fd = accept(listener, NULL, NULL);
    reap(s->connections);
    if (fd >= 0)
      begin(fd, s);
  }
  end_all();
}

/* ---- Life ---- */

static int is_listening(int fd) {
  int on = 0;
  socklen_t len = sizeof on;
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == 0 && on;
}

static int open_listener(fcl__place *place, const settings *s) {
  char *whole;
  fcl_error e;
  int code;
  memset(place, 0, sizeof *place);
  if (s->listen == NULL) {
    if (!is_listening(0))
      fcgi_say("app: --listen is missing, and descriptor 0 is no listening socket. `fcgi app "
               "--help` tells more");
    return is_listening(0);
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

int fcgi_app(int argc, char **argv) {
  settings s;
  fcl__place place;
  int status;
  unsigned broken = 0;
  if (!read_line(&s, argc, argv, &status))
    return status;
  if (s.script)
    return play(&s);
  report = app_report_new();
  limits = app_limits_new();
  if (report == NULL || limits == NULL)
    return fcgi_say("app: no memory"), FCGI_USAGE;
  limits->connections = s.connections;
  limits->requests = s.requests;
  limits->is_shared = !s.no_mpxs;
  if (!open_listener(&place, &s))
    return s.listen ? FCGI_NO_CONNECTION : FCGI_USAGE;
  serve_all(place.fd, &s);
  if (s.listen)
    fcl__place_close(&place);
  if (s.is_json)
    broken = app_report_show_json(report);
  else if (s.reports)
    broken = app_report_show(report);
  return broken ? FCGI_PROTOCOL : FCGI_OK;
}
