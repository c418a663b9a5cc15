/* system_posix.c: what a server does by Windows' means, where there are none: names are bytes, and
   threads are nobody else's. */
#include "session.h"
#include <string.h>

fcl_slice system_name(visit *v, const char *name) {
  return facts_variable(v, name);
}

fcl_slice system_path(visit *v, const char *name, const char *bytes) {
  return (fcl_slice){bytes ? bytes : "", bytes ? strlen(bytes) : 0};
}

void *system_token(session *s) {
  return NULL;
}

void *system_put_user_down(void) {
  return NULL;
}

void system_take_user_up(void *user) {
}
