/* control.h: the control address of a client: who listens, who asks, and what is done. */
#ifndef FCL__CONTROL_H
#define FCL__CONTROL_H
#include "client/internal.h"

typedef struct fcl__control fcl__control;

/* What one line asks for, while it goes from client to client. */
typedef struct fcl__order {
  fcl__ask ask;
  struct fcl__talk *talk; /* who asked */
  fcl_stats *stats;
  char line[512], *verb, *argument; /* in `line`; "" without one */
  unsigned done;                    /* pools, processes or addresses that it was about */
  fcl_error error;                  /* the first */
} fcl__order;

/* orders.c: takes the line apart, and does its part on one client's loop. */
int fcl__order_read(fcl__order *o); /* 0: o->error says what is wrong with it */
void fcl__order_do(fcl__ask *ask, fcl_client *c);
/* The answer's text, lent by the order; *is_ok. */
const char *fcl__order_answer(fcl__order *o, char *room, size_t size, size_t *len, int *is_ok);

/* control.c: the clients of this process that share an address: one of them listens. */
struct fcl__control {
  fcl_client *client;
  fcl__list link; /* in the list of this process */
  char *address;
  int fd; /* bound, and not yet in `listener`; -1 */
  uv_pipe_t listener;
  fcl__list talks;
  unsigned talk_count;
  unsigned is_ready : 1;     /* its loop takes notes */
  unsigned has_listener : 1; /* it is the one that listens */
  unsigned is_open : 1;      /* the handle is */
  unsigned is_closing : 1;
};

/* talk.c: who has connected. */
void fcl__control_accept(uv_stream_t *listener, int status);
void fcl__talks_close(fcl__control *k);
/* Begins an order at all clients of the address.  0: no memory. */
int fcl__control_ask(fcl__control *k, fcl__order *o);
/* The last handle may be closed: then it is freed, and the client may end. */
void fcl__control_settle(fcl__control *k);
#endif
