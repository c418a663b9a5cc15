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

/* What a line of <handlers> does. */
typedef enum fcl__config_act {
  FCL__SERVES,  /* by an application */
  FCL__FOREIGN, /* by another module of the server */
  FCL__REMOVES, /* takes the handlers of this name away, which locations above have */
  FCL__CLEARS,  /* all of them */
  FCL__LEFT_OUT /* there is a warning about it */
} fcl__config_act;

typedef struct fcl__config_handler {
  fcl__config_act act;
  unsigned line;
  const char *name, *verbs, *processor, *location, *path; /* as written; `path`: which URLs */
  const char *buffer_limit;                               /* NULL: not said */
  fcl_slice extension;                                    /* without a dot; empty: * */
  unsigned site;                                          /* 0: every site */
  fcl_slice folder;                                       /* below the site: "/blog" */
  fcl_slice application;                                  /* the location as an application */
  size_t app;
} fcl__config_handler;

/* A <site>. */
typedef struct fcl__config_site {
  const char *name;
  unsigned id;
} fcl__config_site;

/* Strings of our own, beside those in `text`. */
typedef struct fcl__config_string {
  struct fcl__config_string *next;
} fcl__config_string;

struct fcl_config {
  fcl__memory memory;
  int is_xml; /* applicationHost.config or web.config; else a fcgiext.ini */
  char *text; /* our copy of the file; the strings of values lie in it */
  fcl__config_string *strings;
  fcl__config_app *apps;
  size_t app_count, app_room;
  fcl__config_route *routes;
  size_t route_count, route_room;
  fcl__config_handler *handlers;
  size_t handler_count, handler_room;
  fcl__config_site *sites;
  size_t site_count, site_room;
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

/* `len` zeros and a NUL, kept as long as the configuration; NULL: no memory. */
char *fcl__config_string_new(fcl__config_reader *r, size_t len);
/* A copy that ends with NUL, kept as long as the configuration; NULL: no memory. */
char *fcl__config_copy(fcl__config_reader *r, fcl_slice s);
/* Environment variables: those given, or ours; never NULL. */
const char *const *fcl__config_variables(fcl__config_reader *r);

/* ---- fcgiext.c ---- */
void fcl__config_read_fcgiext(fcl__config_reader *r, fcl_slice text);

/* ---- settings.c ---- */
/* As it is written in a file of this format; NULL: it has none such. */
const char *fcl__config_setting_name(const fcl_config *c, fcl__setting setting);
const char *fcl__config_ini_name(fcl__setting setting);
int fcl__config_is_number(fcl__setting setting); /* a number, or a flag */
/* Which it is; FCL__SETTING_COUNT: none. */
size_t fcl__config_find_setting(const fcl_config *c, fcl_slice name);
/* A default, or a value, in words. */
int fcl__config_print_value(const fcl_config *c, const fcl__config_app *a, size_t setting,
                            char *out, size_t cap);
void fcl__config_set_defaults(const fcl_config *c, fcl__config_app *a);
/* A property of a section: found, checked, noted. */
void fcl__config_set(fcl__config_reader *r, fcl__config_app *a, const fcl__ini_item *item);

/* ---- apps.c ---- */
/* This program with these arguments, letter by letter; but case does not matter in a path of
   Windows' (d:\php, \\server\php). */
int fcl__config_is_app(const fcl__config_app *a, fcl_slice program, fcl_slice arguments);
int fcl__config_is_same_app(const fcl__config_app *a, const fcl__config_app *b);
/* One more application, with the format's defaults; `name` must stay.  NULL: there is no memory, or
   there are too many, which is reported. */
fcl__config_app *fcl__config_add_app(fcl__config_reader *r, const char *name, unsigned line);
/* When the whole file is read: what each section's settings mean together. */
void fcl__config_finish_apps(fcl__config_reader *r);

/* ---- warnings.c ---- */
/* Of a file without errors. */
void fcl__config_warn(fcl__config_reader *r);

/* ---- files.c ---- */
/* The files of MonitorChangesTo, which are divided by ;, as in lists.c. */
void fcl__config_monitor(fcl__config_reader *r, const fcl__config_app *a, void **list);
int fcl__config_is_absolute(const char *path); /* on any system */

/* ---- lists.c ---- */
/* Each writes a NULL-ended list into *list, in one block, or reports what is wrong with the value:
   `first` and the words of Arguments; the addresses; EnvironmentVars over the environment. */
void fcl__config_arguments(fcl__config_reader *r, const fcl__config_app *a, const char *first,
                           void **list);
void fcl__config_addresses(fcl__config_reader *r, const fcl__config_app *a, void **list);
void fcl__config_environment(fcl__config_reader *r, const fcl__config_app *a, void **list);

/* ---- routes.c ---- */
/* The handler's or route's extension: "php", ".php"; 0: it is none. */
int fcl__config_is_extension(fcl_slice s);
/* A site's number, from 1 on. */
int fcl__config_read_site(fcl_slice s, unsigned *site);
/* "/LM/W3SVC/4/ROOT/blog" and its shorter forms: the site, and the path below it: "/blog". */
int fcl__config_split_application(fcl_slice s, unsigned *site, fcl_slice *path);
/* Is the URL path the folder, or below it? */
int fcl__config_is_in(fcl_slice path, fcl_slice folder);
/* A line of [Types]: read, noted. */
void fcl__config_add_route(fcl__config_reader *r, const fcl__ini_item *item);
/* When the whole file is read: routes find their sections, extensions are listed. */
void fcl__config_finish_routes(fcl__config_reader *r);

/* Lists the extensions of routes and handlers. */
void fcl__config_list_extensions(fcl__config_reader *r);

/* ---- handlers.c ---- */
/* What a request is about. */
typedef struct fcl__config_subject {
  fcl_slice method; /* empty: any */
  fcl_slice extension, path;
  unsigned site, application_site; /* 0: not known */
} fcl__config_subject;
/* What serves it by <handlers>, or NULL. */
const fcl_config_app *fcl__config_handle(const fcl_config *c, const fcl__config_subject *s);
/* What is odd about them, in a file without errors. */
void fcl__config_warn_handlers(fcl__config_reader *r);
/* The longest location that the URL path is in. */
fcl_slice fcl__config_location(const fcl_config *c, unsigned site, fcl_slice path);
#endif
