/* monitor.h: files on which the processes of a pool depend. */
#ifndef FCL__CLIENT_MONITOR_H
#define FCL__CLIENT_MONITOR_H
#include "base/error.h"
#include "pool/timeouts.h"
#include <fcgiclient/fcgiclient.h>

/* Zeroed, it watches nothing. */
typedef struct fcl__monitor {
  fcl__clock clock;
  fcl__duration *each; /* between two looks; NULL: there is nothing to look at */
  uint64_t looked_at;  /* the last look; the first is taken when the pool is opened */
  uint64_t stamp;
  unsigned is_missing : 1;
  char fault[512]; /* is_missing: why requests fail */
} fcl__monitor;

/* Copies the list, with the folder of `program` before relative paths.  Returns 0 when there is no
   memory; NULL for NULL. */
int fcl__monitor_copy(const fcl__memory *memory, const fcl_pool_options *given, void **out);
/* All on the loop.  The first look; without memory for its clock, requests look alone. */
void fcl__monitor_begin(fcl_pool *p);
void fcl__monitor_end(fcl_pool *p);
void fcl__monitor_again(fcl_pool *p); /* the files are others */
/* A request is about to be submitted: looks, unless somebody has just done so. */
void fcl__monitor_check(fcl_pool *p);
#endif
