/* pair.h: two ends of a stream in one process, of which the test has one, as a number, and a wire
   the other: a pair of Unix sockets, or, where there are none, of TCP. */
#ifndef TEST_PAIR_H
#define TEST_PAIR_H
#include <stddef.h>
#include <uv.h>

/* TCP: who writes is not told at once that nobody reads, and what was not read is lost then. */
extern const int pair_is_tcp;

/* Opens and closes all of it, for what is opened once in a process; `loop` is not in use. */
void pair_warm_up(uv_loop_t *loop);
/* Behind uv_loop_init, and before uv_loop_close. */
void pair_begin(uv_loop_t *loop);
void pair_end(uv_loop_t *loop);
int pair_open(int *remote); /* the wire's end, for fcl__wire_adopt */
/* The loop turns; what was sent before has come. */
void pair_turn(uv_loop_t *loop);

/* Of the test's end; none of them waits.  How many bytes; 0: the end; -1: none now. */
long pair_send(int remote, const char *bytes, size_t len);
long pair_receive(int remote, void *into, size_t size);
void pair_shut_writes(int remote);
void pair_shut_reads(int remote);
void pair_close(int remote);
/* The wire's end takes little at a time. */
void pair_narrow(const uv_handle_t *own);

/* A port of 127.0.0.1, or of ::1; -1: there is none of such addresses here. */
int pair_listen(int is_ipv6, unsigned *port);
int pair_accept(int listener); /* waits; so does what comes of it */
#endif
