/* static.h: files. */
#ifndef HTTPD_STATIC_H
#define HTTPD_STATIC_H
#include "connection.h"

/* Answers with the file at `path` below the root, whole or in part; a directory gets its '/' (and
 * the query) by a redirect. */
void file_serve(exchange *x, fcl_slice path, fcl_slice query, int has_query);
/* What was lent is out: the next part may be read. */
void file_resume(exchange *x);
void file_close(exchange *x);
#endif
