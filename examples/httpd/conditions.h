/* conditions.h: which part of a file a request wants, if any (RFC 9110 sections 13 and 14). */
#ifndef HTTPD_CONDITIONS_H
#define HTTPD_CONDITIONS_H
#include "connection.h"
#include <time.h>

enum { TAG_SIZE = 48 };

/* A file's present state. */
typedef struct version {
  int64_t size;
  time_t modified;
  char tag[TAG_SIZE];               /* the ETag, with its quotes */
  char modified_text[DATE_LEN + 1]; /* as HTTP writes it */
} version;

void version_set(version *v, int64_t size, time_t modified, long nanoseconds);

/* Returns the status: 200; 206 with *from and *len; 304; 412; 416. */
int conditions_check(const exchange *x, const version *v, int64_t *from, int64_t *len);
#endif
