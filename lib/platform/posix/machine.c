/* machine.c: what the machine has, and has left; of it, what a control group (cgroup 2, as
 * containers have it) leaves us. */
#include "platform/machine.h"
#include "platform/posix/peek.h"
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#define GROUP "/sys/fs/cgroup/"

/* "150000 100000": microseconds of computing in so many; "max 100000": no quota. */
static unsigned quota(void) {
  char text[64];
  unsigned long long used, period;
  if (fcl__peek(GROUP "cpu.max", text, sizeof text) == 0 ||
      sscanf(text, "%llu %llu", &used, &period) != 2 || period == 0)
    return 0;
  return used < period ? 1 : (unsigned) ((used + period - 1) / period);
}

unsigned fcl__machine_processors(void) {
  unsigned all = uv_available_parallelism(), ours = quota();
  return ours > 0 && ours < all ? ours : all;
}

/* 0: not known, or no limit. */
static uint64_t number_in(const char *path) {
  char text[64];
  return fcl__peek(path, text, sizeof text) ? strtoull(text, NULL, 10) : 0;
}

void fcl__machine_memory(uint64_t *all, uint64_t *available) {
  uint64_t limit = number_in(GROUP "memory.max"), used = number_in(GROUP "memory.current");
  *all = uv_get_total_memory();
  *available = uv_get_free_memory();
  if (limit == 0 || limit >= *all)
    return;
  *all = limit;
  if (limit < used + *available)
    *available = limit > used ? limit - used : 0;
}
