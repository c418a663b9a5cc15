/* relay_thread.c: a relay on a thread of its own, for tests that want faults between server and
 * application. */
#include "relay.h"
#include "script.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fcl_relay {
  fcl__relay is;
  fcl_relay_options options;
  char *target;
  int wake[2];
  fcl__thread thread;
};

static void run(void *arg) {
  fcl_relay *r = arg;
  while (fcl__relay_turn(&r->is, r->wake[0], -1))
    ;
}

static void relay_free(fcl_relay *r) {
  fcl__net_close(r->wake[0]);
  fcl__net_close(r->wake[1]);
  free(r->target);
  free(r);
}

int fcl__relay_start(fcl_relay **relay, const fcl_relay_options *options, size_t size,
                     fcl_error *error) {
  fcl_relay *r = calloc(1, sizeof *r);
  int code;
  *relay = NULL;
  if (r == NULL)
    return fcl__script_error(error, FCL_E_NOMEM, "no memory for a relay");
  memcpy(&r->options, options, size < sizeof *options ? size : sizeof *options);
  r->wake[0] = r->wake[1] = -1;
  r->target = r->options.target ? strdup(r->options.target) : NULL;
  if (r->target == NULL)
    code = fcl__script_error(error, FCL_E_INVAL,
                             "a relay needs a target: the address of the application");
  else if (fcl__net_pair(r->wake))
    code = fcl__script_error(error, FCL_E_CONFIG, "no pair to wake a relay by: %s",
                             fcl__net_why(errno));
  else
    code = fcl__place_open(&r->is.place, r->options.address, 0, error);
  r->is.target = r->target;
  r->is.faults = r->options.faults;
  if (code == FCL_OK && fcl__thread_start(&r->thread, run, r)) {
    fcl__place_close(&r->is.place);
    code = fcl__script_error(error, FCL_E_NOMEM, "no thread for a relay");
  }
  if (code != FCL_OK)
    relay_free(r);
  else
    *relay = r;
  return code;
}

const char *fcl_relay_address(const fcl_relay *r) {
  return r->is.place.address;
}

void fcl_relay_end(fcl_relay *r) {
  if (r == NULL)
    return;
  fcl__net_wake(r->wake);
  fcl__thread_join(&r->thread);
  fcl__relay_end(&r->is);
  relay_free(r);
}
