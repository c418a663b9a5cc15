/* start.c: the start of an application program: suspended, with nothing but its endpoint and an
   event of ours, into a job, and on. */
#include "base/long_path_win32.h"
#include "platform/impersonation.h"
#include "platform/win32/failure.h"
#include "platform/win32/job.h"
#include "platform/win32/parts.h"
#include "platform/win32/seam.h"
#include "platform/win32/token.h"
#include "platform/win32/wide.h"
#include "platform/win32/words.h"
#include <stdio.h>
#include <string.h>

const fcl__start_seam *fcl__start_seam_used;

/* What CreateProcess takes, made of a program's words. */
typedef struct order {
  const fcl__memory *memory;
  const fcl__program *program;
  wchar_t *path, *directory, *command, *block;
  HANDLE handles[2]; /* listener and event, as the program inherits them */
  LPPROC_THREAD_ATTRIBUTE_LIST attributes;
  int has_job; /* among these: it begins in its job */
} order;

/* ---- The words ---- */

typedef wchar_t *wide_copy(const fcl__memory *memory, const char *text, int *is_bad);

static fcl_code widen(wchar_t **out, const char *text, const char *what, wide_copy *copy, order *o,
                      fcl_error *e) {
  int is_bad;
  *out = copy(o->memory, text, &is_bad);
  if (*out)
    return FCL_OK;
  if (is_bad)
    return fcl__error_setx(e, FCL_E_SPAWN, 0, "cannot start %s: its %s is no UTF-8",
                           o->program->path, what);
  return fcl__error_setx(e, FCL_E_NOMEM, 0, "out of memory for the start of %s", o->program->path);
}

/* "C:\dir\x.exe", "C:/dir/x.exe", "\\server\share\x.exe" */
static int is_absolute(const char *path) {
  int has_drive =
      ((path[0] >= 'a' && path[0] <= 'z') || (path[0] >= 'A' && path[0] <= 'Z')) && path[1] == ':';
  const char *rest = has_drive ? path + 2 : path;
  int is_slash = rest[0] == '\\' || rest[0] == '/';
  return has_drive ? is_slash : is_slash && (rest[1] == '\\' || rest[1] == '/');
}

static int ends_with(const char *path, const char *end) {
  size_t len = strlen(path), n = strlen(end);
  return len >= n && _stricmp(path + len - n, end) == 0;
}

/* Windows would hand a batch file's arguments to cmd.exe, which reads them by other rules. */
static fcl_code check_path(const char *path, fcl_error *e) {
  if (!is_absolute(path))
    return fcl__error_setx(e, FCL_E_SPAWN, ERROR_BAD_PATHNAME,
                           "cannot start %s: set program to an absolute path (C:\\...)", path);
  if (ends_with(path, ".bat") || ends_with(path, ".cmd"))
    return fcl__error_setx(e, FCL_E_SPAWN, ERROR_BAD_EXE_FORMAT,
                           "cannot start %s: it is a batch file; set program to the .exe that it "
                           "runs",
                           path);
  return FCL_OK;
}

static fcl_code write_words(order *o, const fcl__endpoint *endpoint, fcl_error *e) {
  const fcl__program *p = o->program;
  const char *const alone[2] = {p->path, NULL};
  const char *const *argv = p->argv && p->argv[0] ? p->argv : alone;
  char event[64], pipe[32 + 3 * FCL__PIPE_NAME_MAX];
  const char *const more[] = {event, pipe, "PHP_FCGI_MAX_REQUESTS=0", NULL};
  fcl_code code;
  snprintf(event, sizeof event, "_FCGI_SHUTDOWN_EVENT_=%lu",
           (unsigned long) (uintptr_t) o->handles[1]);
  snprintf(pipe, sizeof pipe, "_FCGI_X_PIPE_=%ls", endpoint->pipe.name);
  code = widen(&o->path, p->path, "path", fcl__wide_path, o, e);
  if (code == FCL_OK && p->directory)
    code = widen(&o->directory, p->directory, "directory", fcl__wide, o, e);
  if (code == FCL_OK)
    code = fcl__words_command(&o->command, p->path, argv, o->memory, e);
  return code == FCL_OK ? fcl__words_block(&o->block, p->path, p->env, more, o->memory, e) : code;
}

/* ---- The handles ---- */

static fcl_code no_handle(const order *o, const char *what, fcl_error *e) {
  return fcl__error_set(e, FCL_E_SPAWN, (int) GetLastError(), "cannot start %s: no %s",
                        o->program->path, what);
}

