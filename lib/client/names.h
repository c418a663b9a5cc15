/* names.h: an address with a name ("tcp:app:9000") stands for all addresses that the name has: they
   are members of the pool that come and go as the name is resolved anew. */
#ifndef FCL__CLIENT_NAMES_H
#define FCL__CLIENT_NAMES_H
#include "pool/pool.h"
#include "transport/address.h"

struct fcl_pool;
struct fcl__place;

#define FCL__NAME_PLACES 64 /* so many addresses of a name are used */

/* One address that it has; the place's with the same number. */
typedef struct fcl__found {
  fcl__address address;
  char text[64];        /* "tcp:10.0.0.1:9000" */
  unsigned is_seen : 1; /* in the answer that is being read */
} fcl__found;

typedef struct fcl__name {
  struct fcl_pool *pool;
  const fcl__address *address; /* host and port */
  const char *text;            /* as it was given */
  unsigned first;              /* the first of its places */
  uv_getaddrinfo_t request;
  fcl__clock again;
  uint64_t asked_at;
  unsigned failures;       /* answers in a row that were none */
  unsigned rounds;         /* in a row in which it was not well: no answer, or a member down */
  unsigned count;          /* of addresses in the last answer */
  unsigned is_asking : 1;  /* the request is under way */
  unsigned is_known : 1;   /* it has been answered, if only by an error */
  unsigned is_short : 1;   /* for one of its addresses there was no place, or no memory */
  unsigned is_drained : 1; /* by call, with all that it will have */
  char fault[256];         /* why it has none */
  fcl__found found[FCL__NAME_PLACES];
} fcl__name;

/* Resolves all names of a pool for the first time.  [loop] */
void fcl__names_begin(struct fcl_pool *p);
/* Those that had no answer are asked again at once, and waited for.  [loop] */
void fcl__names_resume(struct fcl_pool *p);
/* No answer is wanted any more. */
void fcl__names_end(struct fcl_pool *p);
/* A request goes to an address of it: it is resolved again if that was long ago. */
void fcl__name_used(fcl__name *name);
/* An address of it cannot be reached. */
void fcl__name_doubt(fcl__name *name);
#endif
