/* usage.c: what a process uses, as Linux's /proc tells; 0 on other systems. */
#include "platform/usage.h"
#include "platform/posix/proc.h"
#include <stdio.h>
#include <unistd.h>

enum { FAMILY_MAX = 64 }; /* more of one process are not counted */

/* The second number: resident pages. */
static uint64_t resident(long pid) {
  char text[128];
  unsigned long long pages = 0;
  if (fcl__proc_read(pid, "statm", text, sizeof text) == 0 || sscanf(text, "%*u %llu", &pages) != 1)
    return 0;
  return (uint64_t) pages * (uint64_t) sysconf(_SC_PAGESIZE);
}

/* The process and its descendants. */
static unsigned find_family(long pid, long *family) {
  unsigned count = 1, i;
  family[0] = pid;
  for (i = 0; i < count; i++)
    count += fcl__proc_children(family[i], family + count, FAMILY_MAX - count);
  return count;
}

/* "RAN WAITED TURNS": nanoseconds on a processor, and in line for one; of its first thread. */
static uint64_t wanted(long pid) {
  char text[128];
  unsigned long long ran, waited;
  if (fcl__proc_read(pid, "schedstat", text, sizeof text) == 0 ||
      sscanf(text, "%llu %llu", &ran, &waited) != 2)
    return 0;
  return (uint64_t) ran + waited;
}

static uint64_t sum(long pid, uint64_t (*of)(long pid)) {
  long family[FAMILY_MAX];
  unsigned count = find_family(pid, family), i;
  uint64_t all = 0;
  for (i = 0; i < count; i++)
    all += of(family[i]);
  return all;
}

uint64_t fcl__usage_memory(long pid) {
  return sum(pid, resident);
}

uint64_t fcl__usage_wanted(long pid) {
  return sum(pid, wanted);
}
