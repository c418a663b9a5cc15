/* proc.h: what /proc tells of any process, ours or not; used by library and guardian. */
#ifndef FCL__PROC_H
#define FCL__PROC_H
#include <stddef.h>

/* The beginning of /proc/PID/NAME, as text; returns its length, 0: it cannot be read. */
size_t fcl__proc_read(long pid, const char *name, char *out, size_t cap);
/* Up to `most` of the children that its first thread has; returns how many. */
unsigned fcl__proc_children(long pid, long *children, unsigned most);
/* R, S, D, T, Z ...; its parent; its session.  0: there is no such process, or the system does not
   tell (where there is no /proc). */
char fcl__proc_state(long pid);
long fcl__proc_parent(long pid);
long fcl__proc_session(long pid);
/* 1: it is dead, or on its way there, whether somebody has been told or not; 0 also where the
 * system does not tell. */
int fcl__proc_is_ending(long pid);
#endif
