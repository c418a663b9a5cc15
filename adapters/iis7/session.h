/* session.h: one request, from OnExecuteRequestHandler to its end, with its order book: the
   client's loop leaves orders, threads of the server carry them out. */
#ifndef IIS_SESSION_H
#define IIS_SESSION_H
#include "abi/module.h"
#include "abi/request.h"
#include "abi/response.h"
#include "abi/server.h"
#include "route.h"
#include "task.h"
#include "text.h"

enum { HEADERS_MAX = 500, TEXT_MAX = 96 * 1024, UPLOAD_SIZE = 64 * 1024 };

typedef enum order { ORDER_NONE, ORDER_HEAD, ORDER_SPAN, ORDER_END, ORDER_READ } order;

/* What the server tells about a request. */
typedef struct facts {
  fcl_cgi_request q;
  int minor;           /* of HTTP/1.x; 0 for HTTP/2 and above, which have no chunks */
  int64_t body_length; /* -1: not known */
  route route;
  size_t header_count, used;
  int is_full;                     /* something did not fit */
  fcl_header headers[HEADERS_MAX]; /* the client's */
  char text[TEXT_MAX];             /* what slices point to that the server had in UTF-16 */
} facts;

typedef struct session {
  struct module *owner;
  IHttpContext *context;
  IHttpRequest *in;
  IHttpResponse *out;
  IHttpEventProvider *provider; /* of the notification that is under way */
  fcl_request *request;
  /* The book, under a lock. */
  order answer; /* ORDER_HEAD, ORDER_SPAN or ORDER_END: each comes when the one before is done */
  int wants_body;
  int is_parked; /* nothing is under way: the next order posts the one continuation */
  order
      operation; /* a SPAN or a READ of the server's that is under way: its completion continues */
  task task;
  int is_called; /* the task, which cancels a READ, is about to run: the session stays until then */
  /* What orders are about: written before they are left. */
  const fcl_head *head; /* lent by the library until resume; so is the span */
  fcl_slice span;
  fcl_error error;
  unsigned retry_after;
  fcl_slice shown; /* by the page of an error, instead of its own text */
  /* The server's threads'. */
  fcl_cgi_reply reply;
  int has_head, is_gone; /* it is in the server's hands; the client has left */
  HTTP_DATA_CHUNK chunk; /* lent to the server until the completion */
  DWORD limit, buffered; /* bytes that the server may and does hold back */
  int64_t body_left;     /* -1: not known */
  /* watch.c's, under its lock. */
  struct watch *watch;
  struct session *next_watched;
  facts facts; /* from here on, what is large is not zeroed */
  char upload[UPLOAD_SIZE];
} session;

/* One for each request that the server asks about. */
typedef struct module {
  const CHttpModuleTable *table;
  session *session; /* NULL: none is under way */
} module;

extern IHttpServer *session_server;
extern HTTP_MODULE_ID session_id; /* this module's, with the server */

/* ---- session.c ---- */
REQUEST_NOTIFICATION_STATUS session_serve(module *, IHttpContext *, IHttpEventProvider *);
void session_send_head(session *s);
/* The operation is over; it moved `size` bytes, or failed. */
void session_settle(session *s, order what, int ok, DWORD size);
DWORD session_room(const session *s);                /* of `upload` for the next part */
void session_give_up(session *s);                    /* the client has left */
REQUEST_NOTIFICATION_STATUS session_end(session *s); /* frees it */

/* ---- orders.c ---- */
int orders_open(session *s);                              /* 0: there is no thread */
void orders_leave(session *s, order o);                   /* loop's thread */
REQUEST_NOTIFICATION_STATUS orders_carry_out(session *s); /* returns what to return */
REQUEST_NOTIFICATION_STATUS orders_go_on(session *s, IHttpCompletionInfo *info); /* likewise */

/* ---- facts.c: these return 0, or the HTTP status to refuse the request with ---- */
int facts_take(session *s);
int facts_route(session *s, const fcl_config *config);
int facts_set_params(session *s);

/* ---- reply.c ---- */
int reply_head(session *s, const fcl_head *head); /* 0: it cannot be */
/* The server's own page for an error, with what it shows beside it to whom it trusts. */
void reply_error(session *s, fcl_iis what, const char *sentence);
void reply_shown(session *s); /* what the application wrote on STDERR */
/* HRESULTs; the span by reference to memory that is lent until the completion, or copied. */
HRESULT reply_write(session *s, fcl_slice data, int is_lent);
void reply_trace(session *s, const WCHAR *name, const char *text, HRESULT error);

/* ---- watch.c: clients that leave ---- */
void watch_begin(session *s);
void watch_end(session *s);
int watch_is_connected(const session *s);

/* ---- config.c ---- */
void config_open(void);
void config_changed(void); /* it is to be read again; any thread */
/* The application of a handler's scriptProcessor, "fullPath|arguments"; NULL: there is none. */
const fcl_config_app *config_find(const fcl_config *config, const char *processor);
#endif
