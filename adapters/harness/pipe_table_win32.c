/* pipe_table_win32.c: numbers for named pipes.  Handles are multiples of four, so that odd numbers
   are free. */
#include "pipe_win32.h"
#include <errno.h>

enum { ENTRIES = 4096 };

typedef struct entry {
  fcl__net_pipe *pipe;
  fcl__net_pipe_place *place;
} entry;

static entry entries[ENTRIES];
static SRWLOCK guard = SRWLOCK_INIT;

int fcl__net_is_pipe(int fd) {
  return fd > 0 && (fd & 1);
}

static entry find(int fd) {
  entry e = {NULL, NULL};
  if (!fcl__net_is_pipe(fd) || fd / 2 >= ENTRIES)
    return e;
  AcquireSRWLockShared(&guard);
  e = entries[fd / 2];
  ReleaseSRWLockShared(&guard);
  return e;
}

fcl__net_pipe *fcl__net_pipe_at(int fd) {
  return find(fd).pipe;
}

fcl__net_pipe_place *fcl__net_pipe_place_at(int fd) {
  return find(fd).place;
}

int fcl__net_pipe_number(fcl__net_pipe *p, fcl__net_pipe_place *place) {
  int n = 0;
  AcquireSRWLockExclusive(&guard);
  while (n < ENTRIES && (entries[n].pipe || entries[n].place))
    n++;
  if (n < ENTRIES)
    entries[n] = (entry){p, place};
  ReleaseSRWLockExclusive(&guard);
  errno = n < ENTRIES ? errno : EMFILE;
  return n < ENTRIES ? 2 * n + 1 : -1;
}

void fcl__net_pipe_forget(int fd) {
  AcquireSRWLockExclusive(&guard);
  entries[fd / 2] = (entry){NULL, NULL};
  ReleaseSRWLockExclusive(&guard);
}
