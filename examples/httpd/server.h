/* server.h: a worker: one thread with its loop, its listener, its connections and its pools. */
#ifndef HTTPD_SERVER_H
#define HTTPD_SERVER_H
#include <uv.h>
#include "blocks.h"
#include "known.h"
#include "list.h"
#include "table.h"

struct connection;
struct exchange;

/* What a connection may be waiting for, with a time limit each. */
typedef enum clock_kind {
  CLOCK_NONE,
  CLOCK_IDLE,   /* the next request */
  CLOCK_HEAD,   /* the rest of a head */
  CLOCK_BODY,   /* more of a request body */
  CLOCK_WRITE,  /* the client to read */
  CLOCK_LINGER, /* the client to notice that we are done */
  CLOCK_COUNT
} clock_kind;

enum { PATH_ROOM = 4096, DATE_LEN = 29, LOG_ROOM = 16 * 1024 };

typedef struct worker {
  const options *options;
  unsigned index;
  uv_loop_t loop;
  uv_thread_t thread;
  uv_tcp_t listener;
  uv_mutex_t lock;  /* of what other threads tell it: */
  int is_deaf;      /* its loop ends: nothing any more */
  uv_async_t stop;  /* an orderly end */
  uv_async_t renew; /* to be made of `next` */
  configuration *next;
  uv_prepare_t flush; /* before each wait: what was gathered goes out */
  uv_timer_t tick;    /* every second, while there are connections */
  uv_timer_t drain;   /* the end of patience */
  fcl_client *client;
  table table;          /* what the applications are */
  fcl_pool *authorizer; /* is asked before them; NULL: nobody is */
  ring connections, clocks[CLOCK_COUNT], dirty;
  unsigned connection_count;
  int is_draining, is_closing;
  uv_async_t *ended;
  _Atomic int has_ended;
  blocks blocks;
  struct exchange *free_exchanges;
  struct connection *free_connections;
  char date[DATE_LEN + 1];                                          /* of now, as HTTP writes it */
  char path[PATH_ROOM], index_path[PATH_ROOM], file[PATH_ROOM * 2]; /* while a request is routed */
  known_file known[KNOWN_FILES];
  char junk[16 * 1024]; /* what nobody reads */
  char said[1024];      /* the last sentence about an application */
  char log[LOG_ROOM];
  size_t log_len;
} worker;

/* Prepares a worker on a socket that is bound; `config` may be NULL.  Returns 0, or -1 having said
   why. */
int worker_init(worker *w, const options *o, configuration *config, unsigned index, int fd);
/* [any thread] Applications are those of this configuration from now on. */
void worker_configure(worker *w, configuration *config);
/* Runs it to its end, on a thread of its own; then sets has_ended and wakes `ended`. */
int worker_start(worker *w, uv_async_t *ended);
void worker_join(worker *w);
/* [any thread] Finish what there is, and end. */
void worker_stop(worker *w);

/* For connection.c: a connection is gone. */
void worker_forget(worker *w);
#endif
