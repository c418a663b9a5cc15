/* fcgiext.c: the sections and lines of a fcgiext.ini. */
#include "config/config.h"
#include <string.h>

/* ---- Sections ---- */

static int is_types(fcl_slice name) {
  static const fcl_slice types = {"Types", 5};
  return fcl__ini_same(name, types);
}

static void open_types(fcl__config_reader *r, const fcl__ini_item *item) {
  if (r->types_line)
    fcl__config_say(r, FCL_LEVEL_ERROR, item->line,
                    "[Types] is there already, in line %u; put its lines together", r->types_line);
  else
    r->types_line = item->line;
}

static fcl__config_app *find_app(const fcl_config *c, fcl_slice name) {
  size_t i;
  for (i = 0; i < c->app_count; i++) {
    fcl_slice one = {c->apps[i].app.name, strlen(c->apps[i].app.name)};
    if (fcl__ini_same(one, name))
      return &c->apps[i];
  }
  return NULL;
}

static fcl__config_app *open_app(fcl__config_reader *r, const fcl__ini_item *item) {
  fcl__config_app *a = find_app(r->config, item->name);
  if (a)
    fcl__config_say(r, FCL_LEVEL_ERROR, item->line,
                    "[%.*s] is there already, in line %u; give each application one section",
                    FCL__CULPRIT(item->name), a->app.line);
  a = fcl__config_add_app(r, item->name.base, item->line);
  if (a)
    ((char *) item->name.base)[item->name.len] = 0; /* in our copy; the reader is behind it */
  return a;
}

/* ---- Lines ---- */

static void say_lost(fcl__config_reader *r, const fcl__ini_item *item) {
  fcl__config_say(r, FCL_LEVEL_ERROR, item->line,
                  "\"%.*s\" stands before any section; put [Types] or the name of an application "
                  "in brackets before it",
                  FCL__CULPRIT(item->name));
}

/* Where the lines that follow belong to. */
typedef struct place {
  int is_in_section, is_in_types;
  fcl__config_app *app;
} place;

static void enter(fcl__config_reader *r, const fcl__ini_item *item, place *p) {
  p->is_in_section = 1;
  p->is_in_types = is_types(item->name);
  p->app = NULL;
  if (p->is_in_types)
    open_types(r, item);
  else
    p->app = open_app(r, item);
}

static void read_property(fcl__config_reader *r, const fcl__ini_item *item, const place *p) {
  if (p->is_in_types)
    fcl__config_add_route(r, item);
  else if (p->app)
    fcl__config_set(r, p->app, item);
  else if (!p->is_in_section)
    say_lost(r, item);
}

void fcl__config_read_fcgiext(fcl__config_reader *r, fcl_slice text) {
  place p = {0, 0, NULL};
  fcl__ini_item item;
  fcl__ini_kind kind;
  fcl__ini ini;
  fcl__ini_init(&ini, text);
  while (!r->is_out_of_memory && (kind = fcl__ini_next(&ini, &item)) != FCL__INI_END) {
    if (kind == FCL__INI_BAD)
      fcl__config_say(r, FCL_LEVEL_ERROR, item.line, "\"%.*s\" %s", FCL__CULPRIT(item.value),
                      item.fault);
    else if (kind == FCL__INI_SECTION)
      enter(r, &item, &p);
    else
      read_property(r, &item, &p);
  }
}
