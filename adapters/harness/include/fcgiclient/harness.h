/* harness.h: a scripted FastCGI application for tests of web servers, and a strict reader of what
   either side sends. The application runs on a thread of its own, so that a test may be
   single-threaded on its event loop.  Every wait is bounded; what did not come as expected is one
   sentence from fcl_script_end.  POSIX and Windows, always a static library.  Compiles as C99 and
   C++98.

     static void app(fcl_script *s, void *user) {       // on the script's thread
       fcl_script_accept(s);
       fcl_script_read_request(s);
       fcl_script_expect_param(s, "REQUEST_METHOD", "GET");
       fcl_script_answer(s, "Content-Type: text/plain\r\n\r\nhello");
     }
     ...
     fcl_script_options o = {0};
     o.play = app;
     fcl_script_start(&s, &o, &e);                      // then let the server under test connect to
     address = fcl_script_address(s);                   // "unix:@..." or as asked
     ...
     if (fcl_script_end(s, &e)) puts(e.text);           // "connection 1: ..." */
#ifndef FCGICLIENT_HARNESS_H
#define FCGICLIENT_HARNESS_H
#include <fcgiclient/codec.h>
#ifdef __cplusplus
extern "C" {
#endif

/* ---- What was seen of a request on the wire ---- */

/* FNV-1a, 64 bits: start with FCL_FNV_START, add pieces in order. */
#define FCL_FNV_START 0xcbf29ce484222325u
uint64_t fcl_fnv1a(uint64_t hash, const void *data, size_t len);

#define FCL_KEPT_MAX 1048576 /* bytes kept of each stream, and of each connection */

typedef struct fcl_seen_stream {
  uint64_t len, hash; /* of all its content */
  const char *kept;   /* the beginning of it, up to FCL_KEPT_MAX bytes, and a NUL behind */
  size_t kept_len;
  unsigned records; /* that brought content */
  int ended;        /* 1: its empty record came */
} fcl_seen_stream;

typedef struct fcl_seen {
  unsigned id, role, flags;
  unsigned number; /* of the request on its connection, from 1 */
  const fcl_header *params;
  size_t param_count;
  int params_ended;
  fcl_seen_stream in, data; /* from the server: STDIN, DATA */
  fcl_seen_stream out, err; /* from the application: STDOUT, STDERR */
  int aborted;              /* ABORT_REQUEST came */
  int ended;                /* END_REQUEST came, and said: */
  uint32_t app_status;
  unsigned protocol_status;
} fcl_seen;

/* Returns 1 and sets *value, or 0. */
int fcl_seen_param(const fcl_seen *seen, const char *name, fcl_slice *value);

/* ---- The inspector: reads one connection strictly, both ways ---- */

/* It is written apart from the library's codec on purpose, and knows the specification and what
   applications in the field need (PHP: pairs whole in each PARAMS record, no padding behind an
   empty record).  The first rule that a side breaks is kept as a sentence. */
typedef struct fcl_inspector fcl_inspector;
typedef enum fcl_side { FCL_SIDE_SERVER, FCL_SIDE_APP } fcl_side;

/* `multiplexed` 0: a second request while one runs is a fault of the server.  NULL: out of memory.
 */
fcl_inspector *fcl_inspector_new(int multiplexed);
void fcl_inspector_free(fcl_inspector *i);
/* Reads what `side` sent next.  Returns 1 while that side has broken no rule. */
int fcl_inspector_feed(fcl_inspector *i, fcl_side side, const void *bytes, size_t len);
/* The first broken rule, or NULL.  Valid until the inspector is freed. */
const char *fcl_inspector_fault(const fcl_inspector *i, fcl_side side);
/* 1 when the side stands between two records. */
int fcl_inspector_between(const fcl_inspector *i, fcl_side side);
/* The request that was begun last, or the one of that id; NULL: none.  Valid until the next feed.
 */
const fcl_seen *fcl_inspector_last(const fcl_inspector *i);
const fcl_seen *fcl_inspector_find(const fcl_inspector *i, unsigned id);
/* The side's last records, as text: "BEGIN_REQUEST id=1 len=8, PARAMS id=1 len=120". */
const char *fcl_inspector_log(const fcl_inspector *i, fcl_side side);

/* ---- What a web server must keep to, requirement by requirement ---- */

typedef struct fcl_requirement {
  const char *id; /* the section, and a number in it: "5.1-2"; "field-1": what applications need */
  const char *source; /* "FastCGI 1.0", "RFC 3875", or who needs it */
  const char *text;   /* "the role is 1, 2 or 3" */
} fcl_requirement;

/* The table; static. */
const fcl_requirement *fcl_requirements(size_t *count);
/* How often the server could have broken a requirement so far (0: it was not seen), and how often
   it did; *first is the first time as a sentence, or NULL.  A broken requirement of RFC 3875 is no
   fault for fcl_inspector_fault. */
unsigned fcl_inspector_judged(const fcl_inspector *i, size_t requirement, unsigned *broken,
                              const char **first);

/* ---- The script ---- */

typedef struct fcl_script fcl_script;

typedef struct fcl_script_options {
  const char *address; /* "unix:/path", "unix:@name" (Linux abstract; neither on Windows),
                          "tcp:127.0.0.1:0" (0: a free port), "pipe:\\\\.\\pipe\\name" (Windows;
                          eight clients may come at once, or `backlog`) or "pipe:" (a free name);
                          "pair": a socket pair, for which fcl_script_accept gives one end and
                          fcl_script_fd the other; NULL: a free address of its own */
  void (*play)(fcl_script *s, void *user); /* the application; on the script's thread */
  void *user;
  unsigned limit_ms;             /* 10,000: what one step may wait before that is the failure */
  int multiplexed;               /* as in fcl_inspector_new */
  int backlog;                   /* of the listening socket; 0: 128 */
  void (*on_signal)(void *user); /* called on the script's thread behind each fcl_script_signal of
                                    it: wake your loop */
} fcl_script_options;

#define fcl_script_start(script, options, error)                                                   \
  fcl__script_start((script), (options), sizeof(fcl_script_options), (error))
/* Listens, then starts the thread.  Returns an fcl_code. */
int fcl__script_start(fcl_script **script, const fcl_script_options *options, size_t size,
                      fcl_error *error);
/* Where to connect, as fcl_pool_options.addresses has it: "tcp:127.0.0.1:40123".  Any thread. */
const char *fcl_script_address(const fcl_script *s);
/* "pair": the other end, the caller's to close; -1 otherwise, and from the second call on. */
int fcl_script_fd(fcl_script *s);
/* Waits until play has returned (its waits are cut to a second from here on), reads what has still
   come on open connections, closes them, and frees everything. FCL_OK, or the first expectation
   that was not met: FCL_E_PROTOCOL with its sentence.  NULL is harmless. */
int fcl_script_end(fcl_script *s, fcl_error *error);

/* Points where test and script meet, by name.  Any thread; each signal lets one wait (or
   fcl_script_reached) pass. fcl_script_wait returns 1, or 0 when that took longer than limit_ms or
   the script has failed. */
void fcl_script_signal(fcl_script *s, const char *point);
int fcl_script_wait(fcl_script *s, const char *point);
int fcl_script_reached(fcl_script *s, const char *point); /* does not wait */

/* All that follows: only inside play.  Each returns 1; or 0, and does nothing, from the first
   failure on.  After a failure all connections are closed, so that the server under test is not
   left waiting. */

/* Takes a new connection, which becomes the current one; numbered from 1.  Older ones stay open. */
int fcl_script_accept(fcl_script *s);
/* Makes connection `number` the current one. */
int fcl_script_use(fcl_script *s, unsigned number);
/* Waits for a BEGIN_REQUEST on any open connection or a new one, which becomes the current one.  0,
   without a failure, once the test has called fcl_script_end: `while (fcl_script_next(s)) ...`
   serves until then. */
int fcl_script_next(fcl_script *s);

/* Reading, from the current connection.  Nothing is read but here: an application that does not
   read is one that calls none of these.  What comes is inspected, and any fault of the server is a
   failure; so is its closing the connection. */
int fcl_script_read(fcl_script *s, size_t len); /* exactly so many more bytes */
int fcl_script_read_begin(fcl_script *s);       /* until BEGIN_REQUEST of the next request */
int fcl_script_read_params(fcl_script *s);      /* until the end of its PARAMS */
int fcl_script_read_body(fcl_script *s,
                         uint64_t len); /* until so many bytes of its STDIN are here */
int fcl_script_read_request(
    fcl_script *s);                     /* until the end of its STDIN; a filter's: of its DATA */
int fcl_script_read_eof(fcl_script *s); /* until the server has closed the connection */

/* What has been read of the current connection's latest request; NULL before its BEGIN_REQUEST.
   Valid until the next read. */
const fcl_seen *fcl_script_seen(fcl_script *s);
unsigned fcl_script_id(fcl_script *s); /* its id; 1 where there is none */
fcl_slice
fcl_script_received(fcl_script *s); /* all bytes of the current connection, up to FCL_KEPT_MAX */

/* Expecting, of that request. */
int fcl_script_expect(fcl_script *s, int met,
                      const char *sentence); /* else "expected that SENTENCE" */
int fcl_script_expect_begin(fcl_script *s, unsigned role, unsigned flags);
int fcl_script_expect_param(fcl_script *s, const char *name,
                            const char *value); /* NULL: it is not there */
int fcl_script_expect_body(fcl_script *s, const void *data,
                           size_t len); /* STDIN, whole or so far */
int fcl_script_expect_body_hash(fcl_script *s, uint64_t len,
                                uint64_t hash); /* likewise, by FNV-1a */

/* Sending, on the current connection.  Bytes are gathered and go out at the next verb of another
   kind, or above 256 KiB, in as few writes as the system takes; so an answer is one piece unless it
   is cut. */
int fcl_script_send(fcl_script *s, const void *bytes, size_t len);
int fcl_script_send_record(fcl_script *s, unsigned type, unsigned id, const void *content,
                           size_t len, size_t padding);
/* Records of the current request, without padding; longer content takes several. */
int fcl_script_stdout(fcl_script *s, const char *text);
int fcl_script_stderr(fcl_script *s, const char *text);
int fcl_script_stream(fcl_script *s, unsigned type, const void *content,
                      size_t len); /* 0: the empty record */
int fcl_script_end_request(fcl_script *s, uint32_t app_status, unsigned protocol_status);
/* STDOUT with `text`, the empty STDOUT, END_REQUEST with 0 and REQUEST_COMPLETE. */
int fcl_script_answer(fcl_script *s, const char *text);
/* Cuts what is sent from here on: after `at` bytes, or after every `size` bytes, it goes on only
   when the server has read all before (Linux: its receive queue is empty).  0: no more. */
int fcl_script_cut(fcl_script *s, size_t at);
int fcl_script_pieces(fcl_script *s, size_t size);
int fcl_script_flush(fcl_script *s); /* out with it */
int fcl_script_drain(fcl_script *s); /* likewise, and waits until the server has read it */
/* From here on the server may close this connection: then what cannot be sent is dropped, and reads
   end without failure and return 0. */
int fcl_script_may_close(fcl_script *s);

/* Ending the current connection.  A reset is an RST on TCP; a Unix socket has none: its peer gets
   ECONNRESET only while something that it sent is unread.  A named pipe has three ends: the client
   reads all and then ERROR_BROKEN_PIPE (close) or ERROR_PIPE_NOT_CONNECTED (half_close, which ends
   both ways: as libfcgi and PHP do it); or the latter at once, and what it has not read is lost
   (reset). */
int fcl_script_close(fcl_script *s);
int fcl_script_reset(fcl_script *s);
int fcl_script_half_close(fcl_script *s);
int fcl_script_refuse(fcl_script *s); /* stops listening: new connections are refused; of a pipe
                                         that has connections: it stays busy */

/* Time passes: only where a test is about time. */
int fcl_script_pause(fcl_script *s, unsigned ms);
int fcl_script_failed(const fcl_script *s);

/* ---- Transcripts ---- */

/* An application that plays a transcript (fcgi-transcript(5)), on a thread of its own; a test in
   three lines:

     fcl_transcript_start(&t, "pages/overloaded.fcgi", NULL, &e);   // then send a request through
   your server address = fcl_transcript_address(t);                           // to the application
   at this address if (fcl_transcript_end(t, &e)) puts(e.text);                   // "line 7,
   expected: ... got: ..." */
typedef struct fcl_transcript fcl_transcript;

/* `text_or_file` is a transcript if it begins with "fcgi 1", else the name of a file.  `address` as
   in fcl_script_options; NULL: a free address of its own.  Plays the cases in their order, each
   from its first connection on; lines of the caller (! and =) are passed over, for the caller is
   your server's.  Returns an fcl_code: FCL_E_CONFIG with line and column for a wrong line. */
int fcl_transcript_start(fcl_transcript **t, const char *text_or_file, const char *address,
                         fcl_error *error);
const char *fcl_transcript_address(const fcl_transcript *t); /* any thread */
/* Waits up to a second for what is still to come, then closes all and frees.  FCL_OK; or
   FCL_E_PROTOCOL and the first line that was not met.  NULL is harmless. */
int fcl_transcript_end(fcl_transcript *t, fcl_error *error);

/* The server's side, against an application at `address`, to the end of the last case: a scripted
   web server.  Lines of the caller are passed over.  FCL_OK: all was as it says; FCL_E_PROTOCOL and
   the first line that was not met; FCL_E_CONFIG for a wrong line.  Any thread; it blocks, but never
   longer than 10 s for what is to come. */
int fcl_transcript_play(const char *text_or_file, const char *address, fcl_error *error);

/* A stock of transcripts, at least one for each error that an application's behaviour alone brings
   about: to see all error pages of a server in one loop.  They take any request, again and again
   until fcl_transcript_end. */
typedef struct fcl_stock {
  const char *name; /* "truncated-close" */
  fcl_code code;    /* what the library calls it; FCL_OK: an answer as it should be */
  const char *text; /* for fcl_transcript_start */
} fcl_stock;
const fcl_stock *fcl_stock_transcripts(size_t *count);

/* ---- A program ---- */

/* An application started as a web server starts it: its listening socket is descriptor 0
   (section 2.2). It ends for certain with all that it has started (Linux; elsewhere with its
   process group), also when we die first: a process of ours stands between.  What it prints goes to
   our stderr.  Windows: its standard input is the listening socket, or
   an instance of the pipe; it ends with its job, and is asked to by the event of
   _FCGI_SHUTDOWN_EVENT_; it has neither stdout nor stderr, since programs tell by that that they
   are to speak FastCGI. */
typedef struct fcl_program fcl_program;
typedef struct fcl_program_options {
  const char *path;        /* what to run; no search in $PATH */
  const char *const *argv; /* NULL-ended; NULL: {path} */
  const char *address;     /* where it listens, as in fcl_script_options; NULL: a free address */
  int is_quiet;            /* 1: what it prints goes nowhere */
  unsigned stop_ms;        /* 2,000: what it may take to leave when asked, before it is killed */
} fcl_program_options;

/* Returns an fcl_code; FCL_E_SPAWN where `path` is no program. */
#define fcl_program_start(program, options, error)                                                 \
  fcl__program_start((program), (options), sizeof(fcl_program_options), (error))
int fcl__program_start(fcl_program **program, const fcl_program_options *options, size_t size,
                       fcl_error *error);
const char *fcl_program_address(const fcl_program *p);
/* Waits up to `ms` (-1: for ever) for its end.  1: it has ended by itself, and `how` (may be NULL)
   says "ended with exit status 1"; 0: it runs.  One thread at a time. */
int fcl_program_is_over(fcl_program *p, int ms, char *how, size_t cap);
/* Ends it and all that it has started, and frees.  NULL is harmless. */
void fcl_program_end(fcl_program *p);

/* ---- A relay: faults between a server and an application ---- */

/* What is done to the bytes that one side sends on a connection.  0: nothing.  Places are counted
   in bytes of that direction, from 1: "behind byte n". */
typedef struct fcl_faults {
  uint64_t
      cut_at;    /* cut behind this byte: the rest goes on when the receiver has read all before */
  size_t pieces; /* in pieces of this size, each when the one before was read */
  unsigned delay_ms;  /* each piece is held up by 0 to so many ms, drawn by `seed` */
  unsigned gather_ms; /* what comes within this time goes out as one */
  uint64_t reset_at;  /* behind this byte the connection is reset, */
  uint64_t close_at;  /* or closed */
  uint64_t change_at; /* this byte ... */
  unsigned change_by; /* ... is XORed with that */
  uint64_t seed;
} fcl_faults;
/* Draws a mixture of these but for change_at, the same for the same seed, with places up to
 * `about`. */
void fcl_faults_draw(fcl_faults *faults, uint64_t seed, uint64_t about);

typedef struct fcl_relay fcl_relay;
typedef struct fcl_relay_options {
  const char
      *address; /* where to listen, as in fcl_script_options; NULL: a free address of its own */
  const char *target;   /* the application's address */
  fcl_faults faults[2]; /* by fcl_side: to what that side sends */
} fcl_relay_options;

/* Listens, and forwards on a thread of its own.  Returns an fcl_code. */
#define fcl_relay_start(relay, options, error)                                                     \
  fcl__relay_start((relay), (options), sizeof(fcl_relay_options), (error))
int fcl__relay_start(fcl_relay **relay, const fcl_relay_options *options, size_t size,
                     fcl_error *error);
const char *fcl_relay_address(const fcl_relay *r);
void fcl_relay_end(fcl_relay *r); /* closes all connections; NULL is harmless */

#ifdef __cplusplus
}
#endif
#endif
