/* settings.h: what a pool is told; every number real, FCL_NEVER (0xffffffff) where there is no
   limit. */
#ifndef FCL__SETTINGS_H
#define FCL__SETTINGS_H
#include <fcgiclient/fcgiclient.h> /* FCL_NEVER, fcl_balance, fcl_ready */

typedef struct fcl__pool_settings {
  const char *name;             /* lent for the pool's life */
  const char *program;          /* NULL: the members are addresses; for sentences */
  const char *const *addresses; /* one member each, lent for the pool's life; NULL: a place for one
                                   that comes (fcl__address_add) */
  unsigned address_count;
  fcl_balance balance;    /* of addresses */
  unsigned slow_start_ms; /* an address that is back has its full share after this; 0, FCL_NEVER: at
                             once */
  unsigned probe_ms;      /* addresses are probed this often; 0, FCL_NEVER: not */
  unsigned is_common; /* what it may have is counted with pools elsewhere: `take` and its kind in
                         fcl__pool_ops are asked */
  unsigned max_processes; /* that serve at once; 1 to 10,000 (others are made to fit) */
  unsigned is_sized;      /* 1: by load, from `processors` at first; max_processes is the most */
  unsigned processors;
  unsigned room; /* fcl__pool_take_settings can raise max_processes to this; less: not at all */
  unsigned min_processes;   /* idle_ms leaves this many, and one that dies is replaced */
  unsigned max_connections; /* to one address */
  unsigned
      per_connection;   /* requests at once on a connection; 0 is 1; fcl__member_share changes it */
  unsigned per_process; /* connections to a process at once; 0 is 1 */
  unsigned max_requests; /* then a process is replaced */
  unsigned lifetime_ms;  /* likewise; 0, FCL_NEVER: not */
  uint64_t max_memory;   /* likewise, bytes; 0: not */
  fcl_ready ready;       /* what a new process shows before it takes requests */
  unsigned queue_length; /* requests that wait, beside one for each process being started */
  unsigned rapid_fails;  /* 0, FCL_NEVER: off */
  unsigned rapid_fail_ms;
  unsigned start_ms, connect_ms, queue_ms, first_ms, activity_ms, request_ms, idle_ms;
  unsigned stop_ms;  /* 0: force at once */
  unsigned abort_ms; /* 0: what is left of request_ms, but at least 1 s */
} fcl__pool_settings;
#endif
