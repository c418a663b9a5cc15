/* server.h: a web server in a test's hands, from ISAPI's other side: it loads the extension, gives
   it requests in the ways that real servers have, and watches that the rules are kept. */
#ifndef ISAPI_SERVER_H
#define ISAPI_SERVER_H
#include "isapi.h"

typedef enum server_kind {
  SERVER_SYNC,  /* no asynchronous operations: Apache */
  SERVER_FAKE,  /* they end within the call that begins them: Apache with ISAPIFakeAsync */
  SERVER_LATER, /* they end on other threads, after that call: IIS */
  SERVER_EARLY, /* ... before that call returns */
  SERVER_KINDS
} server_kind;

/* That completions come from; set before the extension is loaded.  Each writes to a client, or
   reads from one, as long as that takes. */
enum { SERVER_THREADS = 2, SERVER_THREADS_MAX = 100 };
extern int server_threads;
enum { SERVER_MOD_ISAPI = 0x500, SERVER_IIS = 0x80000 }; /* dwVersion */

/* One request and what came of it.  Zeroed is a valid start. */
typedef struct exchange {
  server_kind kind;
  DWORD version;      /* 0: SERVER_IIS */
  const char *method; /* NULL: GET */
  const char *query, *path_info, *translated;
  const char *const *variables; /* name, value, ..., NULL */
  const char *body;
  size_t body_len, available;   /* of these, what lpbData has */
  DWORD total;                  /* cbTotalBytes; 0: body_len */
  size_t read_fails_at;         /* of the body; 0: never */
  int read_hangs;               /* the client sends no more; until the read is canceled */
  size_t write_fails_at;        /* of the response's body; 0: never */
  int (*may_write)(void *user); /* asked before each write; blocks as long as the client does */
  void *user;
  /* Behind what lpbData has: fills `data`; 0: the end, -1: the client has left.  NULL: `body`. */
  long (*read)(struct exchange *x, char *data, size_t size);
  int (*head)(struct exchange *x); /* takes status, fields and keeps.  0: the client has left */
  int (*write)(struct exchange *x, const char *data, size_t len); /* likewise.  NULL: into `out` */
  int refuses_head;
  void *token; /* Windows: of the user that the thread has; NULL: none */
  void *lent;  /* what is said to be the token; NULL: `token` */
  /* The response. */
  char status[160], fields[70000];
  char *out;
  size_t out_len;
  int keeps, is_cut;
  DWORD flags;        /* of the vector that the head came in; 0: it came alone */
  char unhealthy[80]; /* what was said about that */
  char log[80];       /* lpszLogData */
  DWORD result;       /* SUCCESS or ERROR, from wherever it came */
  /* How it came about. */
  int was_pending;
  unsigned cancels, heads, reads;
  char fault[200]; /* a rule that was broken; else empty */
} exchange;

/* FAULT is a sentence for the test when the module cannot be used; else NULL. */
const char *server_load(const char *path);
void *server_symbol(const char *name); /* NULL: not exported */
void server_unload(void);              /* TerminateExtension, then out of memory */
void server_reload(void);              /* out of memory without a word, and in again */
/* Returns when the request has ended, in whichever way.  Any thread. */
void server_run(exchange *x);
void server_free(exchange *x);
/* Frees what it keeps of requests that have ended, while there is none. */
void server_forget(void);
/* How many requests have ended since it was loaded. */
unsigned server_ended(void);
/* The value of a field of the response, or "(absent)". */
const char *server_field(const exchange *x, const char *name);
#endif
