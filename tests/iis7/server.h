/* server.h: a web server in a test's hands, from the other side of IIS's interface: it loads the
   module, gives it requests as IIS does and in orders that IIS may choose, and watches that the
   rules are kept. */
#ifndef IIS7_SERVER_H
#define IIS7_SERVER_H
#include "abi/module.h"
#include <stddef.h>

typedef enum server_kind {
  SERVER_LATER,  /* completions come on other threads, behind the call that begins an operation */
  SERVER_EARLY,  /* ... and have run to their end before that call returns */
  SERVER_INLINE, /* they come within that call, on its thread */
  SERVER_KINDS
} server_kind;

/* That completions come from; set before the module is loaded.  Each writes to a client, or reads
   from one, as long as that takes. */
enum { SERVER_THREADS = 2, SERVER_THREADS_MAX = 100 };
extern int server_threads;

/* A client's connection; several requests may have it, one after the other or at once. */
typedef struct connection {
  const IHttpConnectionTable *table;
  const IHttpConnectionModuleContextContainerTable *container_table;
  IHttpConnectionStoredContext *stored;
  int is_gone, is_silent; /* the client has left; and the server does not tell of it by itself */
} connection;

/* One request and what came of it.  Zeroed is a valid start. */
typedef struct exchange {
  server_kind kind;
  /* The request, in UTF-8. */
  const char *method;           /* NULL: GET */
  const char *fields;           /* "Name: value\r\n"...; NULL: none */
  const char *processor;        /* the handler's scriptProcessor */
  const char *map;              /* its path; NULL: "*.test" */
  DWORD limit;                  /* its responseBufferLimit */
  const char *const *variables; /* name, value, ..., NULL */
  USHORT major, minor;          /* 0: HTTP/1.1 */
  HANDLE token;                 /* the user's */
  int has_user;
  connection *connection; /* NULL: one of its own */
  /* The client's body: fills `data`; 0: the end, -1: the client has left. */
  const char *body;
  size_t body_len;
  long (*read)(struct exchange *x, char *data, size_t size); /* NULL: `body` */
  DWORD remaining;      /* what GetRemainingEntityBytes says of a body without a length */
  size_t read_fails_at; /* of the body; 0: never */
  int read_hangs;       /* the client sends no more; until the read is canceled */
  /* Takes the head (once) and the response's body; 0: the client has left.  NULL: into `out`. */
  int (*write)(struct exchange *x, const char *data, size_t len, int is_last);
  size_t write_fails_at;        /* of the response's body; 0: never */
  int (*may_write)(void *user); /* asked before each write; blocks as long as the client does */
  void *user;
  unsigned post_fails; /* so many PostCompletions */
  int call_fails;      /* SetHeader (1), ReadEntityBody (2), Flush (3), WriteEntityChunks (4) */
  /* The response. */
  unsigned status, substatus;
  HRESULT error;
  int is_own; /* its body passes custom errors */
  char reason[160], fields_out[70000], description[2000];
  char *out;
  size_t out_len;
  int is_reset, is_sent; /* its head is on its way */
  REQUEST_NOTIFICATION_STATUS result;
  HRESULT error_status; /* SetErrorStatus */
  /* How it came about. */
  unsigned cancels, posts, posts_failed, reads, flushes, copies, completions;
  char traces[4000]; /* "NAME: text\n"... */
  char fault[200];   /* a rule that was broken; else empty */
} exchange;

/* An application of <fastCgi>: name, value, ..., NULL; "$NAME" is a variable of its environment. */
typedef const char *const *server_application;

/* FAULT is a sentence for the test when the module cannot be used; else NULL. */
const char *server_load(const char *path);
void *server_symbol(const char *name); /* NULL: not exported */
/* Ends the module as IIS does.  FAULT is a sentence when a rule was broken; else NULL. */
const char *server_unload(void);
/* What the configuration is from now on: NULL-ended, and lent.  It is told unless `is_silent`. */
void server_configure(const server_application *applications, int is_silent);
void server_configure_fails(HRESULT error); /* 0: it does not */
/* Returns when the request has ended, in whichever way.  Any thread. */
void server_run(exchange *x);
void server_free(exchange *x);
void server_connect(connection *c);
void server_disconnect(connection *c);         /* the client leaves; any thread */
void server_close(connection *c);              /* the connection's end */
void server_wait_until_watched(connection *c); /* by the module */
int server_has_left(const connection *c);
/* The value of a field of the response, or "(absent)". */
const char *server_field(const exchange *x, const char *name);
#endif
