/* starts.c: asks an application, which the library starts, for one answer; usage: starts PROGRAM.
 */
#include <fcgiclient/fcgiclient.h>
#include <stdio.h>

static void on_done(fcl_request *r, const fcl_result *result, void *failed) {
  *(int *) failed = result->error.code != FCL_OK || result->pid == 0;
  puts(result->error.text);
  fcl_request_free(r);
}

int main(int argc, char **argv) {
  static const fcl_handlers handlers = {NULL, NULL, NULL, NULL, NULL, on_done};
  fcl_client_options own_thread = {0};
  fcl_pool_options options = {0};
  fcl_client *client;
  fcl_pool *pool;
  fcl_request *r;
  fcl_error e;
  int failed = 1;
  options.program = argv[argc - 1];
  if (fcl_client_new(&client, &own_thread, &e) || fcl_pool_new(&pool, client, &options, &e))
    return puts(e.text), 1;
  r = fcl_request_new(pool, &handlers, &failed);
  fcl_request_param(r, "REQUEST_METHOD", "GET");
  fcl_request_start(r);
  fcl_request_finish(r);
  fcl_pool_close(pool, FCL_NEVER);
  fcl_client_close(client, NULL, NULL);
  fcl_client_join(client);
  return failed;
}
