/* subject.c: the application that is checked: a program that we start, or an address. */
#include "suite.h"
#include "../net.h"
#include "../sync.h"
#include "../fcgi/system.h"
#include "../why.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STOP_MS = 1000, AGAIN_MS = 10 };

static int start(suite *s) {
  fcl__keeper_program p = {s->target->program, s->target->argv, s->place.fd,
                           s->is_shown,        s->left,         STOP_MS};
  s->starts++;
  if (fcl__keeper_start(&s->keeper, &p))
    return 1;
  fcgi_say("cannot start %s: %s", s->target->program, fcl__why(errno));
  return 0;
}

static int make_folder(suite *s) {
  if (!system_own_folder(s->folder, sizeof s->folder)) {
    fcgi_say("cannot make the folder %s: %s", s->folder, strerror(errno));
    s->folder[0] = 0;
    return 0;
  }
  snprintf(s->file, sizeof s->file, "%s/probe.php", s->folder);
  return 1;
}

int subject_open(suite *s) {
  char address[sizeof s->folder + 16];
  fcl_error e;
  int has_own;
  s->host.fd = s->place.fd = -1;
  if (!make_folder(s))
    return 0;
  if (s->target->program == NULL) {
    s->address = s->target->address;
    return 1;
  }
  has_own = system_own_address(s->folder, address, sizeof address);
  if (fcl__place_open(&s->place, has_own ? address : NULL, 0, &e))
    return fcgi_say("%s", e.text), 0;
  fcl__place_wait(&s->place);
  s->address = s->place.address;
  s->left[0] = s->place.path;
  s->left[1] = s->file;
  s->left[2] = s->folder;
  return start(s);
}

void subject_close(suite *s) {
  host_hang_up(s);
  fcl__keeper_stop(&s->keeper);
  fcl__place_close(&s->place);
  if (s->folder[0]) {
    system_remove(s->file);
    system_remove(s->folder);
  }
}

/* Connections that the old one never took are no business of the new one. */
static void empty_backlog(int listener) {
  fcl__polled waits = {listener, FCL__IN, 0};
  int fd;
  while (fcl__net_poll(&waits, 1, 0) > 0 && (fd = fcl__net_accept(listener)) >= 0)
    fcl__net_close(fd);
}

int subject_restart(suite *s) {
  host_hang_up(s);
  if (s->target->program == NULL)
    return 1;
  fcl__keeper_stop(&s->keeper);
  empty_backlog(s->place.fd);
  return start(s);
}

int subject_is_over(suite *s, int ms) {
  return fcl__keeper_is_over(&s->keeper, ms);
}

/* A server that somebody starts again, or a full backlog: nothing tells when that has passed. */
int subject_connect(suite *s) {
  unsigned waited = 0;
  int fd = fcl__dial(s->address);
  while (fd < 0 && waited < s->timeout_ms &&
         (errno == ECONNREFUSED || errno == EAGAIN || errno == ENOENT)) {
    fcl__nap_us(AGAIN_MS * 1000);
    waited += AGAIN_MS;
    fd = fcl__dial(s->address);
  }
  return fd;
}
