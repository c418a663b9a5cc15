/* test_threads.c: verbs of many threads at once, in each kind of loop; what TSan is to look at. */
#include "client/world.h"
#include "support/suite.h"
#include <stdlib.h>
#include <string.h>

#define THREADS   4
#define EACH      (1000u / (unsigned) test_loop_step()) /* requests of each thread */
#define IN_FLIGHT 32                                    /* of all threads */

typedef enum kind { GET, POST, CANCEL, HOLD, WAKE, CANCEL_ELSEWHERE, KINDS } kind;

/* One request.  Freed by the last of its holders: on_done, and where there is one, the helper. */
typedef struct job {
  fcl_request *request;
  kind is;
  unsigned sents, dones, held;
  atomic_int holders;
  struct job *next; /* in the helper's list */
} job;

static world w;
static char body[100000];

static unsigned done, unwanted; /* under w.lock */
static unsigned in_flight;
static uv_mutex_t gate;
static uv_cond_t room;
static uv_mutex_t one_at_a_time;

static struct {
  uv_mutex_t lock;
  uv_cond_t some;
  job *first;
  int is_over;
} helper;

static void setup(void) {
  memset(&w, 0, sizeof w);
  memset(&helper, 0, sizeof helper);
  done = unwanted = in_flight = 0;
}

/* What is opened for these is counted between open_world and close_world. */
static void open_world(fcl_loop mode) {
  world_start(&w, mode, NULL);
  uv_mutex_init(&gate);
  uv_cond_init(&room);
  uv_mutex_init(&helper.lock);
  uv_cond_init(&helper.some);
  uv_mutex_init(&one_at_a_time);
}

static void close_world(void) {
  world_close(&w);
  uv_mutex_destroy(&one_at_a_time);
  uv_cond_destroy(&helper.some);
  uv_mutex_destroy(&helper.lock);
  uv_cond_destroy(&room);
  uv_mutex_destroy(&gate);
  world_end(&w);
}

static void let_go(job *j) {
  if (atomic_fetch_sub(&j->holders, 1) > 1)
    return;
  fcl_request_free(j->request);
  free(j);
}

static void help(job *j) {
  uv_mutex_lock(&helper.lock);
  j->next = helper.first;
  helper.first = j;
  uv_cond_signal(&helper.some);
  uv_mutex_unlock(&helper.lock);
}

/* ---- Callbacks ---- */

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  job *j = user;
  world_enter(&w);
  if (j->is == HOLD)
    j->held++;
  world_leave(&w);
  if (j->is != HOLD)
    return FCL_NEXT;
  atomic_fetch_add(&j->holders, 1);
  help(j);
  return FCL_HOLD;
}

static void on_sent(fcl_request *r, fcl_code code, void *user) {
  job *j = user;
  world_enter(&w);
  j->sents++;
  world_leave(&w);
  fcl_request_finish(r);
}

static void on_wake(fcl_request *r, void *user) {
  world_enter(&w);
  world_leave(&w);
}

static int is_expected(const job *j, fcl_code code) {
  if (j->is == CANCEL || j->is == CANCEL_ELSEWHERE)
    return code == FCL_OK || code == FCL_E_CANCELED;
  return code == FCL_OK && j->sents == (j->is == POST);
}

static void leave_gate(void) {
  uv_mutex_lock(&gate);
  in_flight--;
  uv_cond_signal(&room);
  uv_mutex_unlock(&gate);
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  job *j = user;
  world_enter(&w);
  unwanted += j->dones++ > 0 || !is_expected(j, result->error.code);
  if (unwanted == 1 && w.sentence[0] == 0)
    strcpy(w.sentence, result->error.text);
  done++;
  world_leave(&w);
  let_go(j);
  leave_gate();
}

static const fcl_handlers handlers = {NULL, on_body, NULL, on_sent, on_wake, on_done};

/* ---- Threads ---- */

static void enter_gate(void) {
  uv_mutex_lock(&gate);
  while (in_flight == IN_FLIGHT)
    uv_cond_wait(&room, &gate);
  in_flight++;
  uv_mutex_unlock(&gate);
}

static void begin(job *j) {
  fcl_request *r = j->request = fcl_request_new(w.pool, &handlers, j);
  fcl_request_param(r, "REQUEST_METHOD", j->is == POST ? "POST" : "GET");
  if (j->is == POST)
    fcl_request_body(r, sizeof body, FCL_BODY_REFUSE);
  fcl_request_start(r);
}

static void run(kind is) {
  job *j = calloc(1, sizeof *j);
  j->is = is;
  atomic_store(&j->holders, is == CANCEL_ELSEWHERE ? 3 : 2); /* on_done, and this function */
  begin(j);
  if (is == POST)
    fcl_request_write(j->request, body, sizeof body);
  else
    fcl_request_finish(j->request);
  if (is == CANCEL)
    fcl_request_cancel(j->request);
  if (is == WAKE)
    fcl_request_wake(j->request);
  if (is == CANCEL_ELSEWHERE)
    help(j);
  let_go(j);
}

static void work(void *arg) {
  unsigned i;
  for (i = 0; i < EACH; i++) {
    enter_gate();
    run((kind) (i % KINDS));
  }
}

static job *next_job(void) {
  job *j;
  uv_mutex_lock(&helper.lock);
  while (helper.first == NULL && !helper.is_over)
    uv_cond_wait(&helper.some, &helper.lock);
  j = helper.first;
  if (j)
    helper.first = j->next;
  uv_mutex_unlock(&helper.lock);
  return j;
}

/* Another thread than the one that made the request, and than the loop's. */
static void help_others(void *arg) {
  job *j;
  while ((j = next_job()) != NULL) {
    if (j->is == HOLD)
      fcl_request_resume(j->request);
    else
      fcl_request_cancel(j->request);
    let_go(j);
  }
}

