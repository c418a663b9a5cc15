/* run.c: `fcgi run`: one request, or some, from the command line. */
#define _GNU_SOURCE
#include "run.h"
#include "stay.h"
#include "system.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* ---- The command line ---- */

static const fcgi_option options[] = {
    FCGI_CALL_OPTIONS(run, call),
    {"role", 0, "NAME", "responder, authorizer or filter (responder)", fcgi_read_role,
     offsetof(run, role)},
    {"file", 0, "FILE", "what a filter is to filter; makes the role filter", fcgi_read_text,
     offsetof(run, file)},
    {"raw", 0, NULL, "the answer as it stands, its head not read", fcgi_read_flag,
     offsetof(run, is_raw)},
    {"include", 'i', NULL, "the answer's head too: Status, fields, a blank line", fcgi_read_flag,
     offsetof(run, shows_head)},
    {"json", 'j', NULL,
     "an object on a line for each answer: status, headers, body, stderr, error,\n"
     "times; bytes that are no UTF-8 are in body_base64",
     fcgi_read_json, offsetof(run, is_json)},
    {"time", 't', NULL,
     "on stderr: microseconds in the queue (starting the program is in it), for\n"
     "connecting, until the first byte, in all; the last two from the beginning",
     fcgi_read_flag, offsetof(run, shows_time)},
    {"fail", 'f', NULL, "exit status 69 when the answer's status is 400 or above", fcgi_read_flag,
     offsetof(run, fails)},
    {"repeat", 'n', "N", "so often, one after the other; --time sums up (1)", fcgi_read_number,
     offsetof(run, repeat)},
    {"cgi", 0, NULL,
     "serve as a CGI program: --env --include, and an answer for every error; exit\n"
     "status 0 whatever appStatus is",
     fcgi_read_flag, offsetof(run, is_cgi)},
    {"stay", 0, "ADDR",
     "TARGET is started to serve at ADDR, unless somebody does, and stays when we\n"
     "leave; the request goes to ADDR",
     fcgi_read_text, offsetof(run, stay)},
    {"processes", 0, "N", "with --stay: so many processes of it (1)", fcgi_read_number,
     offsetof(run, processes)},
    {"start-only", 0, NULL, "with --stay: no request", fcgi_read_flag, offsetof(run, starts_only)},
    {"timeout", 'm', "TIME", "for each request, in all (the stages' own: see below)",
     fcgi_read_time, offsetof(run, timeout_ms)},
    {"start-timeout", 0, "TIME", "until a started program takes the request (10s)", fcgi_read_time,
     offsetof(run, start_ms)},
    {"connect-timeout", 0, "TIME", "for connecting (5s)", fcgi_read_time,
     offsetof(run, connect_ms)},
    {"first-timeout", 0, "TIME", "until the first byte of the answer (never)", fcgi_read_time,
     offsetof(run, first_ms)},
    {"max-params", 0, "BYTES", "all parameters on the wire, and one of them, at most (65528)",
     fcgi_read_number, offsetof(run, max_params)},
    {"new-connection", 0, NULL, "for each request, and the application closes it (no KEEP_CONN)",
     fcgi_read_flag, offsetof(run, is_new_each)},
    {"verbose", 'v', NULL, "what happens to processes and connections, on stderr", fcgi_read_flag,
     offsetof(run, is_verbose)},
    {NULL, 0, NULL, NULL, NULL, 0},
};

static const fcgi_syntax syntax = {
    "run", "[OPTION]... TARGET [ARG]...",
    "Sends a request to a FastCGI application.  The answer's body goes to stdout, what the\n"
    "application writes to its error stream to stderr.  TARGET: a program to start, with its\n"
    "arguments, or unix:/PATH, unix:@NAME, tcp:HOST:PORT, on Windows pipe:\\\\.\\pipe\\NAME.",
    options,
    "TIME: 250ms, 5s, 2m; a number alone is seconds.  Without --timeout an application that is\n"
    "silent for 70 seconds, or takes 90 in all, is given up.\n"
    "Exit status: appStatus (64: above 63), 65 usage, 66 no connection, 67 timeout, 68 protocol,\n"
    "69 with --fail and HTTP status >= 400.\n"
    "  fcgi run --script page.php php-cgi\n"
    "  fcgi run --script /ping unix:/run/php/php-fpm.sock"};

/* ---- Life ---- */

static void close_handles(void *user) {
  run *r = user;
  int i;
  for (i = 0; i < RUN_SIGNALS; i++)
    uv_close((uv_handle_t *) &r->signals[i], NULL);
  uv_close((uv_handle_t *) &r->limit, NULL);
  fcgi_output_close(&r->out);
}

void run_next(run *r) {
  int is_over = r->number >= r->repeat || r->signal || r->out.error;
  if (!is_over) {
    r->number++;
    r->is_late = 0;
    if (run_start(r))
      return;
    fcgi_say("there is no memory for a request");
    r->status = FCGI_NO_CONNECTION;
  }
  if (r->shows_time && r->repeat > 1 && !r->is_json)
    run_show_summary(r);
  fcl_client_close(r->client, close_handles, r);
}

static void on_drained(fcgi_output *out) {
  run *r = out->user;
  fcl_request_resume(r->request);
  if (out->error)
    fcl_request_cancel(r->request);
  if (out->error == EPIPE && !r->signal)
    r->signal = SYSTEM_PIPE_BROKE;
}

/* The applications that we started are ended first; then we die of it, as the shell expects. */
static void on_signal(uv_signal_t *handle, int number) {
  run *r = handle->data;
  if (r->signal)
    system_die_of(number);
  r->signal = number;
  if (r->request)
    fcl_request_cancel(r->request);
}

