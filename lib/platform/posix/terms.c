/* terms.c: writes the terms of orders: users, limits, policies. */
#include "platform/posix/terms.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- Of a start ---- */

static void add_number(fcl__terms *t, const char *name, uint64_t number) {
  char *at = t->text + t->used;
  int n = snprintf(at, sizeof t->text - t->used, "%s=%" PRIu64, name, number);
  t->at[t->count++] = at;
  t->used += (size_t) n + 1;
}

static void add_limit(fcl__terms *t, const char *name, uint64_t limit) {
  if (limit != FCL__OURS)
    add_number(t, name, limit);
}

static void add_limits(fcl__terms *t, const fcl__limits *l) {
  if (l->umask >= 0)
    add_number(t, "umask", (uint64_t) l->umask);
  add_limit(t, "open-files", l->open_files);
  add_limit(t, "file-size", l->file_size);
  add_limit(t, "address-space", l->address_space);
  add_limit(t, "cpu", l->cpu_s);
  add_limit(t, "core", l->core);
  if (l->memory > 0)
    add_number(t, "memory", l->memory);
  if (l->tasks > 0)
    add_number(t, "tasks", l->tasks);
  if (l->no_new_privileges)
    add_number(t, "no-new-privileges", 1);
}

fcl_code fcl__terms_make(fcl__terms *t, const fcl_identity *identity, const fcl__limits *limits,
                         const fcl__memory *memory, fcl_error *e) {
  size_t size = identity ? sizeof "user=" + strlen(fcl__identity_key(identity)) : 0;
  memset(t, 0, sizeof *t);
  if (limits)
    add_limits(t, limits);
  if (identity == NULL)
    return FCL_OK;
  t->user = fcl__realloc(memory, NULL, size);
  if (t->user == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "out of memory for an order to the guardian");
  snprintf(t->user, size, "user=%s", fcl__identity_key(identity));
  t->at[t->count++] = t->user;
  return FCL_OK;
}

void fcl__terms_free(fcl__terms *t, const fcl__memory *memory) {
  fcl__free(memory, t->user);
  t->user = NULL;
}

/* ---- Of a policy ---- */

#define RANGE (sizeof "4294967295-4294967295")

typedef struct writer {
  const char **list; /* NULL: only counts */
  uint32_t count;
  size_t size; /* of the texts */
  char *at;
} writer;

static void add_text(writer *w, const char *name, const char *value) {
  size_t n = strlen(name) + strlen(value) + 1;
  if (w->list) {
    w->list[w->count] = w->at;
    snprintf(w->at, n, "%s%s", name, value);
    w->at += n;
  }
  w->count++;
  w->size += n;
}

static void add_all(writer *w, const char *name, const char *const *values) {
  for (; values && *values; values++)
    add_text(w, name, *values);
}

static void add_range(writer *w, const char *name, unsigned first, unsigned last) {
  char range[RANGE];
  snprintf(range, sizeof range, "%u-%u", first, last);
  add_text(w, name, range);
}

static void add_policy(writer *w, const fcl_policy *p, const char *cgroup) {
  static const char *const anywhere[] = {"/", NULL};
  if (cgroup)
    add_text(w, "cgroup=", cgroup);
  if (p == NULL)
    return;
  add_text(w, "seal", "");
  add_all(w, "program=", p->programs);
  add_all(w, "directory=", p->directories ? p->directories : anywhere);
  add_range(w, "uid=", p->min_uid, p->max_uid);
  add_range(w, "gid=", p->min_gid, p->max_gid);
}

fcl_code fcl__terms_of_policy(const char *const **out, uint32_t *count, const fcl_policy *policy,
                              const char *cgroup, const fcl__memory *memory, fcl_error *e) {
  writer measure = {0}, w = {0};
  add_policy(&measure, policy, cgroup);
  w.list = fcl__realloc(memory, NULL, measure.count * sizeof *w.list + measure.size + 1);
  if (w.list == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "out of memory for the guardian's policy");
  w.at = (char *) (w.list + measure.count);
  add_policy(&w, policy, cgroup);
  *out = w.list;
  *count = w.count;
  return FCL_OK;
}
