/* host.h: what the page suite needs of a web server: one driver per server implements it. */
#ifndef HOST_H
#define HOST_H

/* What a server may be unable to do. */
typedef enum host_lack {
  HOST_NOTHING,
  HOST_OWN_500,        /* a body of the application's own with status 500 */
  HOST_CHUNKED_UPLOAD, /* a request body without a length */
  HOST_CONTINUE,       /* telling a client that asks to go on with its body */
  HOST_LOCAL_REDIRECT, /* RFC 3875 section 6.2.2: a Location within the server, served at once */
  HOST_BAD_GATEWAY,    /* 502 for an application that fails */
  HOST_BREAK_CHUNKED   /* showing that a response without a length has broken off */
} host_lack;

typedef struct host_limit {
  host_lack what;
  int status;      /* what a client gets instead; 0: the case is left out */
  const char *why; /* a sentence */
} host_limit;

enum { HOST_PROCESSES = 8 };

typedef struct host {
  const char *name;          /* of the suite */
  const char *prefix;        /* stands before a script's path in a URL: "", "/app/ext.so" */
  const char *script_prefix; /* what SCRIPT_NAME has before it */
  const host_limit *limits;  /* ended by HOST_NOTHING */
  unsigned port;             /* on 127.0.0.1 */
  char folder[64];           /* private to this host: root/, meet/, log */
} host;

/* Starts a server on h->folder, which holds root/ already: .php in it is served by HOST_PROCESSES
   processes of php-cgi with the arguments of pages_php.  Sets name, the prefixes, limits and
   port.
   The words are those of the command line.  Returns 0; or, having said why on stderr, 77 when
   something is not installed and 1 when it does not start. */
int host_start(host *h, int argc, char **argv);
/* Ends it in order.  Returns 0; or, having said what was wrong with the end, or what a sanitizer
   has found, 1. */
int host_stop(host *h);
#endif
