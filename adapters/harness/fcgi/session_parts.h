/* session_parts.h: what the parts of a session share. */
#ifndef FCGI_SESSION_PARTS_H
#define FCGI_SESSION_PARTS_H
#include "session.h"

struct session {
  unsigned number, requests; /* requests: named so far */
  int is_redacted, is_lost, has_server_left, is_placed, flags;
  size_t left_out;
  fcl__arrived from[2]; /* by fcl_side */
  fcl__text lines;
};

/* A request, from its BEGIN_REQUEST on. */
typedef struct exchange {
  session *s;
  const fcl__record *begin, *abort, *end; /* NULL: did not come */
  unsigned id, role, flags, number;
  fcl__text params, in, data, out, err;
  int params_ended, in_ended, data_ended;
} exchange;

/* `-- connection 1`, once; behind the first call, since the library connects when it has a request.
 */
void session_say_connection(session *s);
/* The lines of a request; or it is left out, and counted. */
void session_say_exchange(exchange *x);
#endif
