/* player.h: what the parts of the player share: what arrived, what is said of it, connections,
 * steps. */
#ifndef FCL_HARNESS_PLAYER_H
#define FCL_HARNESS_PLAYER_H
#include "format.h"
#include "transcript.h"

/* ---- text.c: text that grows, and bytes in the words of a transcript ---- */

typedef struct fcl__text {
  char *base; /* NUL behind it once something was added */
  size_t len, room;
  int has_failed; /* memory ran out: what is there is what fitted */
} fcl__text;
void fcl__text_add(fcl__text *t, const void *bytes, size_t len);
void fcl__text_say(fcl__text *t, const char *fmt, ...) FCL__FORMAT(2, 3);
/* "bytes" with escapes; above `max` bytes only these, and `...` behind. */
void fcl__text_quote(fcl__text *t, const char *bytes, size_t len, size_t max);
/* NAME=VALUE, in quotes where it has to be. */
void fcl__text_pair(fcl__text *t, fcl_slice name, fcl_slice value, size_t max);
void fcl__text_free(fcl__text *t);
/* Where those bytes begin among these; NULL: nowhere. */
const char *fcl__find(const char *in, size_t in_len, const char *what, size_t len);
/* "STDOUT", or the number. */
void fcl__text_type(fcl__text *t, unsigned type);

/* ---- arrived.c: the bytes of one direction, and the records in them ---- */

#define FCL__ARRIVED_MAX (64u << 20)

typedef struct fcl__record {
  size_t at; /* of its header in `bytes` */
  unsigned version, type, id, len, padding, reserved;
  size_t taken; /* of its content, by expectations */
  int is_taken; /* wholly */
} fcl__record;

typedef struct fcl__arrived {
  char *bytes;
  size_t len, room;
  size_t parsed; /* where the next record begins */
  fcl__record *records;
  size_t count, records_room;
  size_t first; /* no record before it is open */
  int is_lost;  /* what stands at `parsed` is no record */
  int is_ended; /* nothing more comes */
  int is_reset;
  int is_any;     /* whatever comes is right */
  fcl__text note; /* of the last stream that was no match: what it is instead; "": nothing to add */
} fcl__arrived;
int fcl__arrived_add(fcl__arrived *a, const void *bytes,
                     size_t len); /* 0: too much, or no memory */
void fcl__arrived_free(fcl__arrived *a);
fcl__record *fcl__arrived_next(fcl__arrived *a); /* the first that is not taken; NULL: none */
const char *fcl__record_content(const fcl__arrived *a, const fcl__record *r);
/* All that is not taken, in the words of a transcript. */
void fcl__arrived_say(fcl__arrived *a, fcl__text *t);
void fcl__record_say(const fcl__arrived *a, const fcl__record *r, size_t max, fcl__text *t);
/* Reads a pair leniently; 0: there is none. */
int fcl__get_pair(const char **at, const char *end, fcl_slice *name, fcl_slice *value);

/* ---- match.c: what was expected, and what arrived ---- */

typedef enum fcl__verdict { FCL__FAIL, FCL__WAIT, FCL__MET } fcl__verdict;

typedef struct fcl__var {
  struct fcl__var *next;
  fcl_slice name;
  unsigned id;
} fcl__var;

typedef struct fcl__names { /* $a */
  fcl__var *first;
  unsigned last_id;
} fcl__names;
void fcl__names_free(fcl__names *n);
int fcl__names_get(const fcl__names *n, fcl_slice name, unsigned *id);
void fcl__names_set(fcl__names *n, fcl_slice name, unsigned id);

/* `*current`: the id of the connection's current request.  Takes what it matches. */
fcl__verdict fcl__match(const fcl__wire *w, fcl__arrived *a, fcl__names *names, unsigned *current);
int fcl__pattern_fits(const fcl__pattern *p, const char *bytes, size_t len);

/* ---- encode.c: a line as bytes ---- */

/* Appends what a side sends for that line.  0: it cannot be sent, and `why` says so. */
int fcl__encode(const fcl__wire *w, fcl__names *names, unsigned *current, fcl__text *out,
                const char **why);

/* ---- play_conn.c: a connection of a player ---- */

typedef struct fcl__play_conn {
  struct fcl__play_conn *next;
  unsigned number;
  int fd; /* -1: closed */
  fcl__arrived in;
  fcl__text out;
  size_t out_at;
  size_t cut, piece, piece_left;
  uint64_t sent_at;                    /* ms: when something last went out */
  int must_drain, is_stopped, is_gone; /* gone: the peer takes nothing any more */
  unsigned current;                    /* id of its current request */
  fcl_inspector *inspector;            /* NULL: nobody looks */
} fcl__play_conn;

typedef struct fcl__split {
  uint64_t at;   /* cut behind so many bytes sent in all; 0: nowhere */
  uint64_t sent; /* so far */
  size_t pieces; /* of this size; 0: as it comes */
} fcl__split;

/* `is_shared`: several requests may run on it at once. */
fcl__play_conn *fcl__play_conn_new(int fd, unsigned number, int is_inspected, int is_shared);
void fcl__play_conn_free(fcl__play_conn *c);
void fcl__play_conn_close(fcl__play_conn *c, int is_reset);
/* Both do what can be done without waiting, and return 1 when anything was done. */
int fcl__play_conn_read(fcl__play_conn *c, fcl_side from);
int fcl__play_conn_write(fcl__play_conn *c, fcl__split *split, fcl_side ours);
int fcl__play_conn_is_out(const fcl__play_conn *c); /* all is sent, or cannot be */

/* ---- play_time.c ---- */

/* A line that is met when nothing has come in its time, where that side is played. */
int fcl__step_is_timed(const fcl__step *s, fcl_side played);
unsigned fcl__step_ms(const fcl__step *s);

/* ---- play.c: one case ---- */

/* Who makes the web server's calls, when it is played by calls. */
typedef struct fcl__caller {
  void *it;
  int (*fd)(void *it);
  int (*timeout)(void *it);
  void (*run)(void *it);
  /* A `!` or `=` line.  FAIL and WAIT: `got` says what there is instead. */
  fcl__verdict (*step)(void *it, const fcl__step *s, fcl__text *got);
} fcl__caller;

typedef struct fcl__play {
  const fcl__case *c;
  fcl_side side;              /* which we play */
  int listener;               /* FCL_SIDE_APP; -1: closed */
  void (*refuse)(void *user); /* closes it */
  void *user;
  const char *target;  /* FCL_SIDE_SERVER: where to connect */
  fcl__caller *caller; /* NULL: `!` and `=` are skipped */
  int is_inspected;    /* what the server sends is judged by the strict reader */
  int is_patient;      /* a first connection may take for ever */
  int wake;            /* a descriptor: readable, waits are cut short; -1: none */
  unsigned limit_ms;   /* of one wait */
  fcl__split split;
  /* the rest is its own */
  fcl__play_conn *conns, *current;
  unsigned count;
  fcl__names names;
  const fcl__step *at;
  int is_ending;
  fcl__text said; /* what failed: expected, and got */
} fcl__play;

/* Plays the case to its end.  1: it was as it says; 0: p->said tells. */
int fcl__play_case(fcl__play *p);
void fcl__play_end(fcl__play *p); /* closes and frees what it holds; `split.sent` stays */
#endif
