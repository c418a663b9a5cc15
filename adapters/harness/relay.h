/* relay.h: what the parts of a relay share: it stands between a server and an application, and
 * forwards. */
#ifndef FCL_HARNESS_RELAY_H
#define FCL_HARNESS_RELAY_H
#include "net.h"
#include "place.h"
#include "player.h"

#define FCL__RELAY_AHEAD 262144 /* bytes read and not yet sent, each way */

/* What one side sends, on its way to the other. */
typedef struct fcl__flow {
  fcl_side side;
  int from, to;
  fcl__text bytes;
  size_t at;      /* of them, gone */
  uint64_t taken; /* from the sender, in all */
  uint64_t sent;  /* to the receiver, in all */
  int is_ended;   /* the sender says no more */
  int is_shut;    /* and the receiver knows */
  int is_reset;   /* it ended in that way */
  int must_drain;
  uint64_t sent_at; /* ms: when something last went out */
  size_t piece_left;
  uint64_t not_before; /* ms */
  uint64_t seed;
} fcl__flow;

typedef struct fcl__relay_conn {
  struct fcl__relay_conn *next;
  unsigned number;
  fcl__flow flows[2]; /* by fcl_side: who sends */
  int is_connecting, is_over;
} fcl__relay_conn;

/* Sees all bytes as they came, before anything is done to them; NULL members are skipped. */
typedef struct fcl__relay_tap {
  void (*opened)(void *user, unsigned number);
  void (*bytes)(void *user, unsigned number, fcl_side side, const char *bytes, size_t len);
  void (*ended)(void *user, unsigned number, fcl_side first, int is_reset); /* who ended first */
  void (*failed)(void *user, const char *sentence); /* a connection to the target */
  void *user;
} fcl__relay_tap;

typedef struct fcl__relay {
  fcl__place place;
  const char *target;
  const fcl_faults *faults; /* two of them, by fcl_side; NULL: forwards as it came */
  fcl__relay_tap tap;
  fcl__relay_conn *conns;
  unsigned count; /* so far */
} fcl__relay;

/* Waits for something to do, up to `ms` (-1: for ever) or until `wake` is readable, and does it. 0:
 * wake was. */
int fcl__relay_turn(fcl__relay *r, int wake, int ms);
/* Ends all connections, telling the tap. */
void fcl__relay_end(fcl__relay *r);

/* ---- faults.c: what is done to bytes on their way ---- */

void fcl__faults_taken(const fcl_faults *f, fcl__flow *w, char *bytes, size_t len, uint64_t now);
/* How much may go out at `now`; 0: nothing yet. */
size_t fcl__faults_room(const fcl_faults *f, fcl__flow *w, uint64_t now);
/* `len` went out.  1: now the connection is to be reset. */
int fcl__faults_sent(const fcl_faults *f, fcl__flow *w, size_t len, uint64_t now);
#endif