/* Lines that a process printed are what we are here for; what went wrong, on_done tells. */
static void on_event(const fcl_event *e, void *user) {
  run *r = user;
  if (e->printed && !r->is_verbose)
    fprintf(stderr, "%s\n", e->printed);
  else if (r->is_verbose)
    fcgi_say("%s", e->sentence);
}

static void set_limits(const run *r, fcl_pool_options *o) {
  o->max_processes = 1;
  o->max_requests = FCL_NEVER;
  o->max_params = o->max_param = r->max_params;
  o->stop_ms = 1000; /* somebody waits at a terminal */
  o->start_ms = r->start_ms;
  o->connect_ms = r->connect_ms;
  o->first_ms = r->first_ms;
  o->new_connection_each = (unsigned) r->is_new_each;
  if (r->timeout_ms) /* ours, for everything */
    o->queue_ms = o->activity_ms = o->request_ms = FCL_NEVER;
}

static void set_target(const run *r, fcl_pool_options *o) {
  fcgi_target_to_pool(&r->target, o);
  if (r->stay) {
    o->program = NULL;
    o->argv = NULL;
    o->addresses = r->stays;
  }
}

static int open_client(run *r, fcl_error *e) {
  static const int numbers[RUN_SIGNALS] = {SIGINT, SIGTERM, SIGHUP};
  fcl_client_options client = {0};
  fcl_pool_options pool = {0};
  int i;
  client.mode = FCL_LOOP_UV;
  client.uv = &r->loop;
  client.on_event = on_event;
  client.user = r;
  set_target(r, &pool);
  set_limits(r, &pool);
  if (fcl_client_new(&r->client, &client, e))
    return 0;
  fcgi_output_init(&r->out, &r->loop, on_drained, r);
  uv_timer_init(&r->loop, &r->limit);
  r->limit.data = r;
  for (i = 0; i < RUN_SIGNALS; i++) {
    uv_signal_init(&r->loop, &r->signals[i]);
    r->signals[i].data = r;
    uv_signal_start(&r->signals[i], on_signal, numbers[i]);
  }
  if (fcl_pool_new(&r->pool, r->client, &pool, e) == FCL_OK)
    return 1;
  fcl_client_close(r->client, close_handles, r);
  return 0;
}

static void exchange(run *r) {
  fcl_error e;
  system_ignore_pipes();
  uv_loop_init(&r->loop);
  if (open_client(r, &e)) {
    run_next(r);
  } else {
    fcgi_say("%s", e.text);
    r->status = fcgi_exit_of(e.code);
  }
  uv_run(&r->loop, UV_RUN_DEFAULT);
  uv_loop_close(&r->loop);
}

static int check_stay(const run *r) {
  const char *wrong = NULL;
  if (!r->stay)
    wrong = r->processes || r->starts_only ? "--processes and --start-only are for --stay" : NULL;
  else if (!fcgi_is_address(r->stay))
    wrong = "--stay takes an address: unix:/PATH, unix:@NAME, pipe:NAME, tcp:HOST:PORT";
  else if (!r->target.program)
    wrong = "--stay starts a program, and TARGET is an address";
  if (wrong)
    fcgi_say("%s", wrong);
  return wrong == NULL;
}

static int open_file(run *r) {
  int kind = -1;
  if (r->file == NULL) {
    if (r->role == FCL_FILTER)
      fcgi_say("a filter needs its file: --file FILE");
    return r->role != FCL_FILTER;
  }
  r->role = FCL_FILTER;
  r->file_fd = system_open(r->file);
  if (r->file_fd >= 0)
    kind = system_facts(r->file_fd, &r->file_length, &r->file_modified);
  if (kind != 1) {
    fcgi_say("--file %s: %s", r->file, r->file_fd < 0 ? strerror(errno) : "it is no file");
    return 0;
  }
  return 1;
}

static int read_line(run *r, int argc, char **argv, int *status) {
  fcgi_rest rest;
  r->repeat = 1;
  if (!fcgi_options_read(&syntax, r, argc, argv, &rest, status) ||
      !fcgi_target_read(&r->target, &syntax, &rest, status))
    return 0;
  r->call.uses_environment |= r->is_cgi;
  r->shows_head |= r->is_cgi;
  *status = FCGI_USAGE;
  r->stays[0] = r->stay ? fcgi_whole_address(r->stay) : NULL;
  r->piece = malloc(RUN_PIECE);
  return r->piece && check_stay(r) && open_file(r) && fcgi_call_read(&r->call, &syntax);
}

int fcgi_run(int argc, char **argv) {
  run *r = calloc(1, sizeof *r); /* the histograms are large */
  int status = FCGI_NO_CONNECTION, number = 0;
  if (r == NULL)
    return fcgi_say("there is no memory"), status;
  r->call.fd = r->file_fd = -1;
  if (read_line(r, argc, argv, &status)) {
    if (r->stay && !fcgi_stay(&r->target, r->stays[0], r->processes ? r->processes : 1))
      r->status = FCGI_NO_CONNECTION;
    else if (!r->starts_only)
      exchange(r);
    status = r->status;
    number = r->signal;
  }
  if (r->file_fd >= 0)
    system_close(r->file_fd);
  fcgi_call_free(&r->call);
  fcgi_target_free(&r->target);
  free((char *) r->stays[0]);
  free(r->piece);
  free(r);
  if (number)
    system_die_of(number);
  return status;
}