static fcl_code copy_handles(order *o, fcl__process *p, fcl_error *e) {
  p->leave = CreateEventW(NULL, TRUE, FALSE, NULL);
  if (p->leave == NULL)
    return no_handle(o, "event to ask it to leave", e);
  o->handles[0] = fcl__endpoint_inherit(&p->endpoint);
  if (o->handles[0] == NULL || !DuplicateHandle(GetCurrentProcess(), p->leave, GetCurrentProcess(),
                                                &o->handles[1], SYNCHRONIZE, TRUE, 0))
    return no_handle(o, "handles for it", e);
  return FCL_OK;
}

/* Exactly these: what else is inheritable here, another library's perhaps, does not go along. */
static fcl_code list_handles(order *o, fcl_error *e) {
  SIZE_T size = 0;
  InitializeProcThreadAttributeList(NULL, 2, 0, &size);
  o->attributes = fcl__realloc(o->memory, NULL, size);
  if (o->attributes == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "out of memory for the start of %s",
                           o->program->path);
  if (InitializeProcThreadAttributeList(o->attributes, 2, 0, &size) &&
      UpdateProcThreadAttribute(o->attributes, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, o->handles,
                                sizeof o->handles, NULL, NULL))
    return FCL_OK;
  return no_handle(o, "list of handles for it", e);
}

#define JOB_LIST 0x2000d /* PROC_THREAD_ATTRIBUTE_JOB_LIST, which headers for Windows 7 lack */

/* Windows 10: no moment at which we could be killed and leave it behind without a job. */
static void list_job(order *o, fcl__process *p) {
  o->has_job = UpdateProcThreadAttribute(o->attributes, 0, JOB_LIST, &p->job, sizeof p->job, NULL,
                                         NULL) != FALSE;
}

static void free_order(order *o) {
  size_t i;
  for (i = 0; i < 2; i++)
    if (o->handles[i])
      CloseHandle(o->handles[i]);
  if (o->attributes)
    DeleteProcThreadAttributeList(o->attributes);
  fcl__free(o->memory, o->attributes);
  fcl__free(o->memory, o->path);
  fcl__free(o->memory, o->directory);
  fcl__free(o->memory, o->command);
  fcl__free(o->memory, o->block);
}

/* ---- The process ---- */

#define FLAGS                                                                                      \
  (CREATE_SUSPENDED | CREATE_NO_WINDOW | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT)

/* That output and errors go nowhere is how a program knows that its input is no CGI's (libfcgi,
 * PHP). */
static BOOL create_at(const order *o, const wchar_t *path, PROCESS_INFORMATION *made) {
  STARTUPINFOEXW s;
  DWORD flags = FLAGS | (fcl__start_seam_used ? fcl__start_seam_used->flags : 0);
  memset(&s, 0, sizeof s);
  s.StartupInfo.cb = sizeof s;
  s.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
  s.StartupInfo.hStdInput = o->handles[0];
  s.StartupInfo.hStdOutput = s.StartupInfo.hStdError = INVALID_HANDLE_VALUE;
  s.lpAttributeList = o->attributes;
  if (o->program->identity)
    return CreateProcessAsUserW(fcl__identity_primary(o->program->identity), path, o->command, NULL,
                                NULL, TRUE, flags, o->block, o->directory, &s.StartupInfo, made);
  return CreateProcessW(path, o->command, NULL, NULL, TRUE, flags, o->block, o->directory,
                        &s.StartupInfo, made);
}

/* Not every system starts a program at a path of more than 259 characters; where the disk has short
   names beside the long ones, there is another way to it. */
static BOOL create_at_short(const order *o, PROCESS_INFORMATION *made) {
  wchar_t path[MAX_PATH + FCL__LONG_PATH_MORE];
  DWORD error = GetLastError(), len = 0;
  if (wcslen(o->path) >= MAX_PATH)
    len = GetShortPathNameW(o->path, path, MAX_PATH + FCL__LONG_PATH_MORE);
  if (len > 0 && len < MAX_PATH + FCL__LONG_PATH_MORE)
    return create_at(o, path, made);
  SetLastError(error);
  return FALSE;
}

static BOOL create(const order *o, PROCESS_INFORMATION *made) {
  return create_at(o, o->path, made) || create_at_short(o, made);
}

static void CALLBACK on_end(void *process, BOOLEAN timed_out) {
  fcl__process *p = process;
  atomic_store(&p->has_ended, 1);
  uv_async_send(&p->all->news);
}

