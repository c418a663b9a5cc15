/* front.h: HTTP for the servers of these tests: as much of it as IIS has around its modules. */
#ifndef ADAPTERS_FRONT_H
#define ADAPTERS_FRONT_H
#include <stddef.h>
#include <stdint.h>

/* What the command line says. */
typedef struct front_site {
  const char *module;    /* the DLL */
  const char *root;      /* of the site, without a '/' at its end */
  const char *processes; /* how many */
  const char *way;       /* that completions come: later, early, inline or not at all (sync) */
  const char *limit;     /* responseBufferLimit; NULL: the module's own */
  const char *protocol;  /* NamedPipe or Tcp */
  const char *program, *arguments;
  const char *settings; /* of the environment (FRONT_SETTINGS): more of the application's,
                           NAME=VALUE with blanks between */
} front_site;

/* A request for a script. */
typedef struct front_request {
  void *connection;             /* front_connect's */
  const char *method, *fields;  /* "Name: value\r\n"... */
  const char *path, *query;     /* decoded; as it came */
  const char *const *variables; /* IIS's, but for those that are fields: name, value, ..., NULL */
  int minor;                    /* of HTTP/1.x */
  int64_t length;               /* of the body; -1: it is not known */
  void *of;                     /* what these are given */
  /* The next bytes of the body; 0: its end; -1: the client has left. */
  long (*read)(void *of, char *data, size_t size);
  /* 0: the client has left.  `keeps`: the end of the response is not that of the connection. */
  int (*head)(void *of, unsigned status, const char *reason, const char *fields, int keeps);
  int (*write)(void *of, const char *data, size_t len);
} front_request;

extern const char *front_root; /* of the site */
/* Serves one connection until it ends, and closes it. */
void front_serve(int fd);

/* ---- Each room's ---- */

/* FAULT is a sentence when the module cannot be used, or has ended badly; else NULL. */
const char *front_open(const front_site *site);
const char *front_end(void);
typedef enum front_result { FRONT_WHOLE, FRONT_BROKEN, FRONT_NOTHING } front_result;
/* Ends with the process when a rule was broken.  NOTHING: there is no answer. */
front_result front_run(front_request *r);
void *front_connect(void);
void front_disconnect(void *connection); /* the client has left; any thread */
void front_close(void *connection);
#endif
