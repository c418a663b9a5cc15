/* application.h: an exchange with a FastCGI application. */
#ifndef HTTPD_APPLICATION_H
#define HTTPD_APPLICATION_H
#include "route.h"

/* Sends the request to the application that the route names. */
void application_start(exchange *x, const route *r);
/* A piece of the request body, lent from the connection's block; `is_complete`: nothing follows it.
 */
void application_body(exchange *x, fcl_slice body, int is_complete);
/* Nobody wants the answer any more.  Harmless without a request. */
void application_cancel(exchange *x);
/* The span that was held is out. */
void application_resume(exchange *x);
#endif
