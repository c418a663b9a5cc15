/* impersonation.c: POSIX systems have no connection that speaks for a user: what the other end of a
   Unix socket can ask for is who *we* are. */
#include "platform/impersonation.h"
#include "platform/identity.h"

int fcl__impersonation_is_known(void) {
  return 0;
}

fcl_code fcl__impersonation_check(const char *address, const fcl_identity *identity, fcl_error *e) {
  return fcl__error_setx(
      e, FCL_E_IDENTITY, 0,
      "a connection to %s cannot speak for %s: this system does not support that; let the pool "
      "start "
      "the program (fcl_pool_options.program), so that its processes run as the user",
      address ? address : "a process", fcl__identity_name(identity));
}

fcl_code fcl__impersonation_begin(fcl__impersonation *i, const fcl_identity *identity,
                                  int (*hook)(const fcl_identity *, void *), void *user,
                                  fcl_error *e) {
  i->before = NULL;
  return identity ? fcl__impersonation_check(NULL, identity, e) : FCL_OK;
}

void fcl__impersonation_end(fcl__impersonation *i) {
  (void) i; /* nothing has begun */
}

fcl_code fcl__impersonation_blame(int status, const fcl_identity *identity, fcl_error *e) {
  return FCL_OK;
}
