/* expand.h: %NAME% in the paths of applicationHost.config. */
#ifndef FCL__EXPAND_H
#define FCL__EXPAND_H
#include "config/config.h"

/* A copy with each %NAME% replaced by that variable's value; one that is not there stays as it is.
   NULL when there is no memory. */
fcl_slice fcl__config_expand(fcl__config_reader *r, const char *text);
#endif