/* It has not run yet, so it has no descendants that the job would miss. */
static DWORD take_in_hand(fcl__process *p, const order *o, const PROCESS_INFORMATION *made) {
  if ((!o->has_job && !AssignProcessToJobObject(p->job, made->hProcess)) ||
      !RegisterWaitForSingleObject(&p->wait, made->hProcess, on_end, p, INFINITE,
                                   WT_EXECUTEONLYONCE) ||
      ResumeThread(made->hThread) == (DWORD) -1)
    return GetLastError();
  if (fcl__start_seam_used && fcl__start_seam_used->resumed)
    fcl__start_seam_used->resumed(made);
  return ERROR_SUCCESS;
}

static fcl_code fail(const order *o, DWORD error, fcl_error *e) {
  const fcl__program *p = o->program;
  fcl__failure_to_start(e, p->path, p->directory ? p->directory : "of ours",
                        p->identity ? fcl__identity_name(p->identity) : NULL, error);
  return e->code;
}

static fcl_code run(fcl__process *p, order *o, fcl_error *e) {
  PROCESS_INFORMATION made;
  DWORD error;
  p->job = fcl__job_make(o->program->limits);
  if (p->job == NULL)
    return no_handle(o, "job to keep it in", e);
  list_job(o, p);
  if (!create(o, &made))
    return fail(o, GetLastError(), e);
  p->process = made.hProcess;
  p->pid = (long) made.dwProcessId;
  error = take_in_hand(p, o, &made);
  CloseHandle(made.hThread);
  if (error == ERROR_SUCCESS)
    return FCL_OK;
  TerminateProcess(p->process, FCL__ENDED_BY_FORCE);
  return fcl__error_set(e, FCL_E_SPAWN, (int) error,
                        "cannot start %s: its process cannot be kept in "
                        "a job",
                        o->program->path);
}

static fcl_code start(fcl__process *p, order *o, fcl_error *e) {
  const fcl__program *program = o->program;
  fcl_code code = program->is_tcp ? fcl__endpoint_open_tcp(&p->endpoint, e)
                                  : fcl__endpoint_open(&p->endpoint, program->identity, e);
  if (code == FCL_OK)
    code = copy_handles(o, p, e);
  if (code == FCL_OK)
    code = list_handles(o, e);
  if (code == FCL_OK)
    code = write_words(o, &p->endpoint, e);
  if (code == FCL_OK)
    code = run(p, o, e);
  fcl__endpoint_given(&p->endpoint);
  return code;
}

static fcl_code make(fcl__process **out, fcl__processes *all, void *owner, fcl_error *e) {
  fcl__process *p = fcl__zalloc(&all->memory, sizeof *p);
  if (p == NULL)
    return fcl__error_setx(e, FCL_E_NOMEM, 0, "out of memory for a process");
  p->all = all;
  p->owner = owner;
  p->endpoint.socket = INVALID_SOCKET;
  atomic_init(&p->has_ended, 0);
  *out = p;
  return FCL_OK;
}

static fcl_code start_as_ourselves(fcl__processes *all, const fcl__program *program, void *owner,
                                   fcl__process **out, fcl_error *e) {
  order o = {.memory = &all->memory, .program = program};
  fcl__process *p = NULL;
  fcl_code code = check_path(program->path, e);
  if (code == FCL_OK && fcl__job_lacks(program->limits, e))
    code = FCL_E_CONFIG;
  if (code == FCL_OK)
    code = make(&p, all, owner, e);
  if (code != FCL_OK)
    return code;
  code = start(p, &o, e);
  free_order(&o);
  if (code != FCL_OK) {
    fcl__process_let_go(p);
    fcl__endpoint_close(&p->endpoint);
    fcl__free(&all->memory, p);
    return code;
  }
  uv_timer_init(all->loop, &p->knocker);
  uv_unref((uv_handle_t *) &p->knocker);
  p->knocker.data = p;
  fcl__list_append(&all->list, &p->link);
  uv_async_send(&all->news);
  *out = p;
  return FCL_OK;
}

/* Nothing of a start is a matter of whom a host's thread acts as.  Errors go to *e in the end: who
   asks may want none. */
fcl_code fcl__process_start(fcl__processes *all, const fcl__program *program, void *owner,
                            fcl__process **out, fcl_error *e) {
  fcl_error mine = {0};
  fcl__impersonation i;
  fcl_code code = fcl__impersonation_begin(&i, NULL, NULL, NULL, &mine);
  if (code == FCL_OK) {
    code = start_as_ourselves(all, program, owner, out, &mine);
    fcl__impersonation_end(&i);
  }
  if (e)
    *e = mine;
  return code;
}
