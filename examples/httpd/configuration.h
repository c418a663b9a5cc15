/* configuration.h: a file that says which application serves what; read once, shared by the
 * workers. */
#ifndef HTTPD_CONFIGURATION_H
#define HTTPD_CONFIGURATION_H
#include "options.h"

typedef struct configuration configuration;

/* [any thread] Reads --config, for one holder; what is wrong with it is said on stderr.  NULL: it
   is bad. */
configuration *configuration_read(const options *o);
configuration *configuration_hold(configuration *c);
void configuration_drop(configuration *c); /* NULL is harmless */

unsigned configuration_count(const configuration *c);
/* What a pool of the nth application is made with: the command line's options, and the file's in
   their place. */
void configuration_pool(const configuration *c, unsigned n, const options *o,
                        fcl_pool_options *pool);
/* As fcl_cgi_split takes them. */
const fcl_slice *configuration_extensions(const configuration *c, size_t *count);
/* Which application serves a path with this extension (empty: none); -1: none. */
int configuration_route(const configuration *c, fcl_slice method, fcl_slice extension,
                        fcl_slice path);
/* Whether the server serves what exists itself, where the nth application takes everything. */
int configuration_ignores_files(const configuration *c, unsigned n);
int configuration_ignores_directories(const configuration *c, unsigned n);
#endif
