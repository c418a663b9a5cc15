/* status.h: what libuv's numbers mean to people of this system. */
#ifndef FCL__STATUS_H
#define FCL__STATUS_H
#include <stddef.h>

/* Words for a negative uv error; on Windows with the name and number by which its own manuals and
   logs know it: "connection refused (WSAECONNREFUSED, 10061)".  In `room`. */
const char *fcl__status_words(int status, char *room, size_t cap);
/* For fcl_error.sys: an errno; on Windows what GetLastError says, 0 where libuv has left that open.
 */
int fcl__status_sys(int status);
#endif
