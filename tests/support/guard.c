/* guard.c: puts inputs before a page that cannot be read. */
#include "support/guard.h"
#include <stdlib.h>
#include <string.h>

test_guard test_guard_make(size_t room) {
  const size_t page = test_page_size();
  test_guard g;
  g.room = (room + page - 1) / page * page;
  g.map_len = g.room + page;
  g.map = test_pages_make(g.map_len);
  if (g.map == NULL)
    abort();
  return g;
}

void test_guard_free(test_guard *g) {
  test_pages_free(g->map, g->map_len);
}

const char *test_guard_put(test_guard *g, const void *bytes, size_t len) {
  char *at = g->map + g->room - len;
  if (len > g->room)
    abort();
  memset(g->map, 0xee, g->room - len); /* nobody may lean on an earlier input */
  if (len > 0)
    memcpy(at, bytes, len);
  return at;
}
