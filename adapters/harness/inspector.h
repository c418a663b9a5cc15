/* inspector.h: what the parts of the inspector share. */
#ifndef FCL_HARNESS_INSPECTOR_H
#define FCL_HARNESS_INSPECTOR_H
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

struct fcl_inspector {
  fcl__inspected server, app;
  fcl__seen **requests; /* one for each id in use so far */
  size_t count, room;
  fcl__seen *last;
  unsigned begun; /* BEGIN_REQUEST records */
  int multiplexed;
  int values_asked; /* GET_VALUES records that were not answered */
  int is_last;      /* a request without KEEP_CONN came: none may follow */
};

/* seen.c */
fcl__seen *fcl__seen_new(unsigned id, unsigned role, unsigned flags, unsigned number);
void fcl__seen_free(fcl__seen *s);
/* Which stream of the request a record type belongs to; NULL: none. */
fcl_seen_stream *fcl__seen_stream(fcl__seen *s, unsigned type);
int fcl__seen_add(fcl__seen *s, fcl_seen_stream *stream, const char *data,
                  size_t len); /* 0: out of memory */
/* Reads the pairs of one record; returns NULL, or what is wrong with them. */
const char *fcl__seen_pairs(fcl__seen *s, const char *data, size_t len);
/* Reads one pair strictly; NULL, or what is wrong. */
const char *fcl__strict_pair(const char **at, const char *end, fcl_header *pair);

/* inspector.c */
fcl__seen *fcl__inspector_request(const fcl_inspector *i, unsigned id);
/* Notes the first fault of that side, with the place and the record.  Returns 0. */
int fcl__fault(fcl__inspected *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* rules.c: each returns 1, or 0 with the fault noted.  At the header; for a piece of stream
 * content; at its end. */
int fcl__rules_header(fcl_inspector *i, fcl__inspected *s);
int fcl__rules_content(fcl_inspector *i, fcl__inspected *s, const char *data, size_t len);
int fcl__rules_record(fcl_inspector *i, fcl__inspected *s);
#endif
