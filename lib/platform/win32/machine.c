/* machine.c: what the machine has, and has left; of it, what a job that we are in leaves us. */
#include "platform/machine.h"
#include <uv.h>
#include <windows.h>

unsigned fcl__machine_processors(void) {
  DWORD_PTR ours, all;
  unsigned count = 0;
  if (!GetProcessAffinityMask(GetCurrentProcess(), &ours, &all))
    ours = 0;
  for (; ours; ours &= ours - 1)
    count++;
  return count ? count : 1;
}

static uint64_t job_limit(void) {
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;
  if (!QueryInformationJobObject(NULL, JobObjectExtendedLimitInformation, &limits, sizeof limits,
                                 NULL) ||
      !(limits.BasicLimitInformation.LimitFlags & JOB_OBJECT_LIMIT_JOB_MEMORY))
    return 0;
  return limits.JobMemoryLimit;
}

void fcl__machine_memory(uint64_t *all, uint64_t *available) {
  uint64_t limit = job_limit();
  *all = uv_get_total_memory();
  *available = uv_get_free_memory();
  if (limit == 0 || limit >= *all)
    return;
  *all = limit;
  if (limit < *available)
    *available = limit;
}
