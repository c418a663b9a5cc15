/* app_workers.h: the processes of `fcgi app`, each of which serves one connection; by system. */
#ifndef FCGI_APP_WORKERS_H
#define FCGI_APP_WORKERS_H
#include "../net.h"
#include "app_limits.h"
#include "app_report.h"

/* In memory that they share. */
typedef struct app_common {
  app_limits limits;
  app_report report;
  unsigned role;
  int is_verbose;
} app_common;

app_common *app_common_new(void); /* zeroed; NULL: no memory */

/* In a process of its own: serves the connection, and closes it. */
typedef void app_serve_fn(app_common *common, int fd, unsigned slot);

/* A process for each connection that comes, until we are asked to leave; then they have two seconds
   to do so, too. */
void app_workers_run(int listener, app_common *common, app_serve_fn *serve);
/* Windows, where processes begin anew: this one is for a connection, which now has been served. */
int app_workers_was_one(int argc, char **argv, app_serve_fn *serve);
/* The listening socket that a web server has passed; -1: none. */
int app_workers_inherited(void);

/* ---- In these processes ---- */

/* Waits for a connection and what wakes.  0: asked to leave, which is heard only where that may
   be. */
int app_workers_wait(fcl__polled from[2], int may_leave);
/* Being asked to leave wakes by this pair. */
void app_workers_wake(const int pair[2]);
#endif
