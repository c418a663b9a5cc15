/* caller.h: the caller's side of a transcript: a client of the library, its requests, what they
 * were told. */
#ifndef FCGI_CALLER_H
#define FCGI_CALLER_H
#include <fcgiclient/fcgiclient.h>
#include "../player.h"

typedef struct caller caller;

/* A request, and all that its callbacks brought. */
typedef struct call {
  struct call *next;
  caller *of;
  fcl_slice name;
  fcl_request *request;
  int has_head, status, local_redirect;
  int64_t content_length;
  fcl__text reason, fields; /* fields: "name\0value\0", in order */
  size_t field_count;
  fcl__text body, errs;
  size_t body_at, errs_at; /* what `=` lines have spoken of */
  int body_is_claimed, body_is_any, errs_are_any;
  unsigned sents, sents_at, lends;
  fcl_code sent_code;
  int is_done;
  fcl_result result;
  int is_to_hold, is_held;
  size_t hold_after;
  fcl_slice data; /* of a filter: lent behind the body */
  int owes_data;
} call;

struct caller {
  const fcl__case *c;
  fcl_client *client;
  fcl_pool *pool;
  call *calls;
  fcl__text events; /* "sentence\n", in order */
  size_t events_at;
  fcl__caller as; /* what the player sees */
};

/* A client and its pool, as the case has it.  0: *e says why not. */
int caller_open(caller *k, const fcl__case *c, const char *address, fcl_error *e);
/* Ends every request, closes the client and frees all. */
void caller_close(caller *k);
call *caller_find(caller *k, fcl_slice name);

/* outcome.c: a `=` line. */
fcl__verdict caller_outcome(caller *k, const fcl__step *s, fcl__text *got);
#endif
