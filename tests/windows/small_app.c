/* small_app.c: a FastCGI application in one file, on the pipe that is its standard input: answers
   each request with 30,000 bytes, and leaves behind its last as PHP does, or as others do.
   usage: small_app [show ARG...] [family] [leave N] [code N]
   Without N the limit is PHP's: $PHP_FCGI_MAX_REQUESTS, 500 without it, 0: none; the connection is
   then cut by force, which drops what has not been read.  leave N: it is whole, and then cut.
   show: the answer is its path, its folder and its arguments, a line each.
   family: it has a child that does nothing.  code N: with what it exits when it is asked to leave.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <shellapi.h>

enum { ANSWER = 30000, BEGIN = 1, END = 3, STDIN = 5, STDOUT = 6 };

static HANDLE in, event;
static unsigned char content[65536 + 256];

/* ---- Records ---- */

static int take(void *data, DWORD len) {
  unsigned char *at = data;
  DWORD n;
  for (; len > 0; at += n, len -= n)
    if (!ReadFile(in, at, len, &n, NULL) || n == 0)
      return 0;
  return 1;
}

static int give(unsigned type, const void *data, unsigned len) {
  unsigned char record[8 + 32768] = {
      1, (unsigned char) type, 0, 1, (unsigned char) (len >> 8), (unsigned char) len, 0, 0};
  DWORD n;
  memcpy(record + 8, data, len);
  return WriteFile(in, record, 8 + len, &n, NULL) && n == 8 + len;
}

/* Up to the end of a request's body: 1; *keeps: the connection stays behind it. */
static int take_request(int *keeps) {
  unsigned char head[8];
  unsigned len;
  while (take(head, sizeof head)) {
    len = (unsigned) (head[4] << 8 | head[5]);
    if (!take(content, len + head[6]))
      return 0;
    if (head[1] == BEGIN)
      *keeps = content[2] & 1;
    if (head[1] == STDIN && len == 0)
      return 1;
  }
  return 0;
}

static char body[ANSWER];
static unsigned body_len = ANSWER;

static void show(const wchar_t *line) {
  body_len += (unsigned) WideCharToMultiByte(CP_UTF8, 0, line, -1, body + body_len,
                                             (int) (ANSWER - body_len), NULL, NULL);
  body[body_len - 1] = '\n';
}

static void show_all(void) {
  wchar_t path[2048];
  int i, count;
  wchar_t **words = CommandLineToArgvW(GetCommandLineW(), &count);
  body_len = 0;
  GetModuleFileNameW(NULL, path, 2048);
  GetLongPathNameW(path, path, 2048);
  show(wcsncmp(path, L"\\\\?\\", 4) == 0 ? path + 4 : path);
  GetCurrentDirectoryW(2048, path);
  show(path);
  for (i = 2; i < count; i++)
    show(words[i]);
}

static int answer(void) {
  static const char head[] = "Content-Type: text/plain\r\n\r\n";
  return give(STDOUT, head, sizeof head - 1) && give(STDOUT, body, body_len) &&
         give(STDOUT, body, 0) && give(END, "\0\0\0\0\0\0\0", 8);
}

/* ---- Requests ---- */

static void leave(int is_polite) {
  if (is_polite)
    FlushFileBuffers(in);
  DisconnectNamedPipe(in);
  ExitProcess(0);
}

/* One connection. */
static void serve(long *left, int is_polite) {
  int keeps = 1;
  while (keeps && take_request(&keeps) && answer())
    if (*left > 0 && --*left == 0)
      leave(is_polite);
  FlushFileBuffers(in);
  DisconnectNamedPipe(in);
}

static void start_child(void) {
  STARTUPINFOA how = {0};
  PROCESS_INFORMATION child;
  char line[MAX_PATH + 16], path[MAX_PATH];
  how.cb = sizeof how;
  GetModuleFileNameA(NULL, path, sizeof path);
  snprintf(line, sizeof line, "\"%s\" rest", path);
  CreateProcessA(path, line, NULL, NULL, FALSE, CREATE_NO_WINDOW, NULL, NULL, &how, &child);
}

static long limit_of_php(void) {
  const char *value = getenv("PHP_FCGI_MAX_REQUESTS");
  return value ? atol(value) : 500;
}

int main(int argc, char **argv) {
  const char *number = getenv("_FCGI_SHUTDOWN_EVENT_");
  int i, is_polite = 0, code = 0;
  long left = limit_of_php();
  memset(body, 'x', sizeof body);
  in = GetStdHandle(STD_INPUT_HANDLE);
  event = (HANDLE) (ULONG_PTR) (number ? strtoul(number, NULL, 10) : 0);
  if (argc > 1 && strcmp(argv[1], "show") == 0)
    show_all();
  for (i = 1; i < argc; i++) {
    if (strcmp(argv[i], "rest") == 0)
      Sleep(INFINITE);
    if (strcmp(argv[i], "family") == 0)
      start_child();
    if (strcmp(argv[i], "code") == 0 && i + 1 < argc)
      code = atoi(argv[++i]);
    if (strcmp(argv[i], "leave") == 0 && i + 1 < argc) {
      left = atol(argv[++i]);
      is_polite = 1;
    }
  }
  while (WaitForSingleObject(event, 0) != WAIT_OBJECT_0)
    if (ConnectNamedPipe(in, NULL) || GetLastError() == ERROR_PIPE_CONNECTED ||
        GetLastError() == ERROR_NO_DATA) /* it has gone again */
      serve(&left, is_polite);
    else
      return 1;
  return code;
}
