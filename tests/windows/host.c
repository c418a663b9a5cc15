/* host.c: a host that is killed: it has processes, each with one of its own, and then listens on
   PORT, so that it is known. usage: host PORT SMALL-PHP COUNT */
#include <fcgiclient/fcgiclient.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

static int left;
static uv_tcp_t listener;
static int port;

static void on_connection(uv_stream_t *server, int status) {
  (void) server; /* who connects knows enough */
}

static void listen_now(uv_loop_t *loop) {
  struct sockaddr_in here;
  uv_ip4_addr("127.0.0.1", port, &here);
  uv_tcp_init(loop, &listener);
  uv_tcp_bind(&listener, (const struct sockaddr *) &here, 0);
  uv_listen((uv_stream_t *) &listener, 8, on_connection);
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  if (result->error.code) {
    fprintf(stderr, "%s\n", result->error.text);
    exit(1);
  }
  if (--left == 0)
    listen_now(user);
}

static const fcl_handlers handlers = {NULL, NULL, NULL, NULL, NULL, on_done};

/* Each waits until all have theirs, so that no process gets two. */
static void start_one(fcl_pool *pool, uv_loop_t *loop) {
  fcl_request *r = fcl_request_new(pool, &handlers, loop);
  fcl_request_param(r, "REQUEST_METHOD", "GET");
  fcl_request_param(r, "QUERY_STRING", "child=300");
  fcl_request_start(r);
  fcl_request_finish(r);
}

int main(int argc, char **argv) {
  fcl_client_options o = {0};
  fcl_pool_options php = {0};
  fcl_client *client;
  fcl_pool *pool;
  fcl_error e;
  int i;
  if (argc != 4)
    return fputs("usage: host PORT SMALL-PHP COUNT\n", stderr), 2;
  port = atoi(argv[1]);
  left = atoi(argv[3]);
  o.mode = FCL_LOOP_UV;
  o.uv = uv_default_loop();
  php.program = argv[2];
  php.max_processes = (unsigned) left;
  if (fcl_client_new(&client, &o, &e) || fcl_pool_new(&pool, client, &php, &e))
    return fprintf(stderr, "%s\n", e.text), 2;
  for (i = left; i > 0; i--)
    start_one(pool, o.uv);
  return uv_run(o.uv, UV_RUN_DEFAULT);
}
