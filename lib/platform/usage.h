/* usage.h: what a process uses. */
#ifndef FCL__USAGE_H
#define FCL__USAGE_H
#include <stdint.h>

/* Bytes that a process and its descendants hold in memory, shared ones for each.  0: not known.  A
   few system calls for each of them. */
uint64_t fcl__usage_memory(long pid);
/* Nanoseconds in which they have computed, or waited for a processor; of each the first thread.  0:
 * not known. */
uint64_t fcl__usage_wanted(long pid);
#endif
