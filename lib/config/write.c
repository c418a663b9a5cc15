/* write.c: a configuration of either format as the text of a fcgiext.ini. */
#include "config/edit.h"
#include <string.h>

static void print_line(fcl__draft *t, const char *extension, size_t len) {
  fcl__draft_print(t, "%.*s", (int) (len ? len : 1), len ? extension : "*");
}

static void write_route(fcl__draft *t, const fcl_config *c, const fcl__config_route *route) {
  print_line(t, route->extension.base, route->extension.len);
  if (route->reach == FCL__SITE)
    fcl__draft_print(t, ":%u", route->site);
  if (route->reach == FCL__APPLICATION)
    fcl__draft_print(t, ":%.*s", (int) route->application.len, route->application.base);
  fcl__draft_print(t, "=%s\n", c->apps[route->app].app.name);
}

/* A line that another handler of the file has written already may not come twice. */
static int is_same_key(const fcl__config_handler *a, const fcl__config_handler *b) {
  return a->act == FCL__SERVES && a->site == b->site && fcl__ini_same(a->folder, b->folder) &&
         fcl__ini_same(a->extension, b->extension);
}

static int is_written(const fcl_config *c, size_t n) {
  size_t i;
  for (i = 0; i < n; i++)
    if (is_same_key(&c->handlers[i], &c->handlers[n]))
      return 1;
  return 0;
}

static void write_handler(fcl__draft *t, const fcl_config *c, size_t n) {
  const fcl__config_handler *h = &c->handlers[n];
  if (h->verbs && strcmp(h->verbs, "*") != 0)
    fcl__draft_print(t, "; %.100s is for the methods %.200s only; here, for all\n", h->name,
                     h->verbs);
  if (is_written(c, n)) {
    fcl__draft_print(t, "; %.100s comes behind another handler for the same\n", h->name);
    return;
  }
  print_line(t, h->extension.base, h->extension.len);
  if (h->application.len)
    fcl__draft_print(t, ":%.*s", (int) h->application.len, h->application.base);
  else if (h->site)
    fcl__draft_print(t, ":%u", h->site);
  fcl__draft_print(t, "=%s\n", c->apps[h->app].app.name);
}

/* What a fcgiext.ini has no words for. */
static void write_loss(fcl__draft *t, const fcl__config_handler *h) {
  const char *where = h->location ? h->location : "";
  if (h->act == FCL__REMOVES)
    fcl__draft_print(t, "; left out: <remove name=\"%.100s\"/> in location \"%.100s\"\n", h->name,
                     where);
  else if (h->act == FCL__CLEARS)
    fcl__draft_print(t, "; left out: <clear/> in location \"%.100s\"\n", where);
  else if (h->act == FCL__LEFT_OUT && h->processor)
    fcl__draft_print(t, "; left out: handler %.100s, path \"%.100s\", location \"%.100s\"\n",
                     h->name, h->path ? h->path : "", where);
}

static void write_routes(fcl__draft *t, const fcl_config *c) {
  size_t i;
  fcl__draft_print(t, "[Types]\n");
  for (i = 0; i < c->route_count; i++)
    write_route(t, c, &c->routes[i]);
  for (i = 0; i < c->handler_count; i++)
    if (c->handlers[i].act == FCL__SERVES)
      write_handler(t, c, i);
    else
      write_loss(t, &c->handlers[i]);
}

static void write_value(fcl__draft *t, const fcl__config_app *a, fcl__setting setting) {
  const fcl__config_value *v = &a->values[setting];
  const char *name = fcl__config_ini_name(setting);
  if (fcl__config_is_number(setting))
    fcl__draft_print(t, "%s=%u\n", name, v->number);
  else
    fcl__draft_print(t, "%s=%s\n", name, v->text);
}

/* Where the formats have different defaults, the number is written in any case. */
static int is_to_write(const fcl_config *c, const fcl__config_value *v, int setting) {
  return v->line || (c->is_xml && setting == FCL__INSTANCE_MAX_REQUESTS);
}

static void write_app(fcl__draft *t, const fcl_config *c, const fcl__config_app *a) {
  int setting;
  fcl__draft_print(t, "\n[%s]\n", a->app.name);
  for (setting = 0; setting < FCL__SETTING_COUNT; setting++)
    if (is_to_write(c, &a->values[setting], setting))
      write_value(t, a, (fcl__setting) setting);
}

void fcl__config_write(fcl__draft *t, const fcl_config *c) {
  size_t i;
  write_routes(t, c);
  for (i = 0; i < c->app_count; i++)
    write_app(t, c, &c->apps[i]);
}
