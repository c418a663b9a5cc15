/* hello.c: runs a PHP script and prints what it says: a whole user of the library in 50 lines. */
#include <fcgiclient/fcgiclient.h>
#include <stdio.h>

static fcl_flow on_head(fcl_request *r, const fcl_head *head, void *failed) {
  printf("HTTP status %d, %lu headers\n", head->status, (unsigned long) head->count);
  return FCL_NEXT;
}

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *failed) {
  fwrite(data, 1, len, stdout);
  return FCL_NEXT;
}

static void on_done(fcl_request *r, const fcl_result *result, void *failed) {
  *(int *) failed = result->error.code != FCL_OK;
  if (result->error.code != FCL_OK)
    fprintf(stderr, "%s\n", result->error.text);
  fcl_request_free(r);
}

int main(int argc, char **argv) {
  static const fcl_handlers handlers = {on_head, on_body, NULL, NULL, NULL, on_done};
  fcl_client_options own_thread = {0};
  fcl_pool_options php = {0};
  fcl_client *client;
  fcl_pool *pool;
  fcl_request *r;
  fcl_error e;
  int failed = 1;

  php.program = "/usr/bin/php-cgi";
  if (argc != 2)
    return fputs("usage: hello SCRIPT\n", stderr), 2;
  if (fcl_client_new(&client, &own_thread, &e) || fcl_pool_new(&pool, client, &php, &e))
    return fprintf(stderr, "%s\n", e.text), 2;
  if ((r = fcl_request_new(pool, &handlers, &failed)) == NULL)
    return fputs("out of memory\n", stderr), 2;
  fcl_request_param(r, "REQUEST_METHOD", "GET");
  fcl_request_param(r, "SCRIPT_FILENAME", argv[1]);
  fcl_request_param(r, "REDIRECT_STATUS", "200"); /* PHP wants to be sure that a web server calls */
  fcl_request_start(r);
  fcl_request_finish(r);           /* no request body */
  fcl_pool_close(pool, FCL_NEVER); /* takes nothing new, finishes what it has */
  fcl_client_close(client, NULL, NULL);
  fcl_client_join(client);
  return failed;
}
