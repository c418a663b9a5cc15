/* routes.c: the lines of [Types], and which application serves a request. */
#include "config/config.h"
#include <string.h>

static fcl_slice slice(const char *base, size_t len) {
  fcl_slice s;
  s.base = base;
  s.len = len;
  return s;
}

static fcl_slice skip(fcl_slice s, size_t n) {
  return slice(s.base + n, s.len - n);
}

/* ---- Keys ---- */

/* The length of the first segment with its '/' before it. */
static size_t segment_len(fcl_slice path) {
  const char *next = path.len > 1 ? memchr(path.base + 1, '/', path.len - 1) : NULL;
  return next ? (size_t) (next - path.base) : path.len;
}

/* Without its first segment if that is `word` (with '/'). */
static fcl_slice skip_word(fcl_slice path, const char *word) {
  size_t n = segment_len(path);
  return fcl__ini_same(slice(path.base, n), slice(word, strlen(word))) ? skip(path, n) : path;
}

int fcl__config_read_site(fcl_slice s, unsigned *site) {
  uint64_t n = 0;
  size_t i;
  for (i = 0; i < s.len && n <= 0xffffffffu; i++) {
    if (s.base[i] < '0' || s.base[i] > '9')
      return 0;
    n = n * 10 + (unsigned) (s.base[i] - '0');
  }
  *site = (unsigned) n;
  return n > 0 && n <= 0xffffffffu;
}

int fcl__config_split_application(fcl_slice s, unsigned *site, fcl_slice *path) {
  size_t n;
  if (s.len == 0 || s.base[0] != '/')
    return 0;
  s = skip_word(skip_word(s, "/lm"), "/w3svc");
  n = segment_len(s);
  if (n < 2 || !fcl__config_read_site(slice(s.base + 1, n - 1), site))
    return 0;
  s = skip_word(skip(s, n), "/root");
  while (s.len && s.base[s.len - 1] == '/')
    s.len--;
  *path = s;
  return 1;
}

int fcl__config_is_extension(fcl_slice s) {
  size_t i;
  for (i = 0; i < s.len; i++)
    if (strchr("/\\. \t,:*?\"<>|", s.base[i]))
      return 0;
  return s.len > 0;
}

static fcl_slice without_dot(fcl_slice s) {
  return s.len && s.base[0] == '.' ? skip(s, 1) : s;
}

/* What stands before the first ':', and behind it. */
static int read_key(fcl_slice key, fcl__config_route *route) {
  const char *colon = memchr(key.base, ':', key.len);
  fcl_slice first = colon ? slice(key.base, (size_t) (colon - key.base)) : key, rest;
  first = fcl__ini_trim(first);
  if (first.len != 1 || first.base[0] != '*') {
    route->extension = without_dot(first);
    if (!fcl__config_is_extension(route->extension))
      return 0;
  }
  if (colon == NULL)
    return 1;
  rest = fcl__ini_trim(skip(key, (size_t) (colon - key.base) + 1));
  route->reach = rest.len && rest.base[0] == '/' ? FCL__APPLICATION : FCL__SITE;
  route->application = rest;
  return route->reach == FCL__SITE
             ? fcl__config_read_site(rest, &route->site)
             : fcl__config_split_application(rest, &route->site, &route->path);
}

static int is_same_key(const fcl__config_route *a, const fcl__config_route *b) {
  return a->reach == b->reach && a->site == b->site && fcl__ini_same(a->extension, b->extension) &&
         fcl__ini_same(a->path, b->path);
}

static const fcl__config_route *find_same(const fcl_config *c, const fcl__config_route *route) {
  size_t i;
  for (i = 0; i < c->route_count; i++)
    if (is_same_key(&c->routes[i], route))
      return &c->routes[i];
  return NULL;
}

void fcl__config_add_route(fcl__config_reader *r, const fcl__ini_item *item) {
  fcl_config *c = r->config;
  fcl__config_route route;
  const fcl__config_route *same;
  memset(&route, 0, sizeof route);
  route.line = item->line;
  route.target = item->value;
  if (!read_key(item->name, &route)) {
    fcl__config_say(
        r, FCL_LEVEL_ERROR, item->line,
        "[Types] \"%.*s\" is no key; give php, php:4 or php:/lm/w3svc/4/root/blog, or * "
        "in place of php (4: the site's number)",
        FCL__CULPRIT(item->name));
  } else if (route.target.len == 0) {
    fcl__config_say(r, FCL_LEVEL_ERROR, item->line,
                    "[Types] \"%.*s\" leads nowhere; give the name of an application's section",
                    FCL__CULPRIT(item->name));
  } else if (c->route_count == FCL_CONFIG_ROUTES_MAX) {
    fcl__config_say(r, FCL_LEVEL_ERROR, item->line, "[Types] has more than %d lines",
                    FCL_CONFIG_ROUTES_MAX);
  } else if ((same = find_same(c, &route)) != NULL) {
    fcl__config_say(r, FCL_LEVEL_ERROR, item->line,
                    "[Types] \"%.*s\" is the same as line %u; give it once",
                    FCL__CULPRIT(item->name), same->line);
  } else if (fcl__config_grow(r, (void **) &c->routes, c->route_count, &c->route_room,
                              sizeof route)) {
    c->routes[c->route_count++] = route;
  }
}

