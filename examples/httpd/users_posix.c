/* users_posix.c: httpd started as root: applications as one user, itself as another. */
#define _GNU_SOURCE
#include "users.h"
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct passwd *find(const char *option, const char *name) {
  const struct passwd *user = getpwnam(name);
  if (user == NULL)
    fprintf(stderr, "httpd: %s %s: there is no such user\n", option, name);
  return user;
}

/* What --app and --authorizer name; a file may name others when it is read again. */
static void allow_programs(options *o) {
  unsigned n = 0, i;
  for (i = 0; i < o->app_count; i++)
    if (o->apps[i].program)
      o->programs[n++] = o->apps[i].program;
  if (o->authorizer.program)
    o->programs[n++] = o->authorizer.program;
  if (o->config || n == 0) {
    o->programs[0] = "/";
    n = 1;
  }
  o->programs[n] = NULL;
  o->policy.programs = o->programs;
}

/* The smallest range that has all of the user's groups. */
static int allow_groups(options *o, const struct passwd *user) {
  gid_t groups[256];
  int n = 256, i;
  if (getgrouplist(user->pw_name, user->pw_gid, groups, &n) < 0) {
    fprintf(stderr, "httpd: --app-user %s: in more than 256 groups\n", user->pw_name);
    return -1;
  }
  o->policy.min_gid = o->policy.max_gid = user->pw_gid;
  for (i = 0; i < n; i++) {
    o->policy.min_gid = groups[i] < o->policy.min_gid ? groups[i] : o->policy.min_gid;
    o->policy.max_gid = groups[i] > o->policy.max_gid ? groups[i] : o->policy.max_gid;
  }
  return 0;
}

int users_begin(options *o) {
  const struct passwd *user;
  fcl_identity *identity;
  fcl_error e;
  if (o->user && find("--user", o->user) == NULL)
    return -1;
  if (o->app_user == NULL)
    return 0;
  user = find("--app-user", o->app_user);
  if (user == NULL || allow_groups(o, user))
    return -1;
  o->policy.min_uid = o->policy.max_uid = user->pw_uid;
  allow_programs(o);
  if (fcl_identity_user(&identity, o->app_user, &e)) {
    fprintf(stderr, "httpd: --app-user %s: %s\n", o->app_user, e.text);
    return -1;
  }
  o->pool.run_as = identity; /* to the end of the program */
  return 0;
}

int users_become(const options *o) {
  const struct passwd *user = o->user ? find("--user", o->user) : NULL;
  if (o->user == NULL)
    return 0;
  if (user && initgroups(user->pw_name, user->pw_gid) == 0 &&
      setresgid(user->pw_gid, user->pw_gid, user->pw_gid) == 0 &&
      setresuid(user->pw_uid, user->pw_uid, user->pw_uid) == 0)
    return 0;
  if (user)
    fprintf(stderr, "httpd: --user %s: %s; start httpd as root\n", o->user, strerror(errno));
  return -1;
}
