/* facts.c: the server's variables become the facts of a request, and these its parameters.  IIS and
   Apache differ in what they call the script and the path behind it. */
#include "facts.h"
#include "host.h"
#include <string.h>
#include <uv.h>

/* ---- Small things ---- */

static int same(fcl_slice a, const char *b) {
  return a.len == strlen(b) && memcmp(a.base, b, a.len) == 0;
}

/* Digits alone, at most 18.  -1: it is none. */
static int64_t number(fcl_slice text) {
  int64_t n = 0;
  size_t i;
  for (i = 0; i < text.len && text.base[i] >= '0' && text.base[i] <= '9'; i++)
    n = n * 10 + (text.base[i] - '0');
  return i > 0 && i == text.len && i <= 18 ? n : -1;
}

static unsigned small_number(fcl_slice text) {
  int64_t n = number(text);
  return n > 0 && n <= 0xffffffff ? (unsigned) n : 0;
}

static fcl_slice first_of(facts *f, const char *const *names) {
  fcl_slice value = LITERAL("");
  for (; value.len == 0 && *names; names++)
    value = facts_variable(f, *names);
  return value;
}

static int starts(fcl_slice text, fcl_slice with) {
  size_t i;
  for (i = 0; i < with.len; i++)
    if (i == text.len || !host_same_in_paths(text.base[i], with.base[i]))
      return 0;
  return 1;
}

static fcl_slice from(fcl_slice text, size_t at) {
  return (fcl_slice){text.base + at, text.len - at};
}

static fcl_slice last_segment(fcl_slice path) {
  size_t at = path.len;
  while (at > 0 && !host_same_in_paths(path.base[at - 1], '/'))
    at--;
  return from(path, at);
}

/* ---- What the server tells ---- */

/* "Name: value" and CR LF, again and again, and nothing else. */
static int take_headers(facts *f) {
  fcl_slice raw = facts_variable(f, "ALL_RAW");
  size_t at, lines = 0;
  for (at = 0; at < raw.len; at++)
    lines += raw.base[at] == '\n';
  f->headers = facts_alloc(f, lines * sizeof *f->headers);
  if (f->headers == NULL)
    return 500;
  while (raw.len > 0) {
    const char *cr = memchr(raw.base, '\r', raw.len), *colon;
    size_t len = cr ? (size_t) (cr - raw.base) : 0;
    colon = memchr(raw.base, ':', len);
    if (colon == NULL || colon == raw.base || cr[1] != '\n' || memchr(raw.base, '\n', len))
      return 400;
    f->headers[f->header_count].name = (fcl_slice){raw.base, (size_t) (colon - raw.base)};
    f->headers[f->header_count++].value = (fcl_slice){colon + 1, (size_t) (cr - colon - 1)};
    raw = from(raw, len + 2);
  }
  return 0;
}

static void take_server(facts *f) {
  static const char *const addresses[] = {"SERVER_ADDR", "LOCAL_ADDR", NULL};
  static const char *const roots[] = {"DOCUMENT_ROOT", "APPL_PHYSICAL_PATH", NULL};
  fcl_cgi_request *q = &f->q;
  q->protocol = facts_variable(f, "SERVER_PROTOCOL");
  f->minor = same(q->protocol, "HTTP/1.1");
  q->https =
      same(facts_variable(f, "HTTPS"), "on") || same(facts_variable(f, "SERVER_PORT_SECURE"), "1");
  q->server_software = facts_variable(f, "SERVER_SOFTWARE");
  q->server_name = facts_variable(f, "SERVER_NAME");
  q->server_addr = first_of(f, addresses);
  q->server_port = small_number(facts_variable(f, "SERVER_PORT"));
  q->document_root = first_of(f, roots);
  while (q->document_root.len > 1 && last_segment(q->document_root).len == 0)
    q->document_root.len--;
}

