/* place.c: an address that is listened on: the one that scripts listen on, without a script. */
#include "place.h"
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int fcl__place_open(fcl__place *p, const char *address, fcl_error *e) {
  int code;
  memset(p, 0, sizeof *p);
  p->is.listener = p->is.pair[0] = p->is.pair[1] = -1;
  p->is.options.address = address;
  if (address && strcmp(address, "pair") == 0)
    return fcl__script_error(e, FCL_E_INVAL, "a socket pair is for scripts only");
  code = fcl__script_listen(&p->is, e);
  if (code == FCL_OK)
    fcntl(p->is.listener, F_SETFL, fcntl(p->is.listener, F_GETFL) | O_NONBLOCK);
  else
    fcl__place_close(p);
  return code;
}

const char *fcl__place_address(const fcl__place *p) {
  return p->is.address;
}

int fcl__place_fd(const fcl__place *p) {
  return p->is.listener;
}

void fcl__place_close(fcl__place *p) {
  fcl__script_unlisten(&p->is);
}
