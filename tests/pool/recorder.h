/* recorder.h: a world for one pool, without processes, connections or time: it writes down what the
   pool does, and recounts the pool after every step. */
#ifndef TEST_RECORDER_H
#define TEST_RECORDER_H
#include "pool/pool.h"
#include "support/allocator.h"
#include "support/suite.h"

#define GUESTS 512 /* requests that may live at once, known by a letter, or by 128 to 511 */

typedef struct world {
  fcl__pool_settings settings; /* of the next world_open */
  fcl__pool pool;
  fcl__timeouts timeouts;
  fcl__memory memory;
  test_allocator allocator;
  uint64_t now, next; /* the clock; what the last tick returned */
  unsigned submitted, ended;
  unsigned begun[GUESTS];
  unsigned spawned, refused_spawns,
      refused_begins;   /* how often it was asked; how often it will refuse from now on */
  fcl_code refuse_with; /* a begin; FCL_E_CONNECT */
  int connects_at_once; /* begin says so from inside */
  int is_beginning;
  int proves_at_once;    /* probe, likewise */
  int has_taken;         /* what `taken` says */
  uint64_t memories[64]; /* of members */
  fcl__machine machine;
  uint64_t (*wanted)(fcl__member *m); /* NULL: nobody can tell */
  unsigned surplus; /* processes beyond max_processes: they were there when it became less */
  unsigned excess;  /* requests beyond what a member takes: likewise */
  struct {          /* settings.is_common: what there is for it, and who asks for it */
    unsigned left;  /* places for processes that it may still take; what it gives comes back */
    unsigned held;  /* that it has */
    unsigned queue; /* so many may wait in all */
    int is_short_of_min, yields, stays;
  } common;
  int is_closed;
  const char *facts[4]; /* what `describe` says */
  char sentence[1024];  /* the last error that a request got */
  char told[1 << 16], said[1 << 16];
} world;
extern world w;

/* A request, in memory of its own. */
typedef struct visitor {
  fcl__ticket ticket;
  int id;
  unsigned serial;
} visitor;

/* As ck_assert, but without the note that Check takes of every assertion: there are millions here.
 */
#define HOLDS(fact)                                                                                \
  do {                                                                                             \
    if (!(fact))                                                                                   \
      ck_abort_msg("%s", #fact);                                                                   \
  } while (0)

/* A pool of processes: max_processes 2, queue_length 10, no limit on requests, nor on failures;
   start_ms 10 s, connect_ms 5 s, queue_ms 30 s, no first_ms, activity_ms 70 s, request_ms 90 s,
   idle_ms 300 s, stop_ms 5 s.  Change w.settings, then world_open. */
void world_prepare(void);
/* A pool of so many addresses. */
void world_prepare_addresses(unsigned count);
void world_open(void);
/* Both at once, as a fixture. */
void world_make(void);
/* Closes the pool at once, lets everything exit, and checks that nothing is left. */
void world_end(void);

/* What the pool did since the last call, one action a line: "spawn 0\nbegin a on 0\n". */
const char *told(void);
/* What it said for the log since the last call, one sentence a line behind its level. */
const char *said(void);
void forget_logs(void); /* both */

/* Time goes on, from one due clock to the next. */
void pass(uint64_t ms);

/* A request by its letter. */
fcl__ticket *guest(int id);
int is_here(int id);
void submit(int id);
void submit_about(int id, const char *subject, const char *tag);
void submit_for(int id, const char *key); /* with affinity */
void submit_from(int id, uint64_t key);   /* of its source */
void connected(int id);
void opened(int id);   /* connected */
void answered(int id); /* the first byte came */
void finished(int id); /* released as FREE */
void dropped(int id);  /* released as UNKNOWN */
void canceled(int id);
void touched(int id);
void turned(int id); /* paused, or unpaused */
void refused(int id);
int returned(int id); /* it was refused by an application that lives; when it had its tries, it is
                         still there */
int retried(int id, int is_certain); /* when it had its tries, it is still there */
/* submit, connected and answered. */
void serve(int id);

/* Members by index. */
fcl__member *member(unsigned index);
const char *state(unsigned index);
void started(unsigned index); /* its pid is 100 + index */
void start_fails(unsigned index);
void exits(unsigned index, int status);
void dies(unsigned index, int signal);
#ifndef SIGKILL
#define SIGKILL 9
#endif
void proven(unsigned index);
void hung_up(unsigned index); /* on its probe */
void shares(unsigned index, unsigned per_connection, unsigned connections);
void overdue(unsigned index);

/* A pool of that many addresses, open. */
void world_with_addresses(unsigned count);
/* Starts members until `count` serve and are idle and proven. */
void world_with_idle(unsigned count);
/* Fails the test where the pool's counters are not what a recount gives, or where somebody waits
 * needlessly. */
void world_check(void);
#endif
