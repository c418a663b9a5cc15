/* session.h: one request, from HttpExtensionProc to its end, with its order book: the client's loop
   leaves orders, threads of the server carry them out, since a call into the server may take as
   long as its client likes. */
#ifndef SESSION_H
#define SESSION_H
#include "isapi.h"
#include "route.h"
#include "task.h"
#include <uv.h>

/* mod_isapi counts versions in a way of its own; IIS: 0x60000 and above. */
#define IS_MOD_ISAPI(ecb)  ((ecb)->dwVersion == 0x500)
#define IS_IIS(ecb, major) ((ecb)->dwVersion >= (DWORD) (major) << 16)

/* Parameters may be 65,528 bytes in all.  Apache waits until a read's room is full, and an answer
   waits meanwhile: so the first is small. */
enum { HEADERS_MAX = 500, TEXT_MAX = 96 * 1024, UPLOAD_FIRST = 16 * 1024, UPLOAD_SIZE = 64 * 1024 };

/* What the server tells about a request. */
typedef struct facts {
  fcl_cgi_request q;
  int minor;           /* of HTTP/1.x */
  int64_t body_length; /* -1: not known */
  size_t header_count, used;
  int is_full; /* something did not fit */
  route route;
  fcl_header headers[HEADERS_MAX]; /* the client's */
  char text[TEXT_MAX];             /* what the slices point to */
} facts;

typedef enum order { ORDER_NONE, ORDER_HEAD, ORDER_SPAN, ORDER_END, ORDER_READ } order;

typedef struct session {
  EXTENSION_CONTROL_BLOCK *ecb;
  fcl_request *request;
  /* The book, under a lock. */
  uv_cond_t changed;
  order answer; /* ORDER_HEAD, ORDER_SPAN or ORDER_END: each comes when the one before is done */
  int wants_body;
  int is_waiting; /* HttpExtensionProc stays until the end.  Else: */
  int is_working; /* a thread carries out orders, or an operation is under way */
  task task;
  int is_called, is_parked; /* the task is about to run; and shall carry out the end */
  struct operation {        /* a write or a read of the server's, which may be over later */
    order what;
    uv_thread_t thread; /* that has begun it */
    int is_begun, is_over, ok;
    int is_inline, is_late; /* it was over within the call; it came behind the last order */
    DWORD size;
  } operation;
  /* What orders are about: written before they are left. */
  const fcl_head *head; /* lent by the library until resume; so is the span */
  fcl_slice span;
  fcl_code code;
  unsigned retry_after;
  fcl_slice shown; /* by the page of an error, instead of its own text */
  /* The server's threads'. */
  int tries_async;
  fcl_cgi_reply reply;
  struct head { /* a head that waits for the first bytes of its body; valid until these are sent */
    int waits;
    char status[128], *fields;
    HSE_RESPONSE_VECTOR vector;
    HSE_VECTOR_ELEMENT element;
  } held;
  int is_unhealthy;      /* to be said when the queue is full: UnhealthyOnQueueFull */
  int has_head, is_gone; /* it is sent, or held; the client has left, or there is no way to it */
  int64_t body_left;     /* -1: not known */
  facts facts;           /* from here on, what is large is not zeroed */
  char upload[UPLOAD_SIZE];
} session;

/* ---- facts.c: these return 0, or the HTTP status to refuse the request with ---- */
int facts_take(session *s);
int facts_set_params(session *s);
fcl_slice facts_variable(session *s, const char *name); /* empty: the server does not have it */

/* ---- reply.c: what goes to the client.  0: the server did not take it ---- */
int reply_head(session *s, const fcl_head *head);
int reply_page(session *s, int status); /* a small one of our own */
/* The next bytes of a body, with the head before them if that is held; HSE_IO_ASYNC: the session
   keeps what the server needs until then. */
BOOL reply_write(session *s, void *data, DWORD *size, DWORD mode);
/* Sends a head that is held still, or takes it back. */
int reply_flush(session *s);
void reply_take_back(session *s);
/* Apache: a client that expects "100 Continue" is asked for its body only once there is a status,
   be it one that another head will replace. */
void reply_invite_body(session *s);
/* Cuts the client off in the middle of a response, so that it does not look whole. */
void reply_cut(session *s);

/* ---- system_*.c ---- */
/* A variable that has names of files or users in it, in UTF-8 where the system can.  Likewise what
   the control block has as `bytes`. */
fcl_slice system_name(session *s, const char *name);
fcl_slice system_path(session *s, const char *name, const char *bytes);
/* The request's user; NULL: none that processes could act as. */
int system_identity(session *s, fcl_identity **identity, fcl_error *error);
/* Between these two the server's thread is the process's own, and not its user's. */
void *system_put_user_down(void);
void system_take_user_up(void *user);

/* ---- orders.c ---- */
void orders_open(session *s);
void orders_forget(void);               /* what was learned about the server */
void orders_leave(session *s, order o); /* loop's thread */
DWORD orders_carry_out(session *s);     /* returns what HttpExtensionProc is to return */

/* ---- session.c ---- */
unsigned session_count(void);
DWORD session_serve(EXTENSION_CONTROL_BLOCK *ecb); /* returns what HttpExtensionProc is to return */
void session_send_head(session *s);
void session_settle(session *s);      /* the operation is over */
DWORD session_room(const session *s); /* bytes of `upload` for the next part of the body */
DWORD session_end(session *s);        /* frees it */
#endif
