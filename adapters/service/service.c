/* service.c: the client is started by the first request of a server process; its pools come from
   fcgiext.ini, and follow it when it has changed. */
#include "host.h"
#include "pools.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { PATH_SIZE = 4096 };
#define LOOK_EACH_NS UINT64_C(1000000000) /* at the file's time */

/* What tells whether a file is still the same. */
typedef struct stamp {
  uint64_t size, inode;
  uv_timespec_t changed;
} stamp;

static uv_once_t once = UV_ONCE_INIT;
static uv_mutex_t lock;
static struct {
  long process; /* that this is about: nothing survives a fork */
  fcl_client *client;
  settings *settings; /* NULL: there were none yet, and `error` says why */
  fcl_error error;
  char path[PATH_SIZE]; /* of the file */
  uint64_t looked;      /* when; 0: never */
  stamp stamp;
} service;
static char said[1024];              /* the last event; the loop's */
static const service_source *source; /* NULL: the file */

static void init(void) {
  uv_mutex_init(&lock);
}

/* ---- The file ---- */

/* Returns 0 when the path does not fit. */
static int find_file(void) {
  static const char name[] = "fcgiext.ini";
  size_t size = sizeof service.path;
  char *end;
  int found = uv_os_getenv("FCGICLIENT_INI", service.path, &size);
  if (found != UV_ENOENT && (found != 0 || service.path[0]))
    return found == 0;
  if (!host_module(service.path, sizeof service.path - sizeof name))
    return 0;
  end = service.path + strlen(service.path);
  while (end > service.path && !host_same_in_paths(end[-1], '/'))
    end--;
  memcpy(end, name, sizeof name);
  return 1;
}

/* Once a second at most.  A file that is not there has the stamp of zeros. */
static int file_has_changed(void) {
  uint64_t now = uv_hrtime();
  stamp was = service.stamp;
  uv_fs_t file;
  if (service.looked != 0 && now - service.looked < LOOK_EACH_NS)
    return 0;
  memset(&service.stamp, 0, sizeof service.stamp);
  if (uv_fs_stat(NULL, &file, service.path, NULL) == 0) {
    service.stamp.size = file.statbuf.st_size;
    service.stamp.inode = file.statbuf.st_ino;
    service.stamp.changed = file.statbuf.st_mtim;
  }
  uv_fs_req_cleanup(&file);
  was = service.looked ? was : (stamp){.size = UINT64_MAX};
  service.looked = now;
  return memcmp(&was, &service.stamp, sizeof was) != 0;
}

static int has_changed(void) {
  return source ? source->has_changed() : file_has_changed();
}

/* ---- Settings ---- */

void service_read_from(const service_source *from) {
  source = from;
}

static int read_config(fcl_config **config, const fcl_config_options *options, fcl_error *e) {
  return source ? source->read(config, options, e)
                : fcl_config_read(config, service.path, options, e);
}

static void on_message(const fcl_config_message *message, void *user) {
  host_log(message->level, message->sentence);
}

static void settings_free(settings *s, unsigned drain_ms) {
  pools_close(s, drain_ms);
  fcl_config_free(s->config);
  free(s);
}

static settings *settings_read(fcl_error *e) {
  fcl_config_options options = {0};
  settings *s = calloc(1, sizeof *s);
  options.on_message = on_message;
  options.applies = FCL_CONFIG_RESPONSE_BUFFER_LIMIT | host_applies;
  if (s == NULL || read_config(&s->config, &options, e) ||
      pools_open(s, service.settings, service.client, e))
    goto fail;
  s->users = 1;
  return s;
fail:
  if (s)
    settings_free(s, 0);
  return NULL;
}

/* Their requests end as they would, unless all is to end. */
static void drop(settings *s, unsigned drain_ms) {
  if (s && --s->users == 0)
    settings_free(s, drain_ms);
}

/* A file that became bad changes nothing but the log. */
static void renew(void) {
  settings *s;
  fcl_error *e = &service.error;
  snprintf(e->text, sizeof e->text, "out of memory while reading %.900s.",
           source ? "the server's configuration" : service.path);
  s = settings_read(e);
  if (s) {
    drop(service.settings, FCL_NEVER);
    service.settings = s;
  } else if (service.settings) { /* else each request tells */
    host_log(FCL_LEVEL_ERROR, e->text);
  }
}

/* ---- The service ---- */

/* A line that an application printed is logged, for some (fcgiwrap's CGI programs, Go's log) know
 * no other stderr. */
static void on_event(const fcl_event *event, void *user) {
  snprintf(said, sizeof said, "%s", event->sentence);
  if (event->level != FCL_LEVEL_INFO || event->printed)
    host_log(event->level, event->sentence);
}

void service_log(const fcl_error *error) {
  if (error->code != FCL_OK && error->code != FCL_E_CANCELED && strcmp(error->text, said) != 0)
    host_log(FCL_LEVEL_WARNING, error->text);
}

/* Where nobody can ask, requests are served all the same. */
static int start_client(fcl_error *e) {
  fcl_client_options options = {0};
  char control[256];
  size_t size = sizeof control;
  options.on_event = on_event;
  if (uv_os_getenv("FCGICLIENT_CONTROL", control, &size) == 0 && control[0]) {
    options.control = control;
    if (fcl_client_new(&service.client, &options, e) == FCL_OK)
      return 1;
    host_log(FCL_LEVEL_ERROR, e->text);
    options.control = NULL;
  }
  return fcl_client_new(&service.client, &options, e) == FCL_OK;
}

static int start(void) {
  fcl_error *e = &service.error;
  if (service.process != host_process())
    memset(&service, 0, sizeof service);
  service.process = host_process();
  host_stay();
  if (service.client == NULL && !start_client(e))
    return 0;
  if (source == NULL && service.path[0] == 0 && !find_file()) {
    snprintf(e->text, sizeof e->text,
             "The path of fcgiext.ini (or in FCGICLIENT_INI) is too long.");
    return 0;
  }
  return 1;
}

settings *service_enter(fcl_error *error) {
  settings *s = NULL;
  uv_once(&once, init);
  uv_mutex_lock(&lock);
  if (start()) {
    if (has_changed())
      renew();
    s = service.settings;
  }
  if (s)
    s->users++;
  else
    *error = service.error;
  uv_mutex_unlock(&lock);
  return s;
}

void service_leave(settings *s) {
  uv_mutex_lock(&lock);
  drop(s, FCL_NEVER);
  uv_mutex_unlock(&lock);
}

void service_end(void) {
  fcl_client *client = NULL;
  uv_once(&once, init);
  uv_mutex_lock(&lock);
  if (service.process == host_process()) {
    client = service.client;
    drop(service.settings, 0);
    memset(&service, 0, sizeof service);
  }
  uv_mutex_unlock(&lock);
  if (client == NULL)
    return;
  fcl_client_close(client, NULL, NULL);
  fcl_client_join(client);
}
