/* suite.h: what the cases of `fcgi check` are, and what they share. */
#ifndef CHECK_SUITE_H
#define CHECK_SUITE_H
#include "../fcgi/fcgi.h"
#include "bytes.h"
#include "../format.h"
#include "../keeper.h"
#include "../place.h"
#include <fcgiclient/codec.h>
#include <stdint.h>

typedef struct suite suite;

/* MUST: the specification demands it, and applications in wide use do it.  SHOULD: it demands or
   advises it, and servers bear with applications that do not. */
typedef enum check_level { MUST, SHOULD } check_level;

enum {
  NEEDS_NOTHING = 0,
  NEEDS_PROBE = 1, /* a script or program that tells what arrived */
};

typedef struct check_case {
  const char *claim;   /* ended by one without */
  const char *section; /* of FastCGI 1.0: "3.3"; or "RFC 3875 6.3" */
  check_level level;
  int needs;
  void (*run)(suite *s);
} check_case;

typedef struct check_group {
  const char *name;
  const check_case *cases;
} check_group;

extern const check_group check_groups[]; /* ended by one without a name */

typedef enum check_verdict { PASSED, FAILED, SKIPPED } check_verdict;

/* What became of a case. */
typedef struct check_result {
  check_verdict verdict;
  unsigned ms;
  char why[900]; /* of a failure or a skip; of a pass, what is worth knowing; "": nothing */
} check_result;

/* ---- The connection ---- */

/* What came for a request. */
typedef struct host_answer {
  unsigned id;
  bytes out, err;
  unsigned out_ends, err_ends; /* empty records */
  unsigned out_late, err_late; /* records behind the empty one */
  unsigned ends, end_len;      /* END_REQUEST records; the content of the last */
  unsigned late;               /* records of any kind behind END_REQUEST */
  uint32_t app_status;
  unsigned protocol_status;
} host_answer;

/* The web server's side of a connection, byte by byte, and the facts of what came. */
typedef struct host {
  int fd;               /* -1: none */
  int is_closed;        /* the application has closed it, or it broke */
  bytes out, in;        /* to be sent; received, and not a whole record yet */
  uint64_t received;    /* bytes in all */
  uint64_t sent_at;     /* ms: when something last went out */
  size_t kept;          /* bytes of streams that are held */
  host_answer *answers; /* of requests, by their first record */
  size_t count, room;
  bytes values;           /* of the last GET_VALUES_RESULT */
  unsigned values_count;  /* GET_VALUES_RESULT records */
  unsigned unknown_count; /* UNKNOWN_TYPE records */
  unsigned unknown_type, unknown_len;
  unsigned reserved; /* records whose reserved byte was not 0 */
  char strange[300]; /* the first record that no application may send */
  int is_lost;       /* nobody knows where the next record begins */
} host;

/* ---- The suite ---- */

enum { NOT_ASKED = -2, NOT_TOLD = -1 };

struct suite {
  const fcgi_target *target;
  unsigned timeout_ms;
  int is_shown, has_probe;
  const char *probe;           /* --probe; NULL: not given */
  const char *script;          /* SCRIPT_FILENAME; NULL: none */
  char folder[280], file[300]; /* of our own, for the socket and the probe; "": none */
  const char *address;         /* where it listens */
  const char *left[4];
  fcl__keeper keeper;
  fcl__place place; /* of the program */
  unsigned starts;  /* of the program */
  host host;
  char id[24]; /* of the case that runs: "1.3" */
  check_result result;
  const char *context; /* said before the reason of a failure; NULL: nothing */
  int keeps;           /* it keeps connections: 0, 1; NOT_ASKED */
  int multiplexes;     /* what GET_VALUES told: 0, 1; NOT_ASKED, NOT_TOLD */
};

/* Each returns 0, and ends the case: what follows does nothing and returns 0. */
int check_fail(suite *s, const char *format, ...) FCL__FORMAT(2, 3);
int check_skip(suite *s, const char *format, ...) FCL__FORMAT(2, 3);
/* Something worth knowing of a case that goes on. */
void check_note(suite *s, const char *format, ...) FCL__FORMAT(2, 3);
int check_is_over(const suite *s);

/* subject.c: the application that is checked.  Each returns 1; 0 after saying why. */
int subject_open(suite *s);
void subject_close(suite *s);
/* A new connected socket, or -1 with errno.  Where nobody listens for a moment it tries again. */
int subject_connect(suite *s);
/* Starts the program anew; an address is left as it is. */
int subject_restart(suite *s);
/* The program has ended; waits up to so long for that. */
int subject_is_over(suite *s, int ms);

