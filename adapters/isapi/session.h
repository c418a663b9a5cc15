/* session.h: one request, from HttpExtensionProc to its end, with its order book: the client's loop
   leaves orders, threads of the server carry them out, since a call into the server may take as
   long as its client likes. */
#ifndef SESSION_H
#define SESSION_H
#include "isapi.h"
#include "task.h"
#include "visit.h"
#include <uv.h>

/* mod_isapi counts versions in a way of its own; IIS: 0x60000 and above. */
#define IS_MOD_ISAPI(ecb)  ((ecb)->dwVersion == 0x500)
#define IS_IIS(ecb, major) ((ecb)->dwVersion >= (DWORD) (major) << 16)

/* Apache waits until a read's room is full, and an answer waits meanwhile: so the first is small.
 */
enum { UPLOAD_FIRST = 16 * 1024 };

typedef struct session {
  EXTENSION_CONTROL_BLOCK *ecb;
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
  /* The server's threads'. */
  int tries_async;
  struct head { /* a head that waits for the first bytes of its body; valid until these are sent */
    int waits;
    char status[128], *fields;
    HSE_RESPONSE_VECTOR vector;
    HSE_VECTOR_ELEMENT element;
  } held;
  int is_unhealthy; /* to be said when the queue is full: UnhealthyOnQueueFull */
  visit visit;      /* last: what is large in it is not zeroed */
} session;

#define SESSION_OF(v) ((session *) ((char *) (v) -offsetof(session, visit)))

/* ---- facts.c ---- */
fcl_slice facts_variable(visit *v, const char *name);
/* Returns 0, or the HTTP status to refuse the request with. */
int facts_take(session *s);

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
fcl_slice system_name(visit *v, const char *name);
fcl_slice system_path(visit *v, const char *name, const char *bytes);
void *system_token(session *s); /* the user's; NULL: none that processes could act as */
/* Between these two the server's thread is the process's own, and not its user's. */
void *system_put_user_down(void);
void system_take_user_up(void *user);

/* ---- orders.c ---- */
void orders_open(session *s);
void orders_forget(void);             /* what was learned about the server */
void orders_leave(visit *v, order o); /* loop's thread */
DWORD orders_carry_out(session *s);   /* returns what HttpExtensionProc is to return */

/* ---- session.c ---- */
unsigned session_count(void);
DWORD session_serve(EXTENSION_CONTROL_BLOCK *ecb); /* returns what HttpExtensionProc is to return */
void session_send_head(session *s);
void session_settle(session *s); /* the operation is over */
DWORD session_end(session *s);   /* frees it */
#endif
