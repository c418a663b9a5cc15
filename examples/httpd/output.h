/* output.h: an exchange's response on its way to the client: gathered while small, lent while
 * large. */
#ifndef HTTPD_OUTPUT_H
#define HTTPD_OUTPUT_H
#include "connection.h"

/* The next part of the body, of which x->reply has said that it is to be sent.  Returns 1: the
   bytes are taken; 0: they stay lent until on_output_room. */
int output_body(exchange *x, const char *data, size_t len);
/* The response is complete. */
void output_end(exchange *x);
/* There is something to send (a head, perhaps): at the end of the loop's turn. */
void output_later(exchange *x);
/* What is gathered goes out now. */
void output_flush(exchange *x);
/* A text of ours between responses: 100 Continue. */
void output_text(exchange *x, const char *text, size_t len);

/* Called when lent bytes are out (or never will be: the connection is closing). */
void on_output_room(exchange *x);
#endif
