/* asked.c: runs a program as a web server does that will ask it to leave: asked FILE PROGRAM
   [ARGUMENTS]: the event of _FCGI_SHUTDOWN_EVENT_ is set when FILE is there.  Its exit status is
   the program's. */
#include <windows.h>
#include <stdio.h>
#include <wchar.h>

/* What stands behind the second word: words here have no blanks. */
static wchar_t *command_line(void) {
  wchar_t *at = wcschr(GetCommandLineW(), L' ');
  while (at && *at == L' ')
    at++;
  at = at ? wcschr(at, L' ') : NULL;
  return at ? at + 1 : NULL;
}

/* What it has started ends with us. */
static void hold(HANDLE process) {
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
  HANDLE job = CreateJobObjectW(NULL, NULL);
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
  AssignProcessToJobObject(job, process);
}

int wmain(int argc, wchar_t **argv) {
  SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
  HANDLE event = CreateEventW(&inherit, TRUE, FALSE, NULL);
  STARTUPINFOW info = {0};
  PROCESS_INFORMATION made;
  wchar_t number[32];
  DWORD status = 1;
  info.cb = sizeof info;
  swprintf(number, 32, L"%u", (unsigned) (uintptr_t) event);
  SetEnvironmentVariableW(L"_FCGI_SHUTDOWN_EVENT_", number);
  if (argc < 3 ||
      !CreateProcessW(NULL, command_line(), NULL, NULL, TRUE, 0, NULL, NULL, &info, &made))
    return fprintf(stderr, "asked: error %lu\n", GetLastError()), 1;
  hold(made.hProcess);
  while (WaitForSingleObject(made.hProcess, 20) == WAIT_TIMEOUT)
    if (GetFileAttributesW(argv[1]) != INVALID_FILE_ATTRIBUTES)
      SetEvent(event);
  GetExitCodeProcess(made.hProcess, &status);
  return (int) status;
}
