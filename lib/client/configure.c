/* configure.c: other options for a pool that lives: read and checked by the caller's thread as
   those of a new pool are, taken over by the loop. */
#include "base/error.h"
#include "client/internal.h"
#include <string.h>

typedef struct change {
  fcl__note note;
  fcl_pool *pool; /* counted */
  fcl_pool *next; /* a pool that never opens: its options, settings and durations */
} change;

/* Numbers that the loop alone reads, and that change in place. */
#define IN_PLACE(XX)                                                                               \
  XX(max_processes)                                                                                \
  XX(min_processes)                                                                                \
  XX(max_requests)                                                                                 \
  XX(queue_length)                                                                                 \
  XX(rapid_fails)                                                                                  \
  XX(rapid_fail_ms)                                                                                \
  XX(start_ms)                                                                                     \
  XX(connect_ms)                                                                                   \
  XX(queue_ms)                                                                                     \
  XX(first_ms)                                                                                     \
  XX(activity_ms)                                                                                  \
  XX(request_ms)                                                                                   \
  XX(idle_ms)                                                                                      \
  XX(stop_ms)                                                                                      \
  XX(abort_ms)                                                                                     \
  XX(new_connection_each)                                                                          \
  XX(stderr_mode)                                                                                  \
  XX(max_stderr)                                                                                   \
  XX(read_ahead)                                                                                   \
  XX(read_ahead_file)                                                                              \
  XX(gather)                                                                                       \
  XX(gather_memory)                                                                                \
  XX(gather_file)                                                                                  \
  XX(gather_memory_all)                                                                            \
  XX(balance)                                                                                      \
  XX(resolve_ms)                                                                                   \
  XX(slow_start_ms)                                                                                \
  XX(lifetime_ms)                                                                                  \
  XX(max_memory)                                                                                   \
  XX(max_per_identity)                                                                             \
  XX(ready)                                                                                        \
  XX(max_params)                                                                                   \
  XX(max_param)                                                                                    \
  XX(probe_ms)                                                                                     \
  XX(probe_status)                                                                                 \
  XX(lost_ms)                                                                                      \
  XX(max_connections)                                                                              \
  XX(per_connection)

/* These are what a process is made of: it must be another. */
#define OF_PROCESSES(XX)                                                                           \
  XX(umask)                                                                                        \
  XX(open_files_limit)                                                                             \
  XX(cpu_limit_s)                                                                                  \
  XX(file_size_limit)                                                                              \
  XX(address_space_limit)                                                                          \
  XX(core_limit)                                                                                   \
  XX(memory_limit)                                                                                 \
  XX(tasks_limit)                                                                                  \
  XX(no_new_privileges)                                                                            \
  XX(per_process)                                                                                  \
  XX(tcp)

/* ---- What is different ---- */

static int same_text(const char *a, const char *b) {
  return a == b || (a && b && strcmp(a, b) == 0);
}

static int same_texts(const char *const *a, const char *const *b) {
  if (a == NULL || b == NULL)
    return a == b;
  while (*a && *b && strcmp(*a, *b) == 0)
    a++, b++;
  return *a == NULL && *b == NULL;
}

/* Which of the options that are fixed is another; NULL: none. */
static const char *find_fixed(const fcl_pool_options *a, const fcl_pool_options *b) {
  if ((a->program == NULL) != (b->program == NULL))
    return a->program ? "addresses" : "program";
  if (!same_text(a->common_limits, b->common_limits))
    return "common_limits";
  return same_texts(a->addresses, b->addresses) ? NULL : "addresses";
}

static int is_shared_anew(const fcl_pool_options *a, const fcl_pool_options *b) {
  return a->max_connections != b->max_connections || a->per_connection != b->per_connection;
}

/* How a process is sent its requests is settled when it has none. */
static int has_new_processes(const fcl_pool_options *a, const fcl_pool_options *b) {
  if (a->program == NULL)
    return 0;
  if (a->per_connection != b->per_connection)
    return 1;
#define XX(field)                                                                                  \
  if (a->field != b->field)                                                                        \
    return 1;
  OF_PROCESSES(XX)
#undef XX
  return !same_text(a->program, b->program) || !same_text(a->directory, b->directory) ||
         !same_texts(a->argv, b->argv) || !same_texts(a->env, b->env) ||
         !fcl__identity_equal(a->run_as, b->run_as);
}

