/* main.c: httpd: an HTTP/1.1 server for files and FastCGI applications. */
#include "listen.h"
#include "server.h"
#include "users.h"
#include "system.h"
#include "../arguments.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static options settings;
static worker *workers;
static uv_signal_t term, interrupt, hangup;
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
  uv_close((uv_handle_t *) &hangup, NULL);
  uv_close((uv_handle_t *) &ended, NULL);
}

static void on_signal(uv_signal_t *handle, int number) {
  unsigned i;
  for (i = 0; i < settings.threads; i++)
    worker_stop(&workers[i]);
}

/* A file that is bad changes nothing. */
static void on_hangup(uv_signal_t *handle, int number) {
  configuration *config = settings.config ? configuration_read(&settings) : NULL;
  unsigned i;
  if (config == NULL)
    fprintf(stderr, "httpd: %s\n",
            settings.config ? "the applications stay as they were."
                            : "SIGHUP: there is no --config to read again.");
  for (i = 0; config && i < settings.threads; i++)
    worker_configure(&workers[i], config);
  configuration_drop(config);
}

static int init_workers(const int *fds) {
  configuration *config = settings.config ? configuration_read(&settings) : NULL;
  unsigned i;
  int error = settings.config && config == NULL;
  for (i = 0; i < settings.threads && !error; i++)
    error = worker_init(&workers[i], &settings, config, i, fds[i]);
  configuration_drop(config);
  return error ? -1 : 0;
}

static int init(char *url, size_t size) {
  int fds[THREADS_MAX];
  workers = calloc(settings.threads, sizeof *workers);
  if (workers == NULL || users_begin(&settings) ||
      listen_bind(&settings, fds, settings.threads, url, size))
    return -1;
  return init_workers(fds) || users_become(&settings) ? -1 : 0;
}

static int start(void) {
  uv_loop_t *loop = uv_default_loop();
  uv_async_init(loop, &ended, on_ended);
  uv_signal_init(loop, &term);
  uv_signal_init(loop, &interrupt);
  uv_signal_start(&term, on_signal, SIGTERM);
  uv_signal_start(&interrupt, on_signal, SIGINT);
  uv_signal_init(loop, &hangup);
  uv_signal_start(&hangup, on_hangup, SIGHUP);
  for (; running < settings.threads; running++)
    if (worker_start(&workers[running], &ended))
      return -1;
  return 0;
}

int main(int argc, char **argv) {
  char url[512];
  int status;
  argv = arguments(&argc, argv);
  system_begin();
  if (options_read(&settings, argc, argv, &status))
    return status;
  if (init(url, sizeof url) || start())
    return 1;
  printf("listening on %s\n", url);
  fflush(stdout);
  uv_run(uv_default_loop(), UV_RUN_DEFAULT);
  uv_loop_close(uv_default_loop());
  fcl_identity_unref((fcl_identity *) (uintptr_t) settings.pool.run_as);
  free(workers);
  return 0;
}
