/* load.c: callers, each with one request at a time, that check every callback and every byte. */
#include "chaos/chaos.h"
#include "chaos/slot.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static slot slots[SLOTS + 1]; /* the last one is for load_simple */
tally tallies[POOLS];
static pthread_mutex_t tally_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_t pacer;
static _Atomic int is_over, takes_no_more;
static long pids[64];
static unsigned pid_at;
enum { UPLOAD_MAX = 200000, PART = 16384, LATE_MS = 20000, HOLDS = 60 };
static char bytes[UPLOAD_MAX];

static uint64_t soon(slot *s, unsigned ms) {
  return now_ms() + chance_below(&s->chance, ms + 1);
}

/* ---- Callbacks: on the loop; the slot's lock is against the pacer ---- */

static void is_ours(slot *s, fcl_request *r, const char *what) {
  if (!s->is_running || (s->request && s->request != r))
    claim(0, "%s came for a request that has ended", what);
}

static fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user) {
  slot *s = user;
  pthread_mutex_lock(&s->lock);
  is_ours(s, r, "on_head");
  s->status = head->status;
  pthread_mutex_unlock(&s->lock);
  return FCL_NEXT;
}

/* Every byte at its place. */
static void check_bytes(slot *s, const char *data, size_t len) {
  size_t i;
  if (s->plan.is_sum || s->plan.is_uid)
    memcpy(s->text + s->got, data, s->got + len < sizeof s->text ? len : 0);
  else
    for (i = 0; i < len && !s->is_wrong; i++)
      s->is_wrong = data[i] != plan_byte(s->got + i);
  s->got += len;
}

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  slot *s = user;
  fcl_flow flow = FCL_NEXT;
  pthread_mutex_lock(&s->lock);
  is_ours(s, r, "on_body");
  check_bytes(s, data, len);
  if (s->plan.read_ms && s->holds++ < HOLDS) { /* a relay may send byte by byte */
    s->resume_at = soon(s, s->plan.read_ms);
    flow = FCL_HOLD;
  }
  pthread_mutex_unlock(&s->lock);
  return flow;
}

static void write_next(slot *s) {
  size_t len = s->plan.upload - s->sent < PART ? (size_t) (s->plan.upload - s->sent) : PART;
  if (len == 0) {
    fcl_request_finish(s->request);
    return;
  }
  s->lends++;
  fcl_request_write(s->request, bytes + s->sent, len);
  s->sent += len;
}

/* Writing is done on the loop: a write from elsewhere may fall into the moment before on_done,
   which then comes although something was lent. */
static void on_wake(fcl_request *r, void *user) {
  slot *s = user;
  pthread_mutex_lock(&s->lock);
  if (s->request == r && s->is_writing) {
    s->is_writing = 0;
    write_next(s);
  }
  pthread_mutex_unlock(&s->lock);
}

static void on_sent(fcl_request *r, fcl_code code, void *user) {
  slot *s = user;
  pthread_mutex_lock(&s->lock);
  is_ours(s, r, "on_sent");
  if (s->lends-- != 1)
    claim(0, "on_sent came for nothing that was lent");
  if (code == FCL_OK)
    s->write_at = soon(s, s->plan.write_ms);
  pthread_mutex_unlock(&s->lock);
}

static uint64_t fnv(uint64_t len) {
  uint64_t hash = 0xcbf29ce484222325u, i;
  for (i = 0; i < len; i++)
    hash = (hash ^ (uint8_t) plan_byte(i)) * 0x100000001b3u;
  return hash;
}

static int is_persons(const slot *s) {
  char uid[16];
  snprintf(uid, sizeof uid, "%u\n", uids[s->plan.person]);
  return strlen(uid) == s->got && memcmp(uid, s->text, s->got) == 0;
}

static int is_right(const slot *s) {
  char sum[64];
  if (!s->plan.may_be_whole || s->status != 200 || s->is_wrong)
    return 0;
  if (s->plan.is_uid)
    return is_persons(s);
  if (!s->plan.is_sum)
    return s->got == s->plan.length;
  snprintf(sum, sizeof sum, "%llu bytes, FNV-1a %016llx\n", (unsigned long long) s->plan.upload,
           (unsigned long long) fnv(s->plan.upload));
  return strlen(sum) == s->got && memcmp(sum, s->text, s->got) == 0;
}

