/* facts.c: the server's variables become the facts of a request, and these its parameters. */
#include "host.h"
#include "utf16.h"
#include "visit.h"
#include <stdlib.h>
#include <string.h>

#define LITERAL(s) ((fcl_slice){(s), sizeof(s) - 1})

int64_t visit_number(fcl_slice value) {
  char *end;
  long long n = strtoll(value.base, &end, 10);
  return value.len > 0 && strchr("0123456789", value.base[0]) && *end == 0 ? n : -1;
}

fcl_slice visit_keep(visit *v, const uint16_t *wide) {
  fcl_slice value = {v->text + v->used, 0};
  size_t room = TEXT_MAX - v->used;
  if (wide == NULL)
    return LITERAL("");
  value.len = utf16_narrow(v->text + v->used, room, wide);
  if (value.len == room) {
    v->is_full = 1;
    return LITERAL("");
  }
  v->used += value.len + 1;
  return value;
}

static fcl_slice variable(visit *v, const char *name) {
  return v->host->variable(v, name);
}

static unsigned small_number(visit *v, const char *name) {
  int64_t n = visit_number(variable(v, name));
  return n > 0 && n <= 0xffffffff ? (unsigned) n : 0;
}

static int is(visit *v, const char *name, const char *value) {
  return strcmp(variable(v, name).base, value) == 0;
}

static fcl_slice either(visit *v, const char *name, const char *other) {
  fcl_slice value = v->host->name(v, name);
  return value.len ? value : v->host->name(v, other);
}

/* ---- What the server tells: Apache's name first, where IIS has another ---- */

static void take_server(visit *v) {
  fcl_cgi_request *q = &v->q;
  q->protocol = variable(v, "SERVER_PROTOCOL");
  v->minor = strcmp(q->protocol.base, "HTTP/1.1") == 0;
  q->https = is(v, "HTTPS", "on") || is(v, "SERVER_PORT_SECURE", "1");
  q->server_software = variable(v, "SERVER_SOFTWARE");
  q->server_name = variable(v, "SERVER_NAME");
  q->server_addr = either(v, "SERVER_ADDR", "LOCAL_ADDR");
  q->server_port = small_number(v, "SERVER_PORT");
  q->document_root = either(v, "DOCUMENT_ROOT", "APPL_PHYSICAL_PATH");
  while (q->document_root.len > 1 && route_last_segment(q->document_root).len == 0)
    q->document_root.len--;
}

/* REQUEST_URI is what the client sent, before any module of the server rewrote it. */
static void take_request(visit *v) {
  fcl_cgi_request *q = &v->q;
  if (!is(v, "IIS_WasUrlRewritten", ""))
    q->target = variable(v, "HTTP_X_ORIGINAL_URL");
  if (q->target.len == 0)
    q->target = variable(v, "REQUEST_URI"); /* raw */
  if (q->target.len == 0)
    q->target = variable(v, "HTTP_URL");
  q->remote_addr = variable(v, "REMOTE_ADDR");
  q->remote_port = small_number(v, "REMOTE_PORT");
  q->remote_user = either(v, "REMOTE_USER", "REDIRECT_REMOTE_USER"); /* Apache: Action */
  q->auth_type = variable(v, "AUTH_TYPE");
}

int visit_take(visit *v) {
  int status = fcl_cgi_fields(variable(v, "ALL_RAW"), v->headers, HEADERS_MAX, &v->header_count);
  take_server(v);
  take_request(v);
  v->route.document_root = v->q.document_root;
  v->route.site = small_number(v, "INSTANCE_ID");
  v->route.application = v->host->name(v, "APPL_MD_PATH");
  return status;
}

fcl_slice visit_path(visit *v, fcl_slice name, fcl_slice info) {
  fcl_slice whole;
  if (route_starts(info, name) && (info.len == name.len || info.base[name.len] == '/'))
    return info;
  if (!fcl_cgi_join(name, info, v->text + v->used, TEXT_MAX - v->used, &whole)) {
    v->is_full = 1;
    return name;
  }
  v->used += whole.len;
  return whole;
}

/* ---- Parameters ---- */

static void set(void *request, fcl_slice name, fcl_slice value) {
  fcl_request_param_n(request, name, value);
}

/* What IIS tells its applications beside CGI's variables; not AUTH_PASSWORD. */
static void set_others(visit *v) {
  static const char names[] =
      "APPL_MD_PATH\0APPL_PHYSICAL_PATH\0APP_POOL_ID\0AUTH_USER\0CERT_COOKIE\0CERT_FLAGS\0"
      "CERT_ISSUER\0CERT_SERIALNUMBER\0CERT_SUBJECT\0HTTPS_KEYSIZE\0HTTPS_SECRETKEYSIZE\0"
      "HTTPS_SERVER_ISSUER\0HTTPS_SERVER_SUBJECT\0IIS_WasUrlRewritten\0INSTANCE_ID\0"
      "INSTANCE_META_PATH\0INSTANCE_NAME\0LOCAL_ADDR\0LOGON_USER\0REMOTE_HOST\0"
      "SERVER_PORT_SECURE\0UNENCODED_URL\0";
  const char *name;
  for (name = names; *name; name += strlen(name) + 1) {
    fcl_slice value = v->host->name(v, name);
    if (value.len)
      set(v->request, (fcl_slice){name, strlen(name)}, value);
  }
}

int visit_set_params(visit *v) {
  fcl_slice authorization = variable(v, "HTTP_AUTHORIZATION");
  v->q.script_name = v->route.script_name;
  v->q.path_info = v->route.path_info;
  v->q.script_filename = v->route.script_filename;
  if (fcl_cgi_params(&v->q, set, v->request) != FCL_OK)
    return 414;
  set_others(v);
  /* RFC 3875 §4.1.18: only where the server shows it, and has made no use of it itself. */
  if (authorization.len && v->q.auth_type.len == 0)
    set(v->request, LITERAL("HTTP_AUTHORIZATION"), authorization);
  fcl_request_headers(v->request, v->headers, v->header_count);
  return v->is_full ? 431 : 0;
}
