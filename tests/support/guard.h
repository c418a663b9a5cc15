/* guard.h: input that ends at a page that cannot be read, so that one byte read too far crashes. */
#ifndef TEST_GUARD_H
#define TEST_GUARD_H
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct test_guard {
  char *map;
  size_t map_len;
  size_t room; /* bytes before the page */
} test_guard;

/* Makes a guard for inputs of up to `room` bytes; used by one input at a time. */
static inline test_guard test_guard_make(size_t room) {
  const size_t page = (size_t) sysconf(_SC_PAGESIZE);
  test_guard g;
  g.room = (room + page - 1) / page * page;
  g.map_len = g.room + page;
  g.map = mmap(NULL, g.map_len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (g.map == MAP_FAILED || mprotect(g.map + g.room, page, PROT_NONE) != 0)
    abort();
  return g;
}

static inline void test_guard_free(test_guard *g) {
  munmap(g->map, g->map_len);
}

/* Copies the input so that its last byte stands before the page; what was there is overwritten. */
static inline const char *test_guard_put(test_guard *g, const void *bytes, size_t len) {
  char *at = g->map + g->room - len;
  if (len > g->room)
    abort();
  memset(g->map, 0xee, g->room - len); /* nobody may lean on an earlier input */
  if (len > 0)
    memcpy(at, bytes, len);
  return at;
}
#endif
