/* guardian_user.c: how a new process becomes another user for good: groups first, capabilities
 * last, and what it may use of the system. */
#define _GNU_SOURCE
#include "platform/posix/guardian_user.h"
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- Who are we? ---- */

/* Both ways: we may have none that it has not, nor lack any. */
static int has_own_groups(const terms *t) {
  int n = getgroups(0, NULL), i, found = 1;
  gid_t *own = n < 0 ? NULL : malloc(((size_t) n + 1) * sizeof *own);
  size_t k;
  if (own == NULL || (n = getgroups(n, own)) < 0) {
    free(own);
    return 0;
  }
  own[n] = getegid();
  for (i = 0; i < n; i++)
    found &= terms_has_group(t, own[i]);
  for (k = 0; k < t->group_count; k++) {
    for (i = 0; i <= n && own[i] != t->groups[k]; i++)
      ;
    found &= i <= n;
  }
  free(own);
  return found;
}

int user_is_own(const terms *t) {
  uid_t real, effective, saved;
  gid_t rgid, egid, sgid;
  if (getresuid(&real, &effective, &saved) != 0 || getresgid(&rgid, &egid, &sgid) != 0)
    return 0;
  return real == t->uid && effective == t->uid && saved == t->uid && rgid == t->gid &&
         egid == t->gid && sgid == t->gid && has_own_groups(t);
}

/* ---- Becoming somebody else ---- */

/* Whoever may change users without being root (CAP_SETUID) keeps its capabilities through setuid.
 */
static int drop_capabilities(void) {
  struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[2];
  memset(none, 0, sizeof none);
#ifdef PR_CAP_AMBIENT
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
#endif
  return (int) syscall(SYS_capset, &head, none);
}

/* Nothing that is executed later can have them either; takes CAP_SETPCAP, and is a net. */
static void drop_bounds(void) {
  unsigned long c;
  for (c = 0; prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
    prctl(PR_CAPBSET_DROP, c, 0, 0, 0);
}

/* Groups can only be changed by who may change everything, so the user goes last. */
static int change_user(const terms *t) {
  if (setgroups(t->group_count, t->groups) != 0 || setresgid(t->gid, t->gid, t->gid) != 0 ||
      setresuid(t->uid, t->uid, t->uid) != 0 || drop_capabilities() != 0)
    return -1;
  if (setresuid((uid_t) -1, 0, (uid_t) -1) == 0 || !user_is_own(t)) { /* the way back is open */
    errno = EPERM;
    return -1;
  }
  return 0;
}

int user_become(const terms *t) {
  if (t->no_new_privileges)
    drop_bounds();
  if (t->has_user && !user_is_own(t) && change_user(t) != 0)
    return -1;
  return t->no_new_privileges ? prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) : 0;
}

int user_limit(const terms *t) {
  static const int resources[LIMITS] = {RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_AS, RLIMIT_CPU,
                                        RLIMIT_CORE};
  int i;
  for (i = 0; i < LIMITS; i++) {
    struct rlimit l;
    if (!t->is_limited[i])
      continue;
    l.rlim_cur = l.rlim_max = t->limits[i] == UINT64_MAX ? RLIM_INFINITY : (rlim_t) t->limits[i];
    if (setrlimit((__rlimit_resource_t) resources[i], &l) != 0)
      return -1;
  }
  return 0;
}
