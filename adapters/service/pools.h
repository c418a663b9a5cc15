/* pools.h: the pools of a configuration.  Under the lock of service.c. */
#ifndef SERVICE_POOLS_H
#define SERVICE_POOLS_H
#include "service.h"

/* Fills s->applications: those that `was` (may be NULL) has by the same name are taken over and
   configured, the others are new.  -1: *e says why; nothing of `was` has changed, and pools_close
   follows. */
int pools_open(settings *s, const settings *was, fcl_client *client, fcl_error *e);
/* Those that no other configuration has take no more requests; what they have may take so long. */
void pools_close(settings *s, unsigned drain_ms);
#endif
