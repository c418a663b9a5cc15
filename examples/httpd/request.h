/* request.h: the head of an HTTP request, by llhttp. */
#ifndef HTTPD_REQUEST_H
#define HTTPD_REQUEST_H
#include "connection.h"

typedef enum parsed { PARSED_ALL, PARSED_STOP, PARSED_ERROR } parsed;

void request_parser_init(connection *c);
/* Parses in->bytes[at, end) of the connection.  STOP: the head, or the message, is complete
   (x->state tells).  ERROR: x->refusal is the status to refuse it with. */
parsed request_parse(connection *c);
/* Draws the conclusions from a complete head.  Returns 0, or the status to refuse it with. */
int request_check(exchange *x);
/* The head has moved in memory. */
void request_rebase(exchange *x, const char *from, const char *to);
#endif
