/* app_shared.h: a connection on which several requests run at once, each answered on a thread of
   its own (section 3.3): app_requests.c what an answer does, app_shared.c what arrives. */
#ifndef FCGI_APP_SHARED_H
#define FCGI_APP_SHARED_H
#include "../../../examples/app.h"
#include "app_limits.h"
#include "../net.h"
#include "../sync.h"

enum { APP_RING = 65536, APP_OUT = 16384 };

/* A stream from the server that was not read yet.  Guarded by the connection's lock. */
typedef struct app_stream {
  char *ring; /* APP_RING bytes; NULL: nothing came yet */
  size_t at, len, lent;
  int is_ended;
} app_stream;

struct request {
  struct request *next;
  struct app_conn *conn;
  unsigned id, role;
  int is_kept, is_dropped, is_aborted, has_stderr;
  int has_begun; /* its PARAMS are whole, a thread answers it */
  uint32_t app_status;
  char *params; /* the pairs, as they came; of its own thread once that has begun */
  size_t params_len;
  app_stream in, data;
  fcl_type out_type; /* of what is gathered in `out` */
  size_t out_len;
  char out[FCL_HEADER_SIZE + APP_OUT];
};

typedef struct app_conn {
  int fd, wake[2]; /* wake: a pair, so that the reader learns of an end */
  fcl__lock lock;  /* of all that follows, and of requests' streams */
  fcl__news changed;
  request *requests; /* that were begun, and whose END_REQUEST is not on its way */
  unsigned running;  /* threads */
  unsigned served;
  int must_close; /* a request without FCGI_KEEP_CONN has ended: behind the others it is over */
  int is_over;    /* nothing more is sent or taken */
  fcl__lock sends;
  app_limits *limits;
  unsigned slot;
} app_conn;

/* app_requests.c: the thread that answers a request; frees it. */
void app_request_run(void *request);
void app_request_free(request *r);
/* Sends whole records; the watcher sees them first. */
void app_conn_send(app_conn *c, const void *records, size_t len);
/* Sees all bytes of the connection, one after the other. */
void app_conn_watch(int is_ours, const char *data, size_t len);
/* Ends the connection for both sides. */
void app_conn_break(app_conn *c);

/* app_shared.c: serves a connection until it is over, closes it; from then on nothing is watched.
   Returns how many requests were answered.  Answers that nobody will get may still be at work:
   leave the process. */
unsigned app_serve_shared(int fd, app_limits *limits, unsigned slot);
#endif
