/* steps.h: how many instructions something takes, counted one by one: as steady as anything that
 * can be measured. */
#ifndef BENCH_STEPS_H
#define BENCH_STEPS_H

/* Runs `prepare`, then counts the instructions of `what` (all in a child, so that nothing of it
   stays).  -1: this machine lets no process count another's steps. */
long steps_of(void (*prepare)(void *arg), void (*what)(void *arg), void *arg);
#endif
