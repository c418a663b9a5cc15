/* program.c: an application that a test or a tool has started, with a keeper over it. */
#include <fcgiclient/harness.h>
#include "files.h"
#include "keeper.h"
#include "place.h"
#include "script.h"
#include "why.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { STOP_MS = 2000 };

struct fcl_program {
  fcl__place place;
  fcl__keeper keeper;
};

static int start(fcl_program *p, const fcl_program_options *o, fcl_error *e) {
  const char *own[2] = {o->path, NULL}, *left[2] = {p->place.path, NULL};
  fcl__keeper_program k = {o->path, NULL, p->place.fd, !o->is_quiet, NULL, STOP_MS};
  k.argv = (char *const *) (o->argv ? o->argv : own);
  if (p->place.path[0])
    k.left = left;
  if (o->stop_ms)
    k.stop_ms = o->stop_ms;
  fcl__place_wait(&p->place);
  if (!fcl__keeper_start(&p->keeper, &k))
    return fcl__script_error(e, FCL_E_SPAWN, "cannot start %s: %s", o->path, fcl__why(errno));
  fcl__net_close(p->place.fd); /* so that nobody is left waiting when it has ended */
  p->place.fd = -1;
  return FCL_OK;
}

int fcl__program_start(fcl_program **program, const fcl_program_options *options, size_t size,
                       fcl_error *error) {
  fcl_program_options o = {0};
  fcl_program *p = calloc(1, sizeof *p);
  int code;
  *program = NULL;
  if (p == NULL)
    return fcl__script_error(error, FCL_E_NOMEM, "no memory for a program");
  memcpy(&o, options, size < sizeof o ? size : sizeof o);
  p->place.fd = -1;
  if (o.path == NULL || !fcl__file_is_program(o.path))
    code = fcl__script_error(error, FCL_E_SPAWN, "cannot start %s: %s", o.path ? o.path : "nothing",
                             o.path ? fcl__why(errno) : "no path is given");
  else
    code = fcl__place_open(&p->place, o.address, 0, error);
  if (code == FCL_OK)
    code = start(p, &o, error);
  if (code == FCL_OK) {
    *program = p;
    return FCL_OK;
  }
  fcl__place_close(&p->place);
  free(p);
  return code;
}

const char *fcl_program_address(const fcl_program *p) {
  return p->place.address;
}

int fcl_program_is_over(fcl_program *p, int ms, char *how, size_t cap) {
  if (!fcl__keeper_is_over(&p->keeper, ms))
    return 0;
  if (how)
    fcl__keeper_tell(&p->keeper, how, cap);
  return 1;
}

void fcl_program_end(fcl_program *p) {
  if (p == NULL)
    return;
  fcl__keeper_stop(&p->keeper);
  fcl__place_close(&p->place);
  free(p);
}
