/* facts.c: what the server tells in its own way becomes the facts of a request: IIS and Apache
   differ in what they call the script and the path behind it. */
#include "session.h"
#include "host.h"
#include <string.h>

static fcl_slice text(const char *bytes) {
  return (fcl_slice){bytes ? bytes : "", bytes ? strlen(bytes) : 0};
}

fcl_slice facts_variable(visit *v, const char *name) {
  EXTENSION_CONTROL_BLOCK *ecb = SESSION_OF(v)->ecb;
  fcl_slice value = {"", 0};
  DWORD size = (DWORD) (TEXT_MAX - v->used);
  if (ecb->GetServerVariable(ecb->ConnID, (LPSTR) name, v->text + v->used, &size)) {
    value = text(v->text + v->used);
    v->used += value.len + 1;
  } else if (host_buffer_was_small()) {
    v->is_full = 1;
  }
  return value;
}

/* SCRIPT_NAME is this module (Apache always; IIS when it is asked for by name), or the script.
   PATH_INFO is what follows, or by default in IIS the whole path. */
static fcl_slice path(session *s) {
  visit *v = &s->visit;
  fcl_slice name = system_name(v, "SCRIPT_NAME"),
            info = system_path(v, "PATH_INFO", s->ecb->lpszPathInfo);
  char module[4096];
  int is_module = IS_MOD_ISAPI(s->ecb);
  if (!is_module && host_module(module, sizeof module)) {
    fcl_slice own = route_last_segment(text(module)), its = route_last_segment(name);
    is_module = its.len == own.len && route_starts(its, own);
  }
  if (!is_module)
    return visit_path(v, name, info);
  if (route_starts(v->q.target, name) && v->q.target.base[name.len] == '/')
    v->route.prefix = name;
  if (route_starts(info, name) && (info.len == name.len || info.base[name.len] == '/'))
    return (fcl_slice){info.base + name.len, info.len - name.len};
  return info;
}

/* What cbTotalBytes can tell ends at 4 GiB.  A chunked body has no length, whatever the variable
 * says. */
static int64_t take_length(visit *v, DWORD total) {
  int64_t length = visit_number(facts_variable(v, "CONTENT_LENGTH"));
  if (total != ISAPI_LENGTH_UNKNOWN)
    return length < 0 ? total : length;
  return length > 0 && facts_variable(v, "HTTP_TRANSFER_ENCODING").len == 0 ? length : -1;
}

int facts_take(session *s) {
  visit *v = &s->visit;
  const EXTENSION_CONTROL_BLOCK *ecb = s->ecb;
  int status = visit_take(v);
  v->q.method = text(ecb->lpszMethod);
  v->q.query = text(ecb->lpszQueryString);
  v->body_left = take_length(v, ecb->cbTotalBytes);
  v->route.path = path(s);
  v->route.translated = system_path(v, "PATH_TRANSLATED", ecb->lpszPathTranslated);
  return v->is_full ? 431 : status;
}
