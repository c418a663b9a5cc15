/* why.h: an errno in words; on Windows with the number and the name of the error behind it. */
#ifndef FCL_HARNESS_WHY_H
#define FCL_HARNESS_WHY_H

/* Of what this thread's last call said: "Permission denied", "access denied (ERROR_ACCESS_DENIED,
   5)".  Lasts until the next call. */
const char *fcl__why(int error);
/* Windows: sets errno, for a number of GetLastError's that is remembered. */
void fcl__why_is(int error, unsigned long number);
/* Windows: " (WSAECONNREFUSED, 10061)", where that errno stands for that; else "". */
const char *fcl__why_name(int error);
#endif