static void end_helper(void) {
  uv_mutex_lock(&helper.lock);
  helper.is_over = 1;
  uv_cond_signal(&helper.some);
  uv_mutex_unlock(&helper.lock);
}

START_TEST(verbs_of_many_threads_are_all_acted_on) {
  uv_thread_t threads[THREADS], other;
  int i;
  w.options.max_connections = 16;
  open_world((fcl_loop) _i);
  uv_thread_create(&other, help_others, NULL);
  for (i = 0; i < THREADS; i++)
    uv_thread_create(&threads[i], work, NULL);
  world_wait(&w, &done, THREADS * EACH);
  for (i = 0; i < THREADS; i++)
    uv_thread_join(&threads[i]);
  end_helper();
  uv_thread_join(&other);
  close_world();
  ck_assert_msg(unwanted == 0, "%u of %u ended otherwise than they should: %s", unwanted, done,
                w.sentence);
}
END_TEST

/* Pools come and go from one thread while another uses its own. */
static void make_pools(void *arg) {
  const char *addresses[] = {NULL, NULL};
  fcl_pool_options o = {0};
  unsigned i;
  addresses[0] = fcl_script_address(w.script);
  o.addresses = addresses;
  for (i = 0; i < 200u / (unsigned) test_loop_step(); i++) {
    fcl_pool *p;
    fcl_request *r;
    if (fcl_pool_new(&p, w.client, &o, NULL) != FCL_OK) {
      atomic_store((atomic_int *) arg, 1);
      return;
    }
    r = fcl_request_new(p, &handlers, NULL);
    fcl_pool_recycle(p);
    fcl_pool_resume(p);
    fcl_pool_close(p, i % 2 ? FCL_NEVER : 0);
    fcl_request_free(r);
  }
}

START_TEST(pools_of_many_threads_come_and_go) {
  uv_thread_t threads[THREADS];
  atomic_int failed = 0;
  int i;
  open_world((fcl_loop) _i);
  for (i = 0; i < THREADS; i++)
    uv_thread_create(&threads[i], make_pools, &failed);
  for (i = 0; i < THREADS; i++)
    uv_thread_join(&threads[i]);
  ck_assert_int_eq(failed, 0);
  close_world();
}
END_TEST

/* Many clients, each with a thread of its own, that do not know each other.  One at a time begins
   or ends: libuv closes descriptors by a system call that TSan does not see, and takes numbers that
   are used again for a race. */
static int open_one(fcl_client **c) {
  fcl_client_options o = {0};
  int code;
  uv_mutex_lock(&one_at_a_time);
  code = fcl_client_new(c, &o, NULL);
  uv_mutex_unlock(&one_at_a_time);
  return code;
}

static void live_alone(void *arg) {
  fcl_client *c;
  int i;
  for (i = 0; i < 20; i++) {
    if (open_one(&c) != FCL_OK) {
      atomic_store((atomic_int *) arg, 1);
      return;
    }
    fcl_client_close(c, NULL, NULL);
    uv_mutex_lock(&one_at_a_time);
    fcl_client_join(c);
    uv_mutex_unlock(&one_at_a_time);
  }
}

START_TEST(clients_of_many_threads_come_and_go) {
  uv_thread_t threads[THREADS];
  atomic_int failed = 0;
  int i;
  open_world(FCL_LOOP_THREAD);
  for (i = 0; i < THREADS; i++)
    uv_thread_create(&threads[i], live_alone, &failed);
  for (i = 0; i < THREADS; i++)
    uv_thread_join(&threads[i]);
  ck_assert_int_eq(failed, 0);
  close_world();
}
END_TEST

/* A client may be made before its loop runs, and its loop run by another thread than the maker's.
 */

static exchange early[100];
static unsigned early_done;

static void stop_at_the_last(exchange *e, const char *what) {
  if (strcmp(what, "done") == 0 && ++early_done == 100 && w.mode == FCL_LOOP_UV)
    uv_timer_stop(&w.bell);
}

static void no_bell(uv_timer_t *timer) {
  (void) timer; /* the loop runs as long as this one does */
}

static void run_loop(void *arg) {
  if (w.mode == FCL_LOOP_UV)
    uv_run(&w.loop, UV_RUN_DEFAULT);
  else
    world_wait(&w, &early_done, 100);
}

START_TEST(verbs_while_another_thread_begins_to_run_the_loop_are_acted_on) {
  uv_thread_t thread;
  int i;
  memset(early, 0, sizeof early);
  early_done = 0;
  open_world((fcl_loop) _i);
  w.has_thread = 0; /* the first callback tells */
  if (w.mode == FCL_LOOP_UV)
    uv_timer_start(&w.bell, no_bell, 600000, 0);
  uv_thread_create(&thread, run_loop, NULL);
  for (i = 0; i < 100; i++) {
    early[i].then = stop_at_the_last;
    exchange_get(&early[i], &w);
  }
  uv_thread_join(&thread);
  for (i = 0; i < 100; i++)
    ck_assert_error(&early[i], FCL_OK, "");
  w.has_thread = 0;
  close_world();
}
END_TEST

int main(void) {
  TCase *t = tcase_create("threads");
  tcase_add_checked_fixture(t, setup, NULL);
  tcase_add_loop_test(t, verbs_of_many_threads_are_all_acted_on, 0, 3);
  tcase_add_loop_test(t, pools_of_many_threads_come_and_go, 0, 3);
  tcase_add_test(t, clients_of_many_threads_come_and_go);
  tcase_add_loop_test(t, verbs_while_another_thread_begins_to_run_the_loop_are_acted_on, 1, 3);
  return test_suite_run("threads", &t, 1);
}
