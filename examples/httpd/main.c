/* main.c: httpd: an HTTP/1.1 server for files and FastCGI applications. */
#include "listen.h"
#include "server.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static options settings;
static worker *workers;
static uv_signal_t term, interrupt;
static uv_async_t ended;
static unsigned running;

static void on_ended(uv_async_t *async) {
  unsigned i;
  for (i = 0; i < settings.threads; i++)
    if (workers[i].has_ended) {
      workers[i].has_ended = 0;
      worker_join(&workers[i]);
      running--;
    }
  if (running)
    return;
  uv_close((uv_handle_t *) &term, NULL);
  uv_close((uv_handle_t *) &interrupt, NULL);
  uv_close((uv_handle_t *) &ended, NULL);
}

static void on_signal(uv_signal_t *handle, int number) {
  unsigned i;
  for (i = 0; i < settings.threads; i++)
    worker_stop(&workers[i]);
}

static int init(char *url, size_t size) {
  int fds[THREADS_MAX];
  unsigned i;
  workers = calloc(settings.threads, sizeof *workers);
  if (workers == NULL || listen_bind(&settings, fds, settings.threads, url, size))
    return -1;
  for (i = 0; i < settings.threads; i++)
    if (worker_init(&workers[i], &settings, i, fds[i]))
      return -1;
  return 0;
}

static int start(void) {
  uv_loop_t *loop = uv_default_loop();
  uv_async_init(loop, &ended, on_ended);
  uv_signal_init(loop, &term);
  uv_signal_init(loop, &interrupt);
  uv_signal_start(&term, on_signal, SIGTERM);
  uv_signal_start(&interrupt, on_signal, SIGINT);
  for (; running < settings.threads; running++)
    if (worker_start(&workers[running], &ended))
      return -1;
  return 0;
}

int main(int argc, char **argv) {
  char url[512];
  int status;
  signal(SIGPIPE, SIG_IGN);
  if (options_read(&settings, argc, argv, &status))
    return status;
  if (init(url, sizeof url) || start())
    return 1;
  printf("listening on %s\n", url);
  fflush(stdout);
  uv_run(uv_default_loop(), UV_RUN_DEFAULT);
  uv_loop_close(uv_default_loop());
  free(workers);
  return 0;
}
