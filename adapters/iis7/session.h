/* session.h: one request, from OnExecuteRequestHandler to its end, with its order book: the
   client's loop leaves orders, threads of the server carry them out. */
#ifndef IIS_SESSION_H
#define IIS_SESSION_H
#include "abi/module.h"
#include "abi/request.h"
#include "abi/response.h"
#include "abi/server.h"
#include "task.h"
#include "visit.h"

typedef struct session {
  struct module *owner;
  IHttpContext *context;
  IHttpRequest *in;
  IHttpResponse *out;
  IHttpEventProvider *provider; /* of the notification that is under way */
  /* The book, under a lock. */
  order answer; /* ORDER_HEAD, ORDER_SPAN or ORDER_END: each comes when the one before is done */
  int wants_body;
  int is_parked; /* nothing is under way: the next order posts the one continuation */
  order
      operation; /* a SPAN or a READ of the server's that is under way: its completion continues */
  task task;
  int is_called; /* the task, which cancels a READ, is about to run: the session stays until then */
  /* The server's threads'. */
  HTTP_DATA_CHUNK chunk; /* lent to the server until the completion */
  DWORD limit, buffered; /* bytes that the server may and does hold back */
  int refused_status;    /* of a head that the server does not send; 0: there was none */
  /* watch.c's, under its lock. */
  struct watch *watch;
  struct session *next_watched;
  visit visit; /* last: what is large in it is not zeroed */
} session;

/* One for each request that the server asks about. */
typedef struct module {
  const CHttpModuleTable *table;
  session *session; /* NULL: none is under way */
} module;

#define SESSION_OF(v) ((session *) ((char *) (v) -offsetof(session, visit)))

extern IHttpServer *session_server;
extern HTTP_MODULE_ID session_id; /* this module's, with the server */

/* ---- session.c ---- */
REQUEST_NOTIFICATION_STATUS session_serve(module *, IHttpContext *, IHttpEventProvider *);
void session_send_head(session *s);
/* The operation is over; it moved `size` bytes, or failed. */
void session_settle(session *s, order what, int ok, DWORD size);
REQUEST_NOTIFICATION_STATUS session_end(session *s); /* frees it */

/* ---- orders.c ---- */
int orders_open(session *s);                              /* 0: there is no thread */
void orders_leave(visit *v, order o);                     /* loop's thread */
REQUEST_NOTIFICATION_STATUS orders_carry_out(session *s); /* returns what to return */
REQUEST_NOTIFICATION_STATUS orders_go_on(session *s, IHttpCompletionInfo *info); /* likewise */

/* ---- facts.c ---- */
fcl_slice facts_variable(visit *v, const char *name); /* as bytes */
fcl_slice facts_name(visit *v, const char *name);     /* in UTF-8 */
/* These return 0, or the HTTP status to refuse the request with. */
int facts_take(session *s);
int facts_route(session *s, const fcl_config *config);

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
