/* pool.pml: the process state machine of lib/pool in Promela: start, serve, drain, recycle, crash, stop.

   become() is the library's own table, printed by table.c. The pool's rules (who begins, who is started, who is told what) are
   those of its README, said once more. The world does what it may at any time: a start is reported late or fails, a process
   exits whenever it likes, an exit is reported later than it happens, callers cancel, clocks end, an administrator recycles.

   Claims: no request is told twice; none is in two hands; none is lost: each that was submitted is told its end; at most
   MAX processes serve; a pool that was closed comes to its end with every place empty; the table has every event that comes. */
#include "table.pml"

#ifndef SMALL
#define MAX      2             /* max_processes */
#define PLACES   3             /* one more may be leaving */
#define REQUESTS 3
#else
#define MAX      1
#define PLACES   2
#define REQUESTS 2
#endif
#define RECYCLES 1

/* Requests. */
#define NEW    0
#define QUEUED 1
#define OPEN   2
#define ENDED  3

byte state[PLACES];            /* what the pool believes of a process */
bool lives[PLACES];            /* what the world knows of it */
bool unreported[PLACES];       /* it was started, or could not be, and the pool does not know yet */
bool exited[PLACES];           /* it is dead, and the pool does not know yet */
bool proving[PLACES];          /* its request was given up: is it free? */
byte hand[PLACES];             /* the request in its hand; REQUESTS: none */
byte request[REQUESTS], told[REQUESTS];
byte recycles;
bool backs_off, closing;

#define serves(m) (state[m] == STARTING || state[m] == IDLE || state[m] == BUSY)

inline tell(r) {               /* its caller hears of the end */
  request[r] = ENDED;
  told[r]++;
  assert(told[r] == 1)
}

inline ask(m) {
  become(m, ASKED)
}

inline force(m) {
  become(m, FORCED)
}

/* The oldest request that waits; REQUESTS: none. (By number: which one does not matter here.) */
byte r_, m_, n_, waits_, starting_;

inline find_waiting() {
  r_ = 0;
  do
  :: r_ < REQUESTS && request[r_] != QUEUED -> r_++
  :: else -> break
  od
}

inline find_state(s) {
  m_ = 0;
  do
  :: m_ < PLACES && state[m_] != s -> m_++
  :: else -> break
  od
}

inline count_all() {
  n_ = 0; starting_ = 0; m_ = 0;
  do
  :: m_ < PLACES ->
     if
     :: serves(m_) -> n_++
     :: else
     fi;
     if
     :: state[m_] == STARTING -> starting_++
     :: else
     fi;
     m_++
  :: else -> break
  od;
  waits_ = 0; r_ = 0;
  do
  :: r_ < REQUESTS ->
     if
     :: request[r_] == QUEUED -> waits_++
     :: else
     fi;
     r_++
  :: else -> break
  od;
  assert(n_ <= MAX)
}

/* fcl__pool_settle: idle processes take who waits; for the others processes are started. */
inline settle() {
  do
  :: find_waiting(); find_state(IDLE);
     if
     :: r_ < REQUESTS && m_ < PLACES ->
        become(m_, FULL);
        assert(hand[m_] == REQUESTS && !proving[m_]);
        hand[m_] = r_;
        request[r_] = OPEN
     :: else -> break
     fi
  od;
  do
  :: count_all(); find_state(ABSENT);
     if
#ifndef PLANT_GREEDY
     :: waits_ > starting_ && n_ < MAX && m_ < PLACES && !backs_off ->
#else
     :: waits_ > starting_ && m_ < PLACES && !backs_off ->
#endif
        become(m_, ORDERED);
        unreported[m_] = true
     :: else -> break
     fi
  od;
  if
  :: closing ->
     m_ = 0;
     do
     :: m_ < PLACES ->
        if
        :: state[m_] == IDLE -> ask(m_)
        :: state[m_] == STARTING && waits_ == 0 -> become(m_, DRAIN)
        :: state[m_] == BUSY && proving[m_] -> ask(m_); proving[m_] = false
        :: else
        fi;
        m_++
     :: else -> break
     od
  :: else
  fi;
  r_ = 0; m_ = 0; n_ = 0; waits_ = 0; starting_ = 0
}

/* Nobody serves and nothing can be started now: those who wait are told why. */
inline fail_queue() {
  r_ = 0;
  do
  :: r_ < REQUESTS ->
     if
     :: request[r_] == QUEUED -> tell(r_)
     :: else
     fi;
     r_++
  :: else -> break
  od
}

/* The process has nothing in its hand any more, and lives. */
inline free_member(m) {
  proving[m] = false;
  if
  :: state[m] == BUSY -> become(m, ROOM)
  :: state[m] == DRAINING -> ask(m)
  :: else
  fi
}

/* ---- A process ---- */

