/* parts.h: what the files of this room share and nobody else uses. */
#ifndef FCL__PARTS_H
#define FCL__PARTS_H
#include "pool/pool.h"

/* ---- say.c ---- */

enum { FCL__SIGKILL = 9 }; /* on every system that has signals */

/* Words for a sentence, by value: fcl__ms(30000).text lives to the end of the expression. */
typedef struct fcl__words {
  char text[480];
} fcl__words;
typedef struct fcl__number {
  char text[32];
} fcl__number;
fcl__number fcl__ms(uint64_t ms);          /* "30 s", "1500 ms" */
fcl__number fcl__bytes(uint64_t bytes);    /* "300 MiB" */
fcl__words fcl__who(const fcl__member *m); /* "process 4711", "address tcp:a:9000" */
fcl__words
fcl__doing(const fcl__ticket *t);          /* " while running /x.php", or nothing; t may be NULL */
fcl__words fcl__how(const fcl__exit *how); /* "was ended by signal 9 (SIGKILL)" */
/* What the world says of the process; empty: nothing. */
fcl__words fcl__told(const fcl__member *m, fcl__fact fact);
/* Ends the sentence with a full stop, if it has none yet, and adds another. */
void fcl__add_sentence(fcl_error *e, const char *fmt, ...) FCL__PRINTF(2, 3);
/* An event that is no error. */
void fcl__say(fcl__pool *pool, fcl__member *m, fcl_level level, const char *fmt, ...)
    FCL__PRINTF(4, 5);

void fcl__member_probe(fcl__member *m); /* it is asked for a sign that it is free, or ready */

/* ---- share.c: several requests in one member's hand ---- */

void fcl__member_init_share(fcl__member *m);         /* as it is before anything was learnt */
unsigned fcl__member_capacity(const fcl__member *m); /* requests that it takes at once */
int fcl__member_has_room(const fcl__member *m);
void fcl__member_offer(fcl__member *m); /* among those with room, if it has */
/* It takes no more; it leaves now, or when the last that it has in hand is over. */
void fcl__member_retire(fcl__member *m, uint64_t now);
int fcl__member_is_worn(const fcl__member *m); /* it has served max_requests */
void fcl__member_wear_out(fcl__member *m, uint64_t now);
/* A request has left its hand, and the process lives. */
void fcl__member_release(fcl__member *m, uint64_t now);
/* What a process that is being started can take. */
unsigned fcl__pool_expected(const fcl__pool *pool);

/* ---- pool.c ---- */

static inline int fcl__pool_starts_processes(const fcl__pool *pool) {
  return pool->settings.program != NULL;
}
/* The last thing that every entry point does: begins and starts what can be, closes what is done.
   The pool may be gone when it returns. */
void fcl__pool_settle(fcl__pool *pool, uint64_t now);
void fcl__pool_enqueue(fcl__pool *pool, fcl__ticket *t, int in_front, uint64_t now);
void fcl__pool_fail_queue(fcl__pool *pool, const fcl_error *e);
/* Why a request waits: "all 4 processes (max_processes) were busy". */
fcl__words fcl__pool_load(const fcl__pool *pool, uint64_t now);

/* ---- common.c: what is counted with pools elsewhere ---- */

int fcl__common_take(fcl__pool *pool); /* 1: a process may be started */
void fcl__common_changed(fcl__pool *pool, uint64_t now);
int fcl__common_is_crowded(fcl__pool *pool);
int fcl__common_yields(fcl__pool *pool, uint64_t now); /* a process that is free shall leave */
int fcl__common_stays(fcl__pool *pool);                /* it idles, and shall not leave */

/* ---- close.c ---- */

void fcl__close_init(fcl__pool *pool);
void fcl__pool_stop_all(fcl__pool *pool, uint64_t now); /* every member is told to leave */
void fcl__pool_finish(fcl__pool *pool);                 /* the last one has */

/* ---- states.c ---- */

void fcl__member_move(fcl__member *m, fcl__member_event event);

/* ---- member.c: what happens to one member; none of these settles ---- */

void fcl__member_init(fcl__member *m, fcl__pool *pool, unsigned index);
int fcl__member_start(fcl__pool *pool, uint64_t now);  /* 1: ordered; 0: refused on the spot */
void fcl__member_taking(fcl__member *m, uint64_t now); /* a request was put into its hand */
void fcl__member_free(fcl__member *m, uint64_t now);   /* it is done with what it was busy with */

/* Is it free?  `patience` bounds the answer. */
void fcl__member_prove(fcl__member *m, fcl__duration *patience, int is_forgiven, uint64_t now);
void fcl__member_live(fcl__member *m);                /* it has answered: it is proven */
void fcl__member_ready(fcl__member *m, uint64_t now); /* STARTING: it takes requests */
void fcl__member_leave(fcl__member *m, uint64_t now); /* it shall leave, politely if it may */
void fcl__member_force(fcl__member *m);               /* it is ended by force */
void fcl__member_gone(fcl__member *m); /* forgets the process; its place can be used again */
/* It shall leave, or has left, for this reason; the first one counts. */
static inline void fcl__member_because(fcl__member *m, fcl_left why) {
  if (m->why == FCL_LEFT_UNKNOWN)
    m->why = why;
}
void fcl__member_recycle(fcl__member *m, uint64_t now);

