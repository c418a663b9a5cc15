/* service.c: one client for each server process, started by its first request; its settings come
   from fcgiext.ini. */
#include "service.h"
#include "host.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { PATH_SIZE = 4096 };

static uv_once_t once = UV_ONCE_INIT;
static uv_mutex_t lock;
static struct {
  long process; /* that this is about: nothing survives a fork */
  fcl_client *client;
  settings *settings;
  char said[1024]; /* the last event; the loop's */
} service;

static void init(void) {
  uv_mutex_init(&lock);
}

void service_lock(void) {
  uv_once(&once, init);
  uv_mutex_lock(&lock);
}

void service_unlock(void) {
  uv_mutex_unlock(&lock);
}

void service_wait(uv_cond_t *condition) {
  uv_cond_wait(condition, &lock);
}

/* ---- Settings ---- */

static int find_ini(char path[PATH_SIZE]) {
  size_t size = PATH_SIZE;
  char *slash;
  if (uv_os_getenv("FCGICLIENT_INI", path, &size) == 0 && *path)
    return 1;
  if (!host_module(path, PATH_SIZE - sizeof "fcgiext.ini"))
    return 0;
  slash = path + strlen(path);
  while (slash > path && !host_same_in_paths(slash[-1], '/'))
    slash--;
  strcpy(slash, "fcgiext.ini");
  return 1;
}

static void on_message(const fcl_config_message *message, void *user) {
  host_log(message->sentence);
}

static void settings_free(settings *s) {
  size_t i;
  for (i = 0; s->pools && i < fcl_config_count(s->config); i++)
    if (s->pools[i])
      fcl_pool_close(s->pools[i], FCL_NEVER);
  free(s->pools);
  fcl_config_free(s->config);
  free(s);
}

static settings *settings_read(fcl_error *e) {
  fcl_config_options options = {0};
  settings *s = calloc(1, sizeof *s);
  char path[PATH_SIZE];
  size_t i, count;
  options.on_message = on_message;
  if (s == NULL || !find_ini(path) || fcl_config_read(&s->config, path, &options, e))
    goto fail;
  count = fcl_config_count(s->config);
  if ((s->pools = calloc(count + 1, sizeof *s->pools)) == NULL)
    goto fail;
  for (i = 0; i < count; i++)
    if (fcl_pool_new(&s->pools[i], service.client, fcl_config_at(s->config, i)->options, e))
      goto fail;
  s->users = 1;
  return s;
fail:
  if (s)
    settings_free(s);
  return NULL;
}

/* ---- The service ---- */

static void on_event(const fcl_event *event, void *user) {
  snprintf(service.said, sizeof service.said, "%s", event->sentence);
  if (event->level != FCL_LEVEL_INFO)
    host_log(event->sentence);
}

int service_has_said(const char *sentence) {
  return strcmp(sentence, service.said) == 0;
}

static int start(fcl_error *e) {
  fcl_client_options options = {0};
  options.on_event = on_event;
  return service.client || fcl_client_new(&service.client, &options, e) == FCL_OK;
}

settings *service_enter(fcl_error *error) {
  settings *s = NULL;
  snprintf(error->text, sizeof error->text, "The request could not be served: out of memory.");
  service_lock();
  if (service.process != host_process())
    memset(&service, 0, sizeof service);
  service.process = host_process();
  if (service.settings == NULL && start(error))
    service.settings = settings_read(error);
  if ((s = service.settings) != NULL)
    s->users++;
  service_unlock();
  return s;
}

void service_leave(settings *s) {
  unsigned users;
  service_lock();
  users = --s->users;
  service_unlock();
  if (users == 0)
    settings_free(s);
}

void service_end(void) {
  fcl_client *client;
  settings *s;
  service_lock();
  client = service.process == host_process() ? service.client : NULL;
  s = client ? service.settings : NULL;
  service.client = NULL;
  service.settings = NULL;
  service_unlock();
  if (s)
    service_leave(s);
  if (client) {
    fcl_client_close(client, NULL, NULL);
    fcl_client_join(client);
  }
}
