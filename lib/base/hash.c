/* hash.c: SipHash with one round for each word and three at the end. */
#include "base/hash.h"

static uint64_t turn(uint64_t x, int bits) {
  return x << bits | x >> (64 - bits);
}

static void round_of(uint64_t v[4]) {
  v[0] += v[1];
  v[2] += v[3];
  v[1] = turn(v[1], 13) ^ v[0];
  v[3] = turn(v[3], 16) ^ v[2];
  v[0] = turn(v[0], 32);
  v[2] += v[1];
  v[0] += v[3];
  v[1] = turn(v[1], 17) ^ v[2];
  v[3] = turn(v[3], 21) ^ v[0];
  v[2] = turn(v[2], 32);
}

static void take(uint64_t v[4], uint64_t word) {
  v[3] ^= word;
  round_of(v);
  v[0] ^= word;
}

/* Up to 8 bytes, the lowest first. */
static uint64_t word_of(const uint8_t *p, size_t len) {
  uint64_t word = 0;
  while (len > 0)
    word = word << 8 | p[--len];
  return word;
}

uint64_t fcl__hash(const uint64_t secret[2], const void *data, size_t len) {
  const uint8_t *p = data;
  uint64_t v[4] = {secret[0] ^ 0x736f6d6570736575u, secret[1] ^ 0x646f72616e646f6du,
                   secret[0] ^ 0x6c7967656e657261u, secret[1] ^ 0x7465646279746573u};
  size_t i;
  for (i = 0; len - i >= 8; i += 8)
    take(v, word_of(p + i, 8));
  take(v, word_of(p + i, len - i) | (uint64_t) len << 56);
  v[2] ^= 0xff;
  for (i = 0; i < 3; i++)
    round_of(v);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}
