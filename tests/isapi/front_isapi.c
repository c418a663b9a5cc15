/* front_isapi.c: HTTP's requests, given to the extension by the test's server, by a script map. */
#include "adapters/front.h"
#include "server.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { READ_AHEAD = 49152, VARIABLES = 60 };

static server_kind kind;

/* fcgiext.ini stands beside the root. */
static const char *write_ini(const front_site *site) {
  static char path[1000];
  const char *at;
  FILE *ini;
  snprintf(path, sizeof path, "%s/../fcgiext.ini", site->root);
  ini = fopen(path, "w");
  if (ini == NULL)
    return "fcgiext.ini cannot be written";
  fprintf(
      ini,
      "[Types]\nphp=PHP\n[PHP]\nExePath=%s\nArguments=%s\nMaxInstances=%s\n"
      "RapidFailsPerMinute=1000\nActivityTimeout=70\nStderrMode=IgnoreAndReturn200\nProtocol=%s\n",
      site->program, site->arguments, site->processes, site->protocol);
  for (at = site->settings ? site->settings : ""; *at; at++)
    putc(*at == ' ' ? '\n' : *at, ini);
  fclose(ini);
  uv_os_setenv("FCGICLIENT_INI", path);
  return NULL;
}

const char *front_open(const front_site *site) {
  const char *fault = write_ini(site);
  kind = strcmp(site->way, "sync") == 0     ? SERVER_SYNC
         : strcmp(site->way, "inline") == 0 ? SERVER_FAKE
         : strcmp(site->way, "early") == 0  ? SERVER_EARLY
                                            : SERVER_LATER;
  server_threads = SERVER_THREADS_MAX;
  return fault ? fault : server_load(site->module);
}

const char *front_end(void) {
  server_unload();
  return NULL;
}

/* ISAPI learns of a client that has left from its next operation. */
void *front_connect(void) {
  return NULL;
}

void front_disconnect(void *c) {
}

void front_close(void *c) {
}

/* ---- Requests ---- */

static long read_body(exchange *x, char *data, size_t size) {
  front_request *r = x->user;
  return r->read(r->of, data, size);
}

/* IIS 7 sends a body in chunks where its length is not known, whatever fKeepConn says. */
static int write_head(exchange *x) {
  front_request *r = x->user;
  unsigned status = (unsigned) strtoul(x->status, NULL, 10);
  size_t len = strlen(x->fields);
  if (len >= 2)
    x->fields[len - 2] = 0; /* the empty line */
  return r->head(r->of, status, x->status + 4, x->fields, 1);
}

static int write_body(exchange *x, const char *data, size_t len) {
  front_request *r = x->user;
  return r->write(r->of, data, len);
}

/* The server reads this much before it calls.  Returns -1 when the client has left. */
static long read_ahead(front_request *r, char *bytes) {
  size_t size = r->length < 0            ? 0
                : r->length < READ_AHEAD ? (size_t) r->length
                                         : READ_AHEAD,
         at = 0;
  while (at < size) {
    long n = r->read(r->of, bytes + at, size - at);
    if (n <= 0)
      return -1;
    at += (size_t) n;
  }
  return (long) at;
}

static front_result run(front_request *r, exchange *x) {
  server_run(x);
  if (x->fault[0]) {
    fprintf(stderr, "fault: %s %s: %s\n", r->method, r->path, x->fault);
    _Exit(3);
  }
  if (x->heads == 0 && !x->is_cut)
    return FRONT_NOTHING;
  return x->is_cut || x->result != HSE_STATUS_SUCCESS ? FRONT_BROKEN : FRONT_WHOLE;
}

front_result front_run(front_request *r) {
  static _Thread_local const char *variables[VARIABLES];
  exchange *x = calloc(1, sizeof *x);
  char *ahead = malloc(READ_AHEAD);
  long available = read_ahead(r, ahead);
  front_result result;
  size_t n = 0;
  while (r->variables[n])
    n++;
  memcpy(variables, r->variables, n * sizeof *variables);
  variables[n++] = "ALL_RAW";
  variables[n++] = r->fields;
  variables[n] = NULL;
  x->kind = kind;
  x->method = r->method;
  x->query = r->query;
  x->path_info = r->path;
  x->variables = variables;
  x->body = ahead;
  x->available = x->body_len = available > 0 ? (size_t) available : 0;
  x->total = r->length < 0 ? ISAPI_LENGTH_UNKNOWN : (DWORD) r->length;
  x->read = read_body;
  x->head = write_head;
  x->write = write_body;
  x->user = r;
  result = available < 0 ? FRONT_BROKEN : run(r, x);
  server_free(x);
  free(x);
  free(ahead);
  return result;
}
