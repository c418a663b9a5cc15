/* guard.h: input that ends at a page that cannot be read, so that one byte read too far crashes. */
#ifndef TEST_GUARD_H
#define TEST_GUARD_H
#include <stddef.h>

typedef struct test_guard {
  char *map;
  size_t map_len;
  size_t room; /* bytes before the page */
} test_guard;

/* Makes a guard for inputs of up to `room` bytes; used by one input at a time. */
test_guard test_guard_make(size_t room);
void test_guard_free(test_guard *g);
/* Copies the input so that its last byte stands before the page; what was there is overwritten. */
const char *test_guard_put(test_guard *g, const void *bytes, size_t len);

/* ---- guard_posix.c, guard_win32.c ---- */
size_t test_page_size(void);
/* Memory of which the last page cannot be touched; NULL: there is none. */
char *test_pages_make(size_t len);
void test_pages_free(char *pages, size_t len);
#endif
