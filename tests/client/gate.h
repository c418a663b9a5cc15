/* gate.h: what the tests of authorizers share: a client with two scripted applications, the one
 * that is asked first and the one that answers. */
#ifndef TEST_GATE_H
#define TEST_GATE_H
#include "client/wire.h"

#define PASS "Status: 200 OK\r\n\r\n"
#define DENY "Status: 403 No\r\nContent-Type: text/plain\r\n\r\nno"

extern world w;
extern exchange x;
extern upload u;
extern fcl_script *gate; /* the authorizer */
extern fcl_pool *gate_pool;
extern fcl_pool_options gate_options;
extern fcl_loop mode;      /* FCL_LOOP_UV */
extern _Atomic size_t cut; /* for the script's thread */
extern _Atomic unsigned asked;
extern const char *_Atomic said; /* what gate_say answers */
extern int now;                  /* the case at hand; set before the scripts start */

void gate_setup(void);
void gate_teardown(void);
void gate_start(void (*gate_play)(fcl_script *, void *), void (*play)(fcl_script *, void *));
/* A request whose authorizer is asked first; likewise started; likewise waited for. */
void gate_request(const char *method);
void gate_ask(void);
void gate_get(void);
/* A POST of a body that is lent in steps, of u.bytes, which the test frees. */
void gate_upload(size_t size, size_t step);
/* The pieces of a body come up as they came: joined in the log. */
void gate_join(char *log);

/* Applications: nobody must come to it; says `said` to everybody; never answers. */
void gate_left_alone(fcl_script *s, void *user);
void gate_say(fcl_script *s, void *user);
void gate_silent(fcl_script *s, void *user);

TCase *authorize_passes(void);
TCase *authorize_refuses(void);
TCase *authorize_lends(void);
TCase *authorize_ends(void);
#endif
