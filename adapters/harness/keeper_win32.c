/* keeper_win32.c: a program that we start is in a job of its own, which ends all of it when the
   job's handle is closed, and so also when we die. */
#include "keeper.h"
#include "net.h"
#include "wide_win32.h"
#include "why.h"
#include "base/ntstatus.h"
#include <windows.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int errno_of(DWORD error) {
  switch (error) {
  case ERROR_FILE_NOT_FOUND:
  case ERROR_PATH_NOT_FOUND:
    return ENOENT;
  case ERROR_ACCESS_DENIED:
    return EACCES;
  case ERROR_BAD_EXE_FORMAT:
    return ENOEXEC;
  case ERROR_NOT_ENOUGH_MEMORY:
    return ENOMEM;
  default:
    return EIO;
  }
}

/* ---- The command line, as CommandLineToArgvW reads it ---- */

/* A quote needs a backslash, and so does each backslash before one. */
static char *add_quoted(char *out, const char *arg) {
  size_t slashes = 0;
  *out++ = '"';
  for (; *arg; arg++) {
    if (*arg == '"')
      for (slashes++; slashes > 0; slashes--)
        *out++ = '\\';
    slashes = *arg == '\\' ? slashes + 1 : 0;
    *out++ = *arg;
  }
  for (; slashes > 0; slashes--)
    *out++ = '\\';
  *out++ = '"';
  return out;
}

static wchar_t *command_line(char *const *argv) {
  size_t n, room = 1;
  char *line, *at;
  wchar_t *wide;
  for (n = 0; argv[n]; n++)
    room += 2 * strlen(argv[n]) + 3;
  at = line = malloc(room);
  if (line == NULL)
    return NULL;
  for (n = 0; argv[n]; n++) {
    if (n > 0)
      *at++ = ' ';
    at = add_quoted(at, argv[n]);
  }
  *at = 0;
  wide = fcl__text_wide(line);
  free(line);
  return wide;
}

/* ---- The environment: ours, and the event by which it is asked to leave ---- */

static size_t block_len(const wchar_t *block) {
  const wchar_t *at = block;
  while (*at)
    at += wcslen(at) + 1;
  return (size_t) (at - block);
}

static wchar_t *environment(HANDLE event) {
  wchar_t *ours = GetEnvironmentStringsW(), *block, one[64];
  size_t len = ours ? block_len(ours) : 0, one_len;
  swprintf(one, sizeof one / sizeof *one, L"_FCGI_SHUTDOWN_EVENT_=%u",
           (unsigned) (uintptr_t) event);
  one_len = wcslen(one) + 1;
  block = malloc((len + one_len + 1) * sizeof *block);
  if (block && ours) {
    memcpy(block, one, one_len * sizeof *block);
    memcpy(block + one_len, ours, len * sizeof *block);
    block[one_len + len] = 0;
  }
  if (ours)
    FreeEnvironmentStringsW(ours);
  return block;
}

/* ---- Starting ---- */

/* What a program inherits: its listening socket, and the event; nothing else of ours. */
typedef struct start {
  STARTUPINFOEXW info;
  HANDLE inherited[2];
  wchar_t *path, *line, *block;
} start;

static HANDLE new_event(void) {
  SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
  return CreateEventW(&inherit, TRUE, FALSE, NULL);
}

static HANDLE new_job(void) {
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;
  HANDLE job = CreateJobObjectW(NULL, NULL);
  memset(&limits, 0, sizeof limits);
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  if (job)
    SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
  return job;
}

/* Programs tell that they speak FastCGI by having neither stdout nor stderr. */
static int prepare(start *s, const fcl__keeper_program *p, HANDLE event) {
  SIZE_T size = 0;
  memset(s, 0, sizeof *s);
  s->inherited[0] = (HANDLE) fcl__net_handle(p->listener);
  s->inherited[1] = event;
  s->path = fcl__path_wide(p->path);
  s->line = command_line(p->argv);
  s->block = environment(event);
  InitializeProcThreadAttributeList(NULL, 1, 0, &size);
  s->info.lpAttributeList = malloc(size);
  if (!s->path || !s->line || !s->block || !s->info.lpAttributeList)
    return 0;
  InitializeProcThreadAttributeList(s->info.lpAttributeList, 1, 0, &size);
  UpdateProcThreadAttribute(s->info.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
                            s->inherited, sizeof s->inherited, NULL, NULL);
  s->info.StartupInfo.cb = sizeof s->info;
  s->info.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
  s->info.StartupInfo.hStdInput = s->inherited[0];
  s->info.StartupInfo.hStdOutput = s->info.StartupInfo.hStdError = INVALID_HANDLE_VALUE;
  return 1;
}

static void forget(start *s) {
  free(s->path);
  free(s->line);
  free(s->block);
  free(s->info.lpAttributeList);
}

