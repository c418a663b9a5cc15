/* facts.c: what the server tells becomes the facts of a request, and these its parameters. */
#include "session.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LITERAL(s) ((fcl_slice){(s), sizeof(s) - 1})

static const fcl_slice none = {"", 0};

static fcl_slice text(const char *bytes) {
  return (fcl_slice){bytes ? bytes : "", bytes ? strlen(bytes) : 0};
}

/* ---- The server's variables ---- */

/* In UTF-8, kept with the facts. */
static fcl_slice keep(facts *f, const WCHAR *wide) {
  fcl_slice value = {f->text + f->used, 0};
  size_t room = TEXT_MAX - f->used;
  if (wide == NULL)
    return none;
  value.len = text_narrow(f->text + f->used, room, wide);
  if (value.len == room) {
    f->is_full = 1;
    return none;
  }
  f->used += value.len + 1;
  return value;
}

static fcl_slice variable(session *s, const char *name) {
  PCWSTR value = NULL;
  DWORD len = 0;
  HRESULT result = s->context->table->GetServerVariableW(s->context, name, &value, &len);
  return FAILED(result) ? none : keep(&s->facts, value);
}

/* Bytes as they came from the client. */
static fcl_slice raw(session *s, const char *name) {
  PCSTR value = NULL;
  DWORD len = 0;
  return FAILED(s->context->table->GetServerVariable(s->context, name, &value, &len)) ? none
                                                                                      : text(value);
}

static fcl_slice header(session *s, const char *name) {
  USHORT len = 0;
  return text(s->in->table->GetHeader(s->in, name, &len));
}

/* Digits alone.  -1: it is none. */
static int64_t number(fcl_slice value) {
  char *end;
  long long n = strtoll(value.base, &end, 10);
  return value.len > 0 && strchr("0123456789", value.base[0]) && *end == 0 ? n : -1;
}

static unsigned small_number(session *s, const char *name) {
  int64_t n = number(variable(s, name));
  return n > 0 && n <= 0xffffffff ? (unsigned) n : 0;
}

/* ---- What the server tells ---- */

static void take_server(session *s) {
  fcl_cgi_request *q = &s->facts.q;
  USHORT major = 1, minor = 1;
  s->in->table->GetHttpVersion(s->in, &major, &minor);
  s->facts.minor = major == 1 && minor > 0;
  q->protocol = variable(s, "SERVER_PROTOCOL");
  q->https = strcmp(variable(s, "HTTPS").base, "on") == 0;
  q->server_software = variable(s, "SERVER_SOFTWARE");
  q->server_name = variable(s, "SERVER_NAME");
  q->server_addr = variable(s, "LOCAL_ADDR");
  q->server_port = small_number(s, "SERVER_PORT");
  q->document_root = variable(s, "APPL_PHYSICAL_PATH");
  while (q->document_root.len > 1 && route_last_segment(q->document_root).len == 0)
    q->document_root.len--;
}

/* A chunked body, and one of HTTP/2 without a length, is known when its end comes. */
static int64_t take_length(session *s) {
  int64_t length = number(header(s, "Content-Length"));
  if (length >= 0)
    return length;
  return header(s, "Transfer-Encoding").len || s->in->table->GetRemainingEntityBytes(s->in) ? -1
                                                                                            : 0;
}

/* REQUEST_URI is what the client sent, before any module of the server rewrote it. */
static void take_request(session *s) {
  fcl_cgi_request *q = &s->facts.q;
  q->method = text(s->in->table->GetHttpMethod(s->in));
  q->query = raw(s, "QUERY_STRING");
  if (variable(s, "IIS_WasUrlRewritten").len)
    q->target = raw(s, "HTTP_X_ORIGINAL_URL");
  if (q->target.len == 0)
    q->target = raw(s, "HTTP_URL");
  q->remote_addr = variable(s, "REMOTE_ADDR");
  q->remote_port = small_number(s, "REMOTE_PORT");
  q->remote_user = variable(s, "REMOTE_USER");
  q->auth_type = variable(s, "AUTH_TYPE");
  s->facts.body_length = take_length(s);
}