/* As the client sent it, before any module of the server rewrote it. */
static fcl_slice target(facts *f) {
  static const char *const targets[] = {"REQUEST_URI", "HTTP_URL", "URL", NULL};
  fcl_slice original = LITERAL("");
  if (facts_variable(f, "IIS_WasUrlRewritten").len)
    original = facts_variable(f, "HTTP_X_ORIGINAL_URL");
  return original.len ? original : first_of(f, targets);
}

static void take_request(facts *f) {
  fcl_cgi_request *q = &f->q;
  q->method = facts_text(f->ecb->lpszMethod);
  q->query = facts_text(f->ecb->lpszQueryString);
  q->target = target(f);
  q->remote_addr = facts_variable(f, "REMOTE_ADDR");
  q->remote_port = small_number(facts_variable(f, "REMOTE_PORT"));
  q->remote_user = facts_variable(f, "REMOTE_USER");
  q->auth_type = facts_variable(f, "AUTH_TYPE");
}

/* The field is asked first: cbTotalBytes ends at 4 GiB. */
static void take_length(facts *f) {
  DWORD total = f->ecb->cbTotalBytes;
  f->body_length = number(facts_variable(f, "CONTENT_LENGTH"));
  if (f->body_length < 0 && total != ISAPI_LENGTH_UNKNOWN)
    f->body_length = total;
}

/* The path is decoded; the rules for raw ones hold for it too, if they find nothing to decode. */
static int take_safe(facts *f, fcl_slice path) {
  char *raw = facts_alloc(f, path.len * 3 + 1), *out = facts_alloc(f, path.len * 3 + 1);
  size_t i, len = 0;
  if (raw == NULL || out == NULL)
    return 500;
  for (i = 0; i < path.len; i++) {
    raw[len++] = path.base[i];
    if (path.base[i] == '%') {
      raw[len++] = '2';
      raw[len++] = '5';
    }
  }
  return fcl_cgi_path((fcl_slice){raw, len}, host_path_flags, out, len, &f->path);
}

/* SCRIPT_NAME is this module (Apache always; IIS when it is asked for by name), or the script.
   PATH_INFO is what follows, or by default in IIS the whole path. */
static int take_path(facts *f) {
  fcl_slice name = facts_variable(f, "SCRIPT_NAME"), info = facts_text(f->ecb->lpszPathInfo);
  fcl_slice both;
  char module[4096], *joined;
  int is_module = IS_MOD_ISAPI(f->ecb);
  if (!is_module && host_module(module, sizeof module)) {
    fcl_slice own = last_segment(facts_text(module)), its = last_segment(name);
    is_module = its.len == own.len && starts(its, own);
  }
  f->translated = facts_text(f->ecb->lpszPathTranslated);
  if (starts(info, name) && (info.len == name.len || info.base[name.len] == '/'))
    return take_safe(f, is_module && name.len ? from(info, name.len) : info);
  if (is_module)
    return info.len ? take_safe(f, info) : 404;
  joined = facts_alloc(f, name.len + info.len + 1);
  if (joined == NULL)
    return 500;
  fcl_cgi_join(name, info, joined, name.len + info.len, &both);
  return take_safe(f, both);
}

int facts_take(facts *f, EXTENSION_CONTROL_BLOCK *ecb) {
  int status;
  f->ecb = ecb;
  status = take_headers(f);
  if (status)
    return status;
  take_server(f);
  take_request(f);
  take_length(f);
  return take_path(f);
}

/* ---- The script ---- */

static int is_file(const char *path) {
  uv_fs_t stat;
  int found =
      uv_fs_stat(NULL, &stat, path, NULL) == 0 && (stat.statbuf.st_mode & S_IFMT) == S_IFREG;
  uv_fs_req_cleanup(&stat);
  return found;
}

/* If the two together are a file, it is the script's. */
static int try_file(facts *f, fcl_slice first, fcl_slice second) {
  char *path = facts_alloc(f, first.len + second.len + 1);
  return path && fcl_cgi_join(first, second, path, first.len + second.len, &f->q.script_filename) &&
         strlen(path) == first.len + second.len && is_file(path);
}

