/* process.h: starting application programs, each with a listening endpoint of its own on fd 0, and
   ending them for certain. The same names for every system: posix/ does it through the guardian,
   win32/ does through job objects. All functions and events on the client's loop. */
#ifndef FCL__PROCESS_H
#define FCL__PROCESS_H
#include "base/error.h"
#include "base/memory.h"
#include "platform/identity.h"
#include <uv.h>

typedef struct fcl__processes fcl__processes; /* the programs of one client */
typedef struct fcl__process fcl__process;     /* one of them */

#define FCL__OURS (UINT64_MAX - 1) /* a limit: as the host's */

/* What a process may use; the numbers of the last two are of its control group. */
typedef struct fcl__limits {
  int umask;                                                  /* -1: the host's */
  uint64_t open_files, file_size, address_space, cpu_s, core; /* UINT64_MAX: no limit */
  uint64_t memory, tasks;                                     /* 0: no limit */
  int no_new_privileges;
} fcl__limits;

/* What to start.  All lent until fcl__process_start returns. */
typedef struct fcl__program {
  const char *path;                     /* absolute */
  const char *const *argv, *const *env; /* NULL-ended; NULL: {path}, our environment */
  const char *directory;                /* NULL: ours */
  unsigned stop_ms;                     /* what it may take to leave when the host has died */
  int is_tcp;                   /* it listens on a port of 127.0.0.1, not on a Unix socket */
  const fcl_identity *identity; /* NULL: our own user, as it is now */
  const fcl__limits *limits;    /* NULL: ours */
} fcl__program;

/* Events of one process, never from inside a call: `started` or `failed`, lines of `output`, then
   `exited` (only after `started`).  `failed` or `exited` is the last; fcl__process_free it then
   (inside the event is allowed). */
typedef struct fcl__process_events {
  void (*started)(void *owner, long pid);
  void (*failed)(void *owner, const fcl_error *e);
  void (*output)(void *owner, const char *line,
                 size_t len); /* one line of stdout or stderr without its end, raw, cut at 4 KiB */
  void (*exited)(void *owner, int status,
                 int signal); /* status -1 when ended by a signal; signal 0 when not */
} fcl__process_events;

/* Takes memory only; the guardian starts with the first process.  `guardian`, `runtime_directory`:
   as in fcl_client_options; lent for the life of the object. */
fcl_code fcl__processes_open(fcl__processes **out, uv_loop_t *loop, const fcl__memory *memory,
                             const char *guardian, const char *runtime_directory,
                             const fcl__process_events *events, fcl_error *e);
/* Starts the guardian now, and tells it, as each that replaces it, what it may start: policy NULL:
   as our own user anything; cgroup NULL: it looks for one itself.  Both lent for this call.  Before
   any process; on the loop's thread, or before the loop runs. */
fcl_code fcl__processes_seal(fcl__processes *all, const fcl_policy *policy, const char *cgroup,
                             fcl_error *e);
/* Ends what is left, by force: no more events, and every fcl__process is gone with this call.  Then
   `closed` (may be NULL), after which the memory is gone; the loop must run until then.  Also from
   inside an event. */
void fcl__processes_close(fcl__processes *all, void (*closed)(void *user), void *user);

/* Makes the listening endpoint and orders the start.  FCL_OK: events follow.  Else *e says why
   (without a pool's name, as in `failed`), and nothing was started. */
fcl_code fcl__process_start(fcl__processes *all, const fcl__program *program, void *owner,
                            fcl__process **out, fcl_error *e);
/* How many requests a program with this environment (NULL: ours) may be given before it leaves by
   itself and cuts its last answer: Windows: PHP_FCGI_MAX_REQUESTS, and PHP is told to have no limit
   of its own.  0: as many as you like. */
unsigned fcl__process_requests(const char *const *env);
/* From `started` on: 1 if its limits of memory or tasks are not kept, since there is no control
   group for it. */
int fcl__process_lacks_limits(const fcl__process *p);
/* A new connection to its endpoint, for fcl__wire_adopt: connected, non-blocking; or a negative uv
   error: UV_EAGAIN while its backlog is full, or (Windows) its pipe serves another connection, or
   it is gone and `exited` has yet to come. Windows: a socket if fcl__process_is_tcp (a SOCKET fits
   in an int), else a descriptor of a pipe.
 */
int fcl__process_connect(fcl__process *p);
/* 1: its connections are TCP's (uv_tcp_open), as its program asked for; 0: those of a Unix socket
   or a named pipe (uv_pipe_open). */
int fcl__process_is_tcp(const fcl__process *p);
/* 1 while a connection waits at the endpoint: the program has not accepted it yet. */
int fcl__process_is_awaited(fcl__process *p);
/* After it exited: 1 if a living connection still waits at the endpoint, that is, one that the
 * program never accepted. */
int fcl__process_unaccepted(fcl__process *p);
/* 1: it is dead, or closing what it has open on its way there, though `exited` has not come yet. */
int fcl__process_is_ending(const fcl__process *p);
/* Asks it to leave, or (force) ends it and all its descendants.  Any time, also before `started`,
 * and more than once. */
void fcl__process_stop(fcl__process *p, int force);
/* Closes the endpoint and removes its socket file.  Only after `failed` or `exited`. */
void fcl__process_free(fcl__process *p);
#endif
