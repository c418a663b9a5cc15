/* service.h: one client for each server process, with the pools of a fcgiext.ini.  Any thread. */
#ifndef SERVICE_H
#define SERVICE_H
#include <fcgiclient/config.h>

/* A pool, and how many configurations have it: the next one goes on with it. */
typedef struct application {
  fcl_pool *pool;
  unsigned holders;
} application;

/* A configuration that was read, and a pool for each of its applications, in their order. */
typedef struct settings {
  unsigned users;
  fcl_config *config;
  application **applications;
} settings;

/* Where the configuration comes from, if it is not a file.  Under the service's lock. */
typedef struct service_source {
  int (*has_changed)(void); /* since the last `read`; 1 before the first */
  int (*read)(fcl_config **config, const fcl_config_options *options, fcl_error *error);
} service_source;
/* Static; before the first request. */
void service_read_from(const service_source *source);

/* Starts the service if need be, reads the file again if it has changed, and lends the settings
   until service_leave.  NULL: *error says why.  The file is the one that the environment variable
   FCGICLIENT_INI names, else fcgiext.ini beside this module. */
settings *service_enter(fcl_error *error);
void service_leave(settings *);
/* Tells the log about a request's error, if it is one, we have not canceled the request, and no
   event has just said the same.  Loop's thread. */
void service_log(const fcl_error *error);
/* Ends the service, if there is one; the next request would start it again. */
void service_end(void);
#endif
