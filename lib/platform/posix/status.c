/* status.c: status.h for POSIX systems, whose errno libuv's numbers are. */
#include "platform/status.h"
#include <string.h>
#include <uv.h>

/* libuv has no words for a quota that is exceeded. */
const char *fcl__status_words(int status, char *room, size_t cap) {
  uv_strerror_r(status, room, cap);
  return strncmp(room, "Unknown system error", 20) == 0 ? strerror(-status) : room;
}

int fcl__status_sys(int status) {
  return -status;
}
