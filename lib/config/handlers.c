/* handlers.c: <handlers>: which application serves a request, by the order and the locations that
   they stand in. */
#include "config/apphost.h"
#include <stdio.h>
#include <string.h>

static fcl_slice text(const char *s) {
  fcl_slice t = {s, strlen(s)};
  return t;
}

/* ---- When the whole file is read ---- */

static void list_apps(const fcl_config *c, char *out, size_t cap) {
  size_t i, used = 0;
  for (i = 0; i < c->app_count && used < cap; i++) {
    const fcl__config_value *v = c->apps[i].values;
    const char *rest = v[FCL__ARGUMENTS].text;
    used += (size_t) snprintf(out + used, cap - used, "%s\"%s%s%s\"", i ? ", " : "",
                              v[FCL__EXE_PATH].text ? v[FCL__EXE_PATH].text : "",
                              rest && *rest ? "|" : "", rest && *rest ? rest : "");
  }
}

static void find_app(fcl__config_reader *r, fcl__config_handler *h) {
  fcl_config *c = r->config;
  size_t len = strcspn(h->processor, "|");
  fcl_slice path = {h->processor, len},
            arguments = text(h->processor + len + (h->processor[len] == '|'));
  char all[400];
  for (h->app = 0; h->app < c->app_count; h->app++)
    if (path.len > 0 && fcl__config_is_app(&c->apps[h->app], path, arguments)) {
      c->apps[h->app].is_routed = 1;
      return;
    }
  list_apps(c, all, sizeof all);
  fcl__config_say(
      r, FCL_LEVEL_ERROR, h->line,
      "handler %.100s has the scriptProcessor \"%.200s\", and no <application> has this "
      "fullPath and, behind a |, these arguments; %s%s",
      h->name, h->processor, c->app_count ? "there are " : "there is none",
      c->app_count ? all : "");
}

/* The first handler of an application that says a limit says it for all of them. */
static void take_limit(fcl__config_reader *r, const fcl__config_handler *h) {
  fcl__config_app *a = &r->config->apps[h->app];
  fcl__ini_item item = {h->line, text("responseBufferLimit"), {NULL, 0}, NULL};
  if (h->buffer_limit == NULL || a->values[FCL__RESPONSE_BUFFER_LIMIT].line)
    return;
  item.value = text(h->buffer_limit);
  fcl__config_set(r, a, &item);
  a->app.response_buffer_limit = a->values[FCL__RESPONSE_BUFFER_LIMIT].number;
  a->app.set |= FCL_CONFIG_RESPONSE_BUFFER_LIMIT;
}

static unsigned find_site(const fcl_config *c, fcl_slice name) {
  size_t i;
  for (i = 0; i < c->site_count; i++)
    if (fcl__ini_same(text(c->sites[i].name), name))
      return c->sites[i].id;
  return 0;
}

/* "Default Web Site/blog"; in a web.config, which knows no sites, "blog". */
static void find_location(fcl__config_reader *r, fcl__config_handler *h) {
  const char *at = h->location;
  fcl_slice name;
  if (at == NULL || *at == 0 || strcmp(at, ".") == 0)
    return;
  h->site = 1;
  if (r->config->site_count) {
    name.base = at;
    name.len = strcspn(at, "/");
    at += name.len + (at[name.len] == '/');
    h->site = find_site(r->config, name);
    if (h->site == 0)
      h->act = FCL__LEFT_OUT;
  }
  h->folder = text(at);
  while (h->folder.len && h->folder.base[h->folder.len - 1] == '/')
    h->folder.len--;
}

/* "/LM/W3SVC/1/ROOT/blog", and the "/blog" in it. */
static void name_application(fcl__config_reader *r, fcl__config_handler *h) {
  size_t room = h->folder.len + 40;
  char *s;
  if (h->folder.len == 0 || (s = fcl__config_string_new(r, room)) == NULL)
    return;
  h->application.base = s;
  h->application.len = (size_t) snprintf(s, room, "/LM/W3SVC/%u/ROOT/%.*s", h->site,
                                         (int) h->folder.len, h->folder.base);
  h->folder.base = s + h->application.len - h->folder.len - 1;
  h->folder.len++;
}

