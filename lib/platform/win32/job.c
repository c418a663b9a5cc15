/* job.c: job objects: kill on close, no breakaway, and the limits that Windows has. */
#include "platform/win32/job.h"
#include <string.h>

static const char *missing(const fcl__limits *l) {
  if (l->umask != -1)
    return "umask";
  if (l->open_files != FCL__OURS)
    return "open_files_limit";
  if (l->file_size != FCL__OURS)
    return "file_size_limit";
  if (l->core != FCL__OURS)
    return "core_limit";
  return l->no_new_privileges ? "no_new_privileges" : NULL;
}

int fcl__job_lacks(const fcl__limits *limits, fcl_error *e) {
  const char *option = limits ? missing(limits) : NULL;
  if (option)
    fcl__error_setx(e, FCL_E_CONFIG, 0,
                    "%s is given, and Windows has no such thing; leave it out (there are "
                    "memory_limit, address_space_limit, tasks_limit and cpu_limit_s)",
                    option);
  return option != NULL;
}

static int is_given(uint64_t limit) {
  return limit != FCL__OURS && limit != UINT64_MAX;
}

static void set_memory(SIZE_T *out, DWORD *flags, uint64_t bytes, DWORD flag) {
  *out = bytes > SIZE_MAX ? SIZE_MAX : (SIZE_T) bytes;
  *flags |= flag;
}

static void set_limits(JOBOBJECT_EXTENDED_LIMIT_INFORMATION *job, const fcl__limits *l) {
  JOBOBJECT_BASIC_LIMIT_INFORMATION *basic = &job->BasicLimitInformation;
  if (l->memory)
    set_memory(&job->JobMemoryLimit, &basic->LimitFlags, l->memory, JOB_OBJECT_LIMIT_JOB_MEMORY);
  if (is_given(l->address_space))
    set_memory(&job->ProcessMemoryLimit, &basic->LimitFlags, l->address_space,
               JOB_OBJECT_LIMIT_PROCESS_MEMORY);
  if (l->tasks) {
    basic->ActiveProcessLimit = (DWORD) l->tasks;
    basic->LimitFlags |= JOB_OBJECT_LIMIT_ACTIVE_PROCESS;
  }
  if (is_given(l->cpu_s)) {
    basic->PerProcessUserTimeLimit.QuadPart = (LONGLONG) l->cpu_s * 10000000;
    basic->LimitFlags |= JOB_OBJECT_LIMIT_PROCESS_TIME;
  }
}

/* A program that crashes shall end, and not show a window that nobody sees. */
HANDLE fcl__job_make(const fcl__limits *limits) {
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION information;
  HANDLE job = CreateJobObjectW(NULL, NULL);
  memset(&information, 0, sizeof information);
  information.BasicLimitInformation.LimitFlags =
      JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION;
  if (limits)
    set_limits(&information, limits);
  if (job == NULL || SetInformationJobObject(job, JobObjectExtendedLimitInformation, &information,
                                             sizeof information))
    return job;
  CloseHandle(job);
  return NULL;
}
