/* control.c: a named pipe on which only the owner of this process may ask.

   libuv makes the pipe, with the system's default rights, by which everybody may open it to read;
   these are replaced before anybody is listened to.  Whoever opens it is asked for nevertheless. */
#include "platform/control.h"
#include "base/error.h"
#include "platform/local.h"
#include "platform/status.h"
#include "platform/win32/pipe.h"
#include "platform/win32/security.h"
#include <io.h>
#include <string.h>

#define PROMISE 0 /* a descriptor of nothing: the name is only taken on the loop */

static const char *path_of(const char *address) {
  return address + sizeof "pipe:" - 1;
}

static fcl_code refuse(const char *address, int status, fcl_error *e) {
  char words[256];
  return fcl__error_setx(e, FCL_E_INVAL, fcl__status_sys(status),
                         "control: cannot listen at %s: %s", address,
                         fcl__status_words(status, words, sizeof words));
}

fcl_code fcl__control_listen(const char *address, int *fd, fcl_error *e) {
  int found;
  *fd = -1;
  if (strncmp(address, "pipe:", 5) != 0 || fcl__local_check(address, NULL) != FCL_OK)
    return fcl__error_setx(e, FCL_E_INVAL, 0,
                           "control: \"%s\" is no address: give pipe:\\\\.\\pipe\\NAME", address);
  found = fcl__pipe_open(path_of(address));
  if (found >= 0)
    _close(found);
  if (found != UV_ENOENT)
    return refuse(address, UV_EADDRINUSE, e);
  *fd = PROMISE;
  return FCL_OK;
}

/* The rights are the name's: further instances, which libuv makes for further connections, have
   them too. */
static int close_to_others(uv_pipe_t *listener) {
  HANDLE pipe = listener->pipe.serv.accept_reqs[0].pipeHandle; /* what uv_pipe_bind has made */
  void *ours = fcl__security_make(NULL);
  int is_done = ours && SetKernelObjectSecurity(pipe, DACL_SECURITY_INFORMATION, ours);
  DWORD error = GetLastError();
  fcl__security_free(ours);
  return is_done ? 0 : fcl__pipe_status(error);
}

int fcl__control_attach(uv_pipe_t *listener, int fd, const char *address, uv_connection_cb accept) {
  int status = uv_pipe_bind(listener, path_of(address));
  if (status == 0)
    status = close_to_others(listener);
  return status != 0 ? status : uv_listen((uv_stream_t *) listener, 16, accept);
}

int fcl__control_pass(const uv_pipe_t *listener) {
  return PROMISE;
}

void fcl__control_drop(int fd, const char *address) {
  (void) fd; /* the name goes with the handles */
}

/* ---- Who asks ---- */

typedef struct account {
  union {
    TOKEN_USER user;
    char room[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  } u;
} account;

static int find_account(HANDLE process, account *a) {
  HANDLE token;
  DWORD len;
  int is_known;
  if (!OpenProcessToken(process, TOKEN_QUERY, &token))
    return 0;
  is_known = GetTokenInformation(token, TokenUser, a, sizeof *a, &len) != 0;
  CloseHandle(token);
  return is_known;
}

static int is_ours(HANDLE process) {
  account theirs, ours;
  if (!find_account(process, &theirs) || !find_account(GetCurrentProcess(), &ours))
    return 0;
  return EqualSid(theirs.u.user.User.Sid, ours.u.user.User.Sid) ||
         IsWellKnownSid(theirs.u.user.User.Sid, WinLocalSystemSid);
}

/* Wine's question for the machine ends the program, and nobody comes to it from another. */
static int is_wine(void) {
  return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != NULL;
}

/* A process of another machine may have the same number as one of ours. */
static int is_remote(HANDLE pipe) {
  WCHAR name[64];
  return !is_wine() && (GetNamedPipeClientComputerNameW(pipe, name, sizeof name) ||
                        GetLastError() == ERROR_INSUFFICIENT_BUFFER);
}

int fcl__control_is_owner(const uv_pipe_t *talk) {
  uv_os_fd_t pipe;
  ULONG pid;
  HANDLE process;
  int is;
  if (uv_fileno((const uv_handle_t *) talk, &pipe) != 0 || is_remote(pipe) ||
      !GetNamedPipeClientProcessId(pipe, &pid))
    return 0;
  process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid);
  if (process == NULL)
    return 0;
  is = is_ours(process);
  CloseHandle(process);
  return is;
}
