/* houses.h: several pools that are counted together, and a log of what they do: "spawn A0; begin
   B1; ", a letter for the pool and the member's number. */
#ifndef TEST_HOUSES_H
#define TEST_HOUSES_H
#include "pool/parts.h"
#include "support/suite.h"

#define HOUSES_MAX 4

typedef struct house { /* one pool, and what it did */
  fcl__pool pool;
  unsigned begun, failed;
  char last[1024]; /* the sentence of the last that failed */
} house;

extern house houses[HOUSES_MAX];
extern unsigned house_count;
extern fcl__quota quota;
extern uint64_t now;

/* `count` pools with so many processes in all, and at most `each` of one. */
void open_houses(unsigned count, unsigned max, unsigned each);
/* What has been done since it was asked last.  Static. */
const char *logged(void);
fcl__member *of(unsigned h, unsigned i);

/* What happens: a start is reported; a process exits with status 0; a request comes, and is served.
 */
void started(fcl__member *m);
void exits(fcl__member *m);
void submit(unsigned h, fcl__ticket *t);
void finish(fcl__ticket *t);
void pass(unsigned ms);
/* A request for which the pool starts its process `i`; that is served, and leaves the process idle.
 */
void make_busy(unsigned h, unsigned i, fcl__ticket *t);
void make_idle(unsigned h, unsigned i, fcl__ticket *t);

/* Its tests end with houses that are closed, and counts that are none. */
TCase *houses_case(const char *name);
#endif
