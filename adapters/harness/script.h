/* script.h: what the parts of the script share. */
#ifndef FCL_HARNESS_SCRIPT_H
#define FCL_HARNESS_SCRIPT_H
#include "format.h"
#include "inspector.h"
#include "net.h"
#include "place.h"
#include "sync.h"
#include <stdint.h>

typedef struct fcl__script_conn {
  unsigned number;
  int fd; /* -1: closed */
  fcl_inspector *inspector;
  unsigned id;     /* of the current request; 0: none yet */
  unsigned served; /* its number */
  char *received, *out;
  uint64_t received_total;
  size_t received_len, received_room, out_len, out_room;
  size_t cut;        /* where in `out` to cut once; 0: nowhere */
  size_t piece;      /* size of all pieces; 0: as it comes */
  size_t piece_left; /* of the piece at hand */
  uint64_t sent_at;  /* ms: when something last went out */
  int must_drain;    /* it was cut here: the server has to read before more goes out */
  int may_close;
} fcl__script_conn;

typedef struct fcl__script_point {
  struct fcl__script_point *next;
  unsigned signals;
  char name[];
} fcl__script_point;

struct fcl_script {
  fcl_script_options options;
  fcl__place place; /* where it listens; a pair: nowhere */
  int pair[2];      /* the application's end, the test's end; -1: given out */
  int wake[2];      /* a pair: a byte comes when the test has called fcl_script_end */
  fcl__thread thread;
  fcl__script_conn **conns;
  size_t count;
  fcl__script_conn *current;
  fcl__lock lock; /* guards what follows */
  fcl__news changed;
  fcl__script_point *points;
  int has_failed, is_ending;
  fcl_error error;
};

/* script.c */
int fcl__script_error(fcl_error *e, fcl_code code, const char *fmt, ...) FCL__FORMAT(3, 4);
/* Notes the first failure, closes all connections.  Returns 0. */
int fcl__script_fail(fcl_script *s, const char *fmt, ...) FCL__FORMAT(2, 3);
/* The connection that verbs are about; NULL, after noting the failure, when there is none. */
fcl__script_conn *fcl__script_current(fcl_script *s);
void fcl__conn_close(fcl__script_conn *c);

/* read.c */
int fcl__conn_poll(fcl_script *s, int fd, int events,
                   uint64_t deadline);           /* 1, or 0 at the deadline */
uint64_t fcl__script_limit(const fcl_script *s); /* when a wait that begins now must end */
/* Takes up to `max` bytes that are there, and looks at them.  1: some came; 0: the server has
   closed, or nothing is there yet, or the script has failed. */
int fcl__conn_receive(fcl_script *s, fcl__script_conn *c, size_t max, int *is_closed);
/* Takes all that is there. */
void fcl__conn_read_rest(fcl_script *s, fcl__script_conn *c);
/* The oldest request of the connection that no step was about yet becomes its current one; 0: there
 * is none. */
int fcl__conn_take_request(fcl__script_conn *c);
const fcl_seen *fcl__conn_seen(const fcl__script_conn *c); /* the current request, or NULL */

/* write.c */
int fcl__conn_flush(fcl_script *s, fcl__script_conn *c);
#endif
