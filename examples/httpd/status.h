/* status.h: /-/pools and what belongs to it: what the pools of all workers are doing. */
#ifndef HTTPD_STATUS_H
#define HTTPD_STATUS_H
#include "connection.h"

/* The worker's client is there, and will be closed: what is in between can be asked. */
void status_join(worker *w);
void status_leave(worker *w);
/* Serves the exchange if it asks for one of these paths and may.  Returns 0 when it is not for us.
 */
int status_serve(exchange *x);
void status_free(exchange *x);
#endif
