/* visit.h: one request on its way from a web server to an application and back: what the server
   tells of it, and what the client's loop asks of the server's threads. */
#ifndef SERVICE_VISIT_H
#define SERVICE_VISIT_H
#include "route.h"
#include "service.h"

/* Parameters may be 65,528 bytes in all. */
enum { HEADERS_MAX = 500, TEXT_MAX = 96 * 1024, UPLOAD_SIZE = 64 * 1024 };

typedef enum order { ORDER_NONE, ORDER_HEAD, ORDER_SPAN, ORDER_END, ORDER_READ } order;

typedef struct visit visit;
/* What an adapter does for its visits. */
typedef struct visit_host {
  /* A thread of the server's is to carry this out.  Loop's thread. */
  void (*leave)(visit *, order);
  /* A variable of the server's, kept with the visit; empty: it does not have it.  As bytes, and
     what names files and users in UTF-8. */
  fcl_slice (*variable)(visit *, const char *name);
  fcl_slice (*name)(visit *, const char *name);
} visit_host;

struct visit {
  const visit_host *host;
  fcl_request *request;
  /* What orders are about: written before they are left. */
  const fcl_head *head; /* lent by the library until resume; so is the span */
  fcl_slice span;
  fcl_error error;
  unsigned retry_after;
  fcl_slice shown; /* by the page of an error, instead of its own text */
  /* The server's threads'. */
  fcl_cgi_reply reply;
  int has_head,
      is_gone;       /* it is in the server's hands; the client has left, or none can reach it */
  int64_t body_left; /* -1: not known */
  /* What the server tells. */
  fcl_cgi_request q;
  int minor; /* of HTTP/1.x; 0 where there are no chunks */
  route route;
  size_t header_count, used;
  int is_full;                     /* something did not fit */
  fcl_header headers[HEADERS_MAX]; /* the client's; from here on, what is large is not zeroed */
  char text[TEXT_MAX];             /* what the slices point to */
  char upload[UPLOAD_SIZE];
};

void visit_init(visit *, const visit_host *);
void visit_free(visit *);

/* ---- facts.c: these return 0, or the HTTP status to refuse the request with ---- */
/* What servers alike tell in variables, but for the method, the query and the body's length. */
int visit_take(visit *);
/* The path that was asked for: the script's name and what follows it, be that the whole already. */
fcl_slice visit_path(visit *, fcl_slice name, fcl_slice info);
/* Digits alone; -1: it is none. */
int64_t visit_number(fcl_slice value);
/* In UTF-8, kept with the visit; NULL: empty. */
fcl_slice visit_keep(visit *, const uint16_t *wide);
int visit_set_params(visit *);

/* ---- visit.c ---- */
/* Makes the request for the application that the route has found, with its parameters, its user
   (NULL: none that processes could act as) and its body's length.  Returns as these. */
int visit_open(visit *, const settings *, void *token);
/* The next part of the body; an empty one is the end of one whose length is not known. */
void visit_pass_on(visit *, const void *data, size_t len);
/* Bytes of `upload` for the next part. */
unsigned visit_room(const visit *);
/* A SPAN or a READ into `upload` is over; it moved `size` bytes, or failed. */
void visit_settle(visit *, order what, int ok, size_t size);
void visit_give_up(visit *); /* the client has left */
#endif
