/* config.c: the public verbs: a file or a block of memory is read, kept, freed. */
#include "config/apphost.h"
#include "config/system.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOO_MUCH ((size_t) FCL_CONFIG_FILE_MAX + 1) /* bytes: enough to see that there are more */

/* Windows' editors write it and call it Unicode. */
static int is_utf16(fcl_slice text) {
  return text.len >= 2 &&
         (memcmp(text.base, "\xff\xfe", 2) == 0 || memcmp(text.base, "\xfe\xff", 2) == 0);
}

/* XML begins with a <, a fcgiext.ini with a [, a ; or the name of a setting. */
static int is_xml(fcl_slice text) {
  size_t i = text.len >= 3 && memcmp(text.base, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  while (i < text.len && strchr(" \t\r\n", text.base[i]) && text.base[i])
    i++;
  return i < text.len && text.base[i] == '<';
}

static void read_format(fcl__config_reader *r, fcl_slice text) {
  r->config->is_xml = is_xml(text);
  if (r->config->is_xml)
    fcl__config_read_apphost(r, text);
  else if (is_utf16(text))
    fcl__config_say(r, FCL_LEVEL_ERROR, 0, "the file is in UTF-16; save it as UTF-8 or ANSI");
  else
    fcl__config_read_fcgiext(r, text);
}

/* The file is in our copy, whole or TOO_MUCH. */
static void read_text(fcl__config_reader *r, size_t len) {
  fcl_slice text = {r->config->text, len};
  if (len == TOO_MUCH)
    fcl__config_say(r, FCL_LEVEL_ERROR, 0, "the file has more than %d bytes", FCL_CONFIG_FILE_MAX);
  else
    read_format(r, text);
  if (!r->is_out_of_memory)
    fcl__config_finish_apps(r);
  if (!r->is_out_of_memory)
    fcl__config_finish_handlers(r);
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
  FILE *f = fcl__config_open(path);
  int failed = f ? 0 : fcl__config_failed();
  if (f) {
    *len = fread(r->config->text, 1, TOO_MUCH, f);
    failed = ferror(f) ? fcl__config_failed() : 0;
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

int fcl_config_get(const fcl_config *c, const char *section, const char *setting, char *out,
                   size_t size) {
  fcl_slice name = {section, strlen(section)}, what = {setting, strlen(setting)};
  size_t i, n = fcl__config_find_setting(c, what);
  int len;
  for (i = 0; i < c->app_count && n < FCL__SETTING_COUNT; i++) {
    fcl_slice one = {c->apps[i].app.name, strlen(c->apps[i].app.name)};
    if (!fcl__ini_same(one, name))
      continue;
    len = fcl__config_print_value(c, &c->apps[i], n, out, size);
    return len >= 0 && (size_t) len < size;
  }
  return 0;
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
  while (c->strings) {
    fcl__config_string *next = c->strings->next;
    fcl__free(&memory, c->strings);
    c->strings = next;
  }
  fcl__free(&memory, c->routes);
  fcl__free(&memory, c->handlers);
  fcl__free(&memory, c->sites);
  fcl__free(&memory, c->extensions);
  fcl__free(&memory, c->text);
  fcl__free(&memory, c);
}
