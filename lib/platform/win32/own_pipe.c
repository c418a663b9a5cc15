/* own_pipe.c: makes, opens and guards the named pipe of a program: two instances, of which one is
   the program's; the other keeps the name and the list of who may come. */
#include "platform/win32/own_pipe.h"
#include "platform/status.h"
#include "platform/win32/failure.h"
#include "platform/win32/pipe.h"
#include "platform/win32/security.h"
#include <stdio.h>
#include <uv.h>

#define BUFFER    65536 /* bytes each way that wait without anybody's thread */
#define INSTANCES 2     /* the keeper, and the program's: there is no room for anybody else's */

/* ---- Making it ---- */

/* 128 random bits: nobody can make a pipe of that name before us. */
static fcl_code choose_name(wchar_t *name, fcl_error *e) {
  unsigned char random[16];
  size_t i;
  char words[256];
  int n, status = uv_random(NULL, NULL, random, sizeof random, 0, NULL);
  if (status != 0)
    return fcl__error_setx(e, FCL_E_SPAWN, fcl__status_sys(status), "cannot get random bytes: %s",
                           fcl__status_words(status, words, sizeof words));
  n = _snwprintf(name, FCL__PIPE_NAME_MAX, L"\\\\.\\pipe\\fcgiclient-%lu-", GetCurrentProcessId());
  for (i = 0; i < sizeof random; i++)
    n += _snwprintf(name + n, (size_t) (FCL__PIPE_NAME_MAX - n), L"%02x", random[i]);
  return FCL_OK;
}

/* Synchronous, as libfcgi needs it: it waits for connections and reads without an OVERLAPPED. */
static HANDLE make_instance(const fcl__own_pipe *p, DWORD more) {
  SECURITY_ATTRIBUTES security = {sizeof security, p->closed, FALSE};
  HANDLE pipe =
      CreateNamedPipeW(p->name, PIPE_ACCESS_DUPLEX | more,
                       PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
                       INSTANCES, BUFFER, BUFFER, 0, &security);
  return pipe == INVALID_HANDLE_VALUE ? NULL : pipe;
}

/* An instance can be reached from its beginning until a first connection has come and was cut. */
static int withdraw(HANDLE keeper, const wchar_t *name) {
  HANDLE first = CreateFileW(name, GENERIC_READ, 0, NULL, OPEN_EXISTING,
                             SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, NULL);
  DWORD error = GetLastError();
  int is_cut = first != INVALID_HANDLE_VALUE && DisconnectNamedPipe(keeper);
  if (first == INVALID_HANDLE_VALUE)
    SetLastError(error);
  else
    CloseHandle(first);
  return is_cut;
}

static int make_both(fcl__own_pipe *p) {
  p->closed = fcl__security_make(NULL);
  if (p->closed == NULL)
    return 0;
  p->keeper = make_instance(p, FILE_FLAG_FIRST_PIPE_INSTANCE | WRITE_DAC);
  if (p->keeper == NULL || !withdraw(p->keeper, p->name))
    return 0;
  p->instance = make_instance(p, 0);
  return p->instance != NULL;
}

fcl_code fcl__own_pipe_make(fcl__own_pipe *p, fcl_error *e) {
  DWORD error;
  if (choose_name(p->name, e) != FCL_OK)
    return FCL_E_SPAWN;
  if (make_both(p))
    return FCL_OK;
  error = GetLastError();
  fcl__own_pipe_close(p);
  return fcl__error_set(e, FCL_E_SPAWN, (int) error, "cannot make the pipe %ls", p->name);
}

/* ---- Opening it ---- */

static DWORD set_list(const fcl__own_pipe *p, void *descriptor) {
  return SetKernelObjectSecurity(p->keeper, DACL_SECURITY_INFORMATION, descriptor) ? ERROR_SUCCESS
                                                                                   : GetLastError();
}

/* Whose token is on the thread: the host may have put there another than ours. */
static DWORD let_in(const fcl__own_pipe *p) {
  HANDLE token;
  void *opened;
  DWORD error;
  if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token))
    return GetLastError();
  opened = fcl__security_make(token);
  error = opened ? set_list(p, opened) : GetLastError();
  fcl__security_free(opened);
  CloseHandle(token);
  return error;
}

/* A user who could come at other times would ask the program for whatever he likes, past us. */
int fcl__own_pipe_open(const fcl__own_pipe *p, unsigned long quality) {
  DWORD error;
  int fd;
  if (!fcl__pipe_lends_rights())
    return fcl__pipe_open_wide(p->name, quality);
  error = let_in(p);
  if (error != ERROR_SUCCESS)
    return fcl__pipe_status(error);
  fd = fcl__pipe_open_wide(p->name, quality);
  error = set_list(p, p->closed);
  if (error == ERROR_SUCCESS)
    return fd;
  fcl__pipe_close(fd);
  return fcl__pipe_status(error);
}

/* ---- The end ---- */

static void close_handle(void **h) {
  if (*h)
    CloseHandle(*h);
  *h = NULL;
}

void fcl__own_pipe_given(fcl__own_pipe *p) {
  close_handle(&p->instance);
}

void fcl__own_pipe_close(fcl__own_pipe *p) {
  close_handle(&p->instance);
  close_handle(&p->keeper);
  fcl__security_free(p->closed);
  p->closed = NULL;
}
