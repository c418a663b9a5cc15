/* arguments_win32.c: what a program was called with, by Windows: what main gets has lost what the
   system's code page has not. */
#include "arguments.h"
#include <windows.h>
#include <fcntl.h>
#include <io.h>
#include <shellapi.h>
#include <stdio.h>
#include <stdlib.h>

static UINT before; /* the console's code page */

static void give_back(void) {
  SetConsoleOutputCP(before);
}

static void say_utf8(void) {
  _setmode(_fileno(stdout), _O_BINARY);
  _setmode(_fileno(stdin), _O_BINARY);
  setvbuf(stderr, NULL, _IONBF, 0); /* which it is not by itself where it is a file or a pipe */
  before = GetConsoleOutputCP();
  if (before != 0 && before != CP_UTF8 && SetConsoleOutputCP(CP_UTF8))
    atexit(give_back);
}

static char *narrow(const wchar_t *wide) {
  int len = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
  char *text = len > 0 ? malloc((size_t) len) : NULL;
  if (text)
    WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, len, NULL, NULL);
  return text;
}

/* They live as long as the program. */
char **arguments(int *argc, char **argv) {
  int count, n;
  wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &count);
  char **all = wide ? calloc((size_t) count + 1, sizeof *all) : NULL;
  say_utf8();
  for (n = 0; all && n < count; n++)
    if ((all[n] = narrow(wide[n])) == NULL)
      return argv;
  LocalFree(wide);
  if (all == NULL)
    return argv;
  *argc = count;
  return all;
}
