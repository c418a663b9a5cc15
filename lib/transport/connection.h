/* connection.h: records of one request at a time: the request goes out as it is lent, the answer
   comes up as spans; on a wire of its own, or on one that it shares with others (multiplex.h).
   On the client's loop.  §n: the FastCGI 1.0 specification. */
#ifndef FCL__CONNECTION_H
#define FCL__CONNECTION_H
#include "base/list.h"
#include "transport/records.h"
#include "transport/wire.h"

typedef struct fcl__connection fcl__connection;
typedef struct fcl__multiplex fcl__multiplex;

/* What the owner hears.  It may close the connection in any of them.  `e` has a phrase that goes
   behind the application's name: "sent a record of ...". */
typedef struct fcl__connection_events {
  void (*opened)(fcl__connection *c, int status); /* as for a wire */
  void (*moved)(fcl__connection *c,
                int is_answer); /* bytes of the request in hand went, or came (1) */
  size_t (*out)(fcl__connection *c, const char *data, size_t len,
                int *hold); /* STDOUT; returns the bytes it has taken: fewer than len only
                   with *hold set, and never on a shared wire, where reading goes on */
  void (*err)(fcl__connection *c, const char *data, size_t len); /* STDERR */
  void (*sent)(fcl__connection *c, fcl_code code);               /* the lend is back */
  void (*end)(fcl__connection *c, const fcl_end *end); /* END_REQUEST and its padding are over */
  void (*broke)(fcl__connection *c, fcl__break how, const fcl_error *e);
  void (*closed)(fcl__connection *c); /* the memory may go */
  void (*values)(fcl__connection *c, fcl_slice span,
                 int is_last); /* content of GET_VALUES_RESULT, and its end; may be NULL */
} fcl__connection_events;

struct fcl__connection {
  fcl__wire wire;
  fcl__multiplex *multiplex; /* the wire that it shares; NULL: its own */
  fcl__list turn;            /* in multiplex->writers, while it has something to write */
  fcl__list leave;           /* in multiplex->leaving, when it was closed */
  const fcl__connection_events *events;
  void *owner; /* the request in hand; the owner's to set */
  void *place; /* where it leads; the owner's to set */
  fcl__list link;
  fcl_decoder decoder;
  fcl_slice prologue; /* not written yet */
  fcl_stream body;    /* STDIN; then, where it is wanted, DATA */
  fcl_slice data;     /* lent for DATA, while STDIN is not over */
  fcl_slice rest;     /* content of the read block that was not taken when it was held */
  char *block;        /* held */
  char *reading;      /* the block whose bytes are being handed out */
  const char *at, *end;
  uint8_t tail[8];  /* of END_REQUEST */
  uint8_t abort[8]; /* ABORT_REQUEST, as it goes out */
  uint8_t tail_len;
  uint16_t id;            /* of the request in hand */
  unsigned served;        /* requests that ended here */
  unsigned is_active : 1; /* a request is in hand: its END_REQUEST has not come */
  unsigned is_filter : 1; /* it may not answer before STDIN is over; the owner's to set behind
                             _begin */
  unsigned wants_data : 1, is_data_finished : 1;
  unsigned has_lend : 1, is_held : 1, is_dirty : 1, has_failed : 1, is_answered : 1, is_closing : 1,
      is_broken : 1;
  /* Shared: a byte of the request has gone out; it was aborted, and is not over. */
  unsigned is_begun : 1, is_aborted : 1;
  unsigned is_crowding : 1; /* shared: nobody new while it has no room for what comes */
};

/* `c` zeroed; returns as fcl__wire_connect does.  After an error call fcl__connection_close if
 * c->wire.has_handle. */
int fcl__connection_open(fcl__connection *c, uv_loop_t *loop, const fcl__address *to,
                         fcl__blocks *blocks, const fcl__connection_events *events);
int fcl__connection_adopt(fcl__connection *c, uv_loop_t *loop, int fd, int is_tcp,
                          fcl__blocks *blocks, const fcl__connection_events *events);

/* Takes a request in hand.  `prologue` is lent until it has gone (or the connection is closed).
   Nothing goes out before fcl__connection_flush, so that a first part of the body may go along.
   Returns 0, or a negative uv error. */
int fcl__connection_begin(fcl__connection *c, fcl_slice prologue);
/* Reads what comes on its wire. */
const fcl_decoder *fcl__connection_decoder(const fcl__connection *c);
/* The id that the request in hand (or the next one) has. */
static inline unsigned fcl__connection_id(const fcl__connection *c) {
  return c->multiplex ? c->id : 1; /* small and always the same, where it is alone (§3.3) */
}
void fcl__connection_lend(fcl__connection *c, const void *data,
                          size_t len);           /* one at a time; len 0 is a barrier */
void fcl__connection_finish(fcl__connection *c); /* no part follows */
/* What is lent and finished from here on is DATA, which goes out behind STDIN.  Only behind
   _finish, or where the prologue ends STDIN. */
void fcl__connection_data(fcl__connection *c);
void fcl__connection_flush(fcl__connection *c);
/* 1 while bytes wait to be written. */
int fcl__connection_is_writing(const fcl__connection *c);
/* Goes on behind what was held. */
void fcl__connection_resume(fcl__connection *c);
/* Takes over the block that is held, if any: the connection may go, what lies in the block stays.
 */
char *fcl__connection_keep(fcl__connection *c);
/* Inside `out`: the block in which the span lies, pinned (fcl__block_give it later).  So a span can
   stay where it is while the connection reads on. */
char *fcl__connection_pin(fcl__connection *c);
/* 1 if the connection may serve another request: END_REQUEST with its padding came, all of the
   request went out, nothing is left in the buffer. */
int fcl__connection_is_reusable(const fcl__connection *c);
/* `sent` comes first if a lend is out, then `closed`; nothing else.  On a shared wire a request
   that has begun is aborted (§5.4): `sent` comes with the loop's next turn, `closed` when the
   application has ended it. */
void fcl__connection_close(fcl__connection *c);

/* For multiplex.c: what both kinds of wire do with a request. */
void fcl__connection_give_back(fcl__connection *c, fcl_code code);
void fcl__connection_gather_end(fcl__connection *c, fcl_slice span);
void fcl__connection_turn_to_data(fcl__connection *c);
/* Whether it may be sent that record now. */
fcl__verdict fcl__connection_judge(const fcl__connection *c, const fcl_decoder *d, fcl_error *e);
#endif