static int create(fcl__keeper *k, start *s, HANDLE job) {
  PROCESS_INFORMATION made;
  int is_held;
  SetHandleInformation(s->inherited[0], HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  if (!CreateProcessW(s->path, s->line, NULL, NULL, TRUE,
                      CREATE_SUSPENDED | CREATE_NO_WINDOW | CREATE_UNICODE_ENVIRONMENT |
                          EXTENDED_STARTUPINFO_PRESENT,
                      s->block, NULL, &s->info.StartupInfo, &made))
    return 0;
  is_held = AssignProcessToJobObject(job, made.hProcess);
  if (is_held)
    ResumeThread(made.hThread);
  else
    TerminateProcess(made.hProcess, 1);
  CloseHandle(made.hThread);
  k->pid = (long) made.dwProcessId;
  k->link = (intptr_t) made.hProcess;
  return is_held;
}

/* On a thread of the system's. */
static void CALLBACK on_end(void *pair, BOOLEAN is_late) {
  (void) is_late;
  fcl__net_wake(pair);
}

static int listen_for_end(fcl__keeper *k) {
  HANDLE wait;
  if (fcl__net_pair(k->told))
    return 0;
  if (!RegisterWaitForSingleObject(&wait, (HANDLE) k->link, on_end, k->told, INFINITE,
                                   WT_EXECUTEONLYONCE))
    return 0;
  k->wait = (intptr_t) wait;
  return 1;
}

static void close_all(fcl__keeper *k) {
  if (k->wait)
    UnregisterWaitEx((HANDLE) k->wait, INVALID_HANDLE_VALUE);
  fcl__net_close(k->told[0]);
  fcl__net_close(k->told[1]);
  if (k->link)
    CloseHandle((HANDLE) k->link);
  if (k->group)
    CloseHandle((HANDLE) k->group);
  if (k->event)
    CloseHandle((HANDLE) k->event);
  memset(k, 0, sizeof *k);
}

int fcl__keeper_start(fcl__keeper *k, const fcl__keeper_program *program) {
  start s;
  int is_made;
  DWORD error;
  memset(k, 0, sizeof *k);
  k->told[0] = k->told[1] = -1;
  k->event = (intptr_t) new_event();
  k->group = (intptr_t) new_job();
  k->stop_ms = program->stop_ms;
  is_made = k->event && k->group && prepare(&s, program, (HANDLE) k->event) &&
            create(k, &s, (HANDLE) k->group) && listen_for_end(k);
  error = GetLastError();
  if (k->event && k->group)
    forget(&s);
  if (is_made)
    return 1;
  close_all(k);
  fcl__why_is(errno_of(error), error);
  return 0;
}

/* Nobody asks it to leave, so it has no event. */
long fcl__keeper_leave(const fcl__keeper_program *program) {
  start s;
  PROCESS_INFORMATION made;
  HANDLE event = new_event();
  BOOL is_made = prepare(&s, program, event);
  DWORD error;
  if (is_made) {
    SetHandleInformation(s.inherited[0], HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    is_made =
        CreateProcessW(s.path, s.line, NULL, NULL, TRUE,
                       DETACHED_PROCESS | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT,
                       s.block, NULL, &s.info.StartupInfo, &made);
  }
  error = GetLastError();
  fcl__why_is(errno_of(error), error);
  forget(&s);
  CloseHandle(event);
  if (!is_made)
    return 0;
  CloseHandle(made.hThread);
  CloseHandle(made.hProcess);
  return (long) made.dwProcessId;
}

/* ---- Its end ---- */

int fcl__keeper_fd(const fcl__keeper *k) {
  return k->pid && !k->is_over ? k->told[0] : -1;
}

int fcl__keeper_is_over(fcl__keeper *k, int ms) {
  DWORD status;
  if (k->pid == 0 || k->is_over)
    return k->is_over;
  if (WaitForSingleObject((HANDLE) k->link, ms < 0 ? INFINITE : (DWORD) ms) != WAIT_OBJECT_0)
    return 0;
  if (GetExitCodeProcess((HANDLE) k->link, &status))
    k->status = (int) status;
  return k->is_over = 1;
}

void fcl__keeper_stop(fcl__keeper *k) {
  if (k->pid == 0)
    return;
  SetEvent((HANDLE) k->event);
  fcl__keeper_is_over(k, (int) k->stop_ms);
  TerminateJobObject((HANDLE) k->group, 1);
  WaitForSingleObject((HANDLE) k->link, 10000); /* its sockets are closed then */
  close_all(k);
}

void fcl__keeper_tell(const fcl__keeper *k, char *out, size_t cap) {
  const char *name = fcl__ntstatus_name(k->status);
  if (name)
    snprintf(out, cap, "was ended by %s (0x%08x)", name, (unsigned) k->status);
  else if ((unsigned) k->status >= 0xc0000000u)
    snprintf(out, cap, "was ended by an exception (0x%08x)", (unsigned) k->status);
  else
    snprintf(out, cap, "ended with exit status %d", k->status);
}
