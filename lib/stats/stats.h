/* stats.h: what the files of this room share: how snapshots are made, and the tables of what is in
 * them. */
#ifndef FCL__STATS_H
#define FCL__STATS_H
#include "base/error.h"
#include "base/memory.h"
#include <fcgiclient/stats.h>

/* ---- Counting: a few instructions, no memory ---- */

/* Bounds of 64, 96, 128, 192 ... 2^32 microseconds. */
static inline unsigned fcl__bucket_of(uint32_t us) {
  uint32_t v = us - 1;
  unsigned top;
  if (us <= 64)
    return 0;
  top = 31u - (unsigned) __builtin_clz(v);
  return 2 * (top - 6) + ((v >> (top - 1)) & 1) + 1;
}

static inline void fcl__histogram_count(fcl_histogram *h, uint64_t us) {
  uint32_t bounded = us < UINT32_MAX ? (uint32_t) us : UINT32_MAX;
  h->count++;
  h->sum_us += us;
  h->buckets[fcl__bucket_of(bounded)]++;
}

/* ---- Snapshots (snapshot.c) ---- */

typedef struct fcl__pool_entry {
  fcl_pool_stats stats; /* first */
  fcl_member_stats *members;
  size_t cap;
} fcl__pool_entry;

struct fcl_stats {
  fcl__memory memory;
  fcl__pool_entry **pools;
  size_t count, cap;
  uint64_t dropped_events, age_ms;
  char *text; /* of the last fcl_stats_text */
};

fcl_stats *fcl__stats_new(const fcl__memory *memory); /* NULL: no memory */
/* Adds counts to the pool of that name, which is made if need be; `from`'s member_count counts for
   nothing.  NULL: no memory. */
fcl_pool_stats *fcl__stats_pool(fcl_stats *s, const fcl_pool_stats *from);
/* Appends a member; its texts are copied, escaped.  0: no memory. */
int fcl__stats_member(fcl_stats *s, fcl_pool_stats *pool, const fcl_member_stats *from);

/* ---- Tables (fields.c) ---- */

typedef enum fcl__sum { FCL__ADD, FCL__MOST } fcl__sum; /* what becomes of two pools' numbers */

typedef struct fcl__field {
  const char *name; /* in JSON and lines */
  size_t offset;    /* of a uint64_t */
  fcl__sum sum;
  const char *metric; /* for Prometheus, with its unit; NULL: none */
  const char *type;   /* "gauge", "counter" */
  unsigned per;       /* the number is divided by that: 1000 for ms */
  const char *help;
} fcl__field;
extern const fcl__field fcl__pool_fields[];   /* ended by one without a name */
extern const fcl__field fcl__member_fields[]; /* without metrics */

typedef struct fcl__phase_field {
  const char *name;
  size_t offset; /* of a fcl_histogram */
  const char *metric, *help;
} fcl__phase_field;
extern const fcl__phase_field fcl__phase_fields[];

static inline uint64_t *fcl__at(void *of, size_t offset) {
  return (uint64_t *) (void *) ((char *) of + offset);
}
static inline uint64_t fcl__number_at(const void *of, size_t offset) {
  return *(const uint64_t *) (const void *) ((const char *) of + offset);
}
static inline const fcl_histogram *fcl__phase_at(const fcl_pool_stats *p,
                                                 const fcl__phase_field *f) {
  return (const fcl_histogram *) (const void *) ((const char *) p + f->offset);
}

/* ---- Text (text.c) ---- */

typedef struct fcl__out {
  const fcl__memory *memory;
  char *base; /* NUL-terminated */
  size_t len, cap;
  int has_failed; /* no memory: what is added later is dropped */
} fcl__out;
void fcl__out_add(fcl__out *out, const char *bytes, size_t len);
void fcl__out_text(fcl__out *out, const char *text);
void fcl__out_number(fcl__out *out, uint64_t n);
/* Seconds of so many `per` of a second (1000: ms), exact: "0.0015". */
void fcl__out_seconds(fcl__out *out, uint64_t n, unsigned per);
/* In double quotes, with a backslash before quotes and backslashes: JSON, lines and label values
   alike, for controls are escaped already. */
void fcl__out_quoted(fcl__out *out, const char *text);

void fcl__write_lines(fcl__out *out, const fcl_stats *s);
void fcl__write_json(fcl__out *out, const fcl_stats *s);
void fcl__write_prometheus(fcl__out *out, const fcl_stats *s);
#endif
