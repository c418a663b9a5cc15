/* identity.c: requests that speak for users.  Where a connection cannot, there is for each user a
   pool of its own, a branch of the one that the caller has, with processes that run as that user:
   nothing of one user's is ever near another's, and what they share is the quota. */
#include "base/error.h"
#include "client/internal.h"
#include "platform/impersonation.h"
#include <stdio.h>

#define NAME_MAX_LEN 160

static fcl_pool *branch_of(fcl__list *link) {
  return FCL__OF(link, fcl_pool, branch);
}

/* What a branch has of its root's options; what is the user's. */
static fcl_pool_options options_for(const fcl_pool *root, const fcl_identity *identity,
                                    const char *name) {
  fcl_pool_options o = root->options;
  o.name = name;
  o.run_as = identity;
  o.min_processes = 0;
  if (o.max_per_identity < o.max_processes)
    o.max_processes = o.max_per_identity;
  return o;
}

/* ---- Branches, on the loop ---- */

/* Nothing runs, waits or comes, and no failure is remembered: whoever needs it next makes it anew.
 */
static int is_empty(const fcl_pool *p) {
  const fcl__pool *pool = &p->pool;
  return p->is_open && pool->live == 0 && pool->queued == 0 && pool->open == 0 && p->steps == 0 &&
         pool->breaker.fails == 0 && !fcl__clock_runs(&pool->breaker.back_off);
}

/* Under the lock: who has no reference to it now can get none any more. */
static fcl_pool *take_empty(fcl_pool *root, const fcl_pool *but) {
  fcl__list *at;
  for (at = root->branches.next; at != &root->branches; at = at->next) {
    fcl_pool *p = branch_of(at);
    if (p != but && is_empty(p) && atomic_load(&p->refs) == 1) {
      fcl__list_remove(&p->branch);
      return p;
    }
  }
  return NULL;
}

/* So that users who have come and gone take no memory. */
static void drop_empty(fcl_pool *root, const fcl_pool *but) {
  fcl_client *c = root->client;
  fcl_pool *p;
  do {
    uv_mutex_lock(&c->lock);
    p = take_empty(root, but);
    uv_mutex_unlock(&c->lock);
    if (p)
      fcl__pool_shut(p, 0);
  } while (p);
}

void fcl__branch_open(fcl_pool *p) {
  fcl_pool *root = p->root;
  if (root == NULL)
    return;
  if (root->quota.pools.next == NULL)
    fcl__quota_init(&root->quota, root->pool.settings.max_processes, root->options.queue_length);
  if (root->pool.quota == NULL && !root->is_closed)
    fcl__quota_join(&root->quota, &root->pool);
  fcl__quota_join(&root->quota, &p->pool);
  if (p->changes != root->changes)
    fcl__configure_branch(p, NULL);
  drop_empty(root, p);
}

static unsigned room_of(const fcl_pool *p) {
  return p->pool.member_count / 2;
}

fcl_code fcl__branch_draft(fcl_pool **draft, const fcl_pool *p, fcl_error *e) {
  fcl_pool_options o = options_for(p->root, p->options.run_as, p->options.name);
  if (o.program && o.max_processes > room_of(p)) /* made before the root's were looked at */
    o.max_processes = room_of(p);
  return fcl__pool_draft(draft, p->client, &o, p->root, e);
}

unsigned fcl__branches_room(fcl_pool *root) {
  fcl__list *at;
  unsigned least = FCL_NEVER;
  uv_mutex_lock(&root->client->lock);
  for (at = root->branches.next; at != &root->branches; at = at->next)
    least = room_of(branch_of(at)) < least ? room_of(branch_of(at)) : least;
  uv_mutex_unlock(&root->client->lock);
  return least;
}

void fcl__branch_ended(fcl_pool *p) {
  if (p->root == NULL)
    return;
  uv_mutex_lock(&p->client->lock);
  fcl__list_remove(&p->branch);
  uv_mutex_unlock(&p->client->lock);
}

int fcl__branch_is_late(const fcl_pool *p) {
  const fcl_pool *root = p->root;
  return root && (root->pool.is_closing || root->is_closed || root->is_leaving);
}

/* The list of pools is the loop's, that of branches anybody's. */
void fcl__branches_each(fcl_pool *root, void (*fn)(fcl_pool *branch, void *arg), void *arg) {
  fcl__list *at, *after;
  FCL__LIST_EACH (at, after, &root->client->pools) {
    fcl_pool *p = FCL__OF(at, fcl_pool, link);
    if (p->root == root && !p->is_closed)
      fn(p, arg);
  }
}

void fcl__branches_configured(fcl_pool *root) {
  if (root->quota.pools.next != NULL)
    fcl__quota_resize(&root->quota, root->pool.settings.max_processes, root->options.queue_length,
                      fcl__client_now(root->client));
  fcl__branches_each(root, fcl__configure_branch, NULL);
}

/* ---- Which branch, on any thread ---- */

/* With a reference for the caller; under the lock. */
static fcl_pool *find(fcl_pool *root, const fcl_identity *identity) {
  fcl__list *at;
  for (at = root->branches.next; at != &root->branches; at = at->next) {
    fcl_pool *p = branch_of(at);
    if (fcl__identity_equal(p->options.run_as, identity)) {
      atomic_fetch_add(&p->refs, 1);
      return p;
    }
  }
  return NULL;
}

