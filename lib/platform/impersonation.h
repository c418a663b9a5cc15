/* impersonation.h: may a connection to an address speak for a user?  Where it may, the application
   at the other end can act as that user; where not, an identity can only choose who a process runs
   as. */
#ifndef FCL__IMPERSONATION_H
#define FCL__IMPERSONATION_H
#include "base/error.h"
#include <fcgiclient/fcgiclient.h>

/* FCL_OK: a connection to `address` can be opened in the name of `identity`.  Else *e is
   FCL_E_IDENTITY and says why not, without a pool's name. */
fcl_code fcl__impersonation_check(const char *address, const fcl_identity *identity, fcl_error *e);
#endif
