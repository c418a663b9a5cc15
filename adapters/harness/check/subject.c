/* subject.c: the application that is checked: a program that we start, or an address. */
#define _GNU_SOURCE
#include "suite.h"
#include "../fcgi/listen.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { STOP_MS = 1000, AGAIN_MS = 10 };

static int start(suite *s) {
  keeper_program p = {s->target->program, s->target->argv, s->listener,
                      s->is_shown,        s->left,         STOP_MS};
  s->starts++;
  if (keeper_start(&s->keeper, &p))
    return 1;
  fcgi_say("cannot start %s: %s", s->target->program, strerror(errno));
  return 0;
}

static int make_folder(suite *s) {
  const char *base = getenv("TMPDIR");
  snprintf(s->folder, sizeof s->folder, "%s/fcgi-check-XXXXXX",
           base && *base && strlen(base) < 40 ? base : "/tmp");
  if (mkdtemp(s->folder) == NULL) {
    fcgi_say("cannot make the folder %s: %s", s->folder, strerror(errno));
    s->folder[0] = 0;
    return 0;
  }
  snprintf(s->file, sizeof s->file, "%s/probe.php", s->folder);
  return 1;
}

int subject_open(suite *s) {
  fcgi_listener l;
  s->host.fd = s->listener = -1;
  if (!make_folder(s))
    return 0;
  if (s->target->program == NULL) {
    snprintf(s->address, sizeof s->address, "%s", s->target->address);
    return 1;
  }
  snprintf(s->address, sizeof s->address, "unix:%s/socket", s->folder);
  if (!fcgi_listen(&l, s->address))
    return fcgi_say("%s", l.why), 0;
  s->listener = l.fd;
  s->left[0] = s->address + strlen("unix:");
  s->left[1] = s->file;
  s->left[2] = s->folder;
  return start(s);
}

void subject_close(suite *s) {
  host_hang_up(s);
  keeper_stop(&s->keeper);
  if (s->listener >= 0) {
    close(s->listener);
    unlink(s->address + strlen("unix:"));
  }
  if (s->folder[0]) {
    unlink(s->file);
    rmdir(s->folder);
  }
}

/* Connections that the old one never took are no business of the new one. */
static void empty_backlog(int listener) {
  struct pollfd waits = {listener, POLLIN, 0};
  int fd;
  while (poll(&waits, 1, 0) > 0 && (fd = accept(listener, NULL, NULL)) >= 0)
    close(fd);
}

int subject_restart(suite *s) {
  host_hang_up(s);
  if (s->target->program == NULL)
    return 1;
  keeper_stop(&s->keeper);
  empty_backlog(s->listener);
  return start(s);
}

int subject_is_over(suite *s, int ms) {
  return keeper_is_over(&s->keeper, ms);
}

/* A server that somebody starts again, or a full backlog: nothing tells when that has passed. */
int subject_connect(suite *s) {
  struct timespec nap = {0, AGAIN_MS * 1000000};
  unsigned waited = 0;
  int fd = fcgi_dial(s->address);
  while (fd < 0 && waited < s->timeout_ms &&
         (errno == ECONNREFUSED || errno == EAGAIN || errno == ENOENT)) {
    nanosleep(&nap, NULL);
    waited += AGAIN_MS;
    fd = fcgi_dial(s->address);
  }
  return fd;
}
