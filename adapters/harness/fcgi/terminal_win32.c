/* terminal_win32.c: a console by Windows, which reads escape sequences since Windows 10. */
#include <windows.h>
#include "terminal.h"

#ifndef ENABLE_VIRTUAL_TERMINAL_PROCESSING
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING 4
#endif

static DWORD in_before, out_before;
static int has_changed;
static volatile LONG is_over;
static HANDLE over; /* an event, for those who wait */
static COORD last;

int terminal_is_one(void) {
  DWORD mode;
  return GetConsoleMode(GetStdHandle(STD_OUTPUT_HANDLE), &mode) &&
         GetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), &mode);
}

/* On a thread of the system's. */
static BOOL WINAPI on_control(DWORD what) {
  (void) what;
  InterlockedExchange(&is_over, 1);
  SetEvent(over);
  return TRUE;
}

void terminal_begin(void) {
  over = CreateEventW(NULL, TRUE, FALSE, NULL);
  SetConsoleCtrlHandler(on_control, TRUE);
}

void terminal_keys(void) {
  HANDLE in = GetStdHandle(STD_INPUT_HANDLE), out = GetStdHandle(STD_OUTPUT_HANDLE);
  if (!GetConsoleMode(in, &in_before) || !GetConsoleMode(out, &out_before))
    return;
  has_changed = 1;
  SetConsoleMode(in, in_before & ~(DWORD) (ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT));
  SetConsoleMode(out, out_before | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

void terminal_leave(void) {
  if (!has_changed)
    return;
  SetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), in_before);
  SetConsoleMode(GetStdHandle(STD_OUTPUT_HANDLE), out_before);
}

void terminal_size(unsigned *width, unsigned *height) {
  CONSOLE_SCREEN_BUFFER_INFO info;
  *width = 80;
  *height = 24;
  if (!GetConsoleScreenBufferInfo(GetStdHandle(STD_OUTPUT_HANDLE), &info))
    return;
  *width = (unsigned) (info.srWindow.Right - info.srWindow.Left + 1);
  *height = (unsigned) (info.srWindow.Bottom - info.srWindow.Top + 1);
}

/* Input is more than keys: what is none is taken and passed over. */
static char next_key(HANDLE in) {
  INPUT_RECORD record;
  DWORD n;
  if (!ReadConsoleInputW(in, &record, 1, &n) || n != 1 || record.EventType != KEY_EVENT ||
      !record.Event.KeyEvent.bKeyDown)
    return 0;
  return record.Event.KeyEvent.uChar.AsciiChar;
}

int terminal_wait(int reads_keys, int ms, char *key) {
  HANDLE in = GetStdHandle(STD_INPUT_HANDLE), both[2] = {over, in};
  *key = 0;
  if (WaitForMultipleObjects(reads_keys ? 2 : 1, both, FALSE, (DWORD) ms) == WAIT_OBJECT_0 + 1)
    *key = next_key(in);
  return 1;
}

int terminal_is_over(void) {
  return is_over != 0;
}

int terminal_has_resized(void) {
  unsigned width, height;
  COORD was = last;
  terminal_size(&width, &height);
  last.X = (SHORT) width;
  last.Y = (SHORT) height;
  return was.X != 0 && (was.X != last.X || was.Y != last.Y);
}
