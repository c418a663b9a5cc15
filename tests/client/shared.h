/* shared.h: what the tests of shared connections share: many exchanges, and scripts that answer
 * them by their ids. */
#ifndef TEST_SHARED_H
#define TEST_SHARED_H
#include "client/wire.h"

#define MANY 1000

extern world w;
extern upload u;
extern exchange xs[MANY];
extern fcl_loop mode;
extern int now; /* the case at hand; set before the script starts */

TCase *shared_case(const char *name); /* with a world in which 10 share a connection */
void start(void (*play)(fcl_script *, void *), int i);
void get_all(int n);
void wait_all(int n);

/* Whole requests, one behind the other, whether those before them are answered or not. */
void read_requests(fcl_script *s, int n);
void read_abort(fcl_script *s, unsigned id);
void send_end(fcl_script *s, unsigned id, unsigned protocol_status);
void answer_id(fcl_script *s, unsigned id, const char *text);

/* A number below that, the next one after `seed`. */
extern unsigned seed;
unsigned chance(unsigned below);
#endif