/* An error is of a kind that can happen here, and its sentence begins with who and goes on with
 * why. */
static void judge(const slot *s, const fcl_result *result) {
  const fcl_error *e = &result->error;
  const char *name = pool_names[s->pool];
  if (e->code == FCL_OK) {
    claim(is_right(s), "%s: ?%s: said to be whole, but is not: status %d, %llu bytes", name,
          s->plan.query, s->status, (unsigned long long) s->got);
    return;
  }
  claim(strncmp(e->text, name, strlen(name)) == 0 && strlen(e->text) > strlen(name) + 20,
        "%s: %s: a sentence without a cause: \"%s\"", name, fcl_code_name(e->code), e->text);
  claim(e->code != FCL_E_CANCELED || s->is_canceled, "%s: canceled, but not by its caller", name);
  claim(e->code != FCL_E_PROTOCOL && e->code != FCL_E_INVAL && e->code != FCL_E_NOMEM,
        "%s: ?%s: %s: %s", name, s->plan.query, fcl_code_name(e->code), e->text);
}

static void count(slot *s, const fcl_result *result) {
  tally *t = &tallies[s->pool];
  pthread_mutex_lock(&tally_lock);
  t->ended++;
  t->codes[result->error.code]++;
  t->sent += result->sent;
  t->received += result->received;
  if (result->pid)
    pids[pid_at++ % 64] = result->pid;
  pthread_mutex_unlock(&tally_lock);
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  slot *s = user;
  pthread_mutex_lock(&s->lock);
  is_ours(s, r, "on_done");
  claim(s->lends == 0 && s->resume_at == 0, "%s: on_done came before a lend was back",
        pool_names[s->pool]);
  judge(s, result);
  count(s, result);
  s->was_whole = result->error.code == FCL_OK;
  snprintf(s->error, sizeof s->error, "%s", result->error.text);
  fcl_request_free(r);
  s->request = NULL;
  s->is_running = 0;
  s->write_at = s->cancel_at = 0;
  s->start_at = soon(s, s->was_whole ? 3 : 25);
  pthread_mutex_unlock(&s->lock);
}

static const fcl_handlers handlers = {on_head, on_body, NULL, on_sent, on_wake, on_done};

/* ---- A caller ---- */

static void set_params(slot *s, fcl_request *r) {
  fcl_request_param(r, "REQUEST_METHOD", s->plan.upload ? "POST" : "GET");
  fcl_request_param(r, "SCRIPT_FILENAME", s->pool == PHP ? w.script : "/chaos");
  fcl_request_param(r, "QUERY_STRING", s->plan.query);
  fcl_request_param(r, "REQUEST_URI", s->plan.query);
  fcl_request_param(r, "CONTENT_TYPE", "application/octet-stream");
  fcl_request_body(r, (int64_t) s->plan.upload, FCL_BODY_REFUSE);
}

/* Under the slot's lock. */
static void start(slot *s) {
  pthread_mutex_lock(&w.pools_lock);
  s->request = fcl_request_new(w.pools[s->client][s->pool], &handlers, s);
  pthread_mutex_unlock(&w.pools_lock);
  if (s->request == NULL)
    abort();
  s->is_running = 1;
  s->holds = 0;
  s->is_late = 0;
  s->began = now_ms();
  s->is_wrong = s->is_canceled = s->is_writing = s->status = 0;
  s->got = s->sent = s->lends = 0;
  s->start_at = s->resume_at = 0;
  s->cancel_at = s->plan.cancel_ms ? soon(s, s->plan.cancel_ms) : 0;
  s->write_at = soon(s, s->plan.write_ms);
  pthread_mutex_lock(&tally_lock);
  tallies[s->pool].started++;
  pthread_mutex_unlock(&tally_lock);
  set_params(s, s->request);
  if (s->pool == USERS)
    fcl_request_identity(s->request, w.people[s->plan.person]);
  fcl_request_start(s->request);
}

