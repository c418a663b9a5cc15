/* guard_win32.c: pages by VirtualAlloc. */
#include "support/guard.h"
#include <windows.h>

size_t test_page_size(void) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  return system.dwPageSize;
}

char *test_pages_make(size_t len) {
  const size_t page = test_page_size();
  char *map = VirtualAlloc(NULL, len, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  DWORD before;
  if (map == NULL || !VirtualProtect(map + len - page, page, PAGE_NOACCESS, &before))
    return NULL;
  return map;
}

void test_pages_free(char *pages, size_t len) {
  VirtualFree(pages, 0, MEM_RELEASE);
}
