/* start.c: the start of an application program: its endpoint, output, guardian and order. */
#define _GNU_SOURCE
#include "platform/posix/find.h"
#include "platform/posix/parts.h"
#include "platform/posix/terms.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static fcl_code tell_directory(fcl__processes *all, fcl_error *e) {
  fcl__order o = {.kind = FCL__ORDER_DIRECTORY, .directory = all->directory.path};
  fcl__parcel *p;
  fcl_code code = fcl__parcel_make(&p, &all->memory, &o, e);
  if (code != FCL_OK)
    return code;
  fcl__link_post(all->current, p);
  all->told = all->current;
  return FCL_OK;
}

/* The guardian hears of it before it is there: whenever we die, somebody removes it. */
static fcl_code need_directory(fcl__processes *all, fcl_error *e) {
  fcl_code code = FCL_OK;
  if (!all->directory.is_made) {
    all->told = NULL;
    code = fcl__directory_choose(&all->directory, all->runtime_directory, e);
  }
  if (code == FCL_OK && all->told != all->current)
    code = tell_directory(all, e);
  return code != FCL_OK || all->directory.is_made ? code : fcl__directory_make(&all->directory, e);
}

/* Whoever cleans up /tmp may have removed our directory: then there is another. */
static fcl_code listen_somewhere(fcl__processes *all, fcl__endpoint *endpoint, fcl_error *e) {
  fcl_code code = need_directory(all, e);
  if (code == FCL_OK)
    code = fcl__endpoint_open(endpoint, &all->directory, e);
  if (code != FCL_E_SPAWN || !all->directory.is_made || e->sys != ENOENT)
    return code;
  all->directory.is_made = 0;
  code = need_directory(all, e);
  return code == FCL_OK ? fcl__endpoint_open(endpoint, &all->directory, e) : code;
}

/* Before anything else is ordered. */
static fcl_code tell_policy(fcl__processes *all, fcl_error *e) {
  fcl__order o = {.kind = FCL__ORDER_POLICY, .terms = all->policy, .termc = all->policy_count};
  fcl__parcel *p;
  fcl_code code = fcl__parcel_make(&p, &all->memory, &o, e);
  if (code == FCL_OK)
    fcl__link_post(all->current, p);
  return code;
}

static fcl_code open_guardian(fcl__processes *all, fcl_error *e) {
  char path[FCL__PATH_MAX];
  fcl_code code = fcl__find_guardian(path, all->guardian, e);
  if (code == FCL_OK)
    code = fcl__link_open(&all->current, all->loop, &all->memory, path, &fcl__process_link_events,
                          all, e);
  if (code != FCL_OK)
    return code;
  fcl__list_append(&all->links, &all->current->link);
  if (all->policy == NULL || (code = tell_policy(all, e)) == FCL_OK)
    return FCL_OK;
  fcl__link_leave(all->current); /* one that knows no bounds shall not be used */
  all->current = NULL;
  return code;
}

static fcl_code need_guardian(fcl__processes *all, fcl_error *e) {
  if (all->current && fcl__link_alive(all->current))
    return FCL_OK;
  all->current = NULL;
  return open_guardian(all, e);
}

fcl_code fcl__processes_seal(fcl__processes *all, const fcl_policy *policy, const char *cgroup,
                             fcl_error *e) {
  fcl_code code =
      fcl__terms_of_policy(&all->policy, &all->policy_count, policy, cgroup, &all->memory, e);
  all->is_sealed = policy != NULL;
  return code == FCL_OK ? need_guardian(all, e) : code;
}

/* Fills `out` (size FCL__PATH_MAX) with the absolute path of the directory. */
static fcl_code resolve(char *out, const char *directory, fcl_error *e) {
  char here[FCL__PATH_MAX] = "";
  int n;
  if ((directory == NULL || directory[0] != '/') && getcwd(here, sizeof here) == NULL)
    return fcl__error_set(e, FCL_E_SPAWN, errno,
                          "cannot tell our current directory; set directory to an absolute path");
  n = directory == NULL     ? snprintf(out, FCL__PATH_MAX, "%s", here)
      : directory[0] == '/' ? snprintf(out, FCL__PATH_MAX, "%s", directory)
                            : snprintf(out, FCL__PATH_MAX, "%s/%s", here, directory);
  if (n < 0 || n >= FCL__PATH_MAX)
    return fcl__error_setx(e, FCL_E_SPAWN, ENAMETOOLONG,
                           "cannot start in a directory whose path is longer than %d bytes",
                           FCL__PATH_MAX - 1);
  return FCL_OK;
}

static uint32_t count(const char *const *vector) {
  uint32_t n = 0;
  while (vector[n])
    n++;
  return n;
}

/* With the memory that stopping it will need. */
static fcl_code make(fcl__process **out, fcl__processes *all, const char *path,
                     const char *directory, const char *user, fcl_error *e) {
  size_t path_size = strlen(path) + 1, directory_size = strlen(directory) + 1;
  size_t user_size = strlen(user) + 1;
  fcl__process *p = fcl__zalloc(&all->memory, sizeof *p + path_size + directory_size + user_size);
  fcl__order stop = {.kind = FCL__ORDER_STOP};
  fcl_code code;
  if (p == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "out of memory for a process");
  memcpy(p->path, path, path_size);
  p->directory = memcpy(p->path + path_size, directory, directory_size);
  p->user = memcpy(p->path + path_size + directory_size, user, user_size);
  p->all = all;
  p->guardian = all->current;
  p->id = stop.id = ++all->last_id;
  p->endpoint.fd = p->output_fd = -1;
  *out = p;
  code = fcl__parcel_make(&p->ask, &all->memory, &stop, e);
  stop.number = 1;
  return code == FCL_OK ? fcl__parcel_make(&p->force, &all->memory, &stop, e) : code;
}

