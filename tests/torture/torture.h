/* torture.h: exchanges of every shape, and what is made to fail in them. */
#ifndef TEST_TORTURE_H
#define TEST_TORTURE_H
#include <check.h>
#include <fcgiclient/fcgiclient.h>
#include <fcgiclient/harness.h>
#include "support/allocator.h"
#include "support/calls.h"

/* ---- Shapes: shapes.c ---- */

typedef enum place { AT_UNIX, AT_TCP, AT_NAME, AS_PROCESS } place;
typedef enum moment { NEVER, AT_ONCE, IN_A_WHILE, WHEN_SENT, WITH_HEAD, WITH_BODY } moment;
typedef enum holding { TAKES_ALL, HOLDS_SHORTLY, HOLDS_LONG } holding;
typedef enum turning { BORROWED, OF_ITS_OWN, POLLED } turning;
typedef enum sort { ANSWERED, RAW, ASKS, FILTERS, SPOILS } sort;

typedef struct shape {
  const char *name;
  place place;
  void (*play)(fcl_script *s, void *user); /* not AS_PROCESS */
  unsigned requests, at_once;
  size_t body;    /* of each, in two parts; 0: a GET */
  int is_unknown; /* the length of the body: streamed; 2: gathered */
  int gathers;
  size_t answer; /* bytes behind the sum of the body; not AS_PROCESS */
  holding holding;
  int ahead; /* what comes meanwhile goes to a file */
  sort sort;
  unsigned share;                  /* requests on a connection; 0: 1 */
  unsigned connections, processes; /* at most; 0: by default */
  moment cancels, recycles, closes_pool, closes_client;
  int is_waiting; /* the application never answers */
  int each_anew;  /* a connection for each request */
  turning loop;
} shape;

extern const shape shapes[];
extern const unsigned shape_count;

/* ---- Faults: faults.c ---- */

typedef struct fault {
  test_kind kind;
  int how;
  int once, ever;    /* it is tried so */
  int is_harmless;   /* nobody may notice */
  int in_guardian;   /* there instead of in the client's own process */
  const char *codes; /* the errors that may follow, "IO NOMEM" */
} fault;

extern const fault faults[];
extern const unsigned fault_count;
const char *fault_name(const fault *f);

/* Loops over n for each fault of that kind, in exchanges of that shape; and adds a line to the
 * table. */
void torture(const shape *s, test_kind kind, int in_guardian);

/* ---- One run: run.c ---- */

typedef struct run {
  const shape *shape;
  const fault *fault;
  size_t nth;
  int for_ever;
  fcl_client *client;
  fcl_pool *pool;
  fcl_script *script;
  test_allocator memory;
  size_t body, answer; /* as the shape says, or less where each byte takes a call */
  unsigned begun, done, good;
  int is_after;     /* the last request has been begun, */
  int is_behind;    /* and the fault lies behind */
  int is_disturbed; /* the shape recycles or closes, and has done so */
  int is_closing;   /* no more requests */
  int has_left;     /* the client is closed */
  int loops_lost;   /* of the client's own, which could not be made */
} run;

extern run now;
/* One exchange from the first request to the end of everything, with everything claimed about it.
 */
void run_one(const shape *s, const fault *f, size_t nth, int for_ever);
void run_close(void);
int run_may_fail(fcl_code code); /* with that, by this fault */
const char *run_name(void);      /* for messages */

/* ---- Requests: caller.c ---- */

void caller_begin(void); /* the next, or what comes behind the last */
char pattern(uint64_t n);

/* uv.c */
void uv_memory_may_fail(void);
#endif
