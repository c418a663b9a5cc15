/* system_posix.c: what a server does by Windows' means, where there are none: names are bytes, and
   threads are nobody else's. */
#include "session.h"
#include <string.h>

fcl_slice system_name(session *s, const char *name) {
  return facts_variable(s, name);
}

fcl_slice system_path(session *s, const char *name, const char *bytes) {
  return (fcl_slice){bytes ? bytes : "", bytes ? strlen(bytes) : 0};
}

int system_identity(session *s, fcl_identity **identity, fcl_error *error) {
  *identity = NULL;
  return FCL_OK;
}

void *system_put_user_down(void) {
  return NULL;
}

void system_take_user_up(void *user) {
}
