/* world.h: a loop with processes on it, for tests: records events, runs until something has
 * happened, ends clean. */
#ifndef TEST_WORLD_H
#define TEST_WORLD_H
#include "platform/process.h"
#include "support/allocator.h"
#include <check.h>

#define TEST_PATIENCE_MS 20000

typedef struct seen { /* one process, as its owner saw it */
  struct world *world;
  fcl__process *process; /* NULL: freed */
  long pid;              /* 0: not started */
  int has_failed, has_exited, status, signal;
  unsigned lines;
  size_t longest;
  int frees_later; /* the test calls fcl__process_free itself */
  int unaccepted;  /* what fcl__process_unaccepted said at the exit */
  fcl_error error;
  char out[16384]; /* lines, each with a newline; what does not fit is dropped */
  size_t out_len;
  void (*on_line)(struct seen *); /* may be NULL */
} seen;

typedef struct world {
  uv_loop_t loop;
  fcl__processes *all;
  fcl__memory memory;
  test_allocator allocator;
  uv_timer_t patience;
  int is_closed, has_lost_patience;
  int fds;            /* open at the beginning */
  char directory[64]; /* where the library makes its own; empty in the end */
  char app[4096];     /* the program app.c */
} world;

extern world w;
extern seen it; /* the process most tests are about; zeroed before each */

void world_open(void); /* fixtures: made before, checked and ended after each test */
void world_close(void);

/* Ends the client and makes another; the events of both go the same way. */
void world_reopen(const char *guardian, const char *directory);

/* Starts app.c with these words (NULL-ended); the test fails if that fails at once. */
void world_start(seen *s, const char *first, ...);
fcl_code world_start_program(seen *s, const fcl__program *program, fcl_error *e);
/* Runs the loop until the condition holds; the test fails when that takes too long. */
#define world_run_until(condition)                                                                 \
  do {                                                                                             \
    world_be_patient();                                                                            \
    while (!(condition))                                                                           \
      world_turn(#condition);                                                                      \
    world_calm();                                                                                  \
  } while (0)
void world_be_patient(void);
void world_turn(const char *what);
void world_calm(void);

/* Starts app.c as `it` and waits until it has said "ready". */
#define START_READY(...)                                                                           \
  do {                                                                                             \
    world_start(&it, __VA_ARGS__, "line", "ready", "wait", (char *) NULL);                         \
    world_run_until(seen_line(&it, "ready"));                                                      \
  } while (0)
void run_to_its_end(void); /* of `it` */

int seen_line(const seen *s, const char *line); /* 1: it has printed this line */
int seen_end(const seen *s);
/* The guardian's pid, by its title; 0: there is none. */
long world_guardian(void);
int is_alive(long pid);
int zombies(long parent); /* how many children it has not reaped */
/* How many children the guardian and the process `but` have, that process not counted. */
int others_alive(long guardian, long but);
/* Runs the loop until that is 0: descendants die a moment after their death was ordered. */
void run_until_alone(long guardian, long but);
#endif
