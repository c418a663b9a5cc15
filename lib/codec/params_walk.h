/* params_walk.h: from pair to pair through the image that params.c builds.  For the two alone. */
#ifndef FCL__PARAMS_WALK_H
#define FCL__PARAMS_WALK_H
#include <fcgiclient/codec.h>

#define FCL__PARAMS_BEGIN                                                                          \
  16 /* kept free in front for BEGIN_REQUEST, so that ending the image moves nothing */

typedef struct fcl__params_cursor {
  size_t header;  /* of the record; 0 before the first */
  size_t at, end; /* the next pair, and the end of the record */
  size_t pair;    /* the pair that step found, */
  size_t size;    /* and its size on the wire, without record headers */
} fcl__params_cursor;

static inline fcl_slice fcl__params_slice(const char *base, size_t len) {
  fcl_slice s;
  s.base = base;
  s.len = len;
  return s;
}

static inline size_t fcl__params_least(size_t a, size_t b) {
  return a < b ? a : b;
}

static inline size_t fcl__params_record_length(const fcl_params *p, size_t header) {
  return (size_t) p->bytes[header + 4] << 8 | p->bytes[header + 5];
}

static inline fcl__params_cursor fcl__params_first(void) {
  const fcl__params_cursor c = {0, FCL__PARAMS_BEGIN, FCL__PARAMS_BEGIN, 0, 0};
  return c;
}

/* To the next pair.  Of one that is cut between records, *value is what lies in the first.  Returns
   0 behind the last. */
int fcl__params_step(const fcl_params *p, fcl__params_cursor *c, fcl_slice *name, fcl_slice *value);
/* To the pair of that name. */
int fcl__params_find(const fcl_params *p, fcl_slice name, fcl__params_cursor *c, fcl_slice *value);
#endif
