/* front_iis7.c: HTTP's requests, given to the module by the test's server. */
#include "adapters/front.h"
#include "server.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char processor[2000];
static server_kind kind;
static DWORD limit;

enum { ATTRIBUTES = 40 };

/* "name=value name=value" becomes attributes behind those that are there. */
static void add_settings(const char **app, const char *settings) {
  static char text[1000];
  size_t n = 0;
  char *at;
  while (app[n])
    n++;
  snprintf(text, sizeof text, "%s", settings ? settings : "");
  for (at = strtok(text, "= "); at && n + 1 < ATTRIBUTES; at = strtok(NULL, "= "))
    app[n++] = at;
}

const char *front_open(const front_site *site) {
  static const char *app[ATTRIBUTES] = {"fullPath",
                                        NULL,
                                        "arguments",
                                        NULL,
                                        "maxInstances",
                                        NULL,
                                        "rapidFailsPerMinute",
                                        "1000",
                                        "activityTimeout",
                                        "70",
                                        "protocol",
                                        NULL,
                                        NULL};
  static const server_application all[] = {app, NULL};
  const char *fault;
  app[1] = site->program;
  app[3] = site->arguments;
  app[5] = site->processes;
  app[11] = site->protocol;
  add_settings(app, site->settings);
  snprintf(processor, sizeof processor, "%s%s%s", app[1], *app[3] ? "|" : "", app[3]);
  kind = strcmp(site->way, "early") == 0    ? SERVER_EARLY
         : strcmp(site->way, "inline") == 0 ? SERVER_INLINE
                                            : SERVER_LATER;
  limit = (DWORD) strtoul(site->limit, NULL, 10);
  server_threads = SERVER_THREADS_MAX;
  fault = server_load(site->module);
  if (fault == NULL)
    server_configure(all, 0);
  return fault;
}

const char *front_end(void) {
  return server_unload();
}

/* ---- Connections ---- */

void *front_connect(void) {
  connection *c = malloc(sizeof *c);
  server_connect(c);
  return c;
}

void front_disconnect(void *c) {
  server_disconnect(c);
}

void front_close(void *c) {
  server_close(c);
  free(c);
}

/* ---- Requests ---- */

typedef struct run {
  front_request *r;
  int has_head;
} run;

static long read_body(exchange *x, char *data, size_t size) {
  front_request *r = ((run *) x->user)->r;
  return r->read(r->of, data, size);
}

static int write_body(exchange *x, const char *data, size_t len, int is_last) {
  run *here = x->user;
  front_request *r = here->r;
  if (!here->has_head && !r->head(r->of, x->status, x->reason, x->fields_out, 1))
    return 0;
  here->has_head = 1;
  return is_last || r->write(r->of, data, len);
}

front_result front_run(front_request *r) {
  exchange *x = calloc(1, sizeof *x);
  connection *c = r->connection;
  run here = {r, 0};
  int is_broken;
  x->kind = kind;
  x->limit = limit;
  x->method = r->method;
  x->fields = r->fields;
  x->processor = processor;
  x->map = "*.php";
  x->variables = r->variables;
  x->major = 1;
  x->minor = (USHORT) r->minor;
  x->connection = c;
  x->read = read_body;
  x->write = write_body;
  x->user = &here;
  server_run(x);
  if (x->fault[0]) {
    fprintf(stderr, "fault: %s %s: %s\n", r->method, r->path, x->fault);
    _Exit(3);
  }
  is_broken = x->is_reset || server_has_left(c);
  server_free(x);
  free(x);
  return is_broken ? FRONT_BROKEN : FRONT_WHOLE;
}
