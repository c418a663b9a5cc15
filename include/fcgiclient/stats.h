/* stats.h: what pools have done and are doing: snapshots, as numbers and as text.
   A snapshot is taken on the clients' loops, one after the other, and is yours from then on: it never changes.  Counters
   count since the pool was made; each request is counted once, right before its on_done: in a quiet client `started` is
   the sum of `ended`.  Compiles as C99 and C++98. */
#ifndef FCGICLIENT_STATS_H
#define FCGICLIENT_STATS_H
#include <fcgiclient/fcgiclient.h>
#ifdef __cplusplus
extern "C" {
#endif

/* Why a process is no more.  Numbered for ever: append only. */
#define FCL_LEFT_MAP(XX)                                                                           \
  XX(EXITED, "exited", "left by itself, with status 0")                                            \
  XX(CRASHED, "crashed", "exited with another status, or by a signal, and nobody had asked it to") \
  XX(START, "start", "could not be started, or took no request in time")                           \
  XX(IDLE, "idle", "was idle for idle_ms")                                                         \
  XX(MAX_REQUESTS, "max_requests", "had served max_requests")                                      \
  XX(LIFETIME, "lifetime", "had lived for lifetime_ms")                                            \
  XX(MEMORY, "memory", "used more than max_memory")                                                \
  XX(RECYCLED, "recycled", "was recycled by a call")                                               \
  XX(CHANGED, "changed", "a file that is monitored, or the configuration, had changed")            \
  XX(TIMEOUT, "timeout", "took too long for a request")                                            \
  XX(CANCELED, "canceled", "was still busy abort_ms after its request had been canceled")          \
  XX(REFUSED, "refused", "refused a connection")                                                   \
  XX(CONDEMNED, "condemned", "did what it must not (stderr_mode)")                                 \
  XX(STOPPED, "stopped", "was stopped through the control address")                                \
  XX(SURPLUS, "surplus", "was one more than the load asked for")                                   \
  XX(CLOSED, "closed", "the pool was closed")                                                      \
  XX(ROOM, "room", "made room for another user's")

typedef enum fcl_left {
  FCL_LEFT_UNKNOWN = 0,
#define XX(name, word, phrase) FCL_LEFT_##name,
  FCL_LEFT_MAP(XX)
#undef XX
  FCL_LEFT_MAX
} fcl_left;
/* "max_requests", "had served max_requests"; "?" for a number that is none.  Static. */
FCL_EXTERN const char *fcl_left_name(fcl_left why);
FCL_EXTERN const char *fcl_left_phrase(fcl_left why);

/* What a member is doing.  An address is ABSENT (left alone for a while, since it could not be reached), IDLE (has room) or
   BUSY (has all that it may have). */
typedef enum fcl_member_state {
  FCL_MEMBER_ABSENT,
  FCL_MEMBER_STARTING,
  FCL_MEMBER_IDLE,
  FCL_MEMBER_BUSY,
  FCL_MEMBER_DRAINING, /* finishes what it has, then leaves */
  FCL_MEMBER_STOPPING, /* was asked to leave */
  FCL_MEMBER_KILLING,  /* was ended by force */
  FCL_MEMBER_DRAINED,  /* an address that takes no more, by call (fcl_pool_drain) */
  FCL_MEMBER_STATES
} fcl_member_state;
FCL_EXTERN const char *fcl_member_state_name(fcl_member_state state); /* "busy"; "?"; static */

/* ---- Times: each phase of requests in buckets that grow by a third and a half in turn ---- */

enum { FCL_STATS_BUCKETS = 56, FCL_STATS_CODES = 64, FCL_STATS_REASONS = 32 }; /* sizes of arrays, fixed for ever */

typedef struct fcl_histogram {
  uint64_t count, sum_us;
  uint64_t buckets[FCL_STATS_BUCKETS]; /* of those up to fcl_histogram_bound(i), and above the one before */
} fcl_histogram;
/* The longest time that bucket i counts, in microseconds: 64, 96, 128, 192 ... 2^32; UINT64_MAX behind these. */
FCL_EXTERN uint64_t fcl_histogram_bound(unsigned i);
/* How long the share `q` of them took at most (0.5: the median), in microseconds; by the buckets, and even inside one.  0:
   there are none. */
FCL_EXTERN uint64_t fcl_histogram_quantile(const fcl_histogram *h, double q);

/* ---- A pool, and its members ---- */

typedef struct fcl_member_stats {
  const char *name;    /* "process 4711", "process" while its start is not reported, or the address */
  const char *subject; /* what the oldest request in its hand is about: the script, or else the URI; "": nothing */
  const char *tag;     /* of that request, or "" */
  fcl_member_state state;
  uint64_t pid;      /* 0: an address, or one whose start is not reported yet */
  uint64_t age_ms;   /* of a process, since its start was ordered */
  uint64_t served;   /* requests begun on it */
  uint64_t in_hand;  /* of these, those that it has now */
  uint64_t busy_ms;  /* how long it has had the oldest of these */
  uint64_t memory;   /* bytes that it holds in memory (shared ones too); 0: an address, or not known */
  uint64_t failures; /* of an address: connects that failed in a row */
  uint64_t rest_ms;  /* of an address: until it is tried again */
} fcl_member_stats;

typedef struct fcl_pool_stats {
  const char *name;
  const char *program; /* "": addresses */
  /* Now. */
  uint64_t pools;          /* of this name, that are summed up here: one of each client */
  uint64_t max_processes;  /* the limit; 0: addresses, or another pool tells it (common_limits: the one made first) */
  uint64_t queue_length;   /* the limit */
  uint64_t queued;         /* requests that wait for a process or connection */
  uint64_t oldest_wait_ms; /* how long the first of these has waited */
  uint64_t in_hand;        /* requests that members have */
  uint64_t resting;        /* of the pools: refuse requests, after rapid fails */
  uint64_t resting_ms;     /* until the last of these starts again */
  /* Since it was made. */
  uint64_t started;    /* requests */
  uint64_t waited;     /* of these, those that were not begun at once */
  uint64_t queued_max; /* the most that ever waited together (summed up: of each pool) */
  uint64_t retries;    /* requests begun again, on another connection */
  uint64_t sent;       /* bytes of request bodies and filters' data */
  uint64_t received;   /* bytes of responses' bodies */
  uint64_t starts;     /* processes that were ordered */
  uint64_t left[FCL_STATS_REASONS];  /* processes that are no more, by fcl_left */
  uint64_t ended[FCL_STATS_CODES];   /* requests, by fcl_code; FCL_OK those that went well */
  fcl_histogram queue;   /* from the start of a request until it was begun; those that were begun */
  fcl_histogram connect; /* until connected; those that took a new connection */
  fcl_histogram first;   /* from its start until the first byte of its answer; those that had one */
  fcl_histogram total;   /* from its start to on_done; all */
  size_t member_count;   /* processes that are there, or addresses */
} fcl_pool_stats;

/* ---- A snapshot ---- */

typedef struct fcl_stats fcl_stats;

/* Asks each client in turn, then calls on_stats, once, on the loop of the first of them; *stats is yours (fcl_stats_free);
   NULL: there was no memory.  Pools of one name are summed up.  Any thread, before that client is closed; all loops must be
   running, or their clients closed, for the answer to come; the first client's `closed` waits for it.  FCL_E_NOMEM: nobody
   was asked, and on_stats does not come.
   Costs each loop about a microsecond a member, and one read of /proc for each of the first 256 processes. */
FCL_EXTERN int fcl_stats_take(fcl_client *const *clients, size_t count, void (*on_stats)(fcl_stats *stats, void *user),
                              void *user, fcl_error *error);
FCL_EXTERN void fcl_stats_free(fcl_stats *stats); /* NULL is harmless */

/* What follows is for one thread at a time; pointers live as long as the snapshot. */
FCL_EXTERN size_t fcl_stats_count(const fcl_stats *stats); /* pools */
FCL_EXTERN const fcl_pool_stats *fcl_stats_at(const fcl_stats *stats, size_t i);
FCL_EXTERN const fcl_pool_stats *fcl_stats_find(const fcl_stats *stats, const char *name); /* NULL: there is none */
FCL_EXTERN const fcl_member_stats *fcl_stats_member(const fcl_pool_stats *pool, size_t i);
FCL_EXTERN uint64_t fcl_stats_dropped_events(const fcl_stats *stats); /* fcl_client_options.max_events */
FCL_EXTERN uint64_t fcl_stats_age_ms(const fcl_stats *stats);         /* of the oldest client */
/* Adds another snapshot to this one, pools of one name to each other: for several processes.  FCL_E_NOMEM: `to` is partly
   added to. */
FCL_EXTERN int fcl_stats_add(fcl_stats *to, const fcl_stats *from);

typedef enum fcl_stats_format {
  FCL_STATS_LINES,     /* one thing a line, "word key=value ...": what fcl_stats_read reads (fcgi-ctl(1)) */
  FCL_STATS_JSON,      /* one object, as deep as these structs */
  FCL_STATS_PROMETHEUS /* the text exposition format, version 0.0.4; no line for each process */
} fcl_stats_format;
/* The whole as text, NUL-terminated, `*len` bytes before that; lives until the next call for this snapshot.  NULL: there was
   no memory. */
FCL_EXTERN const char *fcl_stats_text(fcl_stats *stats, fcl_stats_format format, size_t *len);
/* Reads FCL_STATS_LINES, of this version or a later one, whose news it passes over.  FCL_E_CONFIG: it is something else. */
FCL_EXTERN int fcl_stats_read(fcl_stats **stats, const char *text, size_t len, fcl_error *error);

#ifdef __cplusplus
}
#endif
#endif
