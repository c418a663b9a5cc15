/* window_world.c: a window of bytes that tell where they belong. */
#include "client/system.h"
#include "client/window_world.h"

test_allocator memory;
fcl__memory ours = {test_allocator_realloc, &memory};
fcl__blocks blocks;
fcl__window w;
uint64_t in, out;
fcl_error e;
int before;

static void setup(void) {
  fcl__window_limits limits = {0};
  test_allocator_init(&memory);
  test_files_fail(0, 0, 0);
  fcl__blocks_init(&blocks, &ours);
  limits.directory = test_temporary();
  limits.pool = "php";
  limits.option = "read_ahead_file";
  fcl__window_init(&w, &blocks, &limits);
  in = out = 0;
  system_prepare();
  before = test_fds();
}

static void teardown(void) {
  fcl__window_clear(&w);
  fcl__blocks_clear(&blocks);
  ck_assert_uint_eq(memory.live, 0);
  ck_assert_uint_eq(memory.misuses, 0);
  ck_assert_fds(before);
  test_allocator_destroy(&memory);
}

void limit(size_t in_memory, uint64_t in_file) {
  w.limits.memory = in_memory;
  w.limits.file = in_file;
}

char pattern(uint64_t n) {
  return (char) (n % 251 + n / 65521);
}

/* Puts the next `len` bytes of the pattern; returns how many were taken. */
size_t put(size_t len, fcl_code expected) {
  char *bytes = malloc(len + 1);
  size_t i, taken = 12345;
  for (i = 0; i < len; i++)
    bytes[i] = pattern(in + i);
  ck_assert_int_eq(fcl__window_put(&w, bytes, len, &taken, &e), expected);
  free(bytes);
  in += taken;
  ck_assert_uint_le(taken, len);
  return taken;
}

void put_all(size_t len) {
  ck_assert_uint_eq(put(len, FCL_OK), len);
}

/* An assertion of Check costs a system call, so there is one for all bytes. */
void check_bytes(const char *bytes, size_t len) {
  size_t i;
  for (i = 0; i < len && bytes[i] == pattern(out + i); i++)
    ;
  ck_assert_msg(i == len, "byte %llu is wrong", (unsigned long long) (out + i));
}

/* Takes up to `len` of what lies together, and sees that it is what comes next; returns how many.
 */
size_t take(size_t len) {
  fcl_slice span;
  ck_assert_int_eq(fcl__window_peek(&w, &span, &e), FCL_OK);
  len = len < span.len ? len : span.len;
  check_bytes(span.base, len);
  fcl__window_take(&w, len);
  out += len;
  return len;
}

void take_all(void) {
  while (take(1u << 30) > 0)
    ;
  ck_assert_uint_eq(out, in);
  ck_assert_uint_eq(w.size, 0);
}

TCase *window_world_case(const char *name) {
  TCase *t = tcase_create(name);
  tcase_set_timeout(t, 120);
  tcase_add_checked_fixture(t, setup, teardown);
  return t;
}
