/* call.c: makes the request that a command line describes. */
#define _GNU_SOURCE
#include "call.h"
#include "system.h"
#include <errno.h>
#include <fcgiclient/cgi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static fcl_slice slice(const char *base, size_t len) {
  fcl_slice s;
  s.base = base;
  s.len = len;
  return s;
}

static fcl_slice text(const char *s) {
  return slice(s ? s : "", s ? strlen(s) : 0);
}

static int complain(const fcgi_syntax *syntax, const char *name, const char *value,
                    const char *why) {
  fcgi_option what = {0};
  what.name = name;
  fcgi_complain(syntax, &what, value, why);
  return 0;
}

/* ---- Reading ---- */

static int read_fields(fcgi_call *call, const fcgi_syntax *syntax) {
  size_t i;
  call->fields = calloc(call->headers.count + 1, sizeof *call->fields);
  if (call->fields == NULL)
    return complain(syntax, "header", NULL, "there is no memory");
  for (i = 0; i < call->headers.count; i++) {
    const char *field = call->headers.texts[i], *colon = strchr(field, ':');
    if (colon == NULL || colon == field)
      return complain(syntax, "header", field, "it takes a name, a colon and a value: 'N: V'");
    call->fields[i].name = slice(field, (size_t) (colon - field));
    call->fields[i].value = text(colon + 1 + strspn(colon + 1, " "));
  }
  return 1;
}

static int check_params(const fcgi_call *call, const fcgi_syntax *syntax) {
  size_t i;
  for (i = 0; i < call->params.count; i++)
    if (strchr(call->params.texts[i], '=') == NULL || call->params.texts[i][0] == '=')
      return complain(syntax, "param", call->params.texts[i], "it takes NAME=VALUE");
  return 1;
}

/* CONTENT_LENGTH of our environment; -1: none, or no number. */
static int64_t environment_length(void) {
  const char *length = getenv("CONTENT_LENGTH");
  char *end;
  long long n;
  if (length == NULL || *length < '0' || *length > '9')
    return -1;
  errno = 0;
  n = strtoll(length, &end, 10);
  return *end || errno ? -1 : (int64_t) n;
}

static int open_body(fcgi_call *call, const fcgi_syntax *syntax) {
  int64_t announced = -1;
  call->fd = -1;
  call->length = -1;
  if (call->body && call->data)
    return complain(syntax, "data", call->data, "there is a --body too: give one of them");
  if (call->uses_environment && !call->body && !call->data) {
    announced = environment_length();
    call->body = announced > 0 ? "-" : NULL;
  }
  if (!call->body && !call->data)
    return 1;
  call->fd = fcgi_body_open(call->body, call->data, announced, &call->length);
  if (call->fd < 0)
    return complain(syntax, call->data ? "data" : "body", call->data ? "" : call->body,
                    strerror(errno));
  if (announced > call->length)
    return complain(syntax, "env", NULL, "stdin ended before CONTENT_LENGTH bytes came");
  return 1;
}

int fcgi_call_read(fcgi_call *call, const fcgi_syntax *syntax) {
  const char *why =
      fcgi_script_find(&call->found, call->script ? call->script : "/", call->root, call->query);
  call->fd = -1;
  if (why)
    return complain(syntax, "script", call->script, why);
  return read_fields(call, syntax) && check_params(call, syntax) && open_body(call, syntax);
}

void fcgi_call_free(fcgi_call *call) {
  fcgi_script_free(&call->found);
  free(call->fields);
  free(call->params.texts);
  free(call->headers.texts);
  free(call->without.texts);
  if (call->fd >= 0)
    system_close(call->fd);
}

/* ---- Making the request ---- */

/* Where fcl_cgi_params puts what it finds. */
typedef struct sink {
  const fcgi_call *call;
  fcl_request *request;
} sink;

static int is_unwanted(const fcgi_call *call, fcl_slice name) {
  size_t i;
  for (i = 0; i < call->without.count; i++)
    if (strlen(call->without.texts[i]) == name.len &&
        memcmp(call->without.texts[i], name.base, name.len) == 0)
      return 1;
  return 0;
}

static void set(void *to, fcl_slice name, fcl_slice value) {
  const sink *s = to;
  if (!is_unwanted(s->call, name))
    fcl_request_param_n(s->request, name, value);
}

static const char *method(const fcgi_call *call) {
  return call->method ? call->method : call->fd >= 0 ? "POST" : "GET";
}

static void set_facts(const fcgi_call *call, sink *to) {
  const fcgi_script *found = &call->found;
  fcl_cgi_request q;
  fcl_head fields;
  memset(&q, 0, sizeof q);
  memset(&fields, 0, sizeof fields);
  fields.headers = call->fields;
  fields.count = call->headers.count;
  fcl_head_get(&fields, "Host", &q.host);
  q.method = text(method(call));
  q.target = text(found->uri);
  q.query = text(found->query);
  q.https = call->is_https;
  q.server_addr = q.remote_addr = text("127.0.0.1");
  q.document_root = text(found->root);
  q.script_name = text(found->name);
  q.path_info = text(found->info);
  q.script_filename = text(found->file);
  if (fcl_cgi_params(&q, set, to))
    fcl_request_param(to->request, "", ""); /* on_done tells that it is too large */
}

/* As a CGI program has them (RFC 3875 section 4.1); HTTP_PROXY is the shell's, or an attack. */
static void set_environment(sink *to) {
  uv_env_item_t *all = NULL;
  int count = 0, n;
  uv_os_environ(&all, &count);
  for (n = 0; n < count; n++)
    if (all[n].name[0] && strcmp(all[n].name, "HTTP_PROXY") != 0 &&
        strcmp(all[n].name, "CONTENT_LENGTH") != 0)
      set(to, text(all[n].name), text(all[n].value));
  uv_os_free_environ(all, count);
}

fcl_request *fcgi_call_request(const fcgi_call *call, fcl_pool *pool, const fcl_handlers *handlers,
                               void *user) {
  sink to;
  size_t i;
  to.call = call;
  to.request = fcl_request_new(pool, handlers, user);
  if (to.request == NULL)
    return NULL;
  if (call->uses_environment)
    set_environment(&to);
  if (!call->uses_environment || call->script)
    set_facts(call, &to);
  if (call->uses_environment && (call->method || getenv("REQUEST_METHOD") == NULL))
    fcl_request_param(to.request, "REQUEST_METHOD", method(call));
  if (call->query && call->uses_environment)
    fcl_request_param(to.request, "QUERY_STRING", call->query);
  for (i = 0; i < call->params.count; i++) {
    const char *param = call->params.texts[i], *equals = strchr(param, '=');
    set(&to, slice(param, (size_t) (equals - param)), text(equals + 1));
  }
  if (call->headers.count)
    fcl_request_headers(to.request, call->fields, call->headers.count);
  if (call->fd >= 0)
    fcl_request_body(to.request, call->length, FCL_BODY_REFUSE);
  return to.request;
}
