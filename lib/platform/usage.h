/* usage.h: what a process uses. */
#ifndef FCL__USAGE_H
#define FCL__USAGE_H
#include <stdint.h>

/* Bytes that a process holds in memory, shared ones too.  0: not known.  A system call or three. */
uint64_t fcl__usage_memory(long pid);
#endif
