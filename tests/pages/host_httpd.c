/* host_httpd.c: examples/httpd as the server of the page suite. */
#include "pages/pages.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t httpd;

static const host_limit limits[] = {{HOST_NOTHING, 0, NULL}};

static void run(const host *h, int out) {
  char root[80], log[80], app[400], processes[16];
  int err;
  snprintf(root, sizeof root, "%s/root", h->folder);
  snprintf(log, sizeof log, "%s/log", h->folder);
  snprintf(app, sizeof app, ".php=php-cgi " PAGES_PHP);
  snprintf(processes, sizeof processes, "%d", HOST_PROCESSES);
  err = open(log, O_WRONLY | O_CREAT, 0644);
  dup2(out, 1);
  dup2(err, 2);
  execl(HTTPD, HTTPD, "--listen", "127.0.0.1:0", "--root", root, "--guardian", GUARDIAN, "--app",
        app, "--no-gather" /* scripts see uploads while they come */, "--processes", processes,
        "--rapid-fails", "never", "--quiet", (char *) NULL);
  _exit(127);
}

int host_start(host *h, int argc, char **argv) {
  char line[100];
  int ends[2];
  FILE *out;
  h->name = "pages/httpd";
  h->prefix = h->script_prefix = "";
  h->limits = limits;
  if (getenv("FCGICLIENT_TEST_NO_PHP") || system("command -v php-cgi >/dev/null") != 0)
    return fprintf(stderr, "skipped: there is no php-cgi\n"), 77;
  if (pipe(ends) != 0 || (httpd = fork()) < 0)
    return 1;
  if (httpd == 0)
    run(h, ends[1]);
  close(ends[1]);
  out = fdopen(ends[0], "r");
  if (out == NULL || fgets(line, sizeof line, out) == NULL ||
      sscanf(line, "listening on http://127.0.0.1:%u/", &h->port) != 1)
    return fprintf(stderr, "httpd does not listen\n"), 1;
  return 0;
}

int host_stop(host *h) {
  int status = 0;
  kill(httpd, SIGTERM);
  while (waitpid(httpd, &status, 0) < 0 && errno == EINTR)
    ;
  if (status != 0)
    fprintf(stderr, "httpd ended with wait status %d\n", status);
  return status != 0;
}
