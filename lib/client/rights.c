/* rights.c: what a user gave of policy, users and limits, checked and made real. */
#include "base/error.h"
#include "client/internal.h"

/* ---- The policy of a client ---- */

static fcl_code check_paths(const char *const *paths, const char *option, fcl_error *e) {
  for (; paths && *paths; paths++)
    if ((*paths)[0] != '/')
      return fcl__error_setx(e, FCL_E_CONFIG, 0,
                             "\"%s\" in fcl_client_options.policy.%s is no absolute path; give one "
                             "that starts with /",
                             *paths, option);
  return FCL_OK;
}

static fcl_code check_range(unsigned first, unsigned last, const char *what, fcl_error *e) {
  if (first <= last && last != FCL_NEVER)
    return FCL_OK;
  return fcl__error_setx(e, FCL_E_CONFIG, 0,
                         "fcl_client_options.policy allows the %ss %u to %u; give the smaller one "
                         "first, and at most 4294967294",
                         what, first, last);
}

fcl_code fcl__policy_check(const fcl_policy *p, fcl_error *e) {
  fcl_code code;
  if (p->programs == NULL || p->programs[0] == NULL)
    return fcl__error_setx(e, FCL_E_CONFIG, 0,
                           "fcl_client_options.policy lists no programs, so nothing could be "
                           "started; set policy.programs");
  code = check_paths(p->programs, "programs", e);
  if (code == FCL_OK)
    code = check_paths(p->directories, "directories", e);
  if (code == FCL_OK)
    code = check_range(p->min_uid, p->max_uid, "uid", e);
  return code == FCL_OK ? check_range(p->min_gid, p->max_gid, "gid", e) : code;
}

/* Nobody: a range without a number in it. */
static void none_for_zero(unsigned *first, unsigned *last) {
  if (*last == 0)
    *first = 1;
}

void fcl__policy_copy(fcl_policy *copy, const fcl_policy *policy) {
  *copy = *policy;
  if (copy->max_gid == 0) {
    copy->min_gid = copy->min_uid;
    copy->max_gid = copy->max_uid;
  }
  none_for_zero(&copy->min_uid, &copy->max_uid);
  none_for_zero(&copy->min_gid, &copy->max_gid);
}

/* ---- The rights of a pool's processes ---- */

static const char *name_of(const fcl_pool_options *o) {
  return o->name ? o->name : o->program ? o->program : "pool";
}

/* To addresses somebody else has decided. */
static int has_rights(const fcl_pool_options *o) {
  return o->run_as || o->umask || o->open_files_limit || o->cpu_limit_s || o->file_size_limit ||
         o->address_space_limit || o->core_limit || o->no_new_privileges || o->memory_limit ||
         o->tasks_limit;
}

static fcl_code check_run_as(const fcl_client *c, const fcl_pool_options *o, fcl_error *e) {
  fcl_error why = {0};
  if (o->run_as == NULL ||
      fcl__identity_check(o->run_as, c->is_sealed ? &c->policy : NULL, &why) == FCL_OK)
    return FCL_OK;
  return fcl__error_setx(e, why.code, why.sys, "%s: %s (run_as)", name_of(o), why.text);
}

fcl_code fcl__rights_check(const fcl_client *c, const fcl_pool_options *o, fcl_error *e) {
  if (o->program == NULL && has_rights(o))
    return fcl__error_setx(
        e, FCL_E_CONFIG, 0,
        "%s: run_as, umask and limits are for programs that the pool starts, and "
        "it reaches addresses; set them where those applications are started",
        name_of(o));
  if (o->umask != FCL_NONE && o->umask > 0777)
    return fcl__error_setx(e, FCL_E_CONFIG, 0, "%s: umask is 0%o; give 1 to 0777, or FCL_NONE",
                           name_of(o), o->umask);
  return check_run_as(c, o, e);
}

/* 0: ours. */
static uint64_t limit(uint64_t given, uint64_t never) {
  return given == 0 ? FCL__OURS : given == never ? UINT64_MAX : given;
}

void fcl__rights_limits(const fcl_pool_options *o, fcl__limits *l) {
  l->umask = o->umask == 0 ? -1 : o->umask == FCL_NONE ? 0 : (int) o->umask;
  l->open_files = limit(o->open_files_limit, FCL_NEVER);
  l->cpu_s = limit(o->cpu_limit_s, FCL_NEVER);
  l->file_size = limit(o->file_size_limit, UINT64_MAX);
  l->address_space = limit(o->address_space_limit, UINT64_MAX);
  l->core = o->core_limit == FCL_NONE ? 0 : limit(o->core_limit, UINT64_MAX);
  l->memory = o->memory_limit;
  l->tasks = o->tasks_limit;
  l->no_new_privileges = o->no_new_privileges != 0;
}
