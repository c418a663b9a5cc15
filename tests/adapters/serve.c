/* serve.c: a server of these tests as a program, with the module in it and HTTP around it: the page
   suite's.  usage: serve MODULE ROOT PROCESSES WAY LIMIT PROTOCOL PROGRAM [ARGUMENTS]  It says
   "listening on PORT", and ends in order at the end of its standard input. */
#include "adapters/front.h"
#include "adapters/socket.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

const char *front_root;
static uv_mutex_t lock;
static uv_cond_t changed;
static int open_connections;

static void serve(void *fd) {
  front_serve((int) (intptr_t) fd);
  uv_mutex_lock(&lock);
  open_connections--;
  uv_cond_signal(&changed);
  uv_mutex_unlock(&lock);
}

/* Nobody waits for a thread: the count tells when all have ended. */
static void accept_all(void *of) {
  int listener = (int) (intptr_t) of, fd;
  while ((fd = socket_accept(listener)) >= 0) {
    uv_thread_t thread;
    uv_mutex_lock(&lock);
    open_connections++;
    uv_mutex_unlock(&lock);
    uv_thread_create(&thread, serve, (void *) (intptr_t) fd);
    socket_forget(&thread);
  }
}

static void wait_for_all(void) {
  uv_mutex_lock(&lock);
  while (open_connections > 0)
    uv_cond_wait(&changed, &lock);
  uv_mutex_unlock(&lock);
}

int main(int argc, char **argv) {
  front_site site = {0};
  const char *fault;
  uv_thread_t acceptor;
  unsigned port = 0;
  int listener;
  if (argc < 8)
    return fputs("usage: serve MODULE ROOT PROCESSES WAY LIMIT PROTOCOL PROGRAM [ARGUMENTS]\n",
                 stderr),
           2;
  uv_mutex_init(&lock);
  uv_cond_init(&changed);
  site = (front_site){argv[1],
                      argv[2],
                      argv[3],
                      argv[4],
                      argv[5],
                      argv[6],
                      argv[7],
                      argc > 8 ? argv[8] : "",
                      getenv("FRONT_SETTINGS")};
  front_root = site.root;
  listener = socket_listen(&port);
  fault = listener < 0 ? "cannot listen" : front_open(&site);
  if (fault)
    return fprintf(stderr, "%s\n", fault), 1;
  uv_thread_create(&acceptor, accept_all, (void *) (intptr_t) listener);
  printf("listening on %u\n", port);
  fflush(stdout);
  while (getchar() != EOF)
    ;
  socket_stop(listener);
  uv_thread_join(&acceptor);
  wait_for_all();
  fault = front_end();
  if (fault)
    fprintf(stderr, "%s\n", fault);
  return fault != NULL;
}
