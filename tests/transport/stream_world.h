/* stream_world.h: one wire, what it tells of itself, and the socket at its other end. */
#ifndef TEST_STREAM_WORLD_H
#define TEST_STREAM_WORLD_H
#include "support/allocator.h"
#include "support/suite.h"
#include "transport/pair.h"
#include "transport/wire.h"
#include <string.h>

extern uv_loop_t loop;
extern test_allocator memory;
extern fcl__blocks blocks;
extern fcl__wire w;
extern int listener, remote; /* -1: none */
extern int opened, status, ended, closed, written_status;
extern size_t came, written;
extern char got[65536]; /* the beginning of what came */
extern int keep;        /* the next block is kept, */
extern char *kept;      /* here */
extern const fcl__wire_events events;

TCase *stream_case(const char *title);
/* The wire, and remote. */
void open_pair(void);
/* As fcl__wire_connect. */
int connect_to(const char *text);
/* Then: waits until it is open, where that returned 0; a ping, and a pong that ends it. */
void converse(int n);
/* By itself a connection keeps no loop running, so this does. */
void run_until(const int *what);
#endif
