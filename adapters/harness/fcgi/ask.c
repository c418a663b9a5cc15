/* ask.c: asks the control address of a client: a line out, its answer in. */
#include "ask.h"
#include "../net.h"
#include "../sync.h"
#include "fcgi.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_MS = 10000, ANSWER_MAX = 64 << 20 };

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
  fcl__address a;
  const char *wrong = fcl__address_find(&a, address, 0);
  int fd = wrong ? -1 : fcl__dial(address), error = errno;
  if (fd >= 0) {
    fcl__net_wait(fd, 0);
    return fd;
  }
  fail(e, address, wrong ? wrong : fcl__net_why(error));
  if (!wrong && (error == ECONNREFUSED || error == ENOENT))
    strncat(e->text, ". Does the server run, and was it given this control address?",
            sizeof e->text - strlen(e->text) - 1);
  return -1;
}

/* 0 at the end of the time, and errno is EAGAIN. */
static int wait_for(int fd, int events) {
  fcl__polled p = {fd, (short) events, 0};
  uint64_t deadline = fcl__now_ms() + WAIT_MS, now;
  while ((now = fcl__now_ms()) < deadline)
    if (fcl__net_poll(&p, 1, (int) (deadline - now)) > 0)
      return 1;
  errno = EAGAIN;
  return 0;
}

static int say_bytes(int fd, const char *at, size_t len) {
  while (len > 0 && wait_for(fd, FCL__OUT)) {
    ptrdiff_t n = fcl__net_send(fd, at, len);
    if (n < 0 && !fcl__net_is_again(errno))
      break;
    at += n > 0 ? n : 0;
    len -= n > 0 ? (size_t) n : 0;
  }
  return len == 0;
}

static int say(int fd, const char *line) {
  return say_bytes(fd, line, strlen(line)) && say_bytes(fd, "\n", 1);
}

/* As read: up to 10 s. */
static ptrdiff_t hear_bytes(int fd, char *out, size_t len) {
  ptrdiff_t n = -1;
  while (n < 0 && wait_for(fd, FCL__IN)) {
    n = fcl__net_receive(fd, out, len);
    if (n < 0 && !fcl__net_is_again(errno))
      break;
  }
  return n;
}

/* "OK 1234\n".  Returns the length, or -1. */
static long hear_head(int fd, int *is_ok) {
  char head[64];
  size_t len = 0;
  long n;
  while (len < sizeof head - 1 && hear_bytes(fd, head + len, 1) == 1 && head[len] != '\n')
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
  ptrdiff_t n = 1;
  while (text && n > 0 && len < want) {
    n = hear_bytes(fd, text + len, (size_t) (want - len));
    len += n > 0 ? (long) n : 0;
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
  fcl__net_close(fd);
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
