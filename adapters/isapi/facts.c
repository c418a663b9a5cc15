/* facts.c: the server's variables become the facts of a request, and these its parameters.  IIS and
   Apache differ in what they call the script and the path behind it. */
#include "session.h"
#include "host.h"
#include <stdlib.h>
#include <string.h>

#define LITERAL(s) ((fcl_slice){(s), sizeof(s) - 1})

static fcl_slice text(const char *bytes) {
  return (fcl_slice){bytes ? bytes : "", bytes ? strlen(bytes) : 0};
}

fcl_slice facts_variable(session *s, const char *name) {
  facts *f = &s->facts;
  fcl_slice value = LITERAL("");
  DWORD size = (DWORD) (TEXT_MAX - f->used);
  if (s->ecb->GetServerVariable(s->ecb->ConnID, (LPSTR) name, f->text + f->used, &size)) {
    value = text(f->text + f->used);
    f->used += value.len + 1;
  } else if (host_buffer_was_small()) {
    f->is_full = 1;
  }
  return value;
}

/* Digits alone.  -1: it is none. */
static int64_t number(session *s, const char *name) {
  fcl_slice value = facts_variable(s, name);
  char *end;
  long long n = strtoll(value.base, &end, 10);
  return value.len > 0 && strchr("0123456789", value.base[0]) && *end == 0 ? n : -1;
}

static unsigned small_number(session *s, const char *name) {
  int64_t n = number(s, name);
  return n > 0 && n <= 0xffffffff ? (unsigned) n : 0;
}

static int is(session *s, const char *name, const char *value) {
  return strcmp(facts_variable(s, name).base, value) == 0;
}

static fcl_slice either(session *s, const char *name, const char *other) {
  fcl_slice value = system_name(s, name);
  return value.len ? value : system_name(s, other);
}

/* ---- What the server tells ---- */

static void take_server(session *s) {
  fcl_cgi_request *q = &s->facts.q;
  q->protocol = facts_variable(s, "SERVER_PROTOCOL");
  s->facts.minor = strcmp(q->protocol.base, "HTTP/1.1") == 0;
  q->https = is(s, "HTTPS", "on") || is(s, "SERVER_PORT_SECURE", "1");
  q->server_software = facts_variable(s, "SERVER_SOFTWARE");
  q->server_name = facts_variable(s, "SERVER_NAME");
  q->server_addr = either(s, "SERVER_ADDR", "LOCAL_ADDR");
  q->server_port = small_number(s, "SERVER_PORT");
  q->document_root = either(s, "DOCUMENT_ROOT", "APPL_PHYSICAL_PATH");
  while (q->document_root.len > 1 && route_last_segment(q->document_root).len == 0)
    q->document_root.len--;
}

/* REQUEST_URI is what the client sent, before any module of the server rewrote it. */
static void take_request(session *s) {
  fcl_cgi_request *q = &s->facts.q;
  q->method = text(s->ecb->lpszMethod);
  q->query = text(s->ecb->lpszQueryString);
  if (!is(s, "IIS_WasUrlRewritten", ""))
    q->target = facts_variable(s, "HTTP_X_ORIGINAL_URL");
  if (q->target.len == 0)
    q->target = facts_variable(s, "REQUEST_URI"); /* raw */
  if (q->target.len == 0)
    q->target = facts_variable(s, "HTTP_URL");
  q->remote_addr = facts_variable(s, "REMOTE_ADDR");
  q->remote_port = small_number(s, "REMOTE_PORT");
  q->remote_user = either(s, "REMOTE_USER", "REDIRECT_REMOTE_USER"); /* Apache: Action */
  q->auth_type = facts_variable(s, "AUTH_TYPE");
  s->facts.body_length = number(s, "CONTENT_LENGTH"); /* cbTotalBytes ends at 4 GiB */
  if (s->facts.body_length < 0 && s->ecb->cbTotalBytes != ISAPI_LENGTH_UNKNOWN)
    s->facts.body_length = s->ecb->cbTotalBytes;
}

/* SCRIPT_NAME is this module (Apache always; IIS when it is asked for by name), or the script.
   PATH_INFO is what follows, or by default in IIS the whole path. */
static fcl_slice path(session *s) {
  facts *f = &s->facts;
  fcl_slice name = system_name(s, "SCRIPT_NAME"),
            info = system_path(s, "PATH_INFO", s->ecb->lpszPathInfo);
  char module[4096];
  int is_module = IS_MOD_ISAPI(s->ecb);
  if (!is_module && host_module(module, sizeof module)) {
    fcl_slice own = route_last_segment(text(module)), its = route_last_segment(name);
    is_module = its.len == own.len && route_starts(its, own);
  }
  if (is_module && route_starts(f->q.target, name) && f->q.target.base[name.len] == '/')
    f->route.prefix = name;
  if (route_starts(info, name) && (info.len == name.len || info.base[name.len] == '/'))
    return is_module ? (fcl_slice){info.base + name.len, info.len - name.len} : info;
  if (is_module)
    return info;
  f->is_full |= !fcl_cgi_join(name, info, f->text + f->used, TEXT_MAX - f->used, &name);
  f->used += f->is_full ? 0 : name.len;
  return name;
}

static void take_route(session *s) {
  route *r = &s->facts.route;
  r->path = path(s);
  r->translated = system_path(s, "PATH_TRANSLATED", s->ecb->lpszPathTranslated);
  r->document_root = s->facts.q.document_root;
  r->site = small_number(s, "INSTANCE_ID");
  r->application = system_name(s, "APPL_MD_PATH");
}

int facts_take(session *s) {
  facts *f = &s->facts;
  int status =
      fcl_cgi_fields(facts_variable(s, "ALL_RAW"), f->headers, HEADERS_MAX, &f->header_count);
  take_server(s);
  take_request(s);
  take_route(s);
  return f->is_full ? 431 : status;
}

/* ---- Parameters ---- */

static void set(void *request, fcl_slice name, fcl_slice value) {
  fcl_request_param_n(request, name, value);
}

/* What IIS tells its applications beside CGI's variables; not AUTH_PASSWORD. */
static void set_others(session *s) {
  static const char names[] =
      "APPL_MD_PATH\0APPL_PHYSICAL_PATH\0AUTH_USER\0CERT_COOKIE\0CERT_FLAGS\0CERT_ISSUER\0"
      "CERT_SERIALNUMBER\0CERT_SUBJECT\0HTTPS_KEYSIZE\0HTTPS_SECRETKEYSIZE\0HTTPS_SERVER_ISSUER\0"
      "HTTPS_SERVER_SUBJECT\0IIS_WasUrlRewritten\0INSTANCE_ID\0INSTANCE_META_PATH\0"
      "INSTANCE_NAME\0LOCAL_ADDR\0LOGON_USER\0REMOTE_HOST\0SERVER_PORT_SECURE\0UNENCODED_URL\0";
  const char *name;
  for (name = names; *name; name += strlen(name) + 1) {
    fcl_slice value = system_name(s, name);
    if (value.len)
      set(s->request, text(name), value);
  }
}

int facts_set_params(session *s) {
  facts *f = &s->facts;
  fcl_slice authorization = facts_variable(s, "HTTP_AUTHORIZATION");
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
