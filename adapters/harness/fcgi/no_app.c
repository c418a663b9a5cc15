/* no_app.c: fcgi app where it cannot be: each of its connections is a process by fork. */
#include "fcgi.h"

int fcgi_app(int argc, char **argv) {
  (void) argc;
  (void) argv;
  fcgi_say("app: not on this system, which has no fork; examples/app answers the same queries");
  return FCGI_USAGE;
}
