/* stderr_world.h: requests to applications that write on STDERR. */
#ifndef TEST_STDERR_WORLD_H
#define TEST_STDERR_WORLD_H
#include "client/wire.h"
#include <stdlib.h>

extern world w;
extern _Atomic size_t cut; /* for the script's thread */
extern int now;
/* A request without on_stderr, unless told otherwise. */
typedef struct told {
  char log[256]; /* "head 200; body 5; " */
  char text[40000];
  size_t text_len;
  unsigned dones;
  int cancels; /* in on_head */
  fcl_result result;
} told;
extern told x;
fcl_flow on_head(fcl_request *r, const fcl_head *head, void *user);
fcl_flow on_body(fcl_request *r, const char *data, size_t len, void *user);
void on_done(fcl_request *r, const fcl_result *result, void *user);
void get(void);
void start(void (*play)(fcl_script *, void *));
const char *said(void);

TCase *stderr_world_case(const char *name);
#endif
