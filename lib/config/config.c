/* config.c: the public verbs: a file or a block of memory is read, kept, freed. */
#include "config/config.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOO_MUCH ((size_t) FCL_CONFIG_FILE_MAX + 1) /* bytes: enough to see that there are more */

#ifdef _WIN32 /* no child of another thread inherits the file */
#define READ_MODE "rbN"
#else
#define READ_MODE "rbe"
#endif

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

/* NULL: there is no memory, or there are too many. */
static fcl__config_app *open_app(fcl__config_reader *r, const fcl__ini_item *item) {
  fcl_config *c = r->config;
  fcl__config_app *a;
  if (c->app_count == FCL_CONFIG_APPS_MAX) {
    fcl__config_say(r, FCL_LEVEL_ERROR, item->line, "the file has more than %d applications",
                    FCL_CONFIG_APPS_MAX);
    return NULL;
  }
  if ((a = find_app(c, item->name)) != NULL)
    fcl__config_say(r, FCL_LEVEL_ERROR, item->line,
                    "[%.*s] is there already, in line %u; give each application one section",
                    FCL__CULPRIT(item->name), a->app.line);
  if (!fcl__config_grow(r, (void **) &c->apps, c->app_count, &c->app_room, sizeof *c->apps))
    return NULL;
  a = &c->apps[c->app_count];
  fcl__config_set_defaults(a);
  a->app.index = c->app_count++;
  a->app.line = item->line;
  a->app.name = item->name.base;
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

static void read_lines(fcl__config_reader *r, fcl_slice text) {
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

/* Windows' editors write it and call it Unicode. */
static int is_utf16(fcl_slice text) {
  return text.len >= 2 &&
         (memcmp(text.base, "\xff\xfe", 2) == 0 || memcmp(text.base, "\xfe\xff", 2) == 0);
}

/* The file is in our copy, whole or TOO_MUCH. */
static void read_text(fcl__config_reader *r, size_t len) {
  fcl_slice text = {r->config->text, len};
  if (is_utf16(text))
    fcl__config_say(r, FCL_LEVEL_ERROR, 0, "the file is in UTF-16; save it as UTF-8 or ANSI");
  else if (len == TOO_MUCH)
    fcl__config_say(r, FCL_LEVEL_ERROR, 0, "the file has more than %d bytes", FCL_CONFIG_FILE_MAX);
  else
    read_lines(r, text);
  if (!r->is_out_of_memory)
    fcl__config_finish_apps(r);
  if (!r->is_out_of_memory)
    fcl__config_finish_routes(r);
  if (!r->is_out_of_memory && r->counts[FCL_LEVEL_ERROR] == 0)
    fcl__config_warn(r);
  fcl__config_say_rest(r);
}

/* ---- Lives ---- */

static int reader_init(fcl__config_reader *r, const char *file, const fcl_config_options *options,
                       size_t size, fcl_error *error) {
  static const fcl_config zeroed;
  fcl__memory memory;
  memset(r, 0, sizeof *r);
  if (options)
    memcpy(&r->options, options, size < sizeof r->options ? size : sizeof r->options);
  r->file = file;
  r->error = error;
  if (error)
    memset(error, 0, sizeof *error);
  memory.fn = r->options.realloc_fn;
  memory.user = r->options.user;
  r->config = fcl__realloc(&memory, NULL, sizeof *r->config);
  r->is_out_of_memory = r->config == NULL;
  if (r->config == NULL)
    return 0;
  *r->config = zeroed;
  r->config->memory = memory;
  return 1;
}

/* Hands the configuration over, or frees it. */
static fcl_code finish(fcl__config_reader *r, fcl_config **config) {
  *config = NULL;
  if (r->is_out_of_memory || r->counts[FCL_LEVEL_ERROR]) {
    fcl_config_free(r->config);
    return r->is_out_of_memory
               ? fcl__error_setx(r->error, FCL_E_NOMEM, 0, "%.300s: no memory to read it", r->file)
               : FCL_E_CONFIG;
  }
  *config = r->config;
  return FCL_OK;
}

/* 0: it cannot be read, which is reported. */
static int read_file(fcl__config_reader *r, const char *path, size_t *len) {
  FILE *f = fopen(path, READ_MODE);
  int failed = f ? 0 : errno;
  if (f) {
    errno = 0;
    *len = fread(r->config->text, 1, TOO_MUCH, f);
    failed = ferror(f) ? errno : 0;
    fclose(f);
  }
  if (f && failed == 0)
    return 1;
  fcl__config_say_unreadable(r, failed);
  return 0;
}

int fcl__config_parse(fcl_config **config, const char *name, fcl_slice text,
                      const fcl_config_options *options, size_t size, fcl_error *error) {
  size_t len = text.len < TOO_MUCH ? text.len : TOO_MUCH;
  fcl__config_reader r;
  if (!reader_init(&r, name, options, size, error))
    return finish(&r, config);
  r.config->text = fcl__config_alloc(&r, len + 1);
  if (r.config->text && len)
    memcpy(r.config->text, text.base, len);
  if (r.config->text)
    read_text(&r, len);
  return finish(&r, config);
}

int fcl__config_read(fcl_config **config, const char *path, const fcl_config_options *options,
                     size_t size, fcl_error *error) {
  fcl__config_reader r;
  size_t len;
  if (!reader_init(&r, path, options, size, error))
    return finish(&r, config);
  r.config->text = fcl__config_alloc(&r, TOO_MUCH + 1);
  if (r.config->text && read_file(&r, path, &len))
    read_text(&r, len);
  return finish(&r, config);
}

size_t fcl_config_count(const fcl_config *c) {
  return c->app_count;
}

const fcl_config_app *fcl_config_at(const fcl_config *c, size_t index) {
  return index < c->app_count ? &c->apps[index].app : NULL;
}

void fcl_config_free(fcl_config *c) {
  fcl__memory memory;
  size_t i;
  if (c == NULL)
    return;
  memory = c->memory;
  for (i = 0; i < c->app_count; i++) {
    fcl__free(&memory, c->apps[i].argv);
    fcl__free(&memory, c->apps[i].env);
    fcl__free(&memory, c->apps[i].addresses);
    fcl__free(&memory, c->apps[i].monitor);
  }
  fcl__free(&memory, c->apps);
  fcl__free(&memory, c->routes);
  fcl__free(&memory, c->extensions);
  fcl__free(&memory, c->text);
  fcl__free(&memory, c);
}
