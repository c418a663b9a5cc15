/* fds_win32.c: counts the open handles of this process, and says of which kinds they are. */
#include "support/fds.h"
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>
#include <winternl.h>

#define EXTENDED_HANDLES 64 /* SystemExtendedHandleInformation */
#define MISMATCH         ((NTSTATUS) 0xc0000004)

typedef struct entry {
  void *object;
  ULONG_PTR pid, handle;
  ULONG access;
  USHORT trace, type;
  ULONG attributes, reserved;
} entry;

typedef struct table {
  ULONG_PTR count, reserved;
  entry entries[];
} table;

/* Those of all processes; NULL: it cannot be told. */
static table *read_all(void) {
  ULONG size = 1 << 16;
  table *all = NULL;
  NTSTATUS status;
  do {
    free(all);
    all = malloc(size *= 2);
    status = NtQuerySystemInformation((SYSTEM_INFORMATION_CLASS) EXTENDED_HANDLES, all, size, NULL);
  } while (status == MISMATCH && size < 1 << 28);
  if (status == 0)
    return all;
  free(all);
  return NULL;
}

int test_fds(void) {
  table *all = read_all();
  ULONG_PTR i, us = GetCurrentProcessId();
  int n = all ? 0 : -1;
  for (i = 0; all && i < all->count; i++)
    n += all->entries[i].pid == us;
  free(all);
  return n;
}

void test_fds_list(char *text, size_t size) {
  table *all = read_all();
  ULONG_PTR i, us = GetCurrentProcessId();
  size_t at = 0;
  text[0] = 0;
  for (i = 0; all && i < all->count && at < size; i++)
    if (all->entries[i].pid == us)
      at += (size_t) snprintf(text + at, size - at, "%s%lx type %u", at ? ", " : "",
                              (unsigned long) all->entries[i].handle, all->entries[i].type);
  free(all);
}
