/* pipe_win32.c: one thread for each connection, which is taken once. */
#include "pipe_win32.h"
#include "support/suite.h"
#include <stdio.h>
#include <string.h>
#include <windows.h>

enum { HEADER = 8, ROOM = 65536 };

static wchar_t name[64];
static HANDLE threads[PIPE_CONNECTIONS], pipes[PIPE_CONNECTIONS];
static LONG taken;

/* The empty STDIN record, by which a request without a body ends. */
static int is_end(const unsigned char *bytes, DWORD len) {
  static const unsigned char end[HEADER] = {1, 5, 0, 1, 0, 0, 0, 0};
  return len >= HEADER && memcmp(bytes + len - HEADER, end, HEADER) == 0;
}

/* STDOUT, and END_REQUEST. */
static BOOL answer(HANDLE pipe, LONG number) {
  unsigned char bytes[200] = {1, 6, 0, 1, 0};
  static const unsigned char end[16] = {1, 3, 0, 1, 0, 8};
  DWORD len, done;
  len = (DWORD) sprintf((char *) bytes + HEADER, "Content-Type: text/plain\r\n\r\n%ld",
                        (long) number);
  bytes[5] = (unsigned char) len;
  memcpy(bytes + HEADER + len, end, sizeof end);
  return WriteFile(pipe, bytes, HEADER + len + sizeof end, &done, NULL);
}

static DWORD WINAPI serve(LPVOID of) {
  static unsigned char rooms[PIPE_CONNECTIONS][ROOM];
  HANDLE pipe = pipes[(intptr_t) of];
  unsigned char *room = rooms[(intptr_t) of];
  DWORD len = 0, more;
  LONG number;
  if (!ConnectNamedPipe(pipe, NULL) && GetLastError() != ERROR_PIPE_CONNECTED)
    return 0;
  number = InterlockedIncrement(&taken);
  while (len < ROOM && ReadFile(pipe, room + len, ROOM - len, &more, NULL) && more > 0) {
    len += more;
    if (!is_end(room, len))
      continue;
    len = 0;
    if (!answer(pipe, number))
      break;
  }
  return 0;
}

const char *pipe_begin(void) {
  static char address[80];
  static unsigned count;
  intptr_t i;
  taken = 0;
  snprintf(address, sizeof address, "pipe:\\\\.\\pipe\\fcl-isapi-%lu-%u", GetCurrentProcessId(),
           count++);
  MultiByteToWideChar(CP_UTF8, 0, address + 5, -1, name, 64);
  for (i = 0; i < PIPE_CONNECTIONS; i++) {
    pipes[i] = CreateNamedPipeW(name, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, PIPE_CONNECTIONS, 4096,
                                4096, 0, NULL);
    ck_assert_ptr_ne(pipes[i], INVALID_HANDLE_VALUE);
  }
  for (i = 0; i < PIPE_CONNECTIONS; i++)
    threads[i] = CreateThread(NULL, 0, serve, (LPVOID) i, 0, NULL);
  return address;
}

/* Those that nobody came to are woken by a client of our own. */
void pipe_end(void) {
  int i;
  for (;;) {
    HANDLE client =
        CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (client == INVALID_HANDLE_VALUE)
      break;
    CloseHandle(client);
  }
  for (i = 0; i < PIPE_CONNECTIONS; i++) {
    WaitForSingleObject(threads[i], INFINITE);
    CloseHandle(threads[i]);
    CloseHandle(pipes[i]);
  }
}
