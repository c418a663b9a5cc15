/* stream_world.h: one wire, what it tells of itself, and the socket at its other end. */
#ifndef TEST_STREAM_WORLD_H
#define TEST_STREAM_WORLD_H
#include "support/allocator.h"
#include "support/suite.h"
#include "transport/wire.h"
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

extern uv_loop_t loop;
extern test_allocator memory;
extern fcl__blocks blocks;
extern fcl__wire w;
extern int listener, far; /* -1: none */
extern char path[48];     /* of a socket file, which goes with the test */
extern int opened, status, ended, closed, written_status;
extern size_t came, written;
extern char got[65536]; /* the beginning of what came */
extern int keep;        /* the next block is kept, */
extern char *kept;      /* here */
extern const fcl__wire_events events;

TCase *stream_case(const char *title);
/* A pair of sockets: the wire, and far. */
void open_pair(void);
/* By itself a connection keeps no loop running, so this does. */
void run_until(const int *what);
#endif
