/* sums.c: SHA-256 (FIPS 180-4), and the bytes of random(n, seed). */
#include "transcript.h"
#include <string.h>

static const uint32_t rounds[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turn(uint32_t x, int n) {
  return x >> n | x << (32 - n);
}

static void schedule(uint32_t w[64], const uint8_t *p) {
  int i;
  for (i = 0; i < 16; i++, p += 4)
    w[i] = (uint32_t) p[0] << 24 | (uint32_t) p[1] << 16 | (uint32_t) p[2] << 8 | p[3];
  for (; i < 64; i++) {
    uint32_t a = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3;
    uint32_t b = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + a + w[i - 7] + b;
  }
}

static void add_block(uint32_t h[8], const uint8_t *p) {
  uint32_t w[64], v[8];
  int i;
  schedule(w, p);
  memcpy(v, h, sizeof v);
  for (i = 0; i < 64; i++) {
    uint32_t e = turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25);
    uint32_t a = turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22);
    uint32_t one = v[7] + e + ((v[4] & v[5]) ^ (~v[4] & v[6])) + rounds[i] + w[i];
    uint32_t two = a + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
    memmove(v + 1, v, 7 * sizeof *v);
    v[4] += one;
    v[0] = one + two;
  }
  for (i = 0; i < 8; i++)
    h[i] += v[i];
}

void fcl__sha256_init(fcl__sha256 *s) {
  static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  memset(s, 0, sizeof *s);
  memcpy(s->h, first, sizeof first);
}

void fcl__sha256_add(fcl__sha256 *s, const void *data, size_t len) {
  const uint8_t *p = data;
  for (; len > 0; len--) {
    s->block[s->len++ % 64] = *p++;
    if (s->len % 64 == 0)
      add_block(s->h, s->block);
  }
}

void fcl__sha256_end(fcl__sha256 *s, uint8_t sum[32]) {
  uint64_t bits = s->len * 8;
  int i;
  fcl__sha256_add(s, "\x80", 1);
  while (s->len % 64 != 56)
    fcl__sha256_add(s, "", 1);
  for (i = 56; i >= 0; i -= 8) {
    uint8_t byte = (uint8_t) (bits >> i);
    fcl__sha256_add(s, &byte, 1);
  }
  for (i = 0; i < 32; i++)
    sum[i] = (uint8_t) (s->h[i / 4] >> (24 - i % 4 * 8));
}

/* xorshift64* on a seed that is never 0; a byte of each step. */
void fcl__random_bytes(char *out, size_t len, uint64_t seed) {
  uint64_t x = seed * 0x9e3779b97f4a7c15u + 0x632be59bd9b4e019u;
  if (x == 0)
    x = 1;
  for (; len > 0; len--) {
    x ^= x >> 12, x ^= x << 25, x ^= x >> 27;
    *out++ = (char) (x * 0x2545f4914f6cdd1du >> 56);
  }
}