/* ---- On the loop ---- */

#define SWAP(type, a, b)                                                                           \
  do {                                                                                             \
    type was = a;                                                                                  \
    a = b;                                                                                         \
    b = was;                                                                                       \
  } while (0)

/* Fields that other threads read are not touched. */
static void swap_options(fcl_pool *p, fcl_pool *next) {
  fcl_pool_options *a = &p->options, *b = &next->options;
  unsigned i;
#define XX(field) a->field = b->field;
  IN_PLACE(XX)
  OF_PROCESSES(XX)
#undef XX
  SWAP(const char *, a->program, b->program);
  SWAP(const char *, a->directory, b->directory);
  SWAP(const char *const *, a->argv, b->argv);
  SWAP(const char *const *, a->env, b->env);
  SWAP(const char *const *, a->monitor, b->monitor);
  SWAP(const char *const *, a->probe, b->probe);
  SWAP(fcl__probe *, p->probe, next->probe);
  if (p->root == NULL) /* else it is what others find it by */
    SWAP(const fcl_identity *, a->run_as, b->run_as);
  for (i = 1; i <= 5; i++)
    SWAP(void *, p->strings[i], next->strings[i]);
  atomic_store(&p->max_params, a->max_params);
  atomic_store(&p->max_param, a->max_param);
  p->is_learning = next->is_learning;
  p->limits = next->limits;
  p->read_ahead = next->read_ahead;
  p->gather = next->gather;
  p->read_ahead.pool = p->gather.pool = p->options.name;
}

static void change_kept(fcl_pool *p) {
  fcl__duration *d = p->options.idle_ms == FCL_NEVER
                         ? NULL
                         : fcl__duration_take(&p->client->timeouts, p->options.idle_ms);
  if (d == NULL && p->options.idle_ms != FCL_NEVER)
    return; /* no memory: as it was */
  fcl__duration_drop(p->kept);
  p->kept = d;
}

/* Of connections that are opened from now on. */
static void change_lost(fcl_pool *p) {
  unsigned ms = p->options.lost_ms == FCL_NEVER ? 0 : p->options.lost_ms, i, k;
  for (i = 0; i < p->address_count; i++)
    p->addresses[i].lost_ms = ms;
  for (i = 0; i < p->name_count; i++)
    for (k = 0; k < FCL__NAME_PLACES; k++)
      p->names[i].found[k].address.lost_ms = ms;
}

/* Connections that were shared end with what they have, and what was learnt is asked again. */
static void share_anew(fcl_pool *p) {
  unsigned i;
  fcl__learn_anew(p);
  for (i = 0; i < p->place_count; i++)
    fcl__shared_shut(&p->places[i]);
  fcl__pool_share_anew(&p->pool, fcl__client_now(p->client));
}

static void take_over(fcl_pool *p, fcl_pool *next) {
  int is_new = has_new_processes(&p->options, &next->options);
  int is_shared = is_shared_anew(&p->options, &next->options);
  int is_watched = !same_texts(p->options.monitor, next->options.monitor);
  uv_mutex_lock(&p->client->changing);
  swap_options(p, next);
  p->changes = p->root ? p->root->changes : p->changes + 1;
  uv_mutex_unlock(&p->client->changing);
  change_kept(p);
  change_lost(p);
  next->pool.settings.program = p->options.program;
  fcl__pool_attach(&next->pool, &p->client->timeouts);
  fcl__pool_take_settings(&p->pool, &next->pool, fcl__client_now(p->client));
  fcl__commons_limit(p);
  if (is_watched)
    fcl__monitor_again(p);
  if (is_shared)
    share_anew(p);
  if (!is_new)
    return;
  fcl__learn_anew(p);
  fcl__pool_recycle(&p->pool, fcl__client_now(p->client));
}

