/* adapter.c: the skeleton of an adapter: a web server's thread asks, an application answers.  This
   server is a command line, stdin and stdout: adapter PROGRAM DOCUMENT-ROOT METHOD PATH <BODY */
#include "arguments.h"
#include <fcgiclient/cgi.h>
#include <fcgiclient/fcgiclient.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

/* The client's loop leaves orders, the server's thread carries them out: it may be slow. */
typedef enum order { HEAD = 1, SPAN = 2, END = 4, READ = 8 } order; /* bits */

typedef struct visit {
  const char *root, *method;
  fcl_request *request;
  fcl_cgi_reply reply;
  uv_mutex_t lock;
  uv_cond_t changed;
  unsigned orders, has_head;
  const fcl_head *head; /* lent until fcl_request_resume, as is the span */
  fcl_slice span;
  fcl_code code;
  char upload[65536];
} visit;

static fcl_slice text(const char *s) {
  return (fcl_slice){s, strlen(s)};
}

/* 1. On the client's loop: take note, and nothing else */
static fcl_flow leave(visit *v, order o) {
  uv_mutex_lock(&v->lock);
  v->orders |= o;
  uv_cond_signal(&v->changed);
  uv_mutex_unlock(&v->lock);
  return FCL_HOLD;
}

static fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user) {
  ((visit *) user)->head = head;
  return leave(user, HEAD);
}

static fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user) {
  ((visit *) user)->span = (fcl_slice){data, len};
  return leave(user, SPAN);
}

static void on_sent(fcl_request *r, fcl_code code, void *user) {
  if (code == FCL_OK)
    leave(user, READ);
}

static void on_done(fcl_request *r, const fcl_result *result, void *user) {
  ((visit *) user)->code = result->error.code;
  if (result->error.code)
    fprintf(stderr, "%s\n", result->error.text); /* the server's error log */
  leave(user, END);
}

static const fcl_handlers handlers = {on_head, on_body, NULL, on_sent, NULL, on_done};

/* 2. On the server's thread: carry orders out */
static void send_head(visit *v, const fcl_head *head) {
  char fields[65536];
  size_t len;
  fcl_cgi_reply_init(&v->reply, head, text(v->method), 0);
  len = fcl_cgi_reply_fields(&v->reply, fields, sizeof fields);
  printf("HTTP/1.0 %d\r\n%.*s", v->reply.status, len > sizeof fields ? 0 : (int) len, fields);
  v->has_head = 1;
}

static int refuse(visit *v, int status) {
  fcl_cgi_page page;
  fcl_cgi_page_init(&page, status, 0);
  send_head(v, &page.head);
  fwrite(page.body.base, 1, fcl_cgi_reply_take(&v->reply, page.body.len), stdout);
  return 1;
}

static order take(visit *v) { /* an answer before READ: who has one may not read the rest */
  order o;
  uv_mutex_lock(&v->lock);
  while (v->orders == 0)
    uv_cond_wait(&v->changed, &v->lock);
  o = (order) (v->orders & (0 - v->orders));
  v->orders -= o;
  uv_mutex_unlock(&v->lock);
  return o;
}

static int carry_out(visit *v) {
  for (order o = take(v); o != END; o = take(v)) {
    size_t len = o == READ ? fread(v->upload, 1, sizeof v->upload, stdin) : 0;
    if (o == READ && len > 0)
      fcl_request_write(v->request, v->upload, len);
    else if (o == READ)
      fcl_request_finish(v->request);
    else if (o == HEAD)
      send_head(v, v->head);
    else
      fwrite(v->span.base, 1, fcl_cgi_reply_take(&v->reply, v->span.len), stdout);
    if (o != READ)
      fcl_request_resume(v->request);
  }
  if (!v->has_head)
    return refuse(v, fcl_code_http(v->code));
  return v->code != FCL_OK || fcl_cgi_reply_short(&v->reply); /* 1: reset the client's connection */
}

/* 3. Before that: which script, and what the application is told */
static void set(void *request, fcl_slice name, fcl_slice value) {
  fcl_request_param_n(request, name, value);
}

static int serve(visit *v, fcl_pool *pool, const char *raw) {
  fcl_cgi_request q = {
      .method = text(v->method), .target = text(raw), .document_root = text(v->root)};
  char path[FCL_CGI_PATH_MAX];
  int status = fcl_cgi_path(text(raw), 0, path, sizeof path, &q.script_name);
  if (status)
    return refuse(v, status); /* a real one then finds the script: fcl_cgi_split */
  v->request = fcl_request_new(pool, &handlers, v);
  fcl_cgi_params(&q, set, v->request);
  fcl_request_body(v->request, -1, FCL_BODY_SPOOL); /* a server knows its length, or none */
  v->orders = READ;
  fcl_request_start(v->request);
  return carry_out(v);
}

int main(int argc, char **argv) {
  static visit v;
  fcl_pool_options options = {0};
  fcl_client *client;
  fcl_pool *pool;
  fcl_error e;
  argv = arguments(&argc, argv);
  if (argc != 5)
    return fputs("usage: adapter PROGRAM DOCUMENT-ROOT METHOD PATH\n", stderr), 2;
  options.program = argv[1], v.root = argv[2], v.method = argv[3];
  uv_mutex_init(&v.lock), uv_cond_init(&v.changed);
  if (fcl_client_new(&client, NULL, &e) || fcl_pool_new(&pool, client, &options, &e))
    return fprintf(stderr, "%s\n", e.text), 2;
  int failed = serve(&v, pool, argv[4]);
  if (v.request)
    fcl_request_free(v.request);
  fcl_client_close(client, NULL, NULL);
  fcl_client_join(client);
  return failed;
}
