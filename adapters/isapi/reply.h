/* reply.h: what goes to the client. */
#ifndef REPLY_H
#define REPLY_H
#include "facts.h"

/* Sends the head; `reply` is ready for the body.  Returns 0 when the server refuses it. */
int reply_head(facts *f, fcl_cgi_reply *reply, const fcl_head *head);
/* Apache: mod_isapi asks a client that expects "100 Continue" for its body only once there is a
   status, be it one that reply_head or reply_page will replace. */
void reply_invite_body(facts *f);
/* A small page of our own.  Returns 0 when the server refuses it.  retry_after: seconds; 0: none.
 */
int reply_page(facts *f, int status, unsigned retry_after);
/* Cuts the client off in the middle of a response, so that it does not look whole.  Returns 0 when
   there was no way. */
int reply_cut(facts *f);
#endif
