/* session.h: a connection between a real server and a real application, becoming a case of a
 * transcript. */
#ifndef FCGI_SESSION_H
#define FCGI_SESSION_H
#include "../player.h"

typedef struct session session;

/* `is_redacted`: secrets are left out (Cookie, Authorization, Set-Cookie).  NULL: out of memory. */
session *session_new(unsigned number, int is_redacted);
/* What that side has sent next. */
void session_add(session *s, fcl_side side, const char *bytes, size_t len);
/* It is over, `first` having ended it; the case is appended to *out. */
void session_end(session *s, fcl_side first, int is_reset, fcl__text *out);
void session_free(session *s);

/* redact.c: a pair, or the bytes of STDOUT, in the words of a transcript, secrets left out. */
void redact_pair(fcl__text *out, fcl_slice name, fcl_slice value, int is_redacted);
void redact_answer(fcl__text *out, const char *bytes, size_t len, int is_redacted);
#endif
