/* system.h: what the system says of an error by its number. */
#ifndef FCL__BASE_SYSTEM_H
#define FCL__BASE_SYSTEM_H
#include <stddef.h>

/* Words for an errno, which may be negative; on Windows for a number of GetLastError's, with its
   name: "access denied (ERROR_ACCESS_DENIED, 5)".  In `room`, or static. */
const char *fcl__system_words(int sys, char *room, size_t cap);
/* Is it a lack of descriptors or memory, which is our trouble and not the other side's? */
int fcl__system_is_short(int sys);
#endif
