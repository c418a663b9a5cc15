/* wire_case.h: what every test of one request on the wire begins and ends with. */
#ifndef TEST_WIRE_CASE_H
#define TEST_WIRE_CASE_H
#include "client/wire.h"

extern world w;
extern exchange x;
extern upload u;
extern int now; /* the case at hand; set before the script starts */

/* Opens the world for case `i`. */
void start(void (*play)(fcl_script *, void *), int i);
/* Starts and finishes x, and waits for its end. */
void go(void);
/* Takes a connection and a request, and says hello. */
void serve_one(fcl_script *s);
/* The pieces of a body come up as they came: put together, logs can be compared. */
void join_bodies(char *log);

TCase *wire_case(const char *name);
#endif
