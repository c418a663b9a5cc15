/* identity.c: users as POSIX has them: uid, gid and all groups. */
#define _GNU_SOURCE
#include "platform/identity.h"
#include "base/error.h"
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GROUPS_MAX 65536u
#define DIGITS     11 /* of an id, and a comma */

struct fcl_identity {
  atomic_uint refs;
  unsigned uid, gid;
  unsigned *groups; /* in order, each once, the gid among them */
  size_t group_count;
  char name[64];
  char key[]; /* "uid:gid:groups" */
};

/* ---- Making one ---- */

static int compare(const void *a, const void *b) {
  unsigned x = *(const unsigned *) a, y = *(const unsigned *) b;
  return (x > y) - (x < y);
}

static size_t sort(unsigned *groups, size_t count) {
  size_t i, n = 0;
  qsort(groups, count, sizeof *groups, compare);
  for (i = 0; i < count; i++)
    if (n == 0 || groups[i] != groups[n - 1])
      groups[n++] = groups[i];
  return n;
}

static void write_key(fcl_identity *id) {
  char *at = id->key;
  size_t i;
  at += sprintf(at, "%u:%u:", id->uid, id->gid);
  for (i = 0; i < id->group_count; i++)
    at += sprintf(at, "%s%u", i > 0 ? "," : "", id->groups[i]);
}

static fcl_identity *make(unsigned uid, unsigned gid, const unsigned *groups, size_t count) {
  fcl_identity *id = calloc(1, sizeof *id + (count + 3) * DIGITS + 1);
  if (id == NULL)
    return NULL;
  id->groups = malloc((count + 1) * sizeof *id->groups);
  if (id->groups == NULL) {
    free(id);
    return NULL;
  }
  atomic_init(&id->refs, 1);
  id->uid = uid;
  id->gid = gid;
  if (count > 0)
    memcpy(id->groups, groups, count * sizeof *groups);
  id->groups[count] = gid;
  id->group_count = sort(id->groups, count + 1);
  write_key(id);
  snprintf(id->name, sizeof id->name, "uid %u", uid);
  return id;
}

static fcl_code no_memory(fcl_error *e) {
  return fcl__error_setx(e, FCL_E_NOMEM, 0, "no memory for an identity");
}

/* (unsigned) -1 means "leave it as it is" to the system. */
static int is_no_id(unsigned id) {
  return id == (unsigned) -1;
}

int fcl_identity_posix(fcl_identity **identity, unsigned uid, unsigned gid, const unsigned *groups,
                       size_t count, fcl_error *e) {
  size_t i;
  int has_none = is_no_id(uid) || is_no_id(gid);
  *identity = NULL;
  for (i = 0; i < count && count <= GROUPS_MAX; i++)
    has_none |= is_no_id(groups[i]);
  if (has_none || count > GROUPS_MAX)
    return (int) fcl__error_setx(
        e, FCL_E_INVAL, 0,
        "no identity: uid, gid and groups are numbers up to 4294967294, at most %u groups",
        GROUPS_MAX);
  *identity = make(uid, gid, groups, count);
  return (int) (*identity ? FCL_OK : no_memory(e));
}

int fcl_identity_token(fcl_identity **identity, void *token, fcl_error *e) {
  *identity = NULL;
  return (int) fcl__error_setx(e, FCL_E_IDENTITY, 0,
                               "no identity: access tokens are Windows'; give numbers to "
                               "fcl_identity_posix, or a name to fcl_identity_user");
}

/* ---- By name ---- */

static fcl_code find_user(const char *name, struct passwd *user, char *room, size_t size,
                          fcl_error *e) {
  struct passwd *found = NULL;
  int error = getpwnam_r(name, user, room, size, &found);
  if (error != 0)
    return fcl__error_set(e, FCL_E_IDENTITY, error, "cannot look up the user %s", name);
  if (found == NULL)
    return fcl__error_setx(e, FCL_E_IDENTITY, 0,
                           "there is no user %s on this machine; see getent passwd", name);
  return FCL_OK;
}

/* Some systems have thousands of groups; how many a user is in is known behind the first call. */
static gid_t *groups_of(const struct passwd *user, int *count) {
  gid_t few[1], *all;
  *count = 1;
  getgrouplist(user->pw_name, user->pw_gid, few, count);
  if (*count < 1 || (unsigned) *count > GROUPS_MAX)
    return NULL;
  all = malloc((size_t) *count * sizeof *all);
  if (all != NULL && getgrouplist(user->pw_name, user->pw_gid, all, count) < 0) {
    free(all);
    return NULL;
  }
  return all;
}

