/* guardian_terms.c: reads the terms of an order to start.  Pure. */
#include "platform/posix/guardian_terms.h"
#include <stdlib.h>
#include <string.h>

#define ID_MAX     0xfffffffeu /* the one above means "leave it" to the system */
#define GROUPS_MAX 65536u      /* Linux: NGROUPS_MAX */

const char *terms_value(const char *term, const char *name) {
  size_t n = strlen(name);
  return strncmp(term, name, n) == 0 && term[n] == '=' ? term + n + 1 : NULL;
}

int terms_number(const char **at, uint64_t max, uint64_t *number) {
  const char *c = *at;
  uint64_t n = 0;
  if (*c < '0' || *c > '9')
    return -1;
  for (; *c >= '0' && *c <= '9'; c++) {
    unsigned digit = (unsigned) (*c - '0');
    if (digit > max || n > (max - digit) / 10)
      return -1;
    n = n * 10 + digit;
  }
  *at = c;
  *number = n;
  return 0;
}

/* A number, and behind it `end`, which is stepped over too. */
static int number_then(const char **at, char end, uint64_t max, uint64_t *number) {
  if (terms_number(at, max, number) != 0 || **at != end)
    return -1;
  *at += end != 0;
  return 0;
}

static size_t count_groups(const char *at) {
  size_t n = *at != 0;
  for (; *at; at++)
    n += *at == ',';
  return n;
}

static int read_groups(terms *t, const char *at) {
  size_t count = count_groups(at), i;
  uint64_t gid;
  if (count == 0 || count > GROUPS_MAX)
    return -1;
  t->groups = malloc(count * sizeof *t->groups);
  if (t->groups == NULL)
    return -1;
  for (i = 0; i < count; i++) {
    if (number_then(&at, i + 1 < count ? ',' : 0, ID_MAX, &gid) != 0)
      return -1;
    t->groups[i] = (gid_t) gid;
  }
  t->group_count = count;
  return 0;
}

static int read_user(terms *t, const char *at) {
  uint64_t uid, gid;
  if (t->has_user || number_then(&at, ':', ID_MAX, &uid) != 0 ||
      number_then(&at, ':', ID_MAX, &gid) != 0)
    return -1;
  t->has_user = 1;
  t->uid = (uid_t) uid;
  t->gid = (gid_t) gid;
  return read_groups(t, at);
}

static int read_limit(terms *t, terms_limit which, const char *at) {
  t->is_limited[which] = 1;
  return number_then(&at, 0, UINT64_MAX, &t->limits[which]);
}

static int read_umask(terms *t, const char *at) {
  uint64_t n;
  if (number_then(&at, 0, 0777, &n) != 0)
    return -1;
  t->umask = (int) n;
  return 0;
}

static int read_flag(int *flag, const char *at) {
  uint64_t n;
  if (number_then(&at, 0, 1, &n) != 0)
    return -1;
  *flag = n != 0;
  return 0;
}

static int read_term(terms *t, const char *term) {
  static const char *const limit_names[LIMITS] = {"open-files", "file-size", "address-space", "cpu",
                                                  "core"};
  const char *value;
  int i;
  if ((value = terms_value(term, "user")) != NULL)
    return read_user(t, value);
  if ((value = terms_value(term, "umask")) != NULL)
    return read_umask(t, value);
  if ((value = terms_value(term, "no-new-privileges")) != NULL)
    return read_flag(&t->no_new_privileges, value);
  if ((value = terms_value(term, "memory")) != NULL)
    return number_then(&value, 0, UINT64_MAX, &t->memory);
  if ((value = terms_value(term, "tasks")) != NULL)
    return number_then(&value, 0, UINT64_MAX, &t->tasks);
  for (i = 0; i < LIMITS; i++)
    if ((value = terms_value(term, limit_names[i])) != NULL)
      return read_limit(t, (terms_limit) i, value);
  return -1;
}

/* One that is not understood is refused: it may be there to restrict. */
int terms_read(terms *t, const fcl__order *o) {
  const char *term = fcl__order_terms(o);
  uint32_t i;
  memset(t, 0, sizeof *t);
  t->umask = -1;
  for (i = 0; i < o->termc; i++) {
    if (read_term(t, term) != 0)
      return -1;
    term += strlen(term) + 1;
  }
  return 0;
}

int terms_has_group(const terms *t, gid_t gid) {
  size_t i;
  for (i = 0; i < t->group_count; i++)
    if (t->groups[i] == gid)
      return 1;
  return 0;
}

void terms_free(terms *t) {
  free(t->groups);
  t->groups = NULL;
}
