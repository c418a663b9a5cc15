/* connection.h: a client's connection, and the exchange on it: one request and its response. */
#ifndef HTTPD_CONNECTION_H
#define HTTPD_CONNECTION_H
#include <fcgiclient/cgi.h>
#include <fcgiclient/stats.h>
#include <llhttp/llhttp.h>
#include "server.h"

enum {
  FIELDS_MAX = 100,      /* more: 431 */
  TARGET_MAX = 8 * 1024, /* longer: 414 */
  HEAD_MAX = 32 * 1024,  /* longer: 431 */
  DRAIN_MAX =
      64 * 1024, /* what is left of a body that nobody wants is read if it is no more than this */
  REDIRECTS_MAX = 5,
  CHUNK_LINE_SIZE = 20
};

/* One write that may outlast its call. */
typedef struct output {
  uv_write_t req;
  struct exchange *x;
  int is_pending;
  char chunk_line[CHUNK_LINE_SIZE];
} output;

typedef enum exchange_state {
  READING_HEAD,
  HEAD_COMPLETE, /* to be routed */
  READING_BODY,  /* for the application, or for nobody */
  BODY_COMPLETE
} exchange_state;

/* Who gets the request body. */
typedef enum body_use { BODY_UNWANTED, BODY_LENT } body_use;

typedef struct exchange {
  struct connection *c;
  struct exchange *next_free;
  ring dirty; /* in worker->dirty, while something gathered waits to go out */

  /* the request */
  exchange_state state;
  block *head_block; /* where its head lies; may be connection->in */
  size_t head_start;
  unsigned field_count;
  int refusal;  /* found while parsing: the status to refuse it with */
  int is_value; /* the parser is in a value */
  int minor;    /* HTTP/1.minor */
  int keep_alive, expects_continue, has_body, is_chunked;
  fcl_slice method, target;
  fcl_slice host;
  int64_t body_length; /* -1: not known (chunked) */
  uint64_t body_got, started;
  body_use use;
  fcl_slice body; /* what the parser found of it just now */

  /* the response */
  fcl_cgi_reply reply;
  block *out; /* [0, fields_len): status line and fields; [fields_len, out_len): body gathered */
  size_t fields_len, out_len;
  int has_head; /* `out` (or what went before) holds one */
  int head_sent, ended;
  char framing[112]; /* the fields of framing, and the blank line */
  size_t framing_len;
  uint64_t sent; /* bytes of body, for the log */
  output text_write, block_write, span_write, last_write;
  int writes; /* that are pending */

  /* from an application */
  fcl_request *request;
  int is_lent, is_held, is_canceled;
  int is_redirect, redirects; /* the answer is a local redirect; how many there were */
  block *location;            /* of a local redirect */
  size_t location_len;

  /* from a file */
  uv_fs_t fs;
  int fd, fs_busy;
  int64_t file_at, file_left;
  block *file_block;

  /* /-/pools.json, /-/metrics; fs_busy while the pools are asked */
  fcl_stats *stats;
  fcl_stats_format stats_format;

  fcl_header fields[FIELDS_MAX]; /* last: not cleared */
} exchange;

typedef struct connection {
  uv_tcp_t tcp;
  worker *worker;
  struct connection *next_free;
  ring link, clock;
  clock_kind clock_kind;
  uint64_t since;   /* when the clock was set */
  size_t queue_was; /* CLOCK_WRITE: what was queued then */
  llhttp_t parser;
  block *in;
  size_t at, end; /* in->bytes[at, end) has not been parsed */
  exchange *x;    /* NULL: between two requests */
  uv_shutdown_t shutdown;
  int has_waited; /* for room to read into */
  int is_reading, is_advancing, is_lingering, is_closing, is_closed;
  char remote_addr[46], local_addr[46];
  unsigned remote_port, local_port;
  fcl_slice source; /* who it is, where each has its turn */
  char network[8];
} connection;

void connection_accept(worker *w);
/* Does what can be done: parses what was read, routes, goes on to the next request. */
void connection_advance(connection *c);
/* Breaks it off.  Requests to applications are canceled; memory goes when everything has come back.
 */
void connection_close(connection *c);
/* Likewise, so that the client cannot take what it got for the whole. */
void connection_reset(connection *c);
/* Something has come back: the exchange ends, perhaps, or the connection goes.  The exchange may be
 * gone behind it. */
void connection_settle(connection *c);
/* A connection that waits for a request is closed now; the others after their response. */
void connection_drain(connection *c);
void connection_clock(connection *c, clock_kind kind);
void connection_expired(connection *c);   /* clocks.c: the clock has run out */
void connection_addresses(connection *c); /* fills remote_addr and so on, once */

exchange *exchange_new(connection *c);
void exchange_free(exchange *x);
/* The head is complete: decides who answers, and who gets the body, before any of that is asked
 * for. */
void exchange_start(exchange *x);
/* Answers with an error, and reads nothing more as a request. */
void exchange_refuse(exchange *x, int status);
/* Answers the request as one for `target`. */
void exchange_answer(exchange *x, fcl_slice target);
/* The client's method; GET behind a redirect. */
fcl_slice exchange_method(const exchange *x);
/* Some of the request body is not here: 1 if it is little enough to be read and dropped, when the
 * response is complete. */
int exchange_may_drain(const exchange *x);
/* A field of the request; the first of several.  `lower_case` is that. */
int exchange_field(const exchange *x, const char *lower_case, fcl_slice *value);

/* clocks.c */
void clocks_tick(worker *w);
void clocks_date(worker *w);
#endif
