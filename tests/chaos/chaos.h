/* chaos.h: load on the library while everything goes wrong, and what is claimed when it is over. */
#ifndef CHAOS_H
#define CHAOS_H
#include <fcgiclient/fcgiclient.h>
#include <pthread.h>

/* The pools of each client: RELAYED reaches addresses, the others start processes; those of SHARED
   take several requests on a connection, those of USERS run as whom each request speaks for. */
typedef enum which { PLAIN, GATHERED, PHP, RELAYED, RELOADED, SHARED, USERS, POOLS } which;
enum { CLIENTS = 2, SLOTS = 64, WIRES = 3, PEOPLE = 3 };

/* ---- Chance (plan.c) ---- */

typedef struct chance {
  uint64_t state;
} chance;
uint64_t chance_next(chance *c);
unsigned chance_below(chance *c, unsigned n); /* 0 to n - 1 */

/* ---- What a request is (plan.c) ---- */

typedef struct plan {
  char query[160];
  uint64_t upload, length; /* bytes of its body, and of the answer's */
  int is_sum;              /* the answer is the body's length and hash */
  unsigned person;         /* USERS: whom it speaks for */
  int is_uid;              /* the answer is that one's number */
  int may_be_whole;        /* 0: its process ends in the middle, so FCL_OK would be a lie */
  unsigned write_ms, read_ms, cancel_ms; /* at most, before each part; 0: at once, or not */
} plan;
void plan_draw(plan *p, which pool, chance *c);
void plan_simple(plan *p);  /* must be answered whole */
char plan_byte(uint64_t n); /* of every body, as app answers */

/* ---- The world (chaos.c) ---- */

typedef struct world {
  uint64_t seed;
  fcl_client *clients[2 * CLIENTS]; /* then those that may start programs as others (root only) */
  unsigned client_count;
  fcl_identity *people[PEOPLE];
  fcl_pool *pools[CLIENTS][POOLS];
  pthread_mutex_t pools_lock; /* for RELOADED, which is replaced */
  int has_php;
  char folder[64], script[96], app[96];
  _Atomic uint64_t heap,
      heap_most;              /* bytes that the library has; the most since it was asked for */
  _Atomic unsigned events[3]; /* by level */
} world;
extern world w;
extern const char *const pool_names[POOLS];
uint64_t now_ms(void);
void nap(unsigned ms);
fcl_pool *open_pool(unsigned client, which pool);
/* Gives it other options, by chance; 0: it is not there. */
int change_pool(unsigned client, which pool, chance *c);
extern const unsigned uids[PEOPLE];

/* ---- Load (load.c) ---- */

typedef struct tally {
  uint64_t started, ended, codes[FCL_CODE_MAX], sent, received;
} tally;
extern tally tallies[POOLS];
void load_start(void);
void load_stop(void);        /* no new requests */
unsigned load_running(void); /* that have not ended */
unsigned load_simple(which pool,
                     unsigned count); /* one after the other; returns how many were whole */
void load_end(void);
long load_some_pid(chance *c); /* of a process that served lately; 0: none */

/* ---- Faults (faults.c) ---- */

#define FAULTS(XX)                                                                                 \
  XX(KILL, "SIGKILL to a process")                                                                 \
  XX(PAUSE, "SIGSTOP to a process, SIGCONT a while later")                                         \
  XX(RECYCLE, "pool recycled")                                                                     \
  XX(RESUME, "rapid-fail and back-off lifted")                                                     \
  XX(RELOAD, "pool closed and made anew")                                                          \
  XX(CHANGE, "other options for a pool (as on SIGHUP)")                                            \
  XX(GUARDIAN, "SIGKILL to a guardian, and all its processes with it")                             \
  XX(DESCRIPTORS, "no descriptor free (EMFILE)")                                                   \
  XX(DISK, "disk full for the spool (RLIMIT_FSIZE)")                                               \
  XX(HOST, "the host itself stood still: its clock jumped")                                        \
  XX(WIRE, "a relay ended; one with other faults came")
typedef enum fault {
#define XX(name, text) name,
  FAULTS(XX)
#undef XX
} fault;
#define XX(name, text) +1
enum { FAULT_KINDS = 0 FAULTS(XX) };
#undef XX
extern unsigned fault_counts[FAULT_KINDS];
extern const char *const fault_names[FAULT_KINDS];
/* Guardians that are there now are spared: those of clients that cannot have another. */
void faults_spare_guardians(void);
void faults_run(uint64_t until_ms); /* and undoes what it did */

/* ---- Relays with faults before applications, in a process of their own (wire.c) ---- */

void wire_start(uint64_t seed);
void wire_redraw(void);
void wire_clean(void); /* no faults any more */
void wire_end(void);
void wire_address(unsigned i, char out[64]);

/* ---- Claims (verdict.c) ---- */

/* Of one request, or callback: only what does not hold is counted, and the first of these printed.
 */
void claim(int holds, const char *format, ...) __attribute__((format(printf, 2, 3)));
unsigned claims_broken(void); /* since the last call */
/* Of the whole run: printed, as it holds or not, and counted as a check. */
void conclude(int holds, const char *format, ...) __attribute__((format(printf, 2, 3)));
extern unsigned checks, failures;
void verdict_stats(void);     /* while the clients are quiet */
void verdict_processes(void); /* when they are closed */
unsigned files_in(const char *folder);
uint64_t resident(void); /* bytes */
int is_worker(long pid); /* it lives, and is of this run */
void print_table(void);
#endif
