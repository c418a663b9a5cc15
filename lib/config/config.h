/* config.h: what the files of this room share: a configuration, and the state of reading one. */
#ifndef FCL__CONFIG_H
#define FCL__CONFIG_H
#include "base/error.h"
#include "base/memory.h"
#include "config/ini.h"
#include <fcgiclient/config.h>

/* The number of a setting; its bit in FCL_CONFIG_* is 1 << number. */
typedef enum fcl__setting {
  FCL__EXE_PATH,
  FCL__ADDRESS,
  FCL__ARGUMENTS,
  FCL__ENVIRONMENT_VARS,
  FCL__PROTOCOL,
  FCL__QUEUE_LENGTH,
  FCL__MAX_INSTANCES,
  FCL__INSTANCE_MAX_REQUESTS,
  FCL__IDLE_TIMEOUT,
  FCL__ACTIVITY_TIMEOUT,
  FCL__REQUEST_TIMEOUT,
  FCL__RESPONSE_BUFFER_LIMIT,
  FCL__FLUSH_NAMED_PIPE,
  FCL__UNHEALTHY_ON_QUEUE_FULL,
  FCL__RAPID_FAILS_PER_MINUTE,
  FCL__MONITOR_CHANGES_TO,
  FCL__STDERR_MODE,
  FCL__SIGNAL_BEFORE_TERMINATE_SECONDS,
  FCL__IGNORE_EXISTING_FILES,
  FCL__IGNORE_DIRECTORIES,
  FCL__SETTING_COUNT
} fcl__setting;

typedef struct fcl__config_value {
  unsigned line;    /* 0: the file does not say; the default stands here */
  const char *text; /* as written */
  unsigned number;  /* of a number, a flag, or a word among those allowed */
} fcl__config_value;

/* A section. */
typedef struct fcl__config_app {
  fcl_config_app app;
  fcl_pool_options options;
  fcl__config_value values[FCL__SETTING_COUNT];
  int is_routed;                          /* a line of [Types] leads here */
  void *argv, *env, *addresses, *monitor; /* blocks of our own that the options point to */
} fcl__config_app;

/* What a line of [Types] is about. */
typedef enum fcl__config_reach { FCL__EVERYWHERE, FCL__SITE, FCL__APPLICATION } fcl__config_reach;

typedef struct fcl__config_route {
  unsigned line;
  fcl_slice extension; /* without a dot; empty: * */
  fcl__config_reach reach;
  unsigned site;
  fcl_slice application; /* as written */
  fcl_slice path;        /* the part of it that is below the site: "/blog" */
  fcl_slice target;      /* the section's name */
  size_t app;
} fcl__config_route;

struct fcl_config {
  fcl__memory memory;
  char *text; /* our copy of the file; the strings of values lie in it */
  fcl__config_app *apps;
  size_t app_count, app_room;
  fcl__config_route *routes;
  size_t route_count, route_room;
  fcl_slice *extensions;
  size_t extension_count;
};

/* Reading in progress. */
typedef struct fcl__config_reader {
  fcl_config *config;
  fcl_config_options options;
  const char *file;
  fcl_error *error;   /* may be NULL */
  unsigned counts[3]; /* messages of each level */
  unsigned left_out;  /* errors that did not fit into `error` */
  int is_out_of_memory;
  unsigned types_line; /* where [Types] begins; 0: not yet */
} fcl__config_reader;

/* ---- report.c ---- */
/* Reports about a line; 0: about the file. */
void fcl__config_say(fcl__config_reader *r, fcl_level level, unsigned line, const char *fmt, ...)
    FCL__PRINTF(4, 5);
/* The file cannot be read, says the errno `sys`. */
void fcl__config_say_unreadable(fcl__config_reader *r, int sys);
/* At the end: how many messages were left out. */
void fcl__config_say_rest(fcl__config_reader *r);
#define FCL__CULPRIT(s) (int) ((s).len < 100 ? (s).len : 100), (s).base /* for %.*s */

/* A zeroed block of the configuration, or NULL; the reader takes note. */
void *fcl__config_alloc(fcl__config_reader *r, size_t size);
/* Makes room for one more of `size` bytes in a growing array.  Returns 0 when there is no memory.
 */
int fcl__config_grow(fcl__config_reader *r, void **array, size_t count, size_t *room, size_t size);

/* ---- settings.c ---- */
const char *fcl__config_setting_name(fcl__setting setting);
void fcl__config_set_defaults(fcl__config_app *a);
/* A property of a section: found, checked, noted. */
void fcl__config_set(fcl__config_reader *r, fcl__config_app *a, const fcl__ini_item *item);

/* ---- apps.c ---- */
/* When the whole file is read: what each section's settings mean together. */
void fcl__config_finish_apps(fcl__config_reader *r);

/* ---- warnings.c ---- */
/* Of a file without errors. */
void fcl__config_warn(fcl__config_reader *r);

/* ---- lists.c ---- */
/* Each writes a NULL-ended list into *list, in one block, or reports what is wrong with the value:
   `first` and the words of Arguments; the addresses; EnvironmentVars over the environment. */
void fcl__config_arguments(fcl__config_reader *r, const fcl__config_app *a, const char *first,
                           void **list);
void fcl__config_addresses(fcl__config_reader *r, const fcl__config_app *a, void **list);
void fcl__config_environment(fcl__config_reader *r, const fcl__config_app *a, void **list);

/* ---- routes.c ---- */
/* A line of [Types]: read, noted. */
void fcl__config_add_route(fcl__config_reader *r, const fcl__ini_item *item);
/* When the whole file is read: routes find their sections, extensions are listed. */
void fcl__config_finish_routes(fcl__config_reader *r);
#endif
