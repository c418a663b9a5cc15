/* app_workers_win32.c: a process for each connection: this program again, which inherits the memory
   that all share, the event that asks it to leave, and the connection: a pipe's handle, or a
   socket as WSADuplicateSocket describes it, in that memory. */
#include <winsock2.h>
#include <windows.h>
#include "app_workers.h"
#include "../../../examples/app_system.h"
#include "../sync.h"
#include "fcgi.h"
#include "signals.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { LEAVE_MS = 2000, LOOK_MS = 20 };

static app_common *common;
static HANDLE memory, asked, job; /* asked: an event, for all that serve */

static SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};

/* Behind what they share: of each connection, the socket. */
typedef struct told {
  app_common common;
  WSAPROTOCOL_INFOW sockets[APP_CONNECTIONS_MAX];
} told;

static WSAPROTOCOL_INFOW *socket_of(app_common *c, unsigned slot) {
  return &((told *) c)->sockets[slot];
}

static app_common *map(HANDLE of) {
  return MapViewOfFile(of, FILE_MAP_ALL_ACCESS, 0, 0, sizeof(told));
}

app_common *app_common_new(void) {
  memory =
      CreateFileMappingW(INVALID_HANDLE_VALUE, &inherited, PAGE_READWRITE, 0, sizeof(told), NULL);
  return memory ? map(memory) : NULL;
}

/* ---- All of them ---- */

static HANDLE served[APP_CONNECTIONS_MAX]; /* NULL: free */
static unsigned served_count;

static void forget_ended(void) {
  unsigned n;
  for (n = 0; n < APP_CONNECTIONS_MAX; n++)
    if (served[n] && WaitForSingleObject(served[n], 0) == WAIT_OBJECT_0) {
      CloseHandle(served[n]);
      served[n] = NULL;
      served_count--;
      app_limits_forget(&common->limits, n);
    }
}

static void make_room(void) {
  forget_ended();
  while (served_count >= common->limits.connections) {
    Sleep(LOOK_MS);
    forget_ended();
  }
}

static unsigned free_slot(void) {
  unsigned n = 0;
  while (served[n])
    n++;
  return n;
}

static unsigned long long number(HANDLE h) {
  return (unsigned long long) (uintptr_t) h;
}

/* Just these are inheritable, and our standard handles where they are files. */
static HANDLE start(intptr_t connection, int is_pipe, unsigned slot) {
  HANDLE pipe = is_pipe ? (HANDLE) connection : NULL;
  wchar_t path[4096], line[160];
  STARTUPINFOW info;
  PROCESS_INFORMATION made;
  memset(&info, 0, sizeof info);
  info.cb = sizeof info;
  info.dwFlags = STARTF_USESTDHANDLES;
  info.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  SetHandleInformation(info.hStdError, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  SetHandleInformation(pipe, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  swprintf(line, sizeof line / sizeof *line, L"fcgi app --connection %llu %llu %llu %u",
           number(pipe), number(memory), number(asked), slot);
  if (GetModuleFileNameW(NULL, path, sizeof path / sizeof *path) == 0 ||
      !CreateProcessW(path, line, NULL, NULL, TRUE, CREATE_SUSPENDED, NULL, NULL, &info, &made))
    return NULL;
  AssignProcessToJobObject(job, made.hProcess);
  if (!is_pipe)
    WSADuplicateSocketW((SOCKET) connection, made.dwProcessId, socket_of(common, slot));
  ResumeThread(made.hThread);
  CloseHandle(made.hThread);
  return made.hProcess;
}

/* Our copy is closed at once: else nobody would learn that the process has ended. */
static void begin(intptr_t connection, int is_pipe) {
  unsigned slot = free_slot();
  served[slot] = start(connection, is_pipe, slot);
  if (served[slot])
    served_count++;
  else
    fcgi_say("cannot start a process for a connection: error %lu", GetLastError());
  if (is_pipe)
    CloseHandle((HANDLE) connection);
  else
    closesocket((SOCKET) connection);
}

static void end_all(void) {
  uint64_t limit = fcl__now_ms() + LEAVE_MS;
  SetEvent(asked);
  while (served_count > 0 && fcl__now_ms() < limit) {
    forget_ended();
    Sleep(served_count > 0 ? LOOK_MS : 0);
  }
  TerminateJobObject(job, 1);
}

/* They end when we do, however. */
static HANDLE new_job(void) {
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;
  HANDLE made = CreateJobObjectW(NULL, NULL);
  memset(&limits, 0, sizeof limits);
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  SetInformationJobObject(made, JobObjectExtendedLimitInformation, &limits, sizeof limits);
  return made;
}

void app_workers_run(int listener, app_common *shared, app_serve_fn *serve) {
  fcl__polled from[2] = {{listener, FCL__IN, 0}, {fcgi_wake_on_signals(), FCL__IN, 0}};
  (void) serve;
  common = shared;
  asked = CreateEventW(&inherited, TRUE, FALSE, NULL);
  job = new_job();
  while (fcl__net_poll(from, 2, -1) >= 0 && !from[1].revents) {
    intptr_t connection;
    make_room();
    connection = fcl__net_take(listener);
    if (connection != -1)
      begin(connection, fcl__net_is_pipe(listener));
  }
  end_all();
}

/* A socket that listens has an address, and nobody at the other end. */
int app_workers_inherited(void) {
  int fd = (int) (intptr_t) GetStdHandle(STD_INPUT_HANDLE), len = sizeof(int), listens = 0;
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  if (getsockopt((SOCKET) fd, SOL_SOCKET, SO_ACCEPTCONN, (char *) &listens, &len) || !listens)
    return -1;
  fcl__net_wait(fd, 0);
  return fd;
}

/* ---- In one of them ---- */

static volatile LONG is_asked;
static int wake[2];

static HANDLE handle_of(const char *text) {
  return (HANDLE) (uintptr_t) strtoull(text, NULL, 10);
}

static int take(app_common *shared, HANDLE pipe, unsigned slot) {
  WSADATA data;
  if (pipe)
    return fcl__net_adopt((intptr_t) pipe, 1);
  WSAStartup(MAKEWORD(2, 2), &data);
  return fcl__net_adopt((intptr_t) WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO,
                                              FROM_PROTOCOL_INFO, socket_of(shared, slot), 0, 0),
                        0);
}

int app_workers_was_one(int argc, char **argv, app_serve_fn *serve) {
  app_common *shared;
  unsigned slot;
  int fd;
  if (argc != 6 || strcmp(argv[1], "--connection") != 0)
    return 0;
  SetConsoleCtrlHandler(NULL, TRUE); /* Ctrl-C is for the one that reports */
  shared = map(handle_of(argv[3]));
  asked = handle_of(argv[4]);
  slot = (unsigned) strtoul(argv[5], NULL, 10) % APP_CONNECTIONS_MAX;
  fd = shared ? take(shared, handle_of(argv[2]), slot) : -1;
  if (fd >= 0)
    serve(shared, fd, slot);
  return 1;
}

int app_workers_wait(fcl__polled from[2], int may_leave) {
  return !(may_leave && is_asked) && fcl__net_poll(from, 2, -1) >= 0;
}

static void wait_for_event(void *unused) {
  (void) unused;
  WaitForSingleObject(asked, INFINITE);
  InterlockedExchange(&is_asked, 1);
  fcl__net_wake(wake);
}

void app_workers_wake(const int pair[2]) {
  memcpy(wake, pair, sizeof wake);
  fcl__thread_let(wait_for_event, NULL);
}
