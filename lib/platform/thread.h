/* thread.h: what differs for a thread that runs a loop. */
#ifndef FCL__THREAD_H
#define FCL__THREAD_H
#include <uv.h>

/* First on a thread of our own: the host's signals are for the host's threads. */
void fcl__thread_begin(void);
/* How long a loop that is run by hand may be left alone: -1: until its descriptor can be read. */
int fcl__thread_wait_ms(const uv_loop_t *loop);
#endif
