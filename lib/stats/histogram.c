/* histogram.c: what the buckets of times stand for, and what can be read from them. */
#include "stats/stats.h"

enum { BUCKETS = 53 }; /* that can be reached: the last ends at 2^32 */

uint64_t fcl_histogram_bound(unsigned i) {
  if (i >= BUCKETS)
    return UINT64_MAX;
  return (i % 2 ? UINT64_C(96) : UINT64_C(64)) << (i / 2);
}

static uint64_t inside(const fcl_histogram *h, unsigned i, double left) {
  uint64_t from = i ? fcl_histogram_bound(i - 1) : 0, to = fcl_histogram_bound(i);
  return from + (uint64_t) ((double) (to - from) * left / (double) h->buckets[i]);
}

uint64_t fcl_histogram_quantile(const fcl_histogram *h, double q) {
  double left = q * (double) h->count;
  unsigned i, last = 0;
  for (i = 0; i < BUCKETS; i++) {
    if (h->buckets[i] == 0)
      continue;
    if (left <= (double) h->buckets[i])
      return inside(h, i, left > 0 ? left : 0);
    left -= (double) h->buckets[i];
    last = i;
  }
  return h->count ? fcl_histogram_bound(last) : 0;
}
