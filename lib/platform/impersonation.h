/* impersonation.h: connections that speak for a user: the application at the other end can act as
   that user while it serves them. */
#ifndef FCL__IMPERSONATION_H
#define FCL__IMPERSONATION_H
#include "base/error.h"
#include <fcgiclient/fcgiclient.h>

/* 1: this system has such connections, and requests of all users share their pool's processes.  0:
   each user has processes of its own. */
int fcl__impersonation_is_known(void);
/* FCL_OK: a connection to `address` can be opened in the name of `identity`; NULL: to a process of
   our own.  Else *e is FCL_E_IDENTITY and says why not, without a pool's name. */
fcl_code fcl__impersonation_check(const char *address, const fcl_identity *identity, fcl_error *e);

/* While it has begun, what this thread opens with fcl__local_connect or fcl__process_connect speaks
   for a user.  On the stack. */
typedef struct fcl__impersonation {
  void *before; /* what the host had on this thread; NULL: nothing */
} fcl__impersonation;

/* NULL: for ourselves, whoever this thread is acting as.  `hook` as in
   fcl_client_options.on_impersonate.  FCL_OK, and fcl__impersonation_end must follow on the same
   thread; else the thread is as it was, and *e is FCL_E_IDENTITY, without a pool's name. */
fcl_code fcl__impersonation_begin(fcl__impersonation *i, const fcl_identity *identity,
                                  int (*hook)(const fcl_identity *identity, void *user), void *user,
                                  fcl_error *e);
void fcl__impersonation_end(fcl__impersonation *i);
/* What it means for `identity` that a connection could not be opened for it: FCL_OK: nothing, it is
   as for anybody; else *e is FCL_E_IDENTITY. */
fcl_code fcl__impersonation_blame(int status, const fcl_identity *identity, fcl_error *e);
#endif
