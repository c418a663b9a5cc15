/* reply.h: the heads of responses, and the short pages that say what went wrong. */
#ifndef HTTPD_REPLY_H
#define HTTPD_REPLY_H
#include "connection.h"

/* Begins a head of ours: status line, Server, Date.  Returns 0 when there is no memory. */
int reply_begin(exchange *x, int status);
/* Adds a field.  Returns 0 when there is no room. */
int reply_field(exchange *x, const char *name, fcl_slice value);
/* Ends the head of a body of `length` bytes (-1: none). */
void reply_end(exchange *x, int64_t length);

/* Takes the head of an application.  Returns 0 when it is too large. */
int reply_head(exchange *x, const fcl_head *head);

/* A whole response: a page that names the status.  retry_after in seconds; 0: none.  If a response
   has begun, the connection is broken off instead, so that a short page never looks whole. */
void reply_error(exchange *x, int status, unsigned retry_after);
/* Likewise, with a text, of which the beginning is shown. */
void reply_text(exchange *x, int status, fcl_slice text);
/* A whole response that sends the client elsewhere. */
void reply_redirect(exchange *x, int status, fcl_slice location);
#endif
