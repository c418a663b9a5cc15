/* users.h: whom httpd becomes when it has its port (--user), and whom applications run as
   (--app-user). */
#ifndef HTTPD_USERS_H
#define HTTPD_USERS_H
#include "options.h"

/* What clients are made with, and what their pools are: fills o->policy and o->pool.run_as. Returns
   0; or -1, having said why on stderr.  All three. */
int users_begin(options *o);
/* Gives the privileges up, for ever; when ports are bound and clients made. */
int users_become(const options *o);
#endif
