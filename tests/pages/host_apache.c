/* host_apache.c: Apache httpd with mod_isapi and our extension as the server of the page suite.
 * Words: map or direct (how the extension is reached), on or off (ISAPIFakeAsync), a number
 * (ISAPIReadAheadBuffer). */
#include "pages/pages.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

/* The last is cut off where nothing is read ahead. */
static host_limit limits[] = {
    {HOST_OWN_500, 0, "mod_isapi takes no head with status 500, and sends Apache's page"},
    {HOST_CHUNKED_UPLOAD, 411, "mod_isapi refuses it before the extension is called"},
    {HOST_LOCAL_REDIRECT, 302, "mod_isapi cannot serve another path instead"},
    {HOST_CONTINUE, 417, "mod_isapi loses such a body when it reads ahead"},
    {HOST_NOTHING, 0, NULL}};

/* Runs a verb of apache.sh; returns its exit status, and its last line in `line`. */
static int apache(const host *h, const char *verb, char *line, size_t size) {
  char command[300], said[1000];
  FILE *out;
  int status;
  snprintf(command, sizeof command, "sh '%s' %s '%s'", APACHE_SH, verb, h->folder);
  out = popen(command, "r");
  if (out == NULL)
    return 1;
  while (fgets(said, sizeof said, out)) {
    if (strncmp(said, "port ", 5) != 0)
      fputs(said, stderr);
    snprintf(line, size, "%s", said);
  }
  status = pclose(out);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void say_how(const char *is_async, const char *read_ahead) {
  char processes[16];
  snprintf(processes, sizeof processes, "%d", HOST_PROCESSES);
  setenv("PROCESSES", processes, 1);
  setenv("PHP_ARGUMENTS", PAGES_PHP, 1);
  setenv("FAKE_ASYNC", is_async, 1);
  setenv("READ_AHEAD", read_ahead, 1);
  setenv("MOD_ISAPI", MOD_ISAPI, 1);
  setenv("EXTENSION", EXTENSION, 1);
  setenv("GUARDIAN", GUARDIAN, 1);
  setenv("SANITIZER", SANITIZER, 1);
}

int host_start(host *h, int argc, char **argv) {
  static char name[64];
  char line[1000] = "";
  int status;
  if (argc != 4)
    return fprintf(stderr, "usage: %s map|direct on|off READ-AHEAD\n", argv[0]), 1;
  snprintf(name, sizeof name, "pages/isapi/%s/%s/%s", argv[1], argv[2], argv[3]);
  h->name = name;
  h->prefix = strcmp(argv[1], "direct") == 0 ? "/app/ext.so" : "";
  h->script_prefix = h->prefix;
  if (strcmp(argv[3], "0") == 0)
    limits[3].what = HOST_NOTHING;
  h->limits = limits;
  say_how(argv[2], argv[3]);
  status = apache(h, "start", line, sizeof line);
  if (status == 0 && sscanf(line, "port %u", &h->port) != 1)
    status = 1;
  return status;
}

int host_stop(host *h) {
  char line[1000];
  return apache(h, "stop", line, sizeof line);
}
