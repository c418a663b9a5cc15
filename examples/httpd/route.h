/* route.h: what serves a target: an application, a file, or nobody. */
#ifndef HTTPD_ROUTE_H
#define HTTPD_ROUTE_H
#include "connection.h"

typedef enum route_kind { ROUTE_APP, ROUTE_FILE, ROUTE_REFUSED } route_kind;

/* Lies in the worker's path rooms: gone with the next route. */
typedef struct route {
  route_kind kind;
  int status;   /* REFUSED */
  unsigned app; /* APP */
  fcl_cgi_target target;
  fcl_slice path; /* decoded */
  fcl_slice script, info;
} route;

void route_find(worker *w, fcl_slice method, fcl_slice target, route *r);
#endif
