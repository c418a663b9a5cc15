/* driver.h: a client on the test's own loop, requests to real applications, and everything that
 * came of them. */
#ifndef REAL_DRIVER_H
#define REAL_DRIVER_H
#include <check.h>
#include <fcgiclient/fcgiclient.h>
#include <sys/types.h>
#include <uv.h>

#define PHP_CGI "/usr/bin/php-cgi"

/* ---- The test's world (driver.c) ---- */

/* The fixture of every test.  driver_close claims that nothing is left behind: no process, no
   socket file, no handle, no descriptor. */
void driver_open(void);
void driver_close(void);
/* Of the next client; the folder can then be entered by everybody. */
extern const fcl_policy *driver_policy;
extern int (*driver_on_impersonate)(const fcl_identity *identity, void *user); /* likewise */
/* The test's own folder, and a file in it.  The path is valid to the end of the test. */
const char *driver_folder(void);
const char *driver_path(const char *name);
const char *driver_file(const char *name, const char *text);
const char *driver_program(const char *name,
                           const char *script); /* a shell script that can be executed */
fcl_pool *driver_pool(const fcl_pool_options *options);
fcl_pool_options driver_php(void); /* options of a pool named "php" that starts php-cgi, which sends
                                      when a script says flush() */
/* Closes the client, as driver_close does, but for what the test wants to claim of the end itself.
 */
void driver_shut(void);
uint64_t driver_ms(void); /* a clock */
int driver_is_long(void); /* the long forms are wanted */
/* The loop of the test program's main: 77 when php-cgi is needed and not there. */
int driver_main(const char *suite, TCase *const *cases, int count, int needs_php);
TCase *driver_case(const char *name); /* with the fixture, and a limit of time */

/* Runs the loop until the condition holds; it is looked at in every turn, and at least every 5 ms.
 */
#define wait_until(condition)                                                                      \
  do {                                                                                             \
    driver_patience(30000);                                                                        \
    while (!(condition))                                                                           \
      driver_turn(#condition, __FILE__, __LINE__);                                                 \
  } while (0)
/* Runs the loop for that long: for claims that nothing happens. */
void driver_run_for(unsigned ms);
void driver_patience(unsigned ms);
void driver_turn(const char *what, const char *file, int line);
void driver_later(unsigned ms, void (*act)(void *arg), void *arg); /* on the loop */

/* Events of the client, as they came. */
typedef struct seen {
  fcl_level level;
  fcl_code code;
  long pid;
  char pool[32], tag[64], text[1024];
  int is_printed; /* its last words are what a process wrote */
} seen;
const seen *driver_event(const char *part); /* the first whose sentence has it, or NULL */
unsigned driver_events(const char *part);

/* ---- Requests (calls.c) ---- */

typedef struct call call;

typedef struct call_plan {
  const char *method; /* NULL: GET, or POST with an upload */
  const char *script; /* SCRIPT_FILENAME */
  const char *query, *tag;
  uint64_t
      upload;  /* bytes of request body, a pattern that does not repeat in step with any block */
  size_t part; /* lent at once; 0: 65,536 */
  int (*before_part)(call *c);                                /* 1: wait, call_send goes on */
  fcl_flow (*on_body)(call *c, const char *data, size_t len); /* may hold */
  void (*on_done)(call *c);
  const fcl_identity *identity; /* whom it speaks for */
  int has_stderr;               /* take the error stream into the call; else it becomes events */
  const char *source;           /* fcl_request_source; NULL: none */
  const char *path_info;        /* PATH_INFO; NULL: none */
} call_plan;

struct call {
  call_plan plan;
  void *user;
  fcl_request *request; /* NULL when it is done */
  int is_done, status;
  uint64_t lent, lent_hash; /* of the request body, so far */
  uint64_t len, hash;       /* of the response body, so far */
  char text[4096];          /* its beginning */
  char x_hash[64];          /* the field X-Hash */
  char err[4096];           /* the error stream */
  unsigned lends, sents, heads;
  fcl_result result;
  uint64_t started_ms, done_ms;
  struct call *next;
};

/* Starts a request; the call lives to the end of the test. */
call *call_start(fcl_pool *pool, const call_plan *plan);
call *call_get(fcl_pool *pool, const char *script, const char *query);
void call_send(call *c); /* goes on with the upload */
void call_free_all(void);
/* Waits until it is done. */
void call_wait(call *c);
/* Claims of a call that is done (or waits for that): the code, and that the sentence has `part`. */
void call_is_ok(call *c);
void call_failed(call *c, fcl_code code, const char *part);
uint64_t call_fnv(uint64_t hash, const void *data, size_t len);
#define CALL_FNV 0xcbf29ce484222325u
const char *call_hex(uint64_t hash); /* as PHP prints it; static */

/* Many of the same: the query is n=0, n=1, ..., and the body must be just that number. */
typedef struct many many;
struct many {
  fcl_pool *pool;
  call_plan plan; /* script */
  unsigned total, at_once;
  void (*each)(many *m, call *c); /* when one is done, before the next is started; may be NULL */
  unsigned started, done, ok, wrong, tries;
  char error[1024]; /* the first */
};
void many_start(many *m);
int many_is_done(const many *m);
void many_run(many *m); /* starts, and waits to the end */
void many_all_ok(const many *m);

/* ---- Beside (beside.c) ---- */

/* Starts so many php-cgi, so that no limit meets one that is still being loaded. */
void driver_warm_up(fcl_pool *pool, unsigned processes);
/* Requests one after another beside the one that fails: in the same pool, where that can be. */
void beside_run(fcl_pool *pool);
void beside_all_ok(void);
/* Claims that it took at least so long, and not much longer. */
void call_took(const call *c, unsigned ms);

/* ---- Processes (processes.c; ../windows/processes.c) ---- */

void process_begin(void);            /* the loop is ours, and so are its signals */
const char *process_temporary(void); /* where the tests' folders are made */
void process_claim_fds(int before);  /* nothing is left open since */
int process_lives(long pid);
void process_stop(long pid); /* SIGSTOP, and waits for it */
/* A connection to an endpoint of this test waits to be accepted. */
int process_is_awaited(void);
/* How many processes of this test live: those with its marker in their environment. */
unsigned process_count(void);
unsigned process_count_named(const char *name); /* of these, by the name of the program */
const char *process_list(void);
/* php-fpm with so many workers that leave after so many requests; NULL options: skipped when it is
 * not installed. */
int process_has_fpm(void);
int process_find_fpm(char *path, size_t cap); /* 0: it is not installed */
pid_t process_fpm(const char *listen, unsigned workers, unsigned max_requests);
/* Any server: waits until it listens there, "/path", "@name" or "127.0.0.1:port". */
pid_t process_server(const char *const *argv, const char *listen);
void process_end(pid_t pid); /* SIGTERM, and waits for it */
int process_free_port(void);
#endif
