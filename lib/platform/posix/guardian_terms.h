/* guardian_terms.h: how a program is to be run beside what it is: the terms of an order to start.
 */
#ifndef FCL__GUARDIAN_TERMS_H
#define FCL__GUARDIAN_TERMS_H
#include "platform/posix/order.h"
#include <sys/types.h>

/* user=33:33:4,33    uid, gid, all groups (the gid among them)
   umask=18           in decimal, as all numbers here
   open-files=1024    resource limits: RLIMIT_NOFILE, and likewise file-size, address-space, cpu
                      (seconds), core; 18446744073709551615: none
   no-new-privileges=1
   memory=1073741824  of its control group: bytes, and tasks */
typedef enum terms_limit {
  LIMIT_OPEN_FILES,
  LIMIT_FILE_SIZE,
  LIMIT_ADDRESS_SPACE,
  LIMIT_CPU,
  LIMIT_CORE,
  LIMITS
} terms_limit;

typedef struct terms {
  int has_user;
  uid_t uid;
  gid_t gid;
  gid_t *groups; /* ours to free */
  size_t group_count;
  int umask; /* -1: as the guardian's, which is the host's */
  unsigned is_limited[LIMITS];
  uint64_t limits[LIMITS];
  int no_new_privileges;
  uint64_t memory, tasks; /* 0: no limit */
} terms;

/* 0; or -1: nobody understands them, or there is no memory.  Free them either way. */
int terms_read(terms *t, const fcl__order *o);
void terms_free(terms *t);
int terms_has_group(const terms *t, gid_t gid); /* among its groups */
/* What stands behind the name and '='; NULL: it is another term. */
const char *terms_value(const char *term, const char *name);
/* Reads a decimal number of at most `max` and steps over it; 0, or -1: there is none. */
int terms_number(const char **at, uint64_t max, uint64_t *number);
#endif
