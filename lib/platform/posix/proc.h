/* proc.h: what the system tells of any process, ours or not. */
#ifndef FCL__PROC_H
#define FCL__PROC_H

/* Its session; 0: there is no such process, or the system does not tell (where there is no /proc).
 */
long fcl__proc_session(const char *pid);
/* 1: it is dead, or on its way there, whether somebody has been told or not; 0 also where the
 * system does not tell. */
int fcl__proc_is_ending(long pid);
#endif
