/* serve.c: the test's server as a program, with the module in it and HTTP around it: the page
   suite's. usage: iis7_serve MODULE ROOT PROCESSES KIND LIMIT PROGRAM [ARGUMENTS] It says
   "listening on PORT", and ends in order at the end of its standard input. */
#define _GNU_SOURCE
#include "front.h"
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

static front site;
static uv_mutex_t lock;
static uv_cond_t changed;
static int open_connections;

static void serve(void *fd) {
  front_serve(&site, (int) (intptr_t) fd);
  uv_mutex_lock(&lock);
  open_connections--;
  uv_cond_signal(&changed);
  uv_mutex_unlock(&lock);
}

static void accept_all(void *of) {
  int listener = (int) (intptr_t) of, fd;
  while ((fd = accept(listener, NULL, NULL)) >= 0) {
    uv_thread_t thread;
    uv_mutex_lock(&lock);
    open_connections++;
    uv_mutex_unlock(&lock);
    uv_thread_create(&thread, serve, (void *) (intptr_t) fd);
    pthread_detach(thread);
  }
}

static int listen_somewhere(void) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof a;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(fd, (struct sockaddr *) &a, sizeof a) != 0 || listen(fd, 100) != 0 ||
      getsockname(fd, (struct sockaddr *) &a, &len) != 0)
    return -1;
  site.port = ntohs(a.sin_port);
  return fd;
}

static server_kind kind_of(const char *name) {
  return strcmp(name, "early") == 0    ? SERVER_EARLY
         : strcmp(name, "inline") == 0 ? SERVER_INLINE
                                       : SERVER_LATER;
}

int main(int argc, char **argv) {
  const char *app[] = {
      "fullPath",        NULL, "arguments", "", "maxInstances", NULL, "rapidFailsPerMinute", "1000",
      "activityTimeout", "70", NULL};
  const server_application all[] = {app, NULL};
  const char *fault;
  uv_thread_t acceptor;
  char processor[2000], byte;
  int listener;
  if (argc < 7)
    return fputs("usage: iis7_serve MODULE ROOT PROCESSES KIND LIMIT PROGRAM [ARGUMENTS]\n",
                 stderr),
           2;
  signal(SIGPIPE, SIG_IGN);
  uv_mutex_init(&lock);
  uv_cond_init(&changed);
  app[1] = argv[6];
  app[3] = argc > 7 ? argv[7] : "";
  app[5] = argv[3];
  snprintf(processor, sizeof processor, "%s%s%s", app[1], *app[3] ? "|" : "", app[3]);
  site.root = argv[2];
  site.processor = processor;
  site.kind = kind_of(argv[4]);
  site.limit = (DWORD) strtoul(argv[5], NULL, 10);
  server_threads = SERVER_THREADS_MAX;
  fault = server_load(argv[1]);
  listener = listen_somewhere();
  if (fault || listener < 0)
    return fprintf(stderr, "%s\n", fault ? fault : "cannot listen"), 1;
  server_configure(all, 0);
  uv_thread_create(&acceptor, accept_all, (void *) (intptr_t) listener);
  printf("listening on %u\n", site.port);
  fflush(stdout);
  while (read(0, &byte, 1) > 0)
    ;
  shutdown(listener, SHUT_RDWR);
  uv_thread_join(&acceptor);
  uv_mutex_lock(&lock);
  while (open_connections > 0)
    uv_cond_wait(&changed, &lock);
  uv_mutex_unlock(&lock);
  fault = server_unload();
  if (fault)
    fprintf(stderr, "%s\n", fault);
  return fault != NULL;
}
