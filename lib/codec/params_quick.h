/* params_quick.h: bytes that are checked on their way into the image, eight at a time, and what
   tells that a name is new.  For params.c. */
#ifndef FCL__PARAMS_QUICK_H
#define FCL__PARAMS_QUICK_H
#include "codec/params_check.h"

static inline uint64_t fcl__four_at(const char *at) {
  uint32_t four;
  memcpy(&four, at, sizeof four);
  return four;
}

/* The top bit of one of eight bytes is set if one is 0. */
static inline uint64_t fcl__bad_in_value(uint64_t eight) {
  return (eight - FCL__EACH(1)) & ~eight & FCL__EACH(0x80);
}

typedef uint64_t fcl__bad_in(uint64_t eight);

/* The last eight (or four) bytes perhaps twice.  Returns 0 if no byte is bad. */
static inline uint64_t fcl__take(uint8_t *out, const char *at, size_t len, fcl__bad_in *bad_in) {
  uint64_t bad = 0;
  size_t i;
  if (len >= 8) {
    for (i = 0; i + 8 < len; i += 8) {
      bad |= bad_in(fcl__eight_at(at + i));
      memcpy(out + i, at + i, 8);
    }
    memcpy(out + len - 8, at + len - 8, 8);
    return bad | bad_in(fcl__eight_at(at + len - 8));
  }
  if (len >= 4) {
    memcpy(out, at, 4);
    memcpy(out + len - 4, at + len - 4, 4);
    return bad_in(fcl__four_at(at) | fcl__four_at(at + len - 4) << 32);
  }
  for (i = 0; i < len; i++) {
    out[i] = (uint8_t) at[i];
    bad |= bad_in(FCL__EACH(out[i]));
  }
  return bad;
}

/* Of its length and its first and last eight bytes: names that agree in these cost a walk, no more.
   Two times nine bits; of one that is not empty. */
static inline unsigned fcl__params_hash(fcl_slice name) {
  const char *at = name.base;
  const size_t n = name.len;
  uint64_t first, last;
  if (n >= 8) {
    first = fcl__eight_at(at);
    last = fcl__eight_at(at + n - 8);
  } else if (n >= 4) {
    first = fcl__four_at(at);
    last = fcl__four_at(at + n - 4);
  } else {
    first = (unsigned char) at[0] | (unsigned) (unsigned char) at[n / 2] << 8;
    last = (unsigned char) at[n - 1];
  }
  return (unsigned) (((first ^ (last << 1 | last >> 63) ^ n) * 0x9e3779b97f4a7c15u) >> 46);
}

/* 0: certainly not. */
static inline int fcl__params_may_have(const fcl_params *p, unsigned h) {
  const unsigned a = h >> 9, b = h & 511;
  return (int) (p->seen[a >> 6] >> (a & 63) & p->seen[b >> 6] >> (b & 63) & 1);
}

static inline void fcl__params_mark(fcl_params *p, unsigned h) {
  const unsigned a = h >> 9, b = h & 511;
  p->seen[a >> 6] |= (uint64_t) 1 << (a & 63);
  p->seen[b >> 6] |= (uint64_t) 1 << (b & 63);
}
#endif
