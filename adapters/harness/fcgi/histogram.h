/* histogram.h: how long things took: bounded memory, however many there were, each within one part
   in 128 of what it was. */
#ifndef FCGI_HISTOGRAM_H
#define FCGI_HISTOGRAM_H
#include <stdint.h>

enum {
  FCGI_HISTOGRAM_PARTS = 128, /* of each power of two */
  FCGI_HISTOGRAM_CELLS =
      (32 - 7 + 1) * FCGI_HISTOGRAM_PARTS /* for 32 bits: 71 minutes of microseconds */
};

/* Zeroed: empty. */
typedef struct fcgi_histogram {
  uint64_t count, sum;
  uint32_t least, most;
  uint64_t cells[FCGI_HISTOGRAM_CELLS];
} fcgi_histogram;

void fcgi_histogram_add(fcgi_histogram *h, uint32_t value);
/* The smallest value that is not below `percent` of all, as the cell's upper end but never above
   the largest; 0 when empty. */
uint32_t fcgi_histogram_percentile(const fcgi_histogram *h, double percent);
double fcgi_histogram_mean(const fcgi_histogram *h);

#endif
