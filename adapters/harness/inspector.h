/* inspector.h: what the parts of the inspector share. */
#ifndef FCL_HARNESS_INSPECTOR_H
#define FCL_HARNESS_INSPECTOR_H
#include "format.h"
#include "requirements.h"
#include <fcgiclient/harness.h>

/* The pairs of one PARAMS record; params point into it. */
typedef struct fcl__seen_chunk {
  struct fcl__seen_chunk *next;
  char bytes[];
} fcl__seen_chunk;

typedef struct fcl__seen {
  fcl_seen is;        /* first: what the public sees */
  size_t room[4];     /* allocated for in, data, out, err */
  fcl_header *params; /* is.params */
  size_t params_room;
  fcl__seen_chunk *chunks;
  char doubled[64];   /* the name that came twice, its controls as '?'; for the sentence */
  uint64_t announced; /* CONTENT_LENGTH */
  int is_announced;
} fcl__seen;

/* One direction of the connection. */
typedef struct fcl__inspected {
  fcl_side side;
  uint8_t header[8];
  unsigned have;                   /* bytes of it */
  unsigned type, id, len, padding; /* of the record at hand */
  unsigned left, padding_left;
  char content[65536]; /* of the record at hand, where it is not a stream of bytes */
  unsigned gathered;
  uint64_t at, record_at; /* bytes taken; where the record at hand began */
  uint64_t records;
  int is_skipped; /* the record at hand broke a rule: its content is not looked at */
  int is_lost;    /* nobody knows where the next record begins */
  char fault[768];
  char log[512];
} fcl__inspected;

/* What was found of one requirement. */
typedef struct fcl__judged {
  unsigned times, broken;
  char first[320]; /* how it was broken first */
} fcl__judged;

struct fcl_inspector {
  fcl__inspected server, app;
  fcl__seen **requests; /* one for each id in use so far */
  size_t count, room;
  fcl__seen *last;
  unsigned begun; /* BEGIN_REQUEST records */
  int multiplexed;
  int values_asked; /* GET_VALUES records that were not answered */
  fcl__judged judged[FCL__RULES];
  int is_last; /* a request without KEEP_CONN came: none may follow */
};

/* seen.c */
fcl__seen *fcl__seen_new(unsigned id, unsigned role, unsigned flags, unsigned number);
void fcl__seen_free(fcl__seen *s);
/* Which stream of the request a record type belongs to; NULL: none. */
fcl_seen_stream *fcl__seen_stream(fcl__seen *s, unsigned type);
int fcl__seen_add(fcl__seen *s, fcl_seen_stream *stream, const char *data,
                  size_t len); /* 0: out of memory */

/* What can be wrong with pairs, as bits. */
enum {
  FCL__PAIR_CUT = 1, /* nothing behind it can be read */
  FCL__PAIR_LONG = 2,
  FCL__PAIR_NAMELESS = 4,
  FCL__PAIR_NUL = 8,
  FCL__PAIR_TWICE = 16,
  FCL__PAIR_MEMORY = 32
};
/* Reads the pairs of one record; returns what is wrong with them. */
unsigned fcl__seen_pairs(fcl__seen *s, const char *data, size_t len);
/* Reads one pair strictly; returns what is wrong with it. */
unsigned fcl__strict_pair(const char **at, const char *end, fcl_header *pair);

/* inspector.c */
fcl__seen *fcl__inspector_request(const fcl_inspector *i, unsigned id);
/* Notes the first fault of that side, with the place and the record.  Returns 0. */
int fcl__fault(fcl__inspected *s, const char *fmt, ...) FCL__FORMAT(2, 3);
/* A requirement of the server was kept, or broken as the words say.  Returns `is_kept`. */
int fcl__judge(fcl_inspector *i, fcl__inspected *s, fcl__rule rule, int is_kept, const char *fmt,
               ...) FCL__FORMAT(5, 6);
/* Likewise; and what is broken is a fault. */
int fcl__check(fcl_inspector *i, fcl__inspected *s, fcl__rule rule, int is_kept, const char *fmt,
               ...) FCL__FORMAT(5, 6);

/* rules.c: each returns 1, or 0 with the fault noted.  At the header; for a piece of stream
 * content; at its end. */
int fcl__rules_header(fcl_inspector *i, fcl__inspected *s);
int fcl__rules_content(fcl_inspector *i, fcl__inspected *s, const char *data, size_t len);
int fcl__rules_record(fcl_inspector *i, fcl__inspected *s);
/* rules_cgi.c: judges the parameters of a request, when they have ended. */
void fcl__rules_cgi(fcl_inspector *i, fcl__inspected *s, const fcl_seen *r);
#endif
