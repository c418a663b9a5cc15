/* ask.c: asks the control address of a client: a line out, its answer in. */
#define _GNU_SOURCE
#include "ask.h"
#include "../address.h"
#include "fcgi.h"
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { WAIT_S = 10, ANSWER_MAX = 64 << 20 };

/* ---- Addresses ---- */

static char *as_address(const char *path) {
  char *text = malloc(strlen(path) + 6);
  if (text)
    sprintf(text, "unix:%s", path);
  return text;
}

char **fcgi_addresses(const char *text) {
  const char *path = strncmp(text, "unix:", 5) == 0 ? text + 5 : text;
  char **all;
  glob_t found;
  size_t i;
  if (glob(path, GLOB_NOCHECK, NULL, &found) != 0)
    return fcgi_say("%s: out of memory", text), NULL;
  all = calloc(found.gl_pathc + 1, sizeof *all);
  for (i = 0; all && i < found.gl_pathc; i++)
    all[i] = as_address(found.gl_pathv[i]);
  globfree(&found);
  return all;
}

void fcgi_addresses_free(char **addresses) {
  size_t i;
  for (i = 0; addresses && addresses[i]; i++)
    free(addresses[i]);
  free(addresses);
}

/* ---- One question ---- */

static int fail(fcl_error *e, const char *address, const char *why) {
  e->code = FCL_E_CONNECT;
  snprintf(e->text, sizeof e->text, "%s: %s", address, why);
  return -1;
}

static int dial(const char *address, fcl_error *e) {
  struct timeval limit = {WAIT_S, 0};
  fcl__address a;
  const char *wrong = fcl__address_find(&a, address, 0);
  int fd = wrong ? -1 : fcl__dial(address), error = errno;
  if (fd >= 0) {
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    return fd;
  }
  fail(e, address, wrong ? wrong : strerror(error));
  if (!wrong && (error == ECONNREFUSED || error == ENOENT))
    strncat(e->text, ". Does the server run, and was it given this control address?",
            sizeof e->text - strlen(e->text) - 1);
  return -1;
}

static int say(int fd, const char *line) {
  size_t len = strlen(line);
  return send(fd, line, len, MSG_NOSIGNAL) == (ssize_t) len && send(fd, "\n", 1, MSG_NOSIGNAL) == 1;
}

/* "OK 1234\n".  Returns the length, or -1. */
static long hear_head(int fd, int *is_ok) {
  char head[64];
  size_t len = 0;
  long n;
  while (len < sizeof head - 1 && read(fd, head + len, 1) == 1 && head[len] != '\n')
    len++;
  head[len] = 0;
  *is_ok = strncmp(head, "OK ", 3) == 0;
  if (!*is_ok && strncmp(head, "ERROR ", 6) != 0)
    return -1;
  n = strtol(strchr(head, ' '), NULL, 10);
  return n < 0 || n > ANSWER_MAX ? -1 : n;
}

static char *hear(int fd, int *is_ok) {
  long want = hear_head(fd, is_ok), len = 0;
  char *text = want < 0 ? NULL : malloc((size_t) want + 1);
  ssize_t n = 1;
  while (text && n > 0 && len < want) {
    n = read(fd, text + len, (size_t) (want - len));
    len += n > 0 ? n : 0;
  }
  if (text && len < want) {
    free(text);
    return NULL;
  }
  if (text)
    text[len] = 0;
  return text;
}

char *fcgi_ask(const char *address, const char *line, int *is_ok, fcl_error *e) {
  char *text = NULL;
  int fd = dial(address, e);
  if (fd < 0)
    return NULL;
  errno = 0;
  if (say(fd, line))
    text = hear(fd, is_ok);
  if (text == NULL && errno == EAGAIN)
    fail(e, address, "no answer for 10 s: the server's loop is held up by something");
  else if (text == NULL)
    fail(e, address,
         "it hung up: it answers its own user and root only, sixteen at a time, and is no other "
         "kind of server");
  close(fd);
  return text;
}

fcl_stats *fcgi_ask_stats(char *const *addresses, fcl_error *e) {
  fcl_stats *all = NULL, *one;
  size_t i;
  int is_ok;
  for (i = 0; addresses[i]; i++) {
    char *text = fcgi_ask(addresses[i], "stats", &is_ok, e);
    if (text == NULL)
      continue;
    if (!is_ok)
      fail(e, addresses[i], text);
    else if (fcl_stats_read(&one, text, strlen(text), e) == FCL_OK && all == NULL)
      all = one;
    else if (all && one) {
      fcl_stats_add(all, one);
      fcl_stats_free(one);
    }
    free(text);
  }
  return all;
}
