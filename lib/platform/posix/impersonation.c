/* impersonation.c: POSIX systems have no connection that speaks for a user: what the other end of a
   Unix socket can ask for is who *we* are. */
#include "platform/impersonation.h"
#include "platform/identity.h"

fcl_code fcl__impersonation_check(const char *address, const fcl_identity *identity, fcl_error *e) {
  return fcl__error_setx(
      e, FCL_E_IDENTITY, 0,
      "a connection to %s cannot speak for %s: this system does not support that; let the pool "
      "start "
      "the program (fcl_pool_options.program), so that its processes run as the user",
      address, fcl__identity_name(identity));
}