static fcl_pool *find_locked(fcl_pool *root, const fcl_identity *identity) {
  fcl_pool *p;
  uv_mutex_lock(&root->client->lock);
  p = find(root, identity);
  uv_mutex_unlock(&root->client->lock);
  return p;
}

static fcl_code make(fcl_pool **out, fcl_pool *root, const fcl_identity *identity, fcl_error *e) {
  fcl_pool_options o;
  char name[NAME_MAX_LEN];
  fcl_code code;
  snprintf(name, sizeof name, "%.80s as %s", root->options.name, fcl__identity_name(identity));
  uv_mutex_lock(&root->client->changing);
  o = options_for(root, identity, name);
  code = fcl__pool_make(out, root->client, &o, root, e);
  if (code == FCL_OK)
    (*out)->changes = root->changes;
  uv_mutex_unlock(&root->client->changing);
  return code;
}

/* Another thread may have made it meanwhile: then ours is closed again. */
static fcl_pool *enter(fcl_pool *root, fcl_pool *mine) {
  fcl_pool *p;
  uv_mutex_lock(&root->client->lock);
  p = find(root, mine->options.run_as);
  if (p == NULL) {
    fcl__list_append(&root->branches, &mine->branch);
    atomic_fetch_add(&mine->refs, 1);
    p = mine;
  }
  uv_mutex_unlock(&root->client->lock);
  if (p != mine)
    fcl_pool_close(mine, 0);
  return p;
}

static fcl_code need(fcl_pool **out, fcl_pool *root, const fcl_identity *identity, fcl_error *e) {
  fcl_pool *made;
  fcl_code code;
  *out = find_locked(root, identity);
  if (*out)
    return FCL_OK;
  code = make(&made, root, identity, e);
  if (code == FCL_OK)
    *out = enter(root, made);
  return code;
}

static fcl_code name_error(const fcl_pool *root, const fcl_error *why, fcl_error *e) {
  return fcl__error_setx(e, why->code, why->sys, "%s: %s", root->options.name, why->text);
}

static fcl_code check(const fcl_pool *root, const fcl_identity *identity, fcl_error *e) {
  const fcl_client *c = root->client;
  fcl_error why = {0};
  fcl_code code;
  if (root->options.addresses)
    code = fcl__impersonation_check(root->options.addresses[0], identity, &why);
  else
    code = fcl__identity_check(identity, c->is_sealed ? &c->policy : NULL, &why);
  return code == FCL_OK ? FCL_OK : name_error(root, &why, e);
}

/* The root's own processes run as that user; they may become another's meanwhile. */
static int is_own(fcl_pool *root, const fcl_identity *identity) {
  int is;
  uv_mutex_lock(&root->client->changing);
  is = fcl__identity_equal(root->options.run_as, identity);
  uv_mutex_unlock(&root->client->changing);
  return is;
}

static fcl_code choose(fcl_pool **out, fcl_pool *root, const fcl_identity *identity, fcl_error *e) {
  fcl_code code = FCL_OK;
  if (identity == NULL || is_own(root, identity)) {
    atomic_fetch_add(&root->refs, 1);
    *out = root;
    return FCL_OK;
  }
  code = check(root, identity, e);
  return code == FCL_OK ? need(out, root, identity, e) : code;
}

/* ---- Where connections speak for users ---- */

/* Each address may serve it. */
static fcl_code check_connections(fcl_pool *p, const fcl_identity *identity, fcl_error *e) {
  const char *const *address = p->options.addresses;
  fcl_error why = {0};
  fcl_code code = FCL_OK;
  int is_tcp;
  if (address) {
    for (; *address && code == FCL_OK; address++)
      code = fcl__impersonation_check(*address, identity, &why);
    return code == FCL_OK ? FCL_OK : name_error(p, &why, e);
  }
  uv_mutex_lock(&p->client->changing);
  is_tcp = p->options.tcp != 0;
  uv_mutex_unlock(&p->client->changing);
  code = fcl__impersonation_check(is_tcp ? "tcp:127.0.0.1" : NULL, identity, &why);
  return code == FCL_OK ? FCL_OK : name_error(p, &why, e);
}

static void speak_for(fcl_request *r, const fcl_identity *identity) {
  fcl_error e;
  if (identity && check_connections(r->pool, identity, &e) != FCL_OK) {
    fcl__request_keep_error(r, &e);
    return;
  }
  fcl_identity_unref(r->identity);
  r->identity = fcl__identity_ref(identity);
}

static void move_to_branch(fcl_request *r, const fcl_identity *identity) {
  fcl_pool *was = r->pool, *root = was->root ? was->root : was;
  fcl_error e;
  if (choose(&r->pool, root, identity, &e) == FCL_OK) {
    fcl__pool_unref(was);
    return;
  }
  r->pool = was;
  fcl__request_keep_error(r, &e);
}

void fcl_request_identity(fcl_request *r, const fcl_identity *identity) {
  if (fcl__impersonation_is_known())
    speak_for(r, identity);
  else
    move_to_branch(r, identity);
}
