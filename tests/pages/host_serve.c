/* host_serve.c: an adapter in the tests' own server (tests/adapters/serve.c), as the server of the
 * page suite.  Words: iis7 or isapi, how completions come (later, early, inline, sync), and for IIS
 * 7 the responseBufferLimit. */
#include "pages/pages.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t server;
static int input; /* its end ends the server */

static const char redirects[] = "another URL is not executed in the place of one";
static const host_limit limits_iis7[] = {
    {HOST_BAD_GATEWAY, 500, "IIS says 500 of applications that fail"},
    {HOST_LOCAL_REDIRECT, 302, redirects},
    {HOST_NOTHING, 0, NULL}};
static const host_limit limits_isapi[] = {{HOST_LOCAL_REDIRECT, 302, redirects},
                                          {HOST_NOTHING, 0, NULL}};

static void run(const host *h, int in, int out, char **words) {
  char root[80], log[80], processes[16], program[200] = "";
  FILE *which = popen("command -v php-cgi", "r");
  int err;
  if (which == NULL || fscanf(which, "%199s", program) != 1)
    _exit(127);
  snprintf(root, sizeof root, "%s/root", h->folder);
  snprintf(log, sizeof log, "%s/log", h->folder);
  snprintf(processes, sizeof processes, "%d", HOST_PROCESSES);
  err = open(log, O_WRONLY | O_CREAT, 0644);
  dup2(in, 0);
  dup2(out, 1);
  dup2(err, 2);
  setenv("FCGICLIENT_GUARDIAN", GUARDIAN, 1);
  execl(SERVE, SERVE, MODULE, root, processes, words[2], words[3], program, PAGES_PHP,
        (char *) NULL);
  _exit(127);
}

int host_start(host *h, int argc, char **argv) {
  static char name[64];
  char line[100];
  int in[2], out[2];
  FILE *said;
  if (argc != 4)
    return fprintf(stderr, "usage: %s iis7|isapi later|early|inline|sync LIMIT\n", argv[0]), 1;
  snprintf(name, sizeof name, "pages/host-%s/%s/%s", argv[1], argv[2], argv[3]);
  h->name = name;
  h->prefix = h->script_prefix = "";
  h->limits = strcmp(argv[1], "iis7") == 0 ? limits_iis7 : limits_isapi;
  if (strcmp(argv[2], "later") != 0 && getenv("FCGICLIENT_TEST_ALL") == NULL)
    return fprintf(stderr, "skipped: FCGICLIENT_TEST_ALL is not set\n"), 77;
  if (getenv("FCGICLIENT_TEST_NO_PHP") || system("command -v php-cgi >/dev/null") != 0)
    return fprintf(stderr, "skipped: there is no php-cgi\n"), 77;
  if (pipe(in) != 0 || pipe(out) != 0 || fcntl(in[1], F_SETFD, FD_CLOEXEC) != 0 ||
      (server = fork()) < 0)
    return 1;
  if (server == 0)
    run(h, in[0], out[1], argv);
  close(in[0]);
  close(out[1]);
  input = in[1];
  said = fdopen(out[0], "r");
  if (said == NULL || fgets(line, sizeof line, said) == NULL ||
      sscanf(line, "listening on %u", &h->port) != 1)
    return fprintf(stderr, "the server does not listen\n"), 1;
  return 0;
}

int host_stop(host *h) {
  int status = 0;
  close(input);
  while (waitpid(server, &status, 0) < 0 && errno == EINTR)
    ;
  if (status != 0)
    fprintf(stderr, "the server ended with wait status %d\n", status);
  return status != 0;
}
