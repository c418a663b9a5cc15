/* fuzz_ini.c: any file becomes a configuration that is whole, or sentences that say why not. */
#include "fuzz.h"
#include <fcgiclient/config.h>

typedef struct heard {
  unsigned counts[3];
} heard;

static void on_message(const fcl_config_message *m, void *user) {
  const char *at;
  claim(strncmp(m->sentence, "f:", 2) == 0);
  for (at = m->sentence; *at; at++)
    claim((unsigned char) *at >= ' ' && *at != 0x7f);
  claim(++((heard *) user)->counts[m->level] <= FCL_CONFIG_MESSAGES_MAX + 1);
}

static size_t length(const char *const *list) {
  size_t n = 0, all = 0;
  while (list && list[n])
    all += strlen(list[n++]) + 1;
  return all;
}

static void check_app(const fcl_config *c, size_t i, size_t size) {
  const fcl_config_app *a = fcl_config_at(c, i);
  const fcl_pool_options *o = a->options;
  claim(a->index == i && a->line > 0 && strlen(a->name) > 0 && strlen(a->name) <= size);
  claim(o->name == a->name && (o->program != NULL) == (o->addresses == NULL));
  claim(length(o->argv) <= 2 * size + 2 && length(o->addresses) <= size + 1);
  claim(length(o->env) <= size + sizeof "OLD=1" + 1);
  claim((o->max_processes <= 10000 || o->max_processes == FCL_AUTO) && o->idle_ms >= 10000 &&
        o->request_ms < FCL_NONE);
  claim(a->monitor_changes_to == NULL || strlen(a->monitor_changes_to) <= size);
}

static void check_routes(const fcl_config *c, fcl_slice any) {
  size_t count, i;
  const fcl_slice *extensions = fcl_config_extensions(c, &count);
  fcl_slice application = fcl_config_application(c, 4, any);
  for (i = 0; i < count; i++) {
    const fcl_config_app *a = fcl_config_route(c, extensions[i], 4, application);
    claim(extensions[i].len > 1 && extensions[i].base[0] == '.');
    claim(a == NULL || fcl_config_at(c, a->index) == a);
  }
  (void) fcl_config_route(c, any, 4, any);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const env[] = {"OLD=1", NULL};
  fcl_config_options options = {0};
  heard h = {{0}};
  fcl_slice text = {copy(data, size), size};
  fcl_config *c;
  fcl_error e;
  fcl_code code;
  size_t i;
  options.on_message = on_message;
  options.user = &h;
  options.env = env;
  code = (fcl_code) fcl_config_parse(&c, "f", text, &options, &e);
  claim(code == e.code && (code == FCL_OK) == (h.counts[FCL_LEVEL_ERROR] == 0));
  claim((c != NULL) == (code == FCL_OK) && (code == FCL_OK || e.text[0] == 'f'));
  for (i = 0; c && i < fcl_config_count(c); i++)
    check_app(c, i, size);
  if (c)
    check_routes(c, text);
  fcl_config_free(c);
  free((char *) text.base);
  return 0;
}