/* No limit of the pools, nor all of them together, lets a request take so long. */
static void check_age(slot *s, uint64_t now) {
  if (!s->is_running || s->is_late || now - s->began < LATE_MS)
    return;
  s->is_late = 1;
  claim(0, "%s: runs after %u ms: ?%s: status %d, %llu bytes, sent %llu of %llu, lends %u%s%s%s",
        pool_names[s->pool], LATE_MS, s->plan.query, s->status, (unsigned long long) s->got,
        (unsigned long long) s->sent, (unsigned long long) s->plan.upload, s->lends,
        s->is_canceled ? ", canceled" : "", s->resume_at ? ", held" : "",
        s->write_at ? ", to be written" : "");
}

static void act(slot *s, uint64_t now) {
  check_age(s, now);
  if (!s->is_running && s->start_at && now >= s->start_at && !takes_no_more) {
    plan_draw(&s->plan, s->pool, &s->chance);
    start(s);
  }
  if (s->is_running && s->write_at && now >= s->write_at) {
    s->write_at = 0;
    s->is_writing = 1;
    fcl_request_wake(s->request);
  }
  if (s->is_running && s->cancel_at && now >= s->cancel_at) {
    s->cancel_at = 0;
    s->is_canceled = 1;
    fcl_request_cancel(s->request);
  }
  if (s->is_running && s->resume_at && now >= s->resume_at) {
    s->resume_at = 0;
    fcl_request_resume(s->request);
  }
}

static void *pace(void *arg) {
  unsigned i;
  while (!is_over) {
    for (i = 0; i <= SLOTS; i++) {
      pthread_mutex_lock(&slots[i].lock);
      act(&slots[i], now_ms());
      pthread_mutex_unlock(&slots[i].lock);
    }
    nap(1);
  }
  return NULL;
}

/* ---- All ---- */

void load_start(void) {
  static const which spread[] = {PLAIN, PLAIN, GATHERED, RELAYED, RELOADED, PHP, SHARED, USERS};
  unsigned i;
  for (i = 0; i < UPLOAD_MAX; i++)
    bytes[i] = plan_byte(i);
  memset(tallies, 0, sizeof tallies);
  memset(slots, 0, sizeof slots);
  takes_no_more = is_over = 0;
  for (i = 0; i <= SLOTS; i++) {
    slot *s = &slots[i];
    pthread_mutex_init(&s->lock, NULL);
    s->chance.state = w.seed * 1000 + i;
    s->client = i / 8 % CLIENTS;
    s->pool = spread[i % 8];
    if (w.pools[0][s->pool] == NULL)
      s->pool = PLAIN;
    s->start_at = i < SLOTS;
  }
  if (pthread_create(&pacer, NULL, pace, NULL))
    abort();
}

void load_stop(void) {
  takes_no_more = 1;
}

unsigned load_running(void) {
  unsigned i, n = 0;
  for (i = 0; i <= SLOTS; i++) {
    pthread_mutex_lock(&slots[i].lock);
    n += slots[i].is_running != 0;
    pthread_mutex_unlock(&slots[i].lock);
  }
  return n;
}

unsigned load_simple(which pool, unsigned count) {
  slot *s = &slots[SLOTS];
  unsigned i, whole = 0;
  for (i = 0; i < count; i++) {
    pthread_mutex_lock(&s->lock);
    s->pool = pool;
    s->client = i % CLIENTS;
    plan_simple(&s->plan);
    start(s);
    pthread_mutex_unlock(&s->lock);
    while (load_running())
      nap(1);
    whole += s->was_whole;
    if (!s->was_whole)
      printf("afterwards: %s\n", s->error);
  }
  return whole;
}

void load_end(void) {
  is_over = 1;
  pthread_join(pacer, NULL);
}

long load_some_pid(chance *c) {
  long pid;
  pthread_mutex_lock(&tally_lock);
  pid = pids[chance_below(c, 64)];
  pthread_mutex_unlock(&tally_lock);
  return pid;
}