/* By default PATH_INFO is the whole path; with allowPathInfo what follows the script. */
static fcl_slice path(session *s) {
  facts *f = &s->facts;
  fcl_slice name = variable(s, "SCRIPT_NAME"), info = variable(s, "PATH_INFO"), whole;
  if (route_starts(info, name) && (info.len == name.len || info.base[name.len] == '/'))
    return info;
  if (!fcl_cgi_join(name, info, f->text + f->used, TEXT_MAX - f->used, &whole)) {
    f->is_full = 1;
    return name;
  }
  f->used += whole.len;
  return whole;
}

/* Windows' own way to say that a path is long, which applications do not know. */
static fcl_slice without_prefix(fcl_slice path) {
  return strncmp(path.base, "\\\\?\\", 4) == 0 ? text(path.base + 4) : path;
}

int facts_take(session *s) {
  facts *f = &s->facts;
  int status = fcl_cgi_fields(raw(s, "ALL_RAW"), f->headers, HEADERS_MAX, &f->header_count);
  take_server(s);
  take_request(s);
  f->route.path = path(s);
  f->route.translated = without_prefix(variable(s, "PATH_TRANSLATED"));
  f->route.document_root = f->q.document_root;
  return f->is_full ? 431 : status;
}

/* ---- The handler ---- */

/* ".php" of "*.php" and of "index.php"; of "*" nothing. */
static fcl_slice extension(fcl_slice map) {
  fcl_slice name = route_last_segment(map);
  size_t at = name.len;
  while (at > 0 && name.base[at - 1] != '.')
    at--;
  return at ? (fcl_slice){name.base + at - 1, name.len - at + 1} : none;
}

int facts_route(session *s, const fcl_config *config) {
  const IScriptMapInfo *map = s->context->table->GetScriptMap(s->context);
  fcl_slice processor;
  DWORD len = 0;
  if (map == NULL)
    return 500;
  processor = keep(&s->facts, map->table->GetScriptProcessor(map, &len));
  s->facts.route.app = config_find(config, processor.base);
  s->facts.route.extension = extension(keep(&s->facts, map->table->GetPath(map)));
  s->limit = map->table->GetResponseBufferLimit(map);
  if (s->facts.route.app)
    return route_find(&s->facts.route, config);
  snprintf(s->error.text, sizeof s->error.text,
           "The handler has the scriptProcessor \"%.600s\", and no application of "
           "system.webServer/fastCgi has this fullPath and, behind a |, these arguments.",
           processor.base);
  return 500;
}

/* ---- Parameters ---- */

static void set(void *request, fcl_slice name, fcl_slice value) {
  fcl_request_param_n(request, name, value);
}

/* What IIS tells its applications beside CGI's variables; not AUTH_PASSWORD. */
static void set_others(session *s) {
  static const char names[] =
      "APPL_MD_PATH\0APPL_PHYSICAL_PATH\0APP_POOL_ID\0AUTH_USER\0CERT_COOKIE\0CERT_FLAGS\0"
      "CERT_ISSUER\0CERT_SERIALNUMBER\0CERT_SUBJECT\0HTTPS_KEYSIZE\0HTTPS_SECRETKEYSIZE\0"
      "HTTPS_SERVER_ISSUER\0HTTPS_SERVER_SUBJECT\0IIS_WasUrlRewritten\0INSTANCE_ID\0"
      "INSTANCE_META_PATH\0INSTANCE_NAME\0LOCAL_ADDR\0LOGON_USER\0REMOTE_HOST\0"
      "SERVER_PORT_SECURE\0UNENCODED_URL\0";
  const char *name;
  for (name = names; *name; name += strlen(name) + 1) {
    fcl_slice value = variable(s, name);
    if (value.len)
      set(s->request, text(name), value);
  }
}

int facts_set_params(session *s) {
  facts *f = &s->facts;
  fcl_slice authorization = header(s, "Authorization");
  f->q.script_name = f->route.script_name;
  f->q.path_info = f->route.path_info;
  f->q.script_filename = f->route.script_filename;
  if (fcl_cgi_params(&f->q, set, s->request) != FCL_OK)
    return 414;
  set_others(s);
  /* RFC 3875 §4.1.18: only where the server shows it, and has made no use of it itself. */
  if (authorization.len && f->q.auth_type.len == 0)
    set(s->request, LITERAL("HTTP_AUTHORIZATION"), authorization);
  fcl_request_headers(s->request, f->headers, f->header_count);
  return f->is_full ? 431 : 0;
}
