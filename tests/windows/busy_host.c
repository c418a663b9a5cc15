/* busy_host.c: a host to be killed: it has eight requests under way at every moment, and its
   processes, each with a child of its own, come and go all the time.  usage: busy_host SMALL-APP */
#include <fcgiclient/fcgiclient.h>
#include <stdio.h>
#include <uv.h>

enum { AT_ONCE = 8, RECYCLE_MS = 150 };

static fcl_pool *pool;

static void start_one(void);

/* Whatever came of it. */
static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  (void) result;
  (void) user;
  fcl_request_free(r);
  start_one();
}

static const fcl_handlers handlers = {NULL, NULL, NULL, NULL, NULL, on_done};

static void start_one(void) {
  fcl_request *r = fcl_request_new(pool, &handlers, NULL);
  fcl_request_param(r, "REQUEST_METHOD", "GET");
  fcl_request_start(r);
  fcl_request_finish(r);
}

static void on_tick(uv_timer_t *tick) {
  (void) tick;
  fcl_pool_recycle(pool);
}

int main(int argc, char **argv) {
  static const char *const words[] = {"small_app", "family", NULL};
  fcl_client_options o = {0};
  fcl_pool_options small = {0};
  fcl_client *client;
  fcl_error e;
  uv_timer_t tick;
  int i;
  if (argc != 2)
    return fputs("usage: busy_host SMALL-APP\n", stderr), 2;
  o.mode = FCL_LOOP_UV;
  o.uv = uv_default_loop();
  small.program = argv[1];
  small.argv = words;
  small.max_processes = 3;
  small.max_requests = 20;
  small.rapid_fails = FCL_NEVER;
  if (fcl_client_new(&client, &o, &e) || fcl_pool_new(&pool, client, &small, &e))
    return fprintf(stderr, "%s\n", e.text), 2;
  for (i = 0; i < AT_ONCE; i++)
    start_one();
  uv_timer_init(o.uv, &tick);
  uv_timer_start(&tick, on_tick, RECYCLE_MS, RECYCLE_MS);
  return uv_run(o.uv, UV_RUN_DEFAULT);
}