proctype Process(byte m) {
end:
  do
  /* Its start is reported; also when it was asked to leave, or ended, meanwhile. */
  :: atomic { unreported[m] && !exited[m] ->
       unreported[m] = false;
       lives[m] = true;
       become(m, STARTED);
       settle() }
  :: atomic { unreported[m] && !exited[m] ->      /* or it could not be started */
       unreported[m] = false;
#ifndef PLANT_BELIEVES
       become(m, GONE);
#endif
       backs_off = true;
       count_all();
       if
       :: n_ == 0 -> fail_queue()
       :: else
       fi;
       settle() }
  /* It dies whenever it likes. */
  :: atomic { lives[m] -> lives[m] = false; exited[m] = true }
  /* Who was asked or ended does so at last: see Clock, which forces, and here. */
  :: atomic { lives[m] && (state[m] == STOPPING || state[m] == KILLING) -> lives[m] = false; exited[m] = true }
  :: atomic { exited[m] ->                        /* its exit is reported */
       exited[m] = false;
       if
       :: hand[m] < REQUESTS ->
#ifndef PLANT_FORGETS
          tell(hand[m]);
#endif
          hand[m] = REQUESTS
       :: else
       fi;
       proving[m] = false;
       become(m, GONE);
       if
       :: backs_off = true                         /* it had never answered */
       :: skip
       fi;
       count_all();
       if
       :: n_ == 0 && backs_off -> fail_queue()
       :: else
       fi;
       settle() }
  /* It answers. */
  :: atomic { lives[m] && hand[m] < REQUESTS ->
       tell(hand[m]);
#ifndef PLANT_KEEPS
       hand[m] = REQUESTS;
#endif
       free_member(m);
       settle() }
  /* It shows that it is free. */
  :: atomic { lives[m] && proving[m] -> free_member(m); settle() }
  /* It has served max_requests, with one in its hand. */
  :: atomic { state[m] == BUSY && hand[m] < REQUESTS -> become(m, DRAIN); settle() }
  od
}

/* ---- The clocks of a process ---- */

proctype Clocks(byte m) {
end:
  do
  :: atomic { state[m] == STARTING -> force(m); settle() }                      /* start_ms */
  :: atomic { state[m] == IDLE -> ask(m); settle() }                            /* idle_ms */
  :: atomic { state[m] == STOPPING && !unreported[m] -> force(m); settle() }    /* stop_ms */
  :: atomic { (state[m] == BUSY || state[m] == DRAINING) && proving[m] ->       /* abort_ms */
       proving[m] = false; force(m); settle() }
  :: atomic { (state[m] == BUSY || state[m] == DRAINING) && hand[m] < REQUESTS -> /* activity_ms, request_ms */
       tell(hand[m]); hand[m] = REQUESTS; force(m); settle() }
  od
}

/* ---- A caller ---- */

proctype Caller(byte r) {
  atomic {
    if
    :: closing -> tell(r)
    :: else -> request[r] = QUEUED; settle()
    fi
  };
  if
  :: skip                                          /* waits for its end */
  :: atomic { request[r] == QUEUED -> tell(r); settle() } /* cancels */
  :: atomic { request[r] == OPEN ->
       tell(r);
       m_ = 0;
       do
       :: hand[m_] != r -> m_++
       :: else -> break
       od;
       hand[m_] = REQUESTS;
       proving[m_] = state[m_] == BUSY || state[m_] == DRAINING;
       settle() }
  :: request[r] == ENDED -> skip
  fi;
  request[r] == ENDED                              /* an invalid end state, if that never comes */
}

/* ---- The breaker and the administrator ---- */

proctype Breaker() {
end:
  do
  :: atomic { backs_off -> backs_off = false; settle() }
  od
}

proctype Administrator() {
  byte m;
  do
  :: atomic { recycles < RECYCLES ->
       recycles++;
       m = 0;
       do
       :: m < PLACES ->
          if
          :: state[m] == IDLE || state[m] == STARTING -> become(m, DRAIN)
          :: state[m] == BUSY && !proving[m] -> become(m, DRAIN)
          :: else
          fi;
          m++
       :: else -> break
       od;
       m = 0;
       settle() }
  :: atomic { closing = true; settle() } -> break
  od;
  /* Behind the last request the pool comes to its end. */
  (request[0] == ENDED && request[1] == ENDED && request[REQUESTS - 1] == ENDED);
  (state[0] == ABSENT && state[1] == ABSENT && state[PLACES - 1] == ABSENT)
}

init {
  atomic {
    byte i = 0;
    do
    :: i < PLACES -> hand[i] = REQUESTS; run Process(i); run Clocks(i); i++
    :: else -> break
    od;
    i = 0;
    do
    :: i < REQUESTS -> run Caller(i); i++
    :: else -> break
    od;
    run Breaker();
    run Administrator()
  }
}
