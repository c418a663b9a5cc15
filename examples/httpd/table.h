/* table.h: the applications of a worker: their pools, and the paths that are their own. */
#ifndef HTTPD_TABLE_H
#define HTTPD_TABLE_H
#include "configuration.h"

struct worker;

typedef struct table {
  configuration *config; /* NULL: the command line says it all */
  fcl_pool **pools;
  unsigned pool_count;
  const fcl_slice *extensions; /* as fcl_cgi_split takes them */
  size_t extension_count;
  fcl_slice own[APPS_MAX]; /* the command line's */
  unsigned own_apps[APPS_MAX];
  int catch_all; /* the app of "/", or -1 */
} table;

/* Makes the pools of the command line, or those of a configuration, which it holds then.  Returns
   0; or -1 having said why, with nothing kept. */
int table_open(table *t, struct worker *w, configuration *config);
/* As table_open, of a configuration that was read again: applications that have kept their names
   keep their pools, which go on with what is new; the others are closed.  -1: the table is as it
   was. */
int table_renew(table *t, struct worker *w, configuration *config);
/* Closes its pools too; their requests end as they would. */
void table_close(table *t);
/* Of a client that is closed, and its pools with it. */
void table_free(table *t);
/* Makes w->authorizer, if the command line has one.  Returns 0, or -1 having said why. */
int table_authorizer(struct worker *w);

/* Which application takes the script with the nth extension at this path; -1: none for this method,
   -2: none at all. */
int table_script(const table *t, size_t extension, fcl_slice method, fcl_slice path);
/* Which takes what has no extension of these; -1: none. */
int table_rest(const table *t, fcl_slice method, fcl_slice path);
#endif