/* ---- member_clocks.c ---- */

#define FCL__STARTING_CHECKS 3 /* one that is getting ready is looked at every 160 ms */

void fcl__member_init_clocks(fcl__member *m);
void fcl__member_watch(fcl__member *m, uint64_t now); /* it is looked at again a little later */
static inline int fcl__member_has_start_clock(const fcl__member *m) {
  return m->pool->durations[FCL__D_START] != NULL;
}

/* ---- ticket.c ---- */

void fcl__ticket_init(fcl__ticket *t, fcl__pool *pool);
void fcl__ticket_begin(fcl__ticket *t, fcl__member *m, uint64_t now);
/* Takes it off what it is linked in; the member's next state is the caller's to settle. */
void fcl__ticket_detach(fcl__ticket *t);
/* Detaches it and tells the client; it may be gone then. */
void fcl__ticket_fail(fcl__ticket *t, const fcl_error *e);

/* Its connection could not be made. */
void fcl__ticket_refuse(fcl__ticket *t, const fcl_error *e, uint64_t now);
/* It fails, and its process is ended, which took too long or did what it must not. */
void fcl__ticket_overrun(fcl__ticket *t, const fcl_error *e, uint64_t now);

/* ---- ticket_clocks.c ---- */

void fcl__ticket_init_clocks(fcl__ticket *t);
void fcl__ticket_run_clocks(fcl__ticket *t, uint64_t now); /* it is OPEN, and not paused */
void fcl__ticket_stop_clocks(fcl__ticket *t);

/* ---- watch.c ---- */

void fcl__watch_init(fcl__pool *pool);
void fcl__watch_resize(fcl__pool *pool, uint64_t now); /* max_processes is another */
void fcl__watch_begin(fcl__pool *pool, uint64_t now);  /* unless it runs, or is not needed */
void fcl__watch_started(fcl__member *m, uint64_t now);

/* ---- breaker.c ---- */

void fcl__breaker_init(fcl__pool *pool);
int fcl__breaker_allows(const fcl__pool *pool);            /* to start a process now */
void fcl__breaker_count(fcl__pool *pool, uint64_t now);    /* a failure */
void fcl__breaker_back_off(fcl__pool *pool, uint64_t now); /* a start failed */
void fcl__breaker_proven(fcl__pool *pool);                 /* a start came to something */
void fcl__breaker_reset(fcl__pool *pool);
void fcl__breaker_refuse(const fcl__pool *pool, fcl_error *e, uint64_t now); /* while it is open */
/* Says when a process is started again, if that is not at once. */
void fcl__breaker_tell(const fcl__pool *pool, fcl_error *e, uint64_t now);

/* ---- balance.c ---- */

/* Who takes this request, which is next; NULL: nobody can. */
fcl__member *fcl__pool_pick(fcl__pool *pool, const fcl__ticket *t, uint64_t now);
int fcl__balance_name(fcl__member *m,
                      const char *text);  /* an address has a name; returns 1 if it is another */
void fcl__balance_update(fcl__member *m); /* one of several addresses */
/* Its state, or in_hand, is another. */
static inline void fcl__balance_note(fcl__member *m) {
  if (m->pool->least.at != NULL)
    fcl__balance_update(m);
}
void fcl__balance_slow(fcl__member *m, uint64_t back_at); /* its slow start begins; 0: is over */

/* ---- address.c ---- */

void fcl__address_init(fcl__member *m, const char *text);
int fcl__address_has_room(const fcl__member *m);
void fcl__address_update(fcl__member *m); /* IDLE or BUSY, by what it has in hand */
void fcl__address_down(fcl__member *m, const fcl_error *e, uint64_t now);
int fcl__address_is_wanted(const fcl__member *m);      /* there, and neither drained nor leaving */
void fcl__address_up(fcl__member *m, uint64_t now);    /* the first connection after failures */
void fcl__address_again(fcl__member *m, uint64_t now); /* its back-off is over */
void fcl__address_check(fcl__member *m, uint64_t now); /* it is time to see whether it lives */
unsigned fcl__pool_addresses(const fcl__pool *pool);   /* that there are now */
int fcl__pool_unreachable(const fcl__pool *pool);      /* no address is to be tried now */
void fcl__pool_refuse_unreachable(const fcl__pool *pool, fcl_error *e, uint64_t now);
uint64_t fcl__pool_reachable_at(const fcl__pool *pool); /* UINT64_MAX: nobody knows */
#endif
