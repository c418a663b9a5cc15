/* machine.h: what the machine has, and has left. */
#ifndef FCL__PLATFORM_MACHINE_H
#define FCL__PLATFORM_MACHINE_H
#include <stdint.h>

/* Processors that we may use: within our affinity, and our container's quota.  At least 1. */
unsigned fcl__machine_processors(void);
/* Bytes of memory that we may use in all, and that are free for us now: the machine's, or our
   container's. 0: not known.  A few system calls. */
void fcl__machine_memory(uint64_t *all, uint64_t *available);
#endif
