/* histogram.c: counts in cells that grow with the value: 128 to each power of two. */
#include "histogram.h"

enum { PARTS = FCGI_HISTOGRAM_PARTS };

/* Below 2 * PARTS each value has a cell of its own. */
static unsigned cell_of(uint32_t value) {
  unsigned shift = 0;
  while (value >> shift >= 2 * PARTS)
    shift++;
  return shift * PARTS + (value >> shift);
}

static uint32_t upper_end(unsigned cell) {
  unsigned shift = cell < 2 * PARTS ? 0 : cell / PARTS - 1;
  uint64_t part = cell - (uint64_t) shift * PARTS;
  return (uint32_t) (((part + 1) << shift) - 1);
}

void fcgi_histogram_add(fcgi_histogram *h, uint32_t value) {
  if (h->count == 0 || value < h->least)
    h->least = value;
  if (value > h->most)
    h->most = value;
  h->count++;
  h->sum += value;
  h->cells[cell_of(value)]++;
}

uint32_t fcgi_histogram_percentile(const fcgi_histogram *h, double percent) {
  double wanted = percent / 100 * (double) h->count;
  uint64_t so_far = 0;
  unsigned cell;
  if (wanted < 1)
    return h->least;
  for (cell = 0; cell < FCGI_HISTOGRAM_CELLS; cell++) {
    so_far += h->cells[cell];
    if ((double) so_far * (1 + 1e-12) >= wanted) /* 99.9 % of 1,000 is 999, not a rounding more */
      return upper_end(cell) < h->most ? upper_end(cell) : h->most;
  }
  return h->most;
}

double fcgi_histogram_mean(const fcgi_histogram *h) {
  return h->count ? (double) h->sum / (double) h->count : 0;
}
