/* world.h: a loop with processes on it, for tests on Windows: records events, runs until something
   has happened, ends clean. */
#ifndef TEST_WIN32_WORLD_H
#define TEST_WIN32_WORLD_H
#include "platform/process.h"
#include "support/allocator.h"
#include "support/fds.h"
#include <check.h>
#include <windows.h>

#define TEST_PATIENCE_MS 20000

typedef struct seen { /* one process, as its owner saw it */
  fcl__process *process;
  long pid; /* 0: not started */
  int has_exited, status, signal;
  int unaccepted; /* what fcl__process_unaccepted said at the exit */
  int frees_later;
} seen;

typedef struct world {
  uv_loop_t loop;
  fcl__processes *all;
  fcl__memory memory;
  test_allocator allocator;
  uv_timer_t patience;
  int is_closed, has_lost_patience;
  char app[512], folder[512]; /* bare.c; a folder for what it writes */
} world;

extern world w;
extern seen it; /* the process most tests are about; zeroed before each */

void world_open(void); /* fixtures: made before, checked and ended after each test */
void world_close(void);
/* A path in the folder; the last one is overwritten by the fourth call. */
const char *world_path(const char *name);
/* What bare.c has written there, and a 0 behind it; NULL: nothing yet.  Lent until the next call.
 */
const char *world_read(const char *name, size_t *len);
/* bare.c with these words (NULL-ended); the test fails if that fails at once. */
void world_start(seen *s, const char *first, ...);
fcl_code world_start_program(seen *s, const fcl__program *program, fcl_error *e);
#define world_run_until(condition)                                                                 \
  do {                                                                                             \
    world_be_patient();                                                                            \
    while (!(condition))                                                                           \
      world_turn(#condition);                                                                      \
    uv_timer_stop(&w.patience);                                                                    \
  } while (0)
void world_be_patient(void);
void world_turn(const char *what);
void run_to_its_end(void); /* of `it` */
int is_alive(long pid);
#endif