/* Without memory it goes on as it was. */
void fcl__configure_branch(fcl_pool *p, void *unused) {
  fcl_pool *next;
  fcl_error e;
  if (!p->is_open || p->pool.is_closing)
    return;
  if (fcl__branch_draft(&next, p, &e) != FCL_OK) {
    fcl__client_event(p->client, p->options.name, FCL_LEVEL_ERROR, 0, NULL, e.code, e.text);
    return;
  }
  take_over(p, next);
  fcl__pool_scrap(next);
}

static void act(fcl__note *note, unsigned bits) {
  change *c = FCL__OF(note, change, note);
  fcl_pool *p = c->pool;
  (void) bits;
  if (p->is_open && !p->is_closed && !p->pool.is_closing) {
    take_over(p, c->next);
    fcl__branches_configured(p);
  }
  fcl__pool_scrap(c->next);
  fcl__free(&p->client->memory, c);
  fcl__pool_unref(p);
}

/* ---- On any thread ---- */

/* A name in the options must be the pool's; what they leave out does not change it. */
static fcl_code compare(fcl_pool *p, const fcl_pool_options *given, const fcl_pool *next,
                        fcl_error *e) {
  const char *fixed = find_fixed(&p->options, &next->options);
  const char *name = p->options.name;
  unsigned room = p->pool.member_count / 2;
  if (given->name && strcmp(given->name, name) != 0)
    fixed = "name";
  if (fixed)
    return fcl__error_setx(e, FCL_E_CONFIG, 0,
                           "%s: %s cannot change while the pool lives; make another pool, and "
                           "close this one",
                           name, fixed);
  if (next->options.program && next->pool.settings.max_processes > room)
    return fcl__error_setx(e, FCL_E_CONFIG, 0,
                           "%s: max_processes is %u, and this pool was made with room for %u; make "
                           "another pool, and close this one",
                           name, next->pool.settings.max_processes, room);
  return FCL_OK;
}

/* As many as one user may have are those of a branch. */
static fcl_code compare_branches(fcl_pool *p, const fcl_pool *next, fcl_error *e) {
  const fcl_pool_options *o = &next->options;
  unsigned room = fcl__branches_room(p);
  unsigned most = o->max_processes < o->max_per_identity ? o->max_processes : o->max_per_identity;
  if (o->program == NULL || most == FCL_AUTO || most <= room)
    return FCL_OK;
  return fcl__error_setx(e, FCL_E_CONFIG, 0,
                         "%s: max_per_identity is %u, and this pool's users have room for %u; make "
                         "another pool, and close this one",
                         p->options.name, most, room);
}

static fcl_code check(fcl_pool *p, const fcl_pool_options *given, const fcl_pool *next,
                      fcl_error *e) {
  fcl_code code;
  uv_mutex_lock(&p->client->changing);
  code = compare(p, given, next, e);
  uv_mutex_unlock(&p->client->changing);
  return code == FCL_OK ? compare_branches(p, next, e) : code;
}

int fcl__pool_configure(fcl_pool *p, const fcl_pool_options *options, size_t size,
                        fcl_error *error) {
  fcl_pool_options given;
  fcl_pool *next = NULL;
  change *c;
  fcl_code code;
  memset(&given, 0, sizeof given);
  if (options)
    memcpy(&given, options, size < sizeof given ? size : sizeof given);
  code = fcl__pool_draft(&next, p->client, &given, NULL, error);
  if (code == FCL_OK)
    code = check(p, &given, next, error);
  c = code == FCL_OK ? fcl__zalloc(&p->client->memory, sizeof *c) : NULL;
  if (c == NULL) {
    if (next)
      fcl__pool_scrap(next);
    return (int) (code ? code
                       : fcl__error_setx(error, FCL_E_NOMEM, 0, "%s: no memory for options",
                                         p->options.name));
  }
  c->note.act = act;
  c->pool = p;
  c->next = next;
  atomic_fetch_add(&p->refs, 1);
  fcl__client_post(p->client, &c->note, 1);
  return FCL_OK;
}
