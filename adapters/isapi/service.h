/* service.h: what all requests of a server process share: the client, the configuration with its
   pools, one lock. */
#ifndef SERVICE_H
#define SERVICE_H
#include <fcgiclient/config.h>
#include <uv.h>

/* A configuration that was read, and a pool for each of its applications. */
typedef struct settings {
  unsigned users;
  fcl_config *config;
  fcl_pool **pools;
} settings;

/* For what is short, and never around a call into the server.  A condition is signaled under the
   lock. */
void service_lock(void);
void service_unlock(void);
void service_wait(uv_cond_t *condition);
/* Starts the service if need be, and lends its settings until service_leave.  NULL: *error says
 * why. */
settings *service_enter(fcl_error *error);
void service_leave(settings *);
/* 1 if the library has just told this as an event.  Loop's thread. */
int service_has_said(const char *sentence);
/* Ends the service, if there is one; another request would start it again. */
void service_end(void);
#endif
