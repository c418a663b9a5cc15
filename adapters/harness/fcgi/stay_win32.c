/* stay_win32.c: starts a program that nobody watches over, by Windows. */
#include "stay.h"
#include "../keeper.h"
#include <errno.h>

int stay_start(const fcgi_target *target, int listener, long *started) {
  fcl__keeper_program p = {target->program, target->argv, listener, 0, NULL, 0};
  *started = fcl__keeper_leave(&p);
  return *started ? 0 : errno;
}
