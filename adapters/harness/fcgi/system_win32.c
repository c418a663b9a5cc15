/* system_win32.c: what the command needs of the system, by Windows. */
#include <windows.h>
#include "system.h"
#include "../wide_win32.h"
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <wchar.h>

enum { STDIN = 0 };

/* ---- Life ---- */

void system_begin(void) {
}

void system_ignore_pipes(void) {
}

/* As the system ends a program by Ctrl-C. */
void system_die_of(int signal) {
  ExitProcess(signal == SYSTEM_PIPE_BROKE ? 1 : (UINT) STATUS_CONTROL_C_EXIT);
}

/* Nothing tells; writing waits. */
int system_may_write(int fd, int ms) {
  (void) fd;
  (void) ms;
  return 1;
}

/* ---- Descriptors ---- */

int system_open(const char *name) {
  wchar_t *wide = fcl__path_wide(name);
  int fd = wide ? _wopen(wide, _O_RDONLY | _O_BINARY | _O_NOINHERIT) : -1;
  free(wide);
  return fd;
}

int system_own_file(void) {
  wchar_t folder[MAX_PATH + 1], name[MAX_PATH + 1];
  HANDLE file;
  errno = EACCES;
  if (GetTempPathW(MAX_PATH, folder) == 0 || GetTempFileNameW(folder, L"fcg", 0, name) == 0)
    return -1;
  file = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                     FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, NULL);
  return file == INVALID_HANDLE_VALUE ? -1 : _open_osfhandle((intptr_t) file, _O_RDWR | _O_BINARY);
}

int system_stdin(void) {
  int fd = _dup(STDIN);
  if (fd >= 0)
    _setmode(fd, _O_BINARY);
  return fd;
}

void system_close(int fd) {
  _close(fd);
}

int system_facts(int fd, int64_t *size, int64_t *modified) {
  struct _stat64 s;
  if (_fstat64(fd, &s))
    return -1;
  *size = s.st_size;
  *modified = s.st_mtime;
  return (s.st_mode & _S_IFMT) == _S_IFREG;
}

int system_is_begun(int fd) {
  return _lseeki64(fd, 0, SEEK_CUR) != 0;
}

ptrdiff_t system_read(int fd, void *bytes, size_t len, int64_t at) {
  if (at >= 0 && _lseeki64(fd, at, SEEK_SET) < 0)
    return -1;
  return _read(fd, bytes, len < INT_MAX ? (unsigned) len : INT_MAX);
}

ptrdiff_t system_write(int fd, const void *bytes, size_t len) {
  return _write(fd, bytes, len < INT_MAX ? (unsigned) len : INT_MAX);
}

/* ---- Names ---- */

static DWORD attributes(const char *name) {
  wchar_t *wide = fcl__path_wide(name);
  DWORD found = wide ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;
  free(wide);
  return found;
}

int system_is_file(const char *name) {
  DWORD found = attributes(name);
  return found != INVALID_FILE_ATTRIBUTES && !(found & FILE_ATTRIBUTE_DIRECTORY);
}

int system_is_there(const char *name) {
  return attributes(name) != INVALID_FILE_ATTRIBUTES;
}

int system_may_run(const char *name) {
  return system_is_file(name);
}

int system_make_folder(const char *name) {
  wchar_t *wide = fcl__path_wide(name);
  BOOL made = wide && CreateDirectoryW(wide, NULL);
  errno = !made && wide && GetLastError() == ERROR_ALREADY_EXISTS ? EEXIST : EACCES;
  free(wide);
  return made ? 0 : -1;
}

void system_remove(const char *name) {
  wchar_t *wide = fcl__path_wide(name);
  if (wide && !DeleteFileW(wide))
    RemoveDirectoryW(wide);
  free(wide);
}

/* "C:\", "\\server\", and "\", which is the current drive's. */
int system_is_absolute(const char *name) {
  int is_drive = ((name[0] | 32) >= 'a' && (name[0] | 32) <= 'z') && name[1] == ':';
  return name[0] == '/' || name[0] == '\\' || is_drive;
}

static char *narrow(const wchar_t *wide) {
  int len = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
  char *text = len > 0 ? malloc((size_t) len) : NULL;
  if (text)
    WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, len, NULL, NULL);
  return text;
}

static char *with_slashes(char *name) {
  char *at;
  for (at = name; at && *at; at++)
    if (*at == '\\')
      *at = '/';
  return name;
}

char *system_slashes(const char *name) {
  return with_slashes(strdup(name));
}

char *system_here(void) {
  wchar_t *wide = _wgetcwd(NULL, 0);
  char *here = wide ? with_slashes(narrow(wide)) : NULL;
  size_t len = here ? strlen(here) : 0;
  free(wide);
  if (len > 0 && here[len - 1] == '/')
    here[len - 1] = 0;
  return here;
}

/* `at`: "php-cgi" is php-cgi.exe too.  NULL: there is no such file. */
static char *full_name(const wchar_t *name) {
  static const wchar_t *const ends[] = {L"", L".exe"};
  wchar_t full[4096], tried[4096 + 8];
  size_t n;
  DWORD len = GetFullPathNameW(name, 4096, full, NULL);
  for (n = 0; len > 0 && len < 4096 && n < 2; n++) {
    char *program;
    swprintf(tried, 4096 + 8, L"%ls%ls", full, ends[n]);
    program = narrow(tried);
    if (program && system_is_file(program))
      return program;
    free(program);
  }
  return NULL;
}

char *system_find_program(const char *name) {
  wchar_t *wide = fcl__text_wide(name), found[4096];
  char *program = NULL;
  DWORD len;
  if (wide && wcspbrk(wide, L"/\\:")) {
    program = full_name(wide);
  } else if (wide) {
    len = SearchPathW(NULL, wide, L".exe", 4096, found, NULL);
    program = len > 0 && len < 4096 ? full_name(found) : NULL;
  }
  free(wide);
  return program;
}

int system_own_folder(char *out, size_t cap) {
  wchar_t base[MAX_PATH + 1], name[MAX_PATH + 64];
  unsigned n = GetTickCount() & 0xffff, last = n + 1000;
  BOOL made = FALSE;
  char *text;
  if (GetTempPathW(MAX_PATH, base) == 0)
    return snprintf(out, cap, "(no folder for temporary files)"), 0;
  for (; !made && n < last; n++) {
    swprintf(name, MAX_PATH + 64, L"%lsfcgi-check-%lu-%u", base, GetCurrentProcessId(), n);
    made = CreateDirectoryW(name, NULL);
  }
  text = narrow(name);
  made = made && text && strlen(text) < cap;
  snprintf(out, cap, "%s", text ? text : "");
  free(with_slashes(text));
  return made;
}

int system_own_address(const char *folder, char *out, size_t cap) {
  (void) folder;
  (void) out;
  (void) cap;
  return 0;
}

/* A 32 bit program finds the 64 bit folder under another name. */
int system_server_file(char *out, size_t cap) {
  static const char *const folders[] = {"Sysnative", "System32"};
  wchar_t wide[MAX_PATH];
  char *windows;
  int i, found = 0;
  if (GetWindowsDirectoryW(wide, MAX_PATH) == 0 || (windows = narrow(wide)) == NULL)
    return 0;
  for (i = 0; i < 2 && !found; i++) {
    snprintf(out, cap, "%s/%s/inetsrv/config/applicationHost.config", windows, folders[i]);
    found = system_is_there(out);
  }
  free(windows);
  return found;
}
