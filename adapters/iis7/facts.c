/* facts.c: what the server tells in its own way becomes the facts of a request. */
#include "session.h"
#include <stdio.h>
#include <string.h>

static const fcl_slice none = {"", 0};

static fcl_slice text(const char *bytes) {
  return (fcl_slice){bytes ? bytes : "", bytes ? strlen(bytes) : 0};
}

/* ---- The server's variables ---- */

fcl_slice facts_name(visit *v, const char *name) {
  IHttpContext *context = SESSION_OF(v)->context;
  PCWSTR value = NULL;
  DWORD len = 0;
  HRESULT result = context->table->GetServerVariableW(context, name, &value, &len);
  return FAILED(result) ? none : visit_keep(v, value);
}

fcl_slice facts_variable(visit *v, const char *name) {
  IHttpContext *context = SESSION_OF(v)->context;
  PCSTR value = NULL;
  DWORD len = 0;
  return FAILED(context->table->GetServerVariable(context, name, &value, &len)) ? none
                                                                                : text(value);
}

static fcl_slice header(session *s, const char *name) {
  USHORT len = 0;
  return text(s->in->table->GetHeader(s->in, name, &len));
}

/* ---- What the server tells ---- */

/* A chunked body, and one of HTTP/2 without a length, is known when its end comes. */
static int64_t take_length(session *s) {
  int64_t length = visit_number(header(s, "Content-Length"));
  if (length >= 0)
    return length;
  return header(s, "Transfer-Encoding").len || s->in->table->GetRemainingEntityBytes(s->in) ? -1
                                                                                            : 0;
}

/* Windows' own way to say that a path is long, which applications do not know. */
static fcl_slice without_prefix(fcl_slice path) {
  return strncmp(path.base, "\\\\?\\", 4) == 0 ? text(path.base + 4) : path;
}

/* By default PATH_INFO is the whole path; with allowPathInfo what follows the script. */
int facts_take(session *s) {
  visit *v = &s->visit;
  USHORT major = 1, minor = 1;
  int status = visit_take(v);
  s->in->table->GetHttpVersion(s->in, &major, &minor);
  v->minor = major == 1 && minor > 0;
  v->q.method = text(s->in->table->GetHttpMethod(s->in));
  v->q.query = facts_variable(v, "QUERY_STRING");
  v->body_left = take_length(s);
  v->route.path = visit_path(v, facts_name(v, "SCRIPT_NAME"), facts_name(v, "PATH_INFO"));
  v->route.translated = without_prefix(facts_name(v, "PATH_TRANSLATED"));
  return v->is_full ? 431 : status;
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
  processor = visit_keep(&s->visit, map->table->GetScriptProcessor(map, &len));
  s->visit.route.app = config_find(config, processor.base);
  s->visit.route.extension = extension(visit_keep(&s->visit, map->table->GetPath(map)));
  s->limit = map->table->GetResponseBufferLimit(map);
  if (s->visit.route.app)
    return route_find(&s->visit.route, config);
  snprintf(s->visit.error.text, sizeof s->visit.error.text,
           "The handler has the scriptProcessor \"%.600s\", and no application of "
           "system.webServer/fastCgi has this fullPath and, behind a |, these arguments.",
           processor.base);
  return 500;
}
