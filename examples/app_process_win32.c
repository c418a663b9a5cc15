/* app_process_win32.c: what app does with processes, by Windows. */
#include "app_system.h"
#include <windows.h>
#include <string.h>

#define CHILD_LIFE_MS 600000 /* a child that nobody ends does so itself */
#define ABORTED       3      /* the exit status of abort */

void app_sleep(uint64_t ms) {
  Sleep((DWORD) ms);
}

void app_end(int status) {
  TerminateProcess(GetCurrentProcess(), (UINT) status);
}

void app_end_by(int signal) {
  (void) signal;
  TerminateProcess(GetCurrentProcess(), ABORTED);
}

long app_process(void) {
  return (long) GetCurrentProcessId();
}

unsigned long app_user(void) {
  return 0;
}

/* Nothing is inherited, and so not the connection. */
long app_start_child(int connection, int in_own_session) {
  wchar_t path[1024], line[] = L"app --stay";
  STARTUPINFOW info;
  PROCESS_INFORMATION made;
  DWORD flags = in_own_session ? DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP : CREATE_NO_WINDOW;
  (void) connection;
  memset(&info, 0, sizeof info);
  info.cb = sizeof info;
  if (GetModuleFileNameW(NULL, path, sizeof path / sizeof *path) == 0 ||
      !CreateProcessW(path, line, NULL, NULL, FALSE, flags, NULL, NULL, &info, &made))
    return -1;
  CloseHandle(made.hThread);
  CloseHandle(made.hProcess);
  return (long) made.dwProcessId;
}

int app_was_child(int argc, char **argv) {
  if (argc != 2 || strcmp(argv[1], "--stay") != 0)
    return 0;
  Sleep(CHILD_LIFE_MS);
  return 1;
}