int fcl_identity_user(fcl_identity **identity, const char *name, fcl_error *e) {
  struct passwd user;
  char room[16384];
  gid_t *groups;
  int count = 0;
  fcl_code code = find_user(name, &user, room, sizeof room, e);
  *identity = NULL;
  if (code != FCL_OK)
    return (int) code;
  groups = groups_of(&user, &count);
  if (groups != NULL)
    *identity = make(user.pw_uid, user.pw_gid, groups, (size_t) count);
  free(groups);
  if (*identity == NULL)
    return (int) no_memory(e);
  snprintf((*identity)->name, sizeof(*identity)->name, "%.40s (uid %u)", name,
           (unsigned) user.pw_uid);
  return FCL_OK;
}

fcl_code fcl__identity_own(fcl_identity **out, fcl_error *e) {
  int count = getgroups(0, NULL);
  gid_t *groups = count < 0 ? NULL : malloc(((size_t) count + 1) * sizeof *groups);
  *out = NULL;
  if (groups != NULL && (count = getgroups(count, groups)) >= 0)
    *out = make(geteuid(), getegid(), groups, (size_t) count);
  free(groups);
  return *out ? FCL_OK : no_memory(e);
}

/* ---- Counted, compared, named ---- */

fcl_identity *fcl__identity_ref(const fcl_identity *identity) {
  fcl_identity *id = (fcl_identity *) (uintptr_t) identity;
  if (id != NULL)
    atomic_fetch_add(&id->refs, 1);
  return id;
}

void fcl_identity_unref(fcl_identity *id) {
  if (id == NULL || atomic_fetch_sub(&id->refs, 1) != 1)
    return;
  free(id->groups);
  free(id);
}

int fcl__identity_equal(const fcl_identity *a, const fcl_identity *b) {
  return a == b || (a != NULL && b != NULL && strcmp(a->key, b->key) == 0);
}

const char *fcl__identity_name(const fcl_identity *id) {
  return id ? id->name : "our own user";
}

const char *fcl__identity_key(const fcl_identity *id) {
  return id->key;
}

/* ---- What a policy says of one: the guardian asks the same again, and knows better ---- */

static fcl_code refuse(const fcl_identity *id, const char *why, fcl_error *e) {
  return fcl__error_setx(e, FCL_E_IDENTITY, 0, "cannot run programs as %s: %s", id->name, why);
}

static int is_within(unsigned id, unsigned first, unsigned last) {
  return id >= first && id <= last;
}

static int is_own(const fcl_identity *id) {
  fcl_identity *own;
  int is;
  if (fcl__identity_own(&own, NULL) != FCL_OK)
    return 0;
  is = fcl__identity_equal(id, own);
  fcl_identity_unref(own);
  return is;
}

fcl_code fcl__identity_check(const fcl_identity *id, const fcl_policy *policy, fcl_error *e) {
  size_t i;
  if (id->uid != 0 && is_own(id))
    return FCL_OK;
  if (policy == NULL)
    return refuse(
        id,
        "no policy allows other users; set fcl_client_options.policy, and make the client "
        "with the privilege to change users",
        e);
  if (id->uid == 0)
    return refuse(id, "root is never allowed", e);
  if (policy->max_uid == 0)
    return refuse(id, "fcl_client_options.policy allows no other users; set min_uid and max_uid",
                  e);
  if (!is_within(id->uid, policy->min_uid, policy->max_uid))
    return fcl__error_setx(
        e, FCL_E_IDENTITY, 0,
        "cannot run programs as %s: fcl_client_options.policy allows the uids %u "
        "to %u",
        id->name, policy->min_uid, policy->max_uid);
  for (i = 0; i < id->group_count; i++)
    if (id->groups[i] == 0 || !is_within(id->groups[i], policy->min_gid, policy->max_gid))
      return fcl__error_setx(e, FCL_E_IDENTITY, 0,
                             "cannot run programs as %s: it is in the group %u, and "
                             "fcl_client_options.policy allows the gids %u to %u, but never 0",
                             id->name, id->groups[i], policy->min_gid, policy->max_gid);
  return FCL_OK;
}