/* The server knows aliases and virtual directories: its translation without the path behind the
   script, if that ends in the script's name; else the document root and the script. */
static int find_file(void *user, fcl_slice name) {
  facts *f = user;
  fcl_slice file = f->translated, info = from(f->path, name.len), own = last_segment(name);
  if (file.len > info.len && starts(from(file, file.len - info.len), info)) {
    fcl_slice its;
    file.len -= info.len;
    its = last_segment(file);
    if (its.len == own.len && starts(its, own) && try_file(f, file, LITERAL("")))
      return 1;
  }
  return f->q.document_root.len && try_file(f, f->q.document_root, name);
}

/* No extension in the path leads anywhere: a file that exists is the script, all else is PATH_INFO
   of an application that answers for everything. */
static void take_all(facts *f) {
  if (find_file(f, f->path)) {
    f->q.script_name = f->path;
    return;
  }
  f->q.script_filename = f->q.script_name = LITERAL("");
  f->q.path_info = f->path;
}

int facts_route(facts *f, const fcl_config *config, const fcl_config_app **app) {
  unsigned site = small_number(facts_variable(f, "INSTANCE_ID"));
  fcl_slice application = facts_variable(f, "APPL_MD_PATH");
  size_t count;
  const fcl_slice *extensions = fcl_config_extensions(config, &count);
  fcl_cgi_script script;
  if (application.len == 0)
    application = fcl_config_application(config, site, f->path);
  switch (fcl_cgi_split(f->path, extensions, count, host_path_flags, find_file, f, &script)) {
  case FCL_CGI_SCRIPT:
    f->q.script_name = script.name;
    f->q.path_info = script.info;
    *app = fcl_config_route(config, extensions[script.extension], site, application);
    break;
  case FCL_CGI_MISSING:
    return 404;
  case FCL_CGI_NO_SCRIPT:
    *app = fcl_config_route(config, LITERAL(""), site, application);
    take_all(f);
    break;
  }
  return *app ? 0 : 404;
}

/* ---- Parameters ---- */

static void set(void *request, fcl_slice name, fcl_slice value) {
  fcl_request_param_n(request, name, value);
}

/* What IIS tells its applications beside CGI's variables; not AUTH_PASSWORD. */
static void set_others(facts *f, fcl_request *r) {
  static const char *const names[] = {
      "APPL_MD_PATH",        "APPL_PHYSICAL_PATH",   "APP_POOL_ID",
      "AUTH_USER",           "CERT_COOKIE",          "CERT_FLAGS",
      "CERT_ISSUER",         "CERT_KEYSIZE",         "CERT_SECRETKEYSIZE",
      "CERT_SERIALNUMBER",   "CERT_SERVER_ISSUER",   "CERT_SERVER_SUBJECT",
      "CERT_SUBJECT",        "HTTPS_KEYSIZE",        "HTTPS_SECRETKEYSIZE",
      "HTTPS_SERVER_ISSUER", "HTTPS_SERVER_SUBJECT", "IIS_WasUrlRewritten",
      "INSTANCE_ID",         "INSTANCE_META_PATH",   "INSTANCE_NAME",
      "LOCAL_ADDR",          "LOGON_USER",           "REMOTE_HOST",
      "SERVER_PORT_SECURE",  "UNENCODED_URL",        NULL};
  const char *const *name;
  for (name = names; *name; name++) {
    fcl_slice value = facts_variable(f, *name);
    if (value.len)
      set(r, facts_text(*name), value);
  }
}

int facts_set_params(facts *f, fcl_request *r) {
  fcl_slice authorization = facts_variable(f, "HTTP_AUTHORIZATION");
  if (fcl_cgi_params(&f->q, set, r) != FCL_OK)
    return 414;
  set_others(f, r);
  /* RFC 3875 §4.1.18: only where the server shows it, and has not made use of it itself. */
  if (authorization.len && f->q.auth_type.len == 0)
    set(r, LITERAL("HTTP_AUTHORIZATION"), authorization);
  fcl_request_headers(r, f->headers, f->header_count);
  return 0;
}
