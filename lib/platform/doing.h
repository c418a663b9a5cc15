/* doing.h: what a process is doing now, for a sentence about one that takes too long. */
#ifndef FCL__DOING_H
#define FCL__DOING_H
#include <stddef.h>

/* Writes words that go on from "it was": "computing", "in connect() to 10.0.0.5:3306", "waiting for
   process 12 (sleep), which was in clock_nanosleep()".  Empty where nobody can tell.  May read a
   few small files of the system's; never waits. */
void fcl__doing_now(long pid, char *out, size_t cap);
#endif
