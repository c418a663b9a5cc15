/* wine_std.c: linked into applications that run under Wine: its C runtime replaces invalid standard
   handles by 0 before main, and an application that looks for invalid ones would not see that it
   was started as FastCGI.  Windows does not do this. */
#include <windows.h>

__attribute__((constructor)) static void restore_invalid_handles(void) {
  if (GetStdHandle(STD_INPUT_HANDLE) == NULL || GetStdHandle(STD_OUTPUT_HANDLE) != NULL ||
      GetStdHandle(STD_ERROR_HANDLE) != NULL)
    return;
  SetStdHandle(STD_OUTPUT_HANDLE, INVALID_HANDLE_VALUE);
  SetStdHandle(STD_ERROR_HANDLE, INVALID_HANDLE_VALUE);
}
