/* size.h: how many processes a pool may have where nobody said it: from who waits, who is busy, and
   what the machine has left.  Pure: what was seen comes in, the next limit comes out. */
#ifndef FCL__SIZE_H
#define FCL__SIZE_H
#include <stdint.h>

/* 0: not known. */
typedef struct fcl__machine {
  unsigned processors; /* that we may use */
  uint64_t memory, available;
} fcl__machine;

/* What was seen in one step, a second. */
typedef struct fcl__load {
  unsigned waiting; /* processes' worth of requests that wait, if somebody waited all the time */
  unsigned busy;    /* processes that were in use, at most */
  unsigned serving; /* processes that there are */
  unsigned wanted;  /* percent of its time that a busy process computes, or waits for a processor */
  int is_wanted_known; /* `wanted` is */
  uint64_t each;       /* bytes that a process takes; 0: not known */
  fcl__machine machine;
} fcl__load;

typedef struct fcl__size {
  unsigned limit;          /* so many may serve now */
  unsigned floor, ceiling; /* it stays within */
  unsigned quiet;          /* steps in a row in which fewer were enough */
} fcl__size;

/* Changes the limit by what was seen.  Returns 1 if it is another now. */
int fcl__size_step(fcl__size *s, const fcl__load *load);
#endif
