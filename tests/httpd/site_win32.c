/* site_win32.c: starts httpd on a root, ends it. */
#include "site_system.h"
#include <check.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>
#include <psapi.h>

/* ---- The root ---- */

const int site_knows_case = 0;

void site_make_directory(const char *path) {
  ck_assert_int_ne(CreateDirectoryA(path, NULL), 0);
}

static void remove_folder(const char *folder) {
  char path[MAX_PATH];
  WIN32_FIND_DATAA found;
  HANDLE all;
  snprintf(path, sizeof path, "%s/*", folder);
  all = FindFirstFileA(path, &found);
  do {
    snprintf(path, sizeof path, "%s/%s", folder, found.cFileName);
    if (!(found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY))
      DeleteFileA(path);
    else if (strcmp(found.cFileName, ".") != 0 && strcmp(found.cFileName, "..") != 0)
      remove_folder(path);
  } while (FindNextFileA(all, &found));
  FindClose(all);
  RemoveDirectoryA(folder);
}

/* ---- httpd ---- */

/* Words here hold no quotes. */
static void put_words(char *line, size_t room, const char *const *words) {
  for (; *words; words++)
    snprintf(line + strlen(line), room - strlen(line), "\"%s\" ", *words);
}

static pid_t start(const char *const *words, HANDLE out) {
  char line[4096] = "";
  STARTUPINFOA info = {0};
  PROCESS_INFORMATION made;
  put_words(line, sizeof line, words);
  info.cb = sizeof info;
  info.dwFlags = STARTF_USESTDHANDLES;
  info.hStdOutput = out;
  info.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  ck_assert_msg(CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &info, &made),
                "%s: error %lu", line, GetLastError());
  CloseHandle(made.hThread);
  CloseHandle(made.hProcess);
  return (pid_t) made.dwProcessId;
}

/* Reads up to the next line's end. */
static const char *read_line(int fd) {
  static char line[8192];
  size_t len = 0;
  while (len < sizeof line - 1 && _read(fd, line + len, 1) == 1 && line[len] != '\n')
    len++;
  len -= len > 0 && line[len - 1] == '\r';
  line[len] = 0;
  return line;
}

void site_start(site *s, const char *const *options) {
  const char *words[64] = {HTTPD, "--listen", "127.0.0.1:0", "--root", s->root};
  SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
  HANDLE reader, writer;
  int n = 5;
  memset(s, 0, sizeof *s);
  site_make_root(s);
  while (*options)
    words[n++] = *options++;
  ck_assert_int_ne(CreatePipe(&reader, &writer, &inherit, 0), 0);
  SetHandleInformation(reader, HANDLE_FLAG_INHERIT, 0);
  s->pid = start(words, writer);
  CloseHandle(writer);
  s->out = _open_osfhandle((intptr_t) reader, _O_RDONLY | _O_BINARY);
  ck_assert_int_eq(sscanf(read_line(s->out), "listening on http://127.0.0.1:%u/", &s->port), 1);
}

const char *site_log_line(site *s) {
  return read_line(s->out);
}

/* There are no signals: it ends at once, and as if it had been asked. */
void site_signal(site *s, int number) {
  HANDLE process = OpenProcess(PROCESS_TERMINATE, FALSE, (DWORD) s->pid);
  TerminateProcess(process, 0);
  CloseHandle(process);
}

int site_wait(site *s) {
  HANDLE process = OpenProcess(SYNCHRONIZE, FALSE, (DWORD) s->pid);
  if (process) {
    WaitForSingleObject(process, INFINITE);
    CloseHandle(process);
  }
  _close(s->out);
  remove_folder(s->root);
  return 0;
}

int site_stop(site *s) {
  site_signal(s, 0);
  return site_wait(s);
}

/* ---- The application, started by us ---- */

pid_t site_start_app(site *s) {
  const char *words[] = {APP, "--listen", s->socket, NULL};
  return start(words, GetStdHandle(STD_ERROR_HANDLE));
}

void site_stop_app(pid_t pid) {
  site one = {0};
  one.pid = pid;
  site_signal(&one, 0);
}

long site_peak_kib(const site *s) {
  PROCESS_MEMORY_COUNTERS counters = {0};
  HANDLE process = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, (DWORD) s->pid);
  GetProcessMemoryInfo(process, &counters, sizeof counters);
  CloseHandle(process);
  return (long) (counters.PeakPagefileUsage / 1024);
}
