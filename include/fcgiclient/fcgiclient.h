/* fcgiclient.h: the web-server side of FastCGI: all that an embedder needs.
   Unless marked otherwise every function may be called by [any thread]; callbacks run on the client's loop.  Times are
   milliseconds, sizes bytes, strings UTF-8 and copied.  `{0}` is a valid start for every struct.  Functions that return
   int return an fcl_code and fill *error (which may be NULL).  §n: the FastCGI 1.0 specification.
   Compiles as C99 and C++98; includes neither <uv.h> nor <windows.h>.

   The contract:
   1. No callback ever runs inside a call you make: verbs take note, the loop acts.
   2. Callbacks of one request never overlap; they all run on the client's loop.  What you wrote before a verb is visible
      in the callback that it causes.
   3. Each lend comes back exactly once: your buffer by on_sent, ours by return or fcl_request_resume.  At most one each
      way is out at a time.  A resume before FCL_HOLD is returned counts; cancel does not replace an owed resume.
   4. on_done comes exactly once, when every lend is back; after it only on_wake may come, until free.  A write after
      on_done takes no lend and gets no on_sent.  After cancel no head, body or stderr comes.
   5. Setting params cannot fail where you stand: the first error sticks and on_done tells it.  Starting cannot fail either.
   6. A response is whole when END_REQUEST came, or when exactly Content-Length bytes came (`unclean` then says that
      END_REQUEST did not).  A shorter one is always an error, a longer one is cut; never a short success.
   7. finish with fewer bytes than announced, or cancel, never sends the closing STDIN record: no application mistakes
      half an upload for a whole one.
   8. At least one on_wake begins after the last of any number of wakes, none without one.
   9. Clocks that judge the application stand still while the next move is yours: a held span, or an unfinished body with
      nothing lent.  Bounding your clients is your business.
   10. Build a request on one thread; after start every verb is for any thread.  A request keeps its pool alive, a pool its
      client.  Nothing survives fork().  On a borrowed loop, SIGPIPE is yours to ignore, and an idle client does not keep
      the loop running. */
