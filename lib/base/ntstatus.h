/* ntstatus.h: what the exit statuses mean by which Windows tells of crashes. */
#ifndef FCL__NTSTATUS_H
#define FCL__NTSTATUS_H

/* Names for exit statuses, which other systems never have: 0xc0000005 is "STATUS_ACCESS_VIOLATION";
   NULL: it has no name here. */
const char *fcl__ntstatus_name(int status);
/* Is it an error of the system's, or an exception that nobody caught, named or not? */
int fcl__ntstatus_is_crash(int status);
/* What to do about such an end: a sentence. */
const char *fcl__ntstatus_advice(int status);
#endif
