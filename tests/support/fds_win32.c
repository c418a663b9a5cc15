/* fds_win32.c: counts the open handles of this process, and says of what kinds they are.

   Each number is asked for by itself: the system's list of all handles ends Wine's server (8.0)
   when it meets a process that has just been killed, and with the server all that runs there. */
#include "support/fds.h"
#include <stdio.h>
#include <windows.h>
#include <winternl.h>

#define STEP 4    /* from one handle to the next */
#define GAP  1024 /* so many in a row are none: there are no more */

static HANDLE numbered(ULONG_PTR n) {
  return (HANDLE) (n * STEP);
}

static int is_open(ULONG_PTR n) {
  DWORD flags;
  return GetHandleInformation(numbered(n), &flags) != 0;
}

int test_fds(void) {
  ULONG_PTR n, last = 0;
  int count = 0;
  for (n = 1; n <= last + GAP; n++)
    if (is_open(n)) {
      count++;
      last = n;
    }
  return count;
}

typedef union kind {
  UNICODE_STRING name;
  char room[512];
} kind;

static int kind_of(HANDLE h, kind *k) {
  return NtQueryObject(h, ObjectTypeInformation, k, sizeof *k, NULL) == 0;
}

void test_fds_list(char *text, size_t size) {
  ULONG_PTR n, last = 0;
  size_t at = 0;
  kind k;
  text[0] = 0;
  for (n = 1; n <= last + GAP && at < size; n++)
    if (is_open(n)) {
      last = n;
      at += (size_t) snprintf(text + at, size - at, "%s%lx %ls", at ? ", " : "",
                              (unsigned long) (n * STEP),
                              kind_of(numbered(n), &k) ? k.name.Buffer : L"?");
    }
}
