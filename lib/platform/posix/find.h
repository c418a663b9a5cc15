/* find.h: where the program fcl-guardian is. */
#ifndef FCL__FIND_H
#define FCL__FIND_H
#include "base/error.h"

#define FCL__PATH_MAX 4096

/* Looks where `option` says (may be NULL), where $FCGICLIENT_GUARDIAN says (unless we run with
   raised rights), beside the library, beside the program, and where it is installed: the first that
   says anything decides.  Fills `path`. */
fcl_code fcl__find_guardian(char path[FCL__PATH_MAX], const char *option, fcl_error *e);
#endif
