/* stay.c: starts an application that stays when we leave: for `fcgi run --stay`.  No guardian
   watches over it: whoever starts it ends it. */
#include "stay.h"
#include "../net.h"
#include "../place.h"
#include "../why.h"
#include <string.h>

int fcgi_stay(const fcgi_target *target, const char *address, unsigned processes) {
  fcl__place place;
  fcl_error e;
  long started = 0;
  int error = 0;
  unsigned i;
  if (fcl__is_served(address))
    return 1;
  if (fcl__place_open(&place, address, 0, &e))
    return fcgi_say("%s", e.text), 0;
  fcl__place_wait(&place);
  for (i = 0; i < processes && error == 0; i++) {
    error = stay_start(target, place.fd, &started);
    if (error == 0)
      fcgi_say("started %s as process %ld, which stays", target->program, started);
  }
  if (error) {
    fcgi_say("cannot start %s: %s", target->program, fcl__why(error));
    fcl__place_close(&place);
    return 0;
  }
  fcl__net_close(place.fd); /* theirs now, and so is the socket file */
  return 1;
}
