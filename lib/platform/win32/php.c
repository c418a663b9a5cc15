/* php.c: what php-cgi does by itself, and had better not: leave after PHP_FCGI_MAX_REQUESTS. */
#include "platform/process.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT "PHP_FCGI_MAX_REQUESTS"

/* Names have no case on Windows. */
static const char *find(const char *const *env) {
  for (; *env; env++)
    if (_strnicmp(*env, LIMIT "=", sizeof LIMIT) == 0)
      return *env + sizeof LIMIT;
  return NULL;
}

/* PHP ends a connection by force behind its last answer, and a named pipe then drops what has not
   been read.  So it is told to have no limit (start.c), and the pool keeps the one it had. */
unsigned fcl__process_requests(const char *const *env) {
  char own[32];
  size_t size = sizeof own;
  const char *value = env ? find(env) : uv_os_getenv(LIMIT, own, &size) == 0 ? own : NULL;
  long n = value ? strtol(value, NULL, 10) : 0;
  return n > 0 ? (unsigned) n : 0;
}
