/* guardian_cgroup.h: a control group (cgroup v2) for each application process, where the guardian
   may make some: what bounds its memory and tasks with all its descendants, and ends them all at
   once. */
#ifndef FCL__GUARDIAN_CGROUP_H
#define FCL__GUARDIAN_CGROUP_H
#include "platform/posix/guardian_terms.h"

typedef struct cgroups {
  int is_known;              /* looked for */
  int fd;                    /* of the directory that they are made in; -1: there is none */
  int has_memory, has_tasks; /* what it can bound */
} cgroups;

typedef struct cgroup {
  char name[48]; /* of its directory; "": there is none */
} cgroup;

/* Looks at `named`; NULL: beside our own group, where a service manager has delegated that to us
   (systemd: Delegate=yes, DelegateSubgroup=). Once. */
void cgroups_find(cgroups *all, const char *named);
void cgroups_close(cgroups *all);

/* Makes one with the limits of the terms.  Returns a descriptor to write "0" to, which whoever does
   is in it; or -1: there is none.  *lacks: a limit was asked for that is not kept. */
int cgroup_make(const cgroups *all, cgroup *c, uint32_t id, const terms *t, int *lacks);
int cgroup_enter(int fd); /* in the new process: 0, or -1 */
/* Ends everything in it: 0; or -1: that takes another way. */
int cgroup_kill(const cgroups *all, const cgroup *c);
/* 1: it is gone; 0: somebody is in it still. */
int cgroup_remove(const cgroups *all, cgroup *c);
#endif
