/* guard_posix.c: pages by mmap. */
#include "support/guard.h"
#include <sys/mman.h>
#include <unistd.h>

size_t test_page_size(void) {
  return (size_t) sysconf(_SC_PAGESIZE);
}

char *test_pages_make(size_t len) {
  char *map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (map == MAP_FAILED || mprotect(map + len - test_page_size(), test_page_size(), PROT_NONE))
    return NULL;
  return map;
}

void test_pages_free(char *pages, size_t len) {
  munmap(pages, len);
}
