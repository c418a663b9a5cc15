/* job.h: what holds a process and all its descendants together, and ends them when the host does.
 */
#ifndef FCL__WIN32_JOB_H
#define FCL__WIN32_JOB_H
#include "platform/process.h"
#include <windows.h>

/* What TerminateJobObject gives as exit status to those that are ended by force. */
#define FCL__ENDED_BY_FORCE 0xe046434cu

/* 1: Windows has nothing for one of these limits; *e says for which. */
int fcl__job_lacks(const fcl__limits *limits, fcl_error *e);
/* A job of its own, without a name; nobody can leave it; when its last handle is closed, all in it
   are ended.  NULL: GetLastError tells. */
HANDLE fcl__job_make(const fcl__limits *limits);
#endif
