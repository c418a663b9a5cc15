/* local.h: addresses on this machine that not every system has: "unix:/path", "unix:@name",
   "pipe:\\.\pipe\name". */
#ifndef FCL__LOCAL_H
#define FCL__LOCAL_H
#include "base/error.h"

#define FCL__LOCAL_MAX 264 /* bytes of what stands behind the kind, and a NUL */

/* All forms of addresses that there are here: "give unix:/path, ...". */
extern const char fcl__local_forms[];
/* `address` begins with "unix:" or "pipe:": FCL_OK when this system has such, and what stands
   behind that can be connected to.  Else FCL_E_CONFIG. */
fcl_code fcl__local_check(const char *address, fcl_error *e);
/* Connects to what stands behind the kind: a descriptor for uv_pipe_open, or a negative uv error:
   UV_EAGAIN while whoever listens there has no room. */
int fcl__local_connect(const char *path);
#endif
