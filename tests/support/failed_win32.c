/* failed_win32.c: says at once what an assertion found: one process runs all tests, and what a
   failed one leaves behind may end it before Check says anything. */
#include <stdarg.h>
#include <stdio.h>

void __real__ck_assert_failed(const char *file, int line, const char *claim, const char *fmt, ...);
void __wrap__ck_assert_failed(const char *file, int line, const char *claim, const char *fmt, ...);

void __wrap__ck_assert_failed(const char *file, int line, const char *claim, const char *fmt, ...) {
  char text[4096] = "";
  va_list args;
  va_start(args, fmt);
  if (fmt)
    vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  fprintf(stderr, "%s:%d: failed: %s %s\n", file, line, claim, text);
  fflush(stderr);
  __real__ck_assert_failed(file, line, claim, fmt ? "%s" : NULL, text);
}
