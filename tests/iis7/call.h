/* call.h: a request inside the test's server: the objects that the module sees, and how it is led.
 */
#ifndef IIS7_CALL_H
#define IIS7_CALL_H
#include "abi/request.h"
#include "abi/response.h"
#include "abi/server.h"
#include "server.h"
#include <uv.h>

typedef enum operation_kind { OPERATION_POST, OPERATION_READ, OPERATION_FLUSH } operation_kind;

typedef struct operation {
  struct operation *next;
  struct call *call;
  operation_kind what;
  void *data;
  DWORD size;
} operation;

/* A part of the response that is not sent yet: copied, or the module's. */
typedef struct piece {
  struct piece *next;
  const char *data;
  size_t len;
} piece;

typedef struct call {
  IHttpContext context;
  IHttpRequest request;
  IHttpResponse response;
  IHttpUser user;
  IScriptMapInfo map;
  IHttpTraceContext trace;
  IHttpEventProvider provider;
  IModuleAllocator allocator;
  struct call *older;
  exchange *x;
  connection *connection;
  CHttpModule *module;
  operation operation;
  unsigned begun, dispatched; /* continuations; notifications */
  int active;                 /* notifications that have not returned */
  int has_result, is_over, is_canceled;
  size_t body_at, buffered;
  piece *first, **last;
  struct memory *memory; /* that goes with the request */
} call;

extern uv_mutex_t server_lock;
extern IHttpModuleFactory *server_factory;

/* ---- server.c ---- */
void call_fault(call *c, const char *sentence);
void call_enter(call *c); /* what holds for each call into the server */
/* Something that others wait for; under the lock. */
void call_change(void);
void call_wait_for_change(void);
void call_begin(call *c, operation_kind what, void *data, DWORD size);
void call_indicate(call *c, REQUEST_NOTIFICATION_STATUS status);
HRESULT call_cancel(call *c);
void call_wait_until_canceled(call *c);
void server_begin(void);
void server_end(void);

/* ---- objects.c ---- */
void call_fill(call *c, exchange *x, connection *of);
void *call_allocate(call *c, size_t size);
void call_empty(call *c); /* frees what goes with the request */

/* ---- body.c ---- */
HRESULT body_read(call *c, char *data, DWORD *size);
HRESULT body_flush(call *c, int is_last);
void body_end(call *c); /* what the module has left to the server is sent */
extern const IHttpResponseTable response_table;
extern const IHttpRequestTable request_table;
#endif
