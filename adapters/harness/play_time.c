/* play_time.c: which lines of a transcript are about time. */
#include "player.h"

int fcl__step_is_timed(const fcl__step *s, fcl_side played) {
  int expects = (s->kind == FCL__STEP_SERVER) == (played == FCL_SIDE_APP);
  if (s->kind == FCL__STEP_SERVER || s->kind == FCL__STEP_APP)
    return expects && s->any[0].kind == FCL__WIRE_NOTHING;
  return s->kind == FCL__STEP_WAIT || s->is_no;
}

unsigned fcl__step_ms(const fcl__step *s) {
  if (s->kind == FCL__STEP_SERVER || s->kind == FCL__STEP_APP)
    return s->any[0].number;
  return s->number;
}
