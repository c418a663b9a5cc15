/* keeper.h: starts the program that is checked, and ends it for certain, however we end. */
#ifndef CHECK_KEEPER_H
#define CHECK_KEEPER_H
#include <sys/types.h>

/* What to start.  Lent until keeper_stop. */
typedef struct keeper_program {
  const char *path;
  char *const *argv;
  int listener;            /* becomes its descriptor 0 (§2.2) */
  int is_shown;            /* what it prints goes to our stderr; else nowhere */
  const char *const *left; /* files and, last, their folder: removed when we die first */
  unsigned stop_ms;        /* what it may take to leave when it is asked; then it is killed */
} keeper_program;

typedef struct keeper {
  pid_t pid; /* of the process that watches over it; 0: none */
  int link;
  int is_over, status; /* the program has ended by itself, and this is wait's status of it */
} keeper;

/* Returns 1; 0 with errno. */
int keeper_start(keeper *k, const keeper_program *program);
/* Waits up to so long for the program's end.  Returns 1 when it has ended. */
int keeper_is_over(keeper *k, int ms);
/* Ends the program, and all that it started. */
void keeper_stop(keeper *k);
/* "ended with exit status 1", "was ended by signal 11 (Segmentation fault)". */
void keeper_tell(const keeper *k, char *out, size_t cap);

/* orphans_linux.c, or orphans_none.c where there is no such thing: processes whose parent has ended
   become ours, and can be ended. */
void orphans_adopt(void);
void orphans_end(void);

#endif