void fcl__config_finish_handlers(fcl__config_reader *r) {
  fcl_config *c = r->config;
  size_t i;
  for (i = 0; i < c->handler_count && !r->is_out_of_memory; i++) {
    fcl__config_handler *h = &c->handlers[i];
    if (h->act == FCL__SERVES && h->processor) {
      find_app(r, h);
      if (h->app < c->app_count)
        take_limit(r, h);
    }
    find_location(r, h);
    name_application(r, h);
  }
}

/* ---- Warnings ---- */

void fcl__config_warn_handlers(fcl__config_reader *r) {
  size_t i;
  for (i = 0; i < r->config->handler_count; i++) {
    const fcl__config_handler *h = &r->config->handlers[i];
    if (h->act != FCL__LEFT_OUT || h->processor == NULL)
      continue;
    if (h->location && *h->location && h->site == 0)
      fcl__config_say(r, FCL_LEVEL_WARNING, h->line,
                      "handler %.100s is left out: there is no <site> of its location \"%.100s\"",
                      h->name, h->location);
    else
      fcl__config_say(r, FCL_LEVEL_WARNING, h->line,
                      "handler %.100s is left out: its path is \"%.100s\"; give * or *.php, with "
                      "another extension in the place of php",
                      h->name, h->path ? h->path : "");
  }
}

/* ---- Which serves ---- */

static int is_here(const fcl__config_handler *h, const fcl__config_subject *s) {
  return h->act != FCL__LEFT_OUT && (h->site == 0 || h->site == s->site) &&
         fcl__config_is_in(s->path, h->folder);
}

/* How far down its location is. */
static size_t depth(const fcl__config_handler *h) {
  return (h->site != 0) + h->folder.len;
}

/* A list with commas; GET and get are two methods, but nobody has a method get. */
static int has_verb(const char *verbs, fcl_slice method) {
  while (verbs && *verbs && method.len) {
    size_t len = strcspn(verbs, ",");
    fcl_slice one = {verbs, len};
    one = fcl__ini_trim(one);
    if (fcl__ini_same(one, method) || (one.len == 1 && one.base[0] == '*'))
      return 1;
    verbs += len + (verbs[len] == ',');
  }
  return verbs == NULL || method.len == 0;
}

static int matches(const fcl__config_handler *h, const fcl__config_subject *s) {
  return (h->act == FCL__SERVES || h->act == FCL__FOREIGN) && is_here(h, s) &&
         (h->extension.len == 0 || fcl__ini_same(h->extension, s->extension)) &&
         has_verb(h->verbs, s->method);
}

/* A <remove> or <clear> that stands further down, or behind it in the same place. */
static int is_removed(const fcl_config *c, const fcl__config_handler *h,
                      const fcl__config_subject *s) {
  size_t i;
  for (i = 0; i < c->handler_count; i++) {
    const fcl__config_handler *other = &c->handlers[i];
    int names = other->act == FCL__CLEARS ||
                (other->act == FCL__REMOVES && fcl__ini_same(text(other->name), text(h->name)));
    if (names && is_here(other, s) &&
        (depth(other) > depth(h) || (depth(other) == depth(h) && other > h)))
      return 1;
  }
  return 0;
}

const fcl_config_app *fcl__config_handle(const fcl_config *c, const fcl__config_subject *s) {
  const fcl__config_handler *best = NULL;
  size_t i;
  for (i = 0; i < c->handler_count; i++) {
    const fcl__config_handler *h = &c->handlers[i];
    if ((best == NULL || depth(h) > depth(best)) && matches(h, s) && !is_removed(c, h, s))
      best = h;
  }
  return best && best->act == FCL__SERVES ? &c->apps[best->app].app : NULL;
}

fcl_slice fcl__config_location(const fcl_config *c, unsigned site, fcl_slice path) {
  fcl_slice best = {NULL, 0};
  size_t i;
  for (i = 0; i < c->handler_count; i++) {
    const fcl__config_handler *h = &c->handlers[i];
    if (h->application.len > best.len && h->site == site && h->act != FCL__LEFT_OUT &&
        fcl__config_is_in(path, h->folder))
      best = h->application;
  }
  return best;
}
