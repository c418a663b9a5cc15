/* keeper.h: starts a program, and ends it and all that it has started for certain, however we end.
 */
#ifndef FCL_HARNESS_KEEPER_H
#define FCL_HARNESS_KEEPER_H
#include <stddef.h>
#include <stdint.h>

/* What to start.  Lent for the call. */
typedef struct fcl__keeper_program {
  const char *path;
  char *const *argv;
  int listener;            /* becomes its descriptor 0 (§2.2) */
  int is_shown;            /* what it prints goes to our stderr; else nowhere */
  const char *const *left; /* files and, last, their folder: removed when we die first */
  unsigned stop_ms;        /* what it may take to leave when it is asked; then it is killed */
} fcl__keeper_program;

typedef struct fcl__keeper {
  long pid; /* of the process that watches over it, on Windows of the program; 0: none */
  intptr_t link, group, event, wait; /* the system's: to that process; of all that it ends; that
                                        asks; for its end */
  int told[2];                       /* Windows: a pair, by which its end is told */
  unsigned stop_ms;
  int is_over, status; /* the program has ended by itself, and this is wait's status of it */
} fcl__keeper;

/* Returns 1; 0 with errno. */
int fcl__keeper_start(fcl__keeper *k, const fcl__keeper_program *program);
/* For fcl__net_poll: readable when the program has ended; -1 when there is none. */
int fcl__keeper_fd(const fcl__keeper *k);
/* Windows: starts it, and leaves it to itself.  Its id; 0 with errno. */
long fcl__keeper_leave(const fcl__keeper_program *program);
/* Waits up to so long for the program's end.  Returns 1 when it has ended. */
int fcl__keeper_is_over(fcl__keeper *k, int ms);
/* Ends the program, and all that it started. */
void fcl__keeper_stop(fcl__keeper *k);
/* "ended with exit status 1", "was ended by signal 11 (Segmentation fault)". */
void fcl__keeper_tell(const fcl__keeper *k, char *out, size_t cap);

/* orphans_linux.c, or orphans_none.c where there is no such thing: processes whose parent has ended
   become ours, and can be ended. */
void fcl__orphans_adopt(void);
void fcl__orphans_end(void);
/* Closes all descriptors from 3 on but those two. */
void fcl__close_others(int a, int b);

#endif