#ifndef FCGICLIENT_H
#define FCGICLIENT_H
#include <fcgiclient/base.h>
#ifdef __cplusplus
extern "C" {
#endif

struct uv_loop_s;
typedef struct fcl_client fcl_client;   /* an event loop and the pools it serves */
typedef struct fcl_pool fcl_pool;       /* one application: its processes, or its addresses */
typedef struct fcl_request fcl_request; /* one exchange with an application */
typedef struct fcl_identity fcl_identity; /* a user that processes run as, and that requests speak for; counted */

/* ---- Client ---- */

typedef enum fcl_loop {
  FCL_LOOP_THREAD, /* a thread of the client's own; it blocks SIGPIPE */
  FCL_LOOP_UV,     /* your uv loop: call fcl_client_new on its thread (or before it runs), and run it on that one thread */
  FCL_LOOP_MANUAL  /* you poll: fcl_client_fd, _timeout, _run, all on one thread */
} fcl_loop;

typedef enum fcl_level { FCL_LEVEL_INFO, FCL_LEVEL_WARNING, FCL_LEVEL_ERROR } fcl_level;

/* Something an administrator may want to read: starts, exits, recycles, failures, lines an application printed.
   Lent until on_event returns. */
typedef struct fcl_event {
  fcl_level level;
  const char *pool;     /* its name */
  long pid;             /* 0: not about one process */
  const char *tag;      /* of the request it is about, or NULL */
  const char *sentence; /* controls escaped */
  fcl_code code;        /* FCL_OK: not an error */
  const char *printed;  /* a line that the process wrote to its stdout or stderr (the end of the sentence); NULL: none */
} fcl_event;

/* POSIX: what the guardian, the small program that starts the applications, may start, and as whom.  It is told when the
   client is made, and nobody can change it later: whoever takes over a host that has given up its privileges can have no more
   started than this.  Make the client first, as root (or with CAP_SETUID, CAP_SETGID and CAP_KILL), then give up the
   privileges.  Never allowed: uid 0, gid 0, and an environment with LD_... variables.  It bounds who programs run as, not
   what they do: a host that is taken over can still have a script of its choice run as each of these users. */
typedef struct fcl_policy {
  const char *const *programs;    /* NULL-ended absolute paths; one that ends in '/' allows all that lies below */
  const char *const *directories; /* where programs may be started (fcl_pool_options.directory): there or below; NULL:
                                     anywhere */
  unsigned min_uid, max_uid;      /* users; both 0: none but the one that the client is made as */
  unsigned min_gid, max_gid;      /* all of their groups; both 0: as the uids */
} fcl_policy;

typedef struct fcl_client_options {
  fcl_loop mode;
  struct uv_loop_s *uv; /* FCL_LOOP_UV: your loop; else NULL */
  const char *guardian; /* POSIX: the program that starts applications; NULL: $FCGICLIENT_GUARDIAN (unless setuid), else
                           beside the library as installed */
  const char *runtime_directory; /* where the private directory for sockets is made; NULL: $XDG_RUNTIME_DIR, else /tmp */
  void (*on_event)(const fcl_event *event, void *user); /* on the loop; NULL: events are dropped */
  void *user;                                           /* for on_event and realloc_fn */
  void *(*realloc_fn)(void *ptr, size_t size, void *user); /* any thread; size 0 frees; NULL: the C library's */
  const char *spool_directory; /* where bodies lie that are too large for memory (read_ahead_file, gather_file), in files
                                  without a name; NULL: $TMPDIR (unless setuid), else /var/tmp */
  const fcl_policy *policy; /* copied; with it the guardian is started here and now.  NULL: programs run as our own user
                               only */
  /* "unix:/path": an address on which `fcgi ctl` and `fcgi top` may ask this client, while it lives (fcgi-ctl(1) has the
     lines); NULL: none.  %p stands for the number of this process, %% for a %.  The socket is of mode 0600, in a folder that
     others may not write in (or a sticky one; a folder that is not there is made, 0700), and only processes of this user, or
     root's, are answered: who may ask may also stop processes.  Clients of one process may share an address: then one of them
     answers for all.  One that another process listens at: FCL_E_INVAL.  Windows: "pipe:\\\\.\\pipe\\name", where only
     processes of this user, or the system's, are answered. */
  const char *control;
  unsigned max_events; /* 1,000: events in a second; more are counted and dropped, and an event says how many.  Errors are
                          always told.  FCL_NEVER: no limit */
  const char *cgroup; /* Linux, cgroup v2: a directory of it, without processes and ours to write, in which each process
                         of a pool has a group of its own: what bounds and ends it with all its descendants.  NULL: the one
                         above our own, if systemd has delegated that (Delegate=yes, DelegateSubgroup=); else there are none */
  /* Windows: called on the loop right before a connection is opened, or tried, for a request with an identity, with that
     identity's token on the thread: to look, to refuse (anything but 0, and the request ends with FCL_E_IDENTITY), or to put
     another token of that user in its place (SetThreadToken).  The thread has its own again behind the opening, whatever
     comes.  Call nothing of this library.  NULL: nobody is asked. */
  int (*on_impersonate)(const fcl_identity *identity, void *user);
} fcl_client_options;

#define fcl_client_new(client, options, error)                                                     \
  fcl__client_new((client), (options), sizeof(fcl_client_options), (error))
/* NULL options: the defaults, with a thread of its own. */
FCL_EXTERN int fcl__client_new(fcl_client **client, const fcl_client_options *options, size_t size, fcl_error *error);
/* Closes its pools as fcl_pool_close(pool, 0) does (one that is draining already goes on draining), ends every process,
   then calls `closed` (may be NULL), the last callback of all.  Once.  FCL_LOOP_UV: run your loop on until `closed`; the
   client's memory is freed right behind it.  THREAD and MANUAL: fcl_client_join frees.  Do not use its pools after this
   call; requests that were made before it stay yours to free.  One that is started behind `closed` gets its on_done inside
   that call, since no loop is left; a wake behind it gets no on_wake. */
FCL_EXTERN void fcl_client_close(fcl_client *client, void (*closed)(void *user), void *user);
/* THREAD: waits until closed, then frees; never on the loop's thread.  MANUAL: runs the loop until closed, then frees.
   Only after fcl_client_close.  Not for FCL_LOOP_UV. */
FCL_EXTERN void fcl_client_join(fcl_client *client);
/* MANUAL only, on the thread that calls fcl_client_run: a descriptor to poll for reading; milliseconds until run is due (0:
   now, -1: never); does what is due, callbacks come only in here.  Windows: there is no descriptor (-1), so that _timeout
   never says more than 10: what comes may be there. */
FCL_EXTERN int fcl_client_fd(fcl_client *client);
FCL_EXTERN int fcl_client_timeout(fcl_client *client);
FCL_EXTERN void fcl_client_run(fcl_client *client);

/* ---- Identity ---- */

/* A user by numbers, with all supplementary groups (gid need not be among them; their order does not matter).  Two are equal
   if all of this is.  `count` groups, at most 65,536.  Any thread; drop it with fcl_identity_unref, also when a pool or a
   request has it.  FCL_E_INVAL: the number 4,294,967,295 is no user and no group. */
FCL_EXTERN int fcl_identity_posix(fcl_identity **identity, unsigned uid, unsigned gid, const unsigned *groups, size_t count, fcl_error *error);
/* The same by name: its uid, gid and groups as the system's user database has them now.  May ask a network service, so not
   on the loop.  FCL_E_IDENTITY: there is none. */
FCL_EXTERN int fcl_identity_user(fcl_identity **identity, const char *name, fcl_error *error);
/* Windows: by an access token (a HANDLE): primary, or one to impersonate with.  It is duplicated: close yours when you like.
   Two are equal if user, logon, groups and privileges with their state, what the token is restricted to, elevation,
   integrity and session are.  FCL_E_IDENTITY: it cannot be used so; or this is not Windows, where in turn the two
   functions above answer with that. */
FCL_EXTERN int fcl_identity_token(fcl_identity **identity, void *token, fcl_error *error);
FCL_EXTERN void fcl_identity_unref(fcl_identity *identity); /* NULL is harmless */

/* ---- Pool ---- */

/* In options: 0 means the default given behind each field. */
#define FCL_NEVER 0xffffffffu /* no limit */
#define FCL_NONE 0xfffffffeu  /* really none */
#define FCL_AUTO 0xfffffffdu  /* by itself: what the application says, or what the load asks for */

/* What becomes of an answer when the application writes on STDERR anything but blanks and trace messages.  These
   (IIS_TRACE_INFO: ... :IIS_TRACE_END, likewise _WARNING: and _ERROR:) become events of that level, in every mode. */
typedef enum fcl_stderr {
  FCL_STDERR_IGNORE,      /* nothing: the answer is what came on STDOUT, its status included (IIS: IgnoreAndReturn200) */
  FCL_STDERR_IN_500,      /* FCL_E_STDERR in its place, with result->shows_stderr (ReturnStdErrIn500).  The process is
                             kept.  An answer whose head has been handed up goes on: it cannot be taken back */
  FCL_STDERR_GENERIC_500, /* likewise, without shows_stderr (ReturnGeneric500) */
  FCL_STDERR_TERMINATE    /* FCL_E_STDERR at once, whatever has been handed up, and the process is ended
                             (TerminateProcess); the connection to an address is closed */
} fcl_stderr;

/* Which of several addresses takes a request.  One that has no room, or is left alone for a while, is passed over. */
typedef enum fcl_balance {
  FCL_BALANCE_LEAST,       /* the one with the fewest requests of this pool in hand; among equals each in turn */
  FCL_BALANCE_ROUND_ROBIN, /* each in turn */
  FCL_BALANCE_AFFINITY     /* the same key (fcl_request_affinity) goes to the same address, in every pool with the same
                              addresses; where one comes or goes, only its share of the keys moves.  Requests without a
                              key: as FCL_BALANCE_LEAST */
} fcl_balance;

/* What a new process has to show before it takes requests: until then those that others could take wait for these.  For
   programs that take long to start. */
typedef enum fcl_ready {
  FCL_READY_STARTED,  /* nothing: its first request goes to it at once, and waits until it is taken */
  FCL_READY_ACCEPTED, /* it has accepted a connection */
  FCL_READY_ANSWERED, /* it has answered GET_VALUES (§4.1), or closed that connection and lives; php-cgi does, programs with
                         libfcgi do not */
  FCL_READY_PROBED    /* it has answered the request of fcl_pool_options.probe with a status that counts (probe_status).
                         Until then it is asked again, within a second */
} fcl_ready;

typedef struct fcl_pool_options {
  const char *name;              /* for sentences; NULL: the program's or the first address's own */
  const char *program;           /* an absolute path: the pool starts it.  Or: */
  const char *const *addresses;  /* NULL-ended: "unix:/run/app.sock", "unix:@name" (Linux abstract), "tcp:host:port",
                                    "tcp:[::1]:9000"; a name stands for all its addresses.  Windows: no unix:, but
                                    "pipe:\\\\.\\pipe\\name", a named pipe of this machine that the application has made */
  const char *directory;         /* to start it in; NULL: ours */
  const char *const *argv;       /* NULL-ended, argv[0] first; NULL: {program} */
  const char *const *env;        /* NULL-ended "NAME=value", the whole environment; NULL: ours.  Windows: without
                                    PHP_FCGI_CHILDREN, since one process is one worker there */
  unsigned max_processes;        /* 4; up to 10,000.  FCL_AUTO: by load (IIS: maxInstances=0).  Every second: while requests
                                    wait, up to twice as many, but no more than four for each processor where they
                                    compute all the time (more where they wait for something else), and not into the
                                    last tenth of the memory; when fewer were enough for 10 s, a quarter fewer, down
                                    to min_processes (1).  At most 64 for each processor, from 128 to 1,024 */
  unsigned min_processes;        /* none: this many stay however idle */
  unsigned max_connections;      /* never: connections to one address, with per_connection requests
                                    each; more wait.  A connection holds a worker of php-fpm while it is
                                    kept; within this program none is kept while another waits for
                                    its worker, in whatever client */
  unsigned per_connection;       /* 1: requests at once on a connection (up to 65,535).  More is
                                    multiplexing (§3.3), which few applications can: PHP and libfcgi
                                    cannot.  FCL_AUTO: asks once (GET_VALUES, §4.1), on a connection of
                                    its own and without keeping anybody waiting, how many share one, and
                                    how many connections there may be; one at a time until it has
                                    answered.  One that refuses (CANT_MPX_CONN) gets one at a time from
                                    then on */
  unsigned max_requests;         /* 200: then a process is replaced.  Keep it below PHP_FCGI_MAX_REQUESTS (500).  Windows:
                                    where that variable is lower it counts instead, and processes are told 0, no limit:
                                    PHP would cut its last answer */
  unsigned queue_length;         /* 1000: requests that may wait; FCL_NONE: none */
  unsigned rapid_fails;          /* 10 failures ... */
  unsigned rapid_fail_ms;        /* ... in 60,000: then requests are refused until these are over */
  unsigned start_ms;             /* 10,000: from starting a process until it takes its first request */
  unsigned connect_ms;           /* 5,000 */
  unsigned queue_ms;             /* 30,000: for a process or connection to become free */
  unsigned first_ms;             /* never: until the first byte of the answer */
  unsigned activity_ms;          /* 70,000: without a byte either way */
  unsigned request_ms;           /* 90,000: for the whole exchange, without the time that we wait for the caller */
  unsigned idle_ms;              /* 300,000: then a process is ended; also a kept connection to an address, and 1,000 for
                                    these where max_connections is not given: another program may need its worker */
  unsigned stop_ms;              /* 5,000: from asking a process to leave to ending it by force; FCL_NONE: force at once */
  unsigned abort_ms;             /* what request_ms leaves: how long an application may go on after its request was
                                    canceled, before its process is stopped */
  unsigned new_connection_each;  /* 1: a connection for every request (no FCGI_KEEP_CONN, §3.5).  0: likewise once
                                    the application has closed two behind their first answers, and kept none */
  size_t max_params, max_param;  /* 65,528 each: all parameters of a request on the wire, and one pair.  More go
                                    out in several records, each of whole pairs; with max_param above
                                    65,535 one pair may be cut between records, which PHP and uWSGI refuse */
  fcl_stderr stderr_mode;        /* FCL_STDERR_IGNORE */
  size_t max_stderr;             /* 32,768: bytes of a request's STDERR that are kept and shown; the rest is dropped */
  /* Read-ahead: while the caller holds a part of a response, what follows goes here, so that a slow reader
     keeps no application waiting: with the end of its response the application is free.  Of each request; in
     bytes; none by default: then the application is not read from while a part is held.  With per_connection above 1 (or FCL_AUTO)
     nobody can be kept waiting so: where neither is set they are 262,144 and 1 GiB, and what does not fit fails its
     request. */
  size_t read_ahead;             /* in memory, in blocks of 64 KiB */
  uint64_t read_ahead_file;      /* and then in a file (spool_directory).  Where that fails (disk full), an event
                                    says so, and the application waits for its client as it does without */
  /* Gathering: no process or connection is taken for a request before its body is here, so that a slow upload
     holds none.  on_sent comes when a part was copied.  Larger bodies are refused: FCL_E_BODY_TOO_LARGE. */
  unsigned gather;               /* 1: bodies of known length; those of unknown length if FCL_BODY_SPOOL says so */
  size_t gather_memory;          /* 65,536: bytes of each body in memory, in blocks of 64 KiB; FCL_NONE: none */
  uint64_t gather_file;          /* 1,073,741,824: and then in a file (spool_directory); FCL_NONE: none */
  /* Several addresses: */
  fcl_balance balance;           /* FCL_BALANCE_LEAST */
  unsigned resolve_ms;           /* 30,000: "tcp:NAME:port" stands for all addresses of that name (up to 64), each of which is
                                    one of the pool's; a request resolves it again, without waiting, when that was so
                                    long ago, and so does an address that cannot be reached.  Those that are no longer
                                    there finish what they have.  FCL_NEVER: only when one cannot be reached */
  unsigned probe_ms;             /* never: every address that has not answered for so long is asked whether it lives, within
                                    connect_ms.  Two failures in a row, and it is left alone, unless it is the last; one
                                    that is left alone comes back when it answers a probe, and no request is risked on it */
  const char *const *probe;      /* what it is asked: NULL-ended "NAME=value", parameters of a request that must be answered
                                    with a status below 400: "SCRIPT_NAME=/ping" for php-fpm's ping.path.  REQUEST_METHOD
                                    is GET, SCRIPT_FILENAME as SCRIPT_NAME where they are not given.  NULL: GET_VALUES
                                    (§4.1), to which any sign of life will do.  A probe takes a worker, as a request does.
                                    Programs: what a new process is asked with FCL_READY_PROBED */
  unsigned lost_ms;              /* 10,000: TCP: where the other host acknowledges nothing for so long, however long its answer
                                    may take, the connection is broken, and the address is left alone for a while */
  unsigned slow_start_ms;        /* 10,000: one that was away, or is new beside others, gets a share of the requests that
                                    grows for so long to a full one; FCL_NONE: a full one at once */
  /* POSIX, programs only: whom processes run as, and what each may use.  Their sockets stay ours: no other user, nor the
     application itself, can connect to them by name. */
  const fcl_identity *run_as;    /* ours, as it is when a process is started; fcl_client_options.policy must allow it */
  unsigned umask;                /* ours; FCL_NONE: 0 */
  unsigned open_files_limit;     /* ours: RLIMIT_NOFILE; FCL_NEVER: none.  Only a client that was made by root can
                                    raise a limit */
  unsigned cpu_limit_s;          /* ours: RLIMIT_CPU, seconds of computing in a process's life; FCL_NEVER: none */
  uint64_t file_size_limit;      /* ours: RLIMIT_FSIZE, bytes of one file; UINT64_MAX: none */
  uint64_t address_space_limit;  /* ours: RLIMIT_AS, bytes; UINT64_MAX: none */
  uint64_t core_limit;           /* ours: RLIMIT_CORE, bytes; FCL_NONE: no core files; UINT64_MAX: no limit */
  unsigned no_new_privileges;    /* 1: setuid programs (sudo, and often sendmail) give it no rights */
  /* Processes: */
  unsigned per_process;          /* 1: connections at once to a process (up to 65,535), for programs with threads, such as
                                    Go's; each takes per_connection requests.  Another process is started when all
                                    have as many as they take.  PHP and most others take one */
  unsigned lifetime_ms;          /* never: a process older than that is replaced; what it has in hand is finished first */
  uint64_t max_memory;           /* bytes; 0: no limit.  A process that resides, with its descendants, in more is replaced
                                    likewise.  Looked at every 3 s, where the system tells (Linux: /proc); memory that
                                    processes share counts for each */
  fcl_ready ready;               /* FCL_READY_STARTED.  Within start_ms */
  uint64_t memory_limit;         /* none: bytes of a process and all its descendants; beyond that all of them are ended.
                                    This and tasks_limit need a control group (fcl_client_options.cgroup); where
                                    there is none, a warning event says so */
  unsigned tasks_limit;          /* none: processes and threads of it and all its descendants */
  unsigned max_per_identity;     /* max_processes: how many of these one identity of requests may have
                                    (fcl_request_identity) */
  const char *const *monitor;    /* none: NULL-ended files, or patterns with * ? [ as in a shell, absolute or from program's
                                    folder: when one has changed, come, gone or been replaced, the pool is recycled
                                    (fcl_pool_recycle).  Looked at once a second.  Where a file cannot be found requests
                                    fail with FCL_E_CONFIG until it is there again; a pattern may match none */
  unsigned tcp;                  /* 1: processes listen on a port of 127.0.0.1, of each its own and any free one, in the place
                                    of a Unix socket: for programs that take nothing else.  Every user of this machine
                                    can then connect to them, past whatever the host checks */
  unsigned probe_status;         /* any below 400: the status that the answer to `probe` must have, 204 or so */
  const char *common_limits;     /* none: a name.  Pools of this process with the same one, in whatever client, have
                                    max_processes, min_processes and queue_length in common: those of the pool that was
                                    made or configured last.  What one does not use another takes.  Where there is nothing
                                    left, one that has no process gets one that idles elsewhere at once, and one that is
                                    busy when that is done and it has waited for 250 ms; one that has some gets one that
                                    idles, or one of a pool that has two more, when it has waited for 50 ms.  So a pool for
                                    each thread is limited as one for all would be; but give at least one process for each
                                    thread, for a process that moves is ended and started.  One that makes room counts
                                    until it is gone; one that is replaced, and those of a pool that is closed and drains,
                                    do not, as ever: in all there are at most twice as many */
  size_t gather_memory_all;      /* 67,108,864: gather_memory of all bodies at once, of all pools of the client; what comes
                                    beyond that goes to files at once, if there are files (gather_file) */
} fcl_pool_options;

#define fcl_pool_new(pool, client, options, error)                                                 \
  fcl__pool_new((pool), (client), (options), sizeof(fcl_pool_options), (error))
FCL_EXTERN int fcl__pool_new(fcl_pool **pool, fcl_client *client, const fcl_pool_options *options, size_t size, fcl_error *error);
#define fcl_pool_configure(pool, options, error)                                                   \
  fcl__pool_configure((pool), (options), sizeof(fcl_pool_options), (error))
/* Other options, whole, as fcl_pool_new takes them.  The queue, what is in hand and what has been counted stay.  Most
   change in place, for what begins behind this call, and for the pools of users (fcl_request_identity) too; connections that
   are shared go on with what they have.  Where processes are to be others (program, argv, env, directory, run_as,
   per_process, per_connection, tcp, limits) the pool is recycled, and no request is lost; where nothing is another, nothing
   happens.
   FCL_E_CONFIG, and nothing is changed: they are bad, or another is what a pool is made of: its name, its addresses, common_limits,
   program in the place of addresses or addresses in that of program; or max_processes (or max_per_identity, where users have
   processes) is above 16 and what the pool was made with.  Then make another pool, and close this one
   (fcl_pool_close with FCL_NEVER: no request is lost). */
FCL_EXTERN int fcl__pool_configure(fcl_pool *pool, const fcl_pool_options *options, size_t size, fcl_error *error);
/* New processes for new requests; the old ones finish what they have and leave. */
FCL_EXTERN void fcl_pool_recycle(fcl_pool *pool);
/* Lifts rapid-fail and back-off. */
FCL_EXTERN void fcl_pool_resume(fcl_pool *pool);
/* An address of the pool, as it was given (a name: all that it has), or one that a name has or will have ("tcp:10.0.0.1:9000"), takes no more requests; those that it has
   go on, and its kept connections are closed: so that it can be restarted without losing any.  fcl_pool_undrain takes it back.  Where all are drained,
   requests get FCL_E_CONNECT.  FCL_E_INVAL: the pool has no such address. */
FCL_EXTERN int fcl_pool_drain(fcl_pool *pool, const char *address, fcl_error *error);
FCL_EXTERN int fcl_pool_undrain(fcl_pool *pool, const char *address, fcl_error *error);
/* Takes no new requests (they get FCL_E_CLOSING), serves those it has for up to drain_ms (FCL_NEVER: to their end), then
   ends the processes.  Do not use the pool after this call. */
FCL_EXTERN void fcl_pool_close(fcl_pool *pool, unsigned drain_ms);

/* ---- Request ---- */

typedef struct fcl_result { /* lent until on_done returns; may be kept by copying */
  fcl_error error;          /* code FCL_OK: the response is whole */
  uint32_t app_status;      /* END_REQUEST's; 0 is success by convention */
  uint64_t sent, received;  /* body bytes; `sent` with a filter's data */
  uint32_t queue_us, connect_us, first_us, total_us; /* waited; connected; until the first byte; in all.  Microseconds */
  uint32_t tries;           /* connections it was sent on, or tried */
  uint32_t retry_after_s;   /* for 503; 0: nothing to say */
  long pid;                 /* of the process; 0: not ours */
  int unclean;              /* whole by Content-Length, but END_REQUEST never came */
  int protocol_status;      /* END_REQUEST's (§5.5): 0 complete, 1 CANT_MPX_CONN, 2 OVERLOADED, 3 UNKNOWN_ROLE; -1: it
                               never came */
  int shows_stderr;         /* FCL_E_STDERR: put fcl_request_stderr into the body of the 500, escaped for its type */
} fcl_result;

typedef enum fcl_flow { FCL_NEXT, FCL_HOLD } fcl_flow;

typedef enum fcl_body {
  FCL_BODY_REFUSE, /* a body of unknown length: refuse it with FCL_E_LENGTH_REQUIRED */
  FCL_BODY_STREAM, /* a body of unknown length: stream it without CONTENT_LENGTH; PHP sees none */
  FCL_BODY_SPOOL   /* a body of unknown length: gather it (gather_memory, gather_file), then send it with its
                      CONTENT_LENGTH */
} fcl_body;

typedef struct fcl_handlers { /* NULL members are skipped; must outlive the request */
  fcl_flow (*on_head)(fcl_request *r, const fcl_head *head, void *user); /* at most once, before any body; lent likewise */
  fcl_flow (*on_body)(fcl_request *r, const char *data, size_t len, void *user); /* lent until return, or resume */
  void (*on_stderr)(fcl_request *r, const char *text, size_t len, void *user);   /* raw; NULL: becomes events, line by
                                                                                    line, escaped */
  void (*on_sent)(fcl_request *r, fcl_code code, void *user);            /* what you lent is yours again */
  void (*on_wake)(fcl_request *r, void *user);                           /* at least once after the last wake */
  void (*on_done)(fcl_request *r, const fcl_result *result, void *user); /* once, after every lend is back */
} fcl_handlers;

#define fcl_request_new(pool, handlers, user)                                                      \
  fcl__request_new((pool), (handlers), sizeof(fcl_handlers), (user))
/* NULL: out of memory. */
FCL_EXTERN fcl_request *fcl__request_new(fcl_pool *pool, const fcl_handlers *handlers, size_t size, void *user);

/* Before start, by the thread that made it: */

/* Sets a parameter, or replaces it.  A NULL value is the empty one.  REQUEST_METHOD decides what may be retried and whether a body
   of the answer is expected. */
FCL_EXTERN void fcl_request_param(fcl_request *r, const char *name, const char *value);
FCL_EXTERN void fcl_request_param_n(fcl_request *r, fcl_slice name, fcl_slice value);
/* The client's header fields, all in one call, as it sent them: mapped to HTTP_*, joined and filtered by the rules of
   fcl_cgi_headers (cgi.h).  They never replace or shadow a parameter, whether it was set before or is set later. */
FCL_EXTERN void fcl_request_headers(fcl_request *r, const fcl_header *headers, size_t count);
/* A body of `length` bytes follows; above 0, sets CONTENT_LENGTH (RFC 3875 §4.1.2: without a body there is none; set it to
   "0" yourself for applications that ask for it).  -1: not known, and `unknown` says what then.  Without this call there is
   no body. */
FCL_EXTERN void fcl_request_body(fcl_request *r, int64_t length, fcl_body unknown);
/* FCL_RESPONDER without this call.
   FCL_AUTHORIZER (§6.3): CONTENT_LENGTH, PATH_INFO, PATH_TRANSLATED and SCRIPT_NAME are left out, and there is no body
   (fcl_request_body with one: FCL_E_INVAL).  on_head then tells: status 200 lets the client's request go on, with the
   fields Variable-NAME as variables for what serves it, and nothing else of this answer is for anybody; any other status,
   with its fields and its body, is the answer to the client.  fcl_request_authorize does all this as a step.
   FCL_FILTER (§6.4): a responder that is given a file beside the body: fcl_request_file, then fcl_request_data.  One that
   answers before the body has been sent ends with FCL_E_PROTOCOL.
   An application that says it does not play the role: FCL_E_ROLE. */
FCL_EXTERN void fcl_request_role(fcl_request *r, fcl_role role);
/* Asks this authorizer, a pool of the same client, before the application: with the same parameters but for those that no
   authorizer is sent, and never with the body.  Only a complete 200 (END_REQUEST with appStatus 0, and Status or Content-Type)
   lets the request go on; its fields Variable-NAME become parameters, except where NAME is no variable name, is set already
   (in any case, '-' taken for '_'), or says what request this is (CONTENT_LENGTH, CONTENT_TYPE, PATH_INFO, PATH_TRANSLATED,
   REQUEST_METHOD, SCRIPT_FILENAME, SCRIPT_NAME); the rest of it is dropped.  Any other answer is the answer to this request,
   through its callbacks, and so are the authorizer's errors.  The clocks are those of the authorizer's pool.  What you lend
   meanwhile waits.  NULL: nobody is asked.  */
FCL_EXTERN void fcl_request_authorize(fcl_request *r, fcl_pool *authorizer);
/* FCL_FILTER: the file has `length` bytes and was changed at `modified`, in seconds since 1970 UTC: sets FCGI_DATA_LENGTH
   and FCGI_DATA_LAST_MOD.  A filter's request without these parameters: FCL_E_INVAL. */
FCL_EXTERN void fcl_request_file(fcl_request *r, int64_t length, int64_t modified);
/* The request speaks for this user: processes that run as that user serve it, and those of no other user ever do.  The pool
   has processes for each such user, started when they are needed, with a queue of their own and as many as max_per_identity;
   in all there are max_processes: where they are used up, an idle one of another user makes room, and a busy one leaves when
   it is done if its user has more than whoever waits, or, after a second, if that one has none.  Authorizers run as their
   own pool says.  NULL, or without this call: the user of run_as.  fcl_client_options.policy must allow it; else, and where
   the pool reaches addresses, on_done tells FCL_E_IDENTITY.
   Windows: all users share the pool's processes, and its pipe: addresses; each request is sent on a connection of its user's,
   which is opened with the user's token and for no other user ever, and while the application serves it, it may act as that
   user (ImpersonateNamedPipeClient; PHP: fastcgi.impersonate).  That takes SeImpersonatePrivilege, here and there.
   FCL_E_IDENTITY where it cannot be, and always with TCP. */
FCL_EXTERN void fcl_request_identity(fcl_request *r, const fcl_identity *identity);
/* STDOUT comes as on_body, byte by byte as the application sent it, whatever the method: no head is read or checked, and
   on_head does not come (but with the refusal of an authorizer).  Such a response is whole only when END_REQUEST came. */
FCL_EXTERN void fcl_request_raw(fcl_request *r);
/* FCL_BALANCE_AFFINITY: requests with the same key go to the same address: a session's id, a client's address.  Only a
   hash of it is kept. */
FCL_EXTERN void fcl_request_affinity(fcl_request *r, fcl_slice key);
/* Stands in every sentence about this request; cut at 63 bytes. */
FCL_EXTERN void fcl_request_tag(fcl_request *r, fcl_slice tag);
/* Whom the request comes from, in bytes that mean something to you alone: a client's address, a site's name.  Where requests
   wait, each source has its turn: next is one of those with the fewest requests in the application's hand, and where the
   queue is full the source with the most waiting is refused; so one that floods the pool delays itself.  A process that has
   served one source is kept for its next request, for 10 ms, from others that have an equal part of the processes.  Each
   event loop's pools do so for themselves.  Empty, or without this call: requests without a source are one source
   together. */
FCL_EXTERN void fcl_request_source(fcl_request *r, fcl_slice key);

/* Any thread, in the order of the calls: */

FCL_EXTERN void fcl_request_start(fcl_request *r);
/* Lends `data` as the next part of the body; yours again in on_sent.  One at a time: call again only after on_sent.
   Length 0 is a barrier: on_sent comes when all before it is written. */
FCL_EXTERN void fcl_request_write(fcl_request *r, const void *data, size_t len);
FCL_EXTERN void fcl_request_finish(fcl_request *r); /* the body is complete; needed without a body too */
/* FCL_FILTER, behind fcl_request_finish: lends `data` as the next part of the file, as fcl_request_write does: one lend at a
   time, of either.  The stream ends by itself with the last of FCGI_DATA_LENGTH bytes; a file that turns out to be shorter
   is yours to cancel. */
FCL_EXTERN void fcl_request_data(fcl_request *r, const void *data, size_t len);
FCL_EXTERN void fcl_request_resume(fcl_request *r); /* gives back what FCL_HOLD kept */
FCL_EXTERN void fcl_request_cancel(fcl_request *r); /* on_done follows, with FCL_E_CANCELED */
FCL_EXTERN void fcl_request_wake(fcl_request *r);   /* on_wake follows, on the loop */
/* In on_done, until free: what came on STDERR, without trace messages, up to max_stderr bytes, raw.  Empty: nothing. */
FCL_EXTERN fcl_slice fcl_request_stderr(const fcl_request *r);
/* Before start, or in or after on_done; never before a wake you made has come, if you need that on_wake. */
FCL_EXTERN void fcl_request_free(fcl_request *r);

#ifdef __cplusplus
}
#endif
#endif
