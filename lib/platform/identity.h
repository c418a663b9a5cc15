/* identity.h: users that programs run as, and that requests speak for.  The same names for every
   system; what makes two of them equal is the system's. */
#ifndef FCL__IDENTITY_H
#define FCL__IDENTITY_H
#include <fcgiclient/fcgiclient.h>

/* All safe from any thread. */
fcl_identity *fcl__identity_ref(const fcl_identity *identity); /* NULL stays NULL */
/* Equal in everything that matters: user and all groups.  NULL equals NULL only. */
int fcl__identity_equal(const fcl_identity *a, const fcl_identity *b);
/* For sentences: "www-data (uid 33)"; NULL: "our own user". */
const char *fcl__identity_name(const fcl_identity *identity);
/* The one that we run as now; without our rights beyond it. */
fcl_code fcl__identity_own(fcl_identity **out, fcl_error *e);
/* What the guardian is told: "33:33:4,33". */
const char *fcl__identity_key(const fcl_identity *identity);
/* Will a guardian with this policy start anything as that user?  Else *e is FCL_E_IDENTITY, without
   a pool's name. */
fcl_code fcl__identity_check(const fcl_identity *identity, const fcl_policy *policy, fcl_error *e);
#endif