/* host.c: each returns 1; or 0 after check_fail. */
int host_dial(suite *s); /* a new connection; the one before is closed */
void host_hang_up(suite *s);
/* What is put is gathered, and goes out with host_send: in one write, or in pieces, each when the
   one before has been read (where the system tells).  It reads what comes meanwhile.  That the
   application closes is no failure here. */
void host_put(suite *s, const void *bytes, size_t len);
void host_record(suite *s, unsigned type, unsigned id, const void *content, size_t len,
                 unsigned padding);
void host_begin(suite *s, unsigned id, unsigned role, unsigned flags);
int host_send(suite *s);
int host_send_pieces(suite *s, size_t size);
int host_drain(suite *s); /* waits until what was sent has been read */
int host_half_close(suite *s);

/* Waits until it is so, or the application has closed, or time is up.  Returns 1 when it is so. */
typedef int host_condition(const host *h, unsigned id);
int host_wait(suite *s, host_condition *is_so, unsigned id);
int host_wait_for(suite *s, host_condition *is_so, unsigned id, unsigned ms);
host_condition host_has_end, host_has_begun, host_has_values, host_has_unknown, host_is_closed,
    host_has_bytes;
/* What came for this id; NULL: nothing. */
host_answer *host_find(const host *h, unsigned id);
void host_forget(suite *s); /* the answers so far: the connection goes on */
/* "the application closed the connection; had come: STDOUT 12 bytes". */
const char *host_state(suite *s, unsigned id);

/* reader.c: takes the records out of h->in. */
void host_read_records(host *h);
void host_clear(host *h);

/* ---- Requests (ask.c) ---- */

/* A zeroed one, but for its id, is a GET in the responder role without a body, whose answer is its
   parameters. */
typedef struct ask {
  unsigned id, role, flags; /* role 0: the responder */
  const char *query;        /* QUERY_STRING; NULL: "" */
  const char *body;
  size_t body_len;
  const char *length;      /* CONTENT_LENGTH; NULL: as the body is */
  const char *const *more; /* NAME, VALUE, ... NULL: parameters that are to arrive */
} ask;

/* The pairs of its PARAMS. */
void ask_pairs(const suite *s, const ask *a, bytes *to);
void ask_begin(suite *s, const ask *a);  /* puts BEGIN_REQUEST */
void ask_params(suite *s, const ask *a); /* puts PARAMS, ended */
void ask_body(suite *s, const ask *a);   /* puts STDIN, ended */
void ask_fill(bytes *body, size_t len);  /* bytes that tell where they belong */
void ask_put(suite *s, const ask *a);    /* all of it */
/* Waits for its END_REQUEST, which says REQUEST_COMPLETE.  NULL after check_fail. */
host_answer *ask_ended(suite *s, const ask *a);
/* Likewise; and, where a probe answers, that what was asked has arrived and come back. */
int ask_served(suite *s, const ask *a);
/* On a connection of its own, all in one write: put, sent, served. */
int ask_once(suite *s, const ask *a);
/* The application serves a plain request on a new connection. */
int ask_lives(suite *s);
/* 1 when connections with KEEP_CONN serve a second request; tried once.  0 after check_skip. */
int ask_keeps(suite *s);
/* The body of an answer, behind its head; len 0 where the head has no end. */
fcl_slice ask_body_of(const host_answer *a);
int ask_has_line(const host_answer *a, const char *name, const char *value);

/* values.c: GET_VALUES. */
void values_put(suite *s, const char *const *names, unsigned padding); /* names: ended by NULL */
/* Sends it on a connection of its own, and waits.  0 after check_fail. */
int values_ask(suite *s, const char *const *names);
/* The length of the value in the last answer, or -1. */
int values_get(const host *h, const char *name, const char **value);
/* FCGI_MPXS_CONNS, asked once: 0, 1 or NOT_TOLD. */
int values_multiplexes(suite *s);

/* probe.c */
extern const char check_probe_php[]; /* made from probes/probe.php */
/* Finds out what answers, and sets has_probe.  Returns 1; 0 after saying why. */
int probe_find(suite *s);

/* run.c */
typedef struct check_counts {
  unsigned passed, failed, deviated, skipped; /* deviated: of SHOULD */
} check_counts;

void suite_run(suite *s, const check_case *c, const char *id);

/* show.c */
void show_list(void);
void show_group(const check_group *g, int number);
void show_result(const check_case *c, const char *id, const check_result *r);
void show_counts(const check_counts *n);

#endif