static void unmake(fcl__process *p) {
  fcl__endpoint_close(&p->endpoint);
  fcl__parcel_free(p->ask, &p->all->memory);
  fcl__parcel_free(p->force, &p->all->memory);
  fcl__free(&p->all->memory, p);
}

static fcl_code make_order(fcl__parcel **out, fcl__process *p, const fcl__program *program,
                           const fcl__terms *terms, fcl_error *e) {
  const char *const alone[2] = {program->path, NULL};
  fcl__order o = {.kind = FCL__ORDER_START, .id = p->id, .number = program->stop_ms};
  fcl_code code;
  o.path = p->path;
  o.directory = p->directory;
  o.argv = program->argv ? program->argv : alone;
  o.env = program->env ? program->env : (const char *const *) environ;
  o.terms = terms->at;
  o.argc = count(o.argv);
  o.envc = count(o.env);
  o.termc = terms->count;
  code = fcl__parcel_make(out, &p->all->memory, &o, e);
  if (code == FCL_OK)
    (*out)->fds[0] = p->endpoint.fd;
  return code;
}

static fcl_code make_order_with_terms(fcl__parcel **out, fcl__process *p,
                                      const fcl__program *program, fcl_error *e) {
  fcl__terms terms;
  fcl_code code = fcl__terms_make(&terms, program->identity, program->limits, &p->all->memory, e);
  if (code == FCL_OK)
    code = make_order(out, p, program, &terms, e);
  fcl__terms_free(&terms, &p->all->memory);
  return code;
}

/* The writing end goes with the order. */
static fcl_code open_output(fcl__process *p, fcl__parcel *order, fcl_error *e) {
  int fds[2], error;
  if (pipe2(fds, O_CLOEXEC) != 0)
    return fcl__error_set(e, FCL_E_SPAWN, errno, "cannot start %s: no pipe for its output",
                          p->path);
  order->fds[1] = fds[1];
  p->output_fd = fds[0];
  error = uv_poll_init(p->all->loop, &p->output, fds[0]);
  if (error == 0)
    return FCL_OK;
  close(fds[0]);
  return fcl__error_set(e, FCL_E_SPAWN, error, "cannot start %s: cannot watch its output", p->path);
}

/* The output's handle comes last: it could not be undone at once. */
static fcl_code order_start(fcl__process *p, const fcl__program *program, fcl_error *e) {
  fcl__parcel *order = NULL;
  fcl_code code = program->is_tcp ? fcl__endpoint_open_tcp(&p->endpoint, e)
                                  : listen_somewhere(p->all, &p->endpoint, e);
  if (code == FCL_OK)
    code = make_order_with_terms(&order, p, program, e);
  if (code == FCL_OK)
    code = open_output(p, order, e);
  if (code != FCL_OK) {
    fcl__parcel_free(order, &p->all->memory);
    return code;
  }
  uv_unref((uv_handle_t *) &p->output);
  p->output.data = p;
  fcl__list_append(&p->all->list, &p->link);
  fcl__link_post(p->guardian, order);
  return FCL_OK;
}

static fcl_code start(fcl__processes *all, const fcl__program *program, void *owner,
                      fcl__process **out, fcl_error *e) {
  char directory[FCL__PATH_MAX];
  fcl__process *p = NULL;
  fcl_code code;
  if (program->path[0] != '/')
    return fcl__error_setx(e, FCL_E_SPAWN, EINVAL,
                           "cannot start %s: set program to an absolute path", program->path);
  code = resolve(directory, program->directory, e);
  if (code == FCL_OK)
    code = need_guardian(all, e);
  if (code == FCL_OK)
    code = make(&p, all, program->path, directory, fcl__identity_name(program->identity), e);
  if (code == FCL_OK)
    code = order_start(p, program, e);
  if (code != FCL_OK && p)
    unmake(p);
  if (code != FCL_OK)
    return code;
  p->owner = owner;
  *out = p;
  return FCL_OK;
}

/* Our own user may be another than the guardian's: who we have become since. */
static fcl_code start_as_ourselves(fcl__processes *all, const fcl__program *program, void *owner,
                                   fcl__process **out, fcl_error *e) {
  fcl__program named = *program;
  fcl_identity *own;
  fcl_code code = fcl__identity_own(&own, e);
  if (code != FCL_OK)
    return code;
  named.identity = own;
  code = start(all, &named, owner, out, e);
  fcl_identity_unref(own);
  return code;
}

fcl_code fcl__process_start(fcl__processes *all, const fcl__program *program, void *owner,
                            fcl__process **out, fcl_error *e) {
  fcl_error mine = {0};
  fcl_code code = all->is_sealed && program->identity == NULL
                      ? start_as_ourselves(all, program, owner, out, &mine)
                      : start(all, program, owner, out, &mine);
  if (e)
    *e = mine;
  return code;
}
