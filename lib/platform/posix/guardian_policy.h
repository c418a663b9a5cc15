/* guardian_policy.h: what the guardian may start, and as whom: told once by its host, and for ever.
 */
#ifndef FCL__GUARDIAN_POLICY_H
#define FCL__GUARDIAN_POLICY_H
#include "platform/posix/guardian_terms.h"

/* The terms of the order POLICY:
   seal               only what the others allow is started
   program=/bin/x     this file, or with a slash at its end all that lies below
   directory=/srv     programs run there, or below
   uid=1000-60000     the users, and likewise with gid= all of their groups: but never 0
   cgroup=/sys/fs/cgroup/x  below which control groups may be made */
typedef struct policy {
  int is_told, is_sealed;
  char *text; /* the terms, one behind the other */
  size_t count;
  uint32_t uids[2], gids[2]; /* first > last: none */
  const char *cgroup;        /* NULL: none was named */
} policy;

/* 0; -1: it was told before, is no policy, or there is no memory. */
int policy_read(policy *p, const fcl__order *o);
void policy_free(policy *p);

/* What may be started. */
typedef struct permit {
  char path[4096];  /* the program's real one, without symbolic links; "": the order's own */
  int directory_fd; /* -1: by the order's path */
} permit;
/* 0, or why not, an fcl__refusal.  Close permit->directory_fd. */
int policy_permit(const policy *p, const fcl__order *o, const terms *t, permit *out);
#endif
