/* member.h: a process that a pool starts, or an address that it reaches. */
#ifndef FCL__MEMBER_H
#define FCL__MEMBER_H
#include <fcgiclient/stats.h> /* fcl_left */
#include "pool/ticket.h"

/* An address is only ever IDLE (room for more) or BUSY (all that it may have is in hand), or, while
   it is not to be tried, ABSENT.  A process is BUSY from its first request to its last. */
typedef enum fcl__member_state {
  FCL__ABSENT,
  FCL__STARTING, /* ordered, not yet reported as started; or not ready yet (settings.ready) */
  FCL__IDLE,
  FCL__BUSY,     /* has requests, or has yet to prove that it is done with one that was given up */
  FCL__DRAINING, /* finishes what it has, then stops */
  FCL__STOPPING, /* was asked to leave; or will be, when its start is reported */
  FCL__KILLING   /* was ended by force; its exit is awaited */
} fcl__member_state;
const char *fcl__member_state_name(fcl__member_state state); /* "idle" */

/* What can happen to a member; states.c has the table of what it becomes then. */
typedef enum fcl__member_event {
  FCL__ORDERED, /* a process is to be started */
  FCL__STARTED, /* its start was reported */
  FCL__ROOM,    /* it can take a request */
  FCL__FULL,    /* it cannot take another request now */
  FCL__DRAIN,   /* it shall take no more requests, and leave */
  FCL__ASKED,   /* it shall leave now */
  FCL__FORCED,  /* it is ended */
  FCL__GONE     /* it exited, could not be started, or cannot be reached */
} fcl__member_event;
const char *fcl__member_event_name(fcl__member_event event);
/* The state after the event; -1 where the event cannot come. */
int fcl__member_next(fcl__member_state state, fcl__member_event event);

struct fcl__member {
  fcl__pool *pool;
  unsigned index; /* in pool->members; */
  fcl__member_state state;
  fcl__list link;          /* in pool->idle, while IDLE; processes: in pool->absent, while ABSENT */
  fcl__list room;          /* processes: in pool->roomy, while BUSY with room for more */
  fcl__list spare;         /* processes: in quota->idle, while IDLE */
  fcl__list tickets;       /* what it has in hand */
  unsigned per_connection; /* requests at once on a connection; 1: none is shared */
  unsigned connections;    /* at once; a process has one */
  unsigned in_hand;
  unsigned connecting; /* of these, those that are CONNECTING */
  unsigned served;     /* requests since its start */
  unsigned failures;   /* addresses: connects that failed in a row */
  long pid;            /* 0: an address, or not started yet */
  /* It has answered, or taken a connection, since its start. */
  unsigned is_proven : 1;
  /* Its request was given up; it is BUSY (or DRAINING) until it proves itself free. */
  unsigned is_proving : 1;
  /* What it is busy with was given up by the caller: whatever becomes of it is no failure. */
  unsigned is_forgiven : 1;
  /* It has exited, but its last answer is still being read: there is nobody to ask or to wait for.
   */
  unsigned is_gone : 1;
  /* start_ms ended without a request that could prove it; starts again with the first one. */
  unsigned is_excused : 1;
  /* Addresses: */
  const char *address;       /* its text; NULL: nobody is there */
  uint64_t back_at;          /* its slow start began then; 0: it has its full share */
  unsigned credit;           /* slow start: towards its next turn, in 256ths */
  unsigned misses;           /* probes in a row that had no answer */
  unsigned is_drained : 1;   /* by call: takes no more until it is taken back */
  unsigned is_leaving : 1;   /* it is no longer among the addresses */
  unsigned is_probed : 1;    /* a probe is out */
  unsigned has_answered : 1; /* a request, since the last check */
  unsigned is_unasked : 1;   /* the probe could not be sent */
  unsigned has_hung_up : 1;  /* STARTING: on the probe that asked whether it is ready */
  unsigned is_giving : 1;    /* a process that leaves, whose place is not free before it is gone */
  unsigned checks;           /* how often it was looked at since it is proving, or asked */
  fcl_left why;              /* it leaves, or is gone; FCL_LEFT_UNKNOWN: it does not leave yet */
  /* STARTING, and until proven: start; IDLE: idle; STOPPING: stop; proving: abort; ABSENT address:
     back-off. */
  fcl__clock clock;
  fcl__clock check;    /* proving, getting ready, or an address: when to look at it again */
  fcl__clock age;      /* a process: its lifetime */
  uint64_t memory;     /* bytes, when it was looked at last; 0: it was not, or nobody can tell */
  uint64_t wanted;     /* processor time, likewise */
  uint64_t started_at; /* when its start was ordered */
  uint64_t rested_at;  /* when it became idle last */
  void *io;            /* the client's */
};

/* How a process ended. */
typedef struct fcl__exit {
  int status; /* exit status; -1 when it was ended by a signal, or nothing is known */
  int signal; /* 0: none */
} fcl__exit;
#endif