/* ---- When the whole file is read ---- */

static void find_app(fcl__config_reader *r, fcl__config_route *route) {
  fcl_config *c = r->config;
  for (route->app = 0; route->app < c->app_count; route->app++) {
    const char *name = c->apps[route->app].app.name;
    if (fcl__ini_same(route->target, slice(name, strlen(name)))) {
      c->apps[route->app].is_routed = 1;
      return;
    }
  }
  fcl__config_say(r, FCL_LEVEL_ERROR, route->line,
                  "[Types] leads to the application \"%.*s\", which has no section; add [%.*s] or "
                  "give the name of a section",
                  FCL__CULPRIT(route->target), FCL__CULPRIT(route->target));
}

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
}

static int knows_extension(const fcl_config *c, fcl_slice extension) {
  size_t i;
  for (i = 0; i < c->extension_count; i++)
    if (fcl__ini_same(skip(c->extensions[i], 1), extension))
      return 1;
  return 0;
}

/* Of the lines of [Types], then of the handlers. */
static fcl_slice nth_extension(const fcl_config *c, size_t i) {
  const fcl__config_handler *h;
  if (i < c->route_count)
    return c->routes[i].extension;
  h = &c->handlers[i - c->route_count];
  return h->act == FCL__SERVES ? h->extension : slice(NULL, 0);
}

/* Slices, then their texts, in one block. */
void fcl__config_list_extensions(fcl__config_reader *r) {
  fcl_config *c = r->config;
  size_t i, k, size = 0, count = c->route_count + c->handler_count;
  char *at;
  for (i = 0; i < count; i++)
    size += sizeof *c->extensions + 1 + nth_extension(c, i).len;
  c->extensions = fcl__config_alloc(r, size + 1);
  if (c->extensions == NULL)
    return;
  at = (char *) (c->extensions + count);
  for (i = 0; i < count; i++) {
    fcl_slice extension = nth_extension(c, i);
    if (extension.len == 0 || knows_extension(c, extension))
      continue;
    c->extensions[c->extension_count++] = slice(at, extension.len + 1);
    *at++ = '.';
    for (k = 0; k < extension.len; k++)
      *at++ = lower(extension.base[k]);
  }
}

void fcl__config_finish_routes(fcl__config_reader *r) {
  size_t i;
  for (i = 0; i < r->config->route_count; i++)
    find_app(r, &r->config->routes[i]);
  fcl__config_list_extensions(r);
}

/* ---- Routing ---- */

typedef fcl__config_subject subject;

/* 0: it does not match; else the greater, the more specific. */
static int rank(const fcl__config_route *route, const subject *s) {
  int has_extension = route->extension.len != 0;
  if (has_extension && !fcl__ini_same(route->extension, s->extension))
    return 0;
  switch (route->reach) {
  case FCL__EVERYWHERE:
    return 1 + has_extension;
  case FCL__SITE:
    return s->site == route->site ? 3 + has_extension : 0;
  case FCL__APPLICATION:
    return s->application_site == route->site && fcl__ini_same(route->path, s->path)
               ? 5 + has_extension
               : 0;
  }
  return 0;
}

static const fcl_config_app *find_route(const fcl_config *c, const subject *s) {
  const fcl_config_app *best = NULL;
  size_t i;
  int highest = 0;
  for (i = 0; i < c->route_count; i++) {
    int one = rank(&c->routes[i], s);
    if (one > highest) {
      highest = one;
      best = &c->apps[c->routes[i].app].app;
    }
  }
  return best;
}

const fcl_config_app *fcl_config_route_for(const fcl_config *c, fcl_slice method,
                                           fcl_slice extension, unsigned site,
                                           fcl_slice application) {
  subject s;
  memset(&s, 0, sizeof s);
  s.method = method;
  s.extension = without_dot(extension);
  if (!fcl__config_split_application(application, &s.application_site, &s.path))
    s.application_site = 0;
  s.site = site ? site : s.application_site;
  return c->is_xml ? fcl__config_handle(c, &s) : find_route(c, &s);
}

const fcl_config_app *fcl_config_route(const fcl_config *c, fcl_slice extension, unsigned site,
                                       fcl_slice application) {
  return fcl_config_route_for(c, slice(NULL, 0), extension, site, application);
}

int fcl__config_is_in(fcl_slice path, fcl_slice folder) {
  return path.len >= folder.len && fcl__ini_same(slice(path.base, folder.len), folder) &&
         (path.len == folder.len || path.base[folder.len] == '/');
}

fcl_slice fcl_config_application(const fcl_config *c, unsigned site, fcl_slice path) {
  const fcl__config_route *best = NULL;
  size_t i;
  if (c->is_xml)
    return fcl__config_location(c, site, path);
  for (i = 0; i < c->route_count; i++) {
    const fcl__config_route *one = &c->routes[i];
    if (one->reach == FCL__APPLICATION && one->site == site && fcl__config_is_in(path, one->path) &&
        (best == NULL || one->path.len > best->path.len))
      best = one;
  }
  return best ? best->application : slice(NULL, 0);
}

const fcl_slice *fcl_config_extensions(const fcl_config *c, size_t *count) {
  *count = c->extension_count;
  return c->extensions;
}
