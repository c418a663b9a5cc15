/* host_win32.c: the host's system is Windows: its paths, its event log. */
#include "host.h"
#include <fcgiclient/cgi.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

enum { PATH_UNITS = 4096, LINE_UNITS = 2048 };

const unsigned host_path_flags = FCL_CGI_WINDOWS | FCL_CGI_FOLD_CASE;
const unsigned host_applies = FCL_CONFIG_UNHEALTHY_ON_QUEUE_FULL;

long host_process(void) {
  return (long) GetCurrentProcessId();
}

static HMODULE module_with(DWORD flags) {
  HMODULE module = NULL;
  flags |= GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS;
  GetModuleHandleExW(flags, (const wchar_t *) (const void *) &host_path_flags, &module);
  return module;
}

int host_module(char *path, size_t size) {
  wchar_t wide[PATH_UNITS];
  DWORD n = GetModuleFileNameW(module_with(GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT), wide,
                               PATH_UNITS);
  return n > 0 && n < PATH_UNITS &&
         WideCharToMultiByte(CP_UTF8, 0, wide, -1, path, (int) size, NULL, NULL) > 0;
}

void host_stay(void) {
  module_with(GET_MODULE_HANDLE_EX_FLAG_PIN);
}

int host_buffer_was_small(void) {
  return GetLastError() == ERROR_INSUFFICIENT_BUFFER;
}

static char fold(char c) {
  return c == '\\' ? '/' : c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
}

int host_same_in_paths(char a, char b) {
  return fold(a) == fold(b);
}

/* ---- The log ---- */

static HANDLE open_log(void) {
  wchar_t path[PATH_UNITS];
  DWORD n = GetEnvironmentVariableW(L"FCGICLIENT_LOG", path, PATH_UNITS);
  return n == 0 || n >= PATH_UNITS
             ? INVALID_HANDLE_VALUE
             : CreateFileW(path, FILE_APPEND_DATA,
                           FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                           OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
}

/* In one write, so that lines of several processes do not mix.  Returns 0 when there is no file. */
static int write_line(const char *sentence) {
  char line[LINE_UNITS];
  HANDLE file = open_log();
  DWORD done;
  int n = snprintf(line, sizeof line - 2, "fcgiclient: %s", sentence), ok;
  if (file == INVALID_HANDLE_VALUE)
    return 0;
  n = n > (int) sizeof line - 3 ? (int) sizeof line - 3 : n;
  memcpy(line + n, "\r\n", 2);
  ok = WriteFile(file, line, (DWORD) n + 2, &done, NULL);
  CloseHandle(file);
  return ok;
}

/* The number has the message "%1" in EventCreate.exe, which every Windows has. */
static int report(fcl_level level, const wchar_t *text) {
  static const WORD types[] = {EVENTLOG_INFORMATION_TYPE, EVENTLOG_WARNING_TYPE,
                               EVENTLOG_ERROR_TYPE};
  HANDLE log = RegisterEventSourceW(NULL, L"fcgiclient");
  int ok = log && ReportEventW(log, types[level], 0, 1, NULL, 1, 0, &text, NULL);
  if (log)
    DeregisterEventSource(log);
  return ok;
}

/* A file if one is named, else the event log; where that cannot be had, whoever debugs. */
void host_log(fcl_level level, const char *sentence) {
  wchar_t text[LINE_UNITS] = L"fcgiclient: ";
  size_t at = wcslen(text);
  if (write_line(sentence))
    return;
  if (MultiByteToWideChar(CP_UTF8, 0, sentence, -1, text + at, (int) (LINE_UNITS - at)) == 0)
    text[LINE_UNITS - 1] = 0;
  if (!report(level, text + at))
    OutputDebugStringW(text);
}

/* IIS resets connections itself (HSE_REQ_ABORTIVE_CLOSE). */
int host_reset(const host_connection *c) {
  return 0;
}
