/* guardian_policy.c: the policy that a host seals its guardian with, and whether an order keeps to
   it.

   The host is not trusted any more once it has given its privileges up: whoever has taken it over
   speaks to us.  So what is looked at is never a path alone: files are opened, and what was opened
   is compared; what is executed is a path that the policy names, or a real one below such a path.
 */
#define _GNU_SOURCE
#include "platform/posix/guardian_policy.h"
#include "platform/posix/guardian_user.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- The policy ---- */

static int read_range(uint32_t range[2], const char *at) {
  uint64_t first, last;
  if (terms_number(&at, UINT32_MAX, &first) != 0 || *at++ != '-' ||
      terms_number(&at, UINT32_MAX, &last) != 0 || *at != 0)
    return -1;
  range[0] = (uint32_t) first;
  range[1] = (uint32_t) last;
  return 0;
}

static int is_path(const char *value) {
  return value != NULL && value[0] == '/';
}

static int read_term(policy *p, const char *term) {
  const char *value;
  if (strcmp(term, "seal") == 0)
    return p->is_sealed = 1, 0;
  if ((value = terms_value(term, "uid")) != NULL)
    return read_range(p->uids, value);
  if ((value = terms_value(term, "gid")) != NULL)
    return read_range(p->gids, value);
  if ((value = terms_value(term, "cgroup")) != NULL) {
    p->cgroup = value;
    return is_path(value) ? 0 : -1;
  }
  return is_path(terms_value(term, "program")) || is_path(terms_value(term, "directory")) ? 0 : -1;
}

static size_t text_size(const fcl__order *o) {
  const char *first = fcl__order_terms(o), *at = first;
  uint32_t i;
  for (i = 0; i < o->termc; i++)
    at += strlen(at) + 1;
  return (size_t) (at - first);
}

int policy_read(policy *p, const fcl__order *o) {
  const char *at;
  size_t i;
  if (p->is_told)
    return -1;
  p->is_told = 1;
  p->uids[0] = p->gids[0] = 1;
  p->text = malloc(text_size(o) + 1);
  if (p->text == NULL)
    return -1;
  memcpy(p->text, fcl__order_terms(o), text_size(o));
  p->count = o->termc;
  for (i = 0, at = p->text; i < p->count; i++, at += strlen(at) + 1)
    if (read_term(p, at) != 0)
      return -1;
  return 0;
}

void policy_free(policy *p) {
  free(p->text);
  memset(p, 0, sizeof *p);
}

/* ---- Users ---- */

static int is_within(const uint32_t range[2], uint32_t id) {
  return id >= range[0] && id <= range[1];
}

static int permit_groups(const policy *p, const terms *t) {
  size_t i;
  if (!is_within(p->gids, t->gid))
    return FCL__REFUSED_GID;
  for (i = 0; i < t->group_count; i++)
    if (!is_within(p->gids, t->groups[i]))
      return FCL__REFUSED_GID;
  return 0;
}

/* A guardian without privileges can start programs as itself alone, and that is nobody's danger. */
static int permit_user(const policy *p, const terms *t) {
  if (!t->has_user)
    return p->is_sealed && geteuid() == 0 ? FCL__REFUSED_ROOT : 0;
  if (t->uid != 0 && user_is_own(t))
    return 0;
  if (t->uid == 0 || t->gid == 0 || terms_has_group(t, 0))
    return FCL__REFUSED_ROOT;
  if (!p->is_sealed)
    return FCL__REFUSED_UNSEALED;
  return is_within(p->uids, t->uid) ? permit_groups(p, t) : FCL__REFUSED_UID;
}

/* ---- Programs ---- */

static int open_path(const char *path, int flags) {
  return open(path, O_PATH | O_CLOEXEC | flags);
}

static int real_path(int fd, char *out, size_t cap) {
  char link[64];
  ssize_t n;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  n = readlink(link, out, cap - 1);
  out[n > 0 ? n : 0] = 0;
  return n > 0 && (size_t) n < cap - 1 && out[0] == '/' ? 0 : -1;
}

static int is_same(int a, int b) {
  struct stat s, t;
  return fstat(a, &s) == 0 && fstat(b, &t) == 0 && s.st_dev == t.st_dev && s.st_ino == t.st_ino;
}

/* Both real; a directory lies within itself. */
static int lies_within(const char *path, const char *directory) {
  size_t n = strlen(directory);
  if (n > 0 && directory[n - 1] == '/')
    n--;
  return strncmp(path, directory, n) == 0 && (path[n] == '/' || path[n] == 0);
}

/* The listed file itself: its own path is executed, which is no path of the host's choice. */
static int permit_file(int fd, const char *listed, char *path, size_t cap) {
  int listed_fd = open_path(listed, 0), is_it;
  if (listed_fd < 0)
    return 0;
  is_it = is_same(fd, listed_fd) && real_path(listed_fd, path, cap) == 0;
  close(listed_fd);
  return is_it;
}

static int permit_below(int fd, const char *listed, char *path, size_t cap) {
  int listed_fd = open_path(listed, O_DIRECTORY), is_below;
  char top[4096];
  if (listed_fd < 0)
    return 0;
  is_below = real_path(listed_fd, top, sizeof top) == 0 && real_path(fd, path, cap) == 0 &&
             lies_within(path, top);
  close(listed_fd);
  return is_below;
}

static int permit_program(const policy *p, const fcl__order *o, permit *out) {
  int fd = open_path(o->path, 0), is_permitted = 0;
  const char *at = p->text, *listed;
  size_t i;
  for (i = 0; i < p->count && fd >= 0 && !is_permitted; i++, at += strlen(at) + 1) {
    if ((listed = terms_value(at, "program")) == NULL)
      continue;
    is_permitted = listed[strlen(listed) - 1] == '/'
                       ? permit_below(fd, listed, out->path, sizeof out->path)
                       : permit_file(fd, listed, out->path, sizeof out->path);
  }
  if (fd >= 0)
    close(fd);
  return is_permitted ? 0 : FCL__REFUSED_PROGRAM;
}

static int permit_directory(const policy *p, const fcl__order *o, permit *out) {
  char unused[4096];
  const char *at = p->text, *listed;
  size_t i;
  out->directory_fd = open_path(o->directory, O_DIRECTORY);
  for (i = 0; i < p->count && out->directory_fd >= 0; i++, at += strlen(at) + 1)
    if ((listed = terms_value(at, "directory")) != NULL &&
        permit_below(out->directory_fd, listed, unused, sizeof unused))
      return 0;
  return FCL__REFUSED_DIRECTORY;
}

/* The loader obeys these, whatever program it loads. */
static int permit_variables(const fcl__order *o) {
  const char *at = o->strings;
  uint64_t i, count = (uint64_t) o->argc + o->envc;
  for (i = 0; i < count; i++, at += strlen(at) + 1)
    if (i >= o->argc && (strncmp(at, "LD_", 3) == 0 || strncmp(at, "GLIBC_TUNABLES=", 15) == 0 ||
                         strncmp(at, "GCONV_PATH=", 11) == 0))
      return FCL__REFUSED_VARIABLE;
  return 0;
}

int policy_permit(const policy *p, const fcl__order *o, const terms *t, permit *out) {
  int refusal = permit_user(p, t);
  out->path[0] = 0;
  out->directory_fd = -1;
  if (refusal != 0 || !p->is_sealed)
    return refusal;
  refusal = permit_variables(o);
  if (refusal == 0)
    refusal = permit_program(p, o, out);
  return refusal ? refusal : permit_directory(p, o, out);
}
