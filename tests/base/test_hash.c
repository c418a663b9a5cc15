/* test_hash.c: numbers for bytes, against vectors of SipHash-1-3. */
#include "base/hash.h"
#include "support/guard.h"
#include "support/suite.h"

static const uint64_t secret[2] = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};

/* Of the bytes 0, 1, 2 ... that end where nothing may be read. */
static uint64_t hash_of_first(size_t len) {
  char bytes[32];
  test_guard guard = test_guard_make(32);
  uint64_t hash;
  size_t i;
  for (i = 0; i < len; i++)
    bytes[i] = (char) i;
  hash = fcl__hash(secret, test_guard_put(&guard, bytes, len), len);
  test_guard_free(&guard);
  return hash;
}

START_TEST(hashes_are_those_of_siphash_1_3) {
  ck_assert_uint_eq(hash_of_first(0), 0xabac0158050fc4dcu);
  ck_assert_uint_eq(hash_of_first(7), 0xd3927d989bb11140u);
  ck_assert_uint_eq(hash_of_first(8), 0x369095118d299a8eu);
  ck_assert_uint_eq(hash_of_first(15), 0xd320d86d2a519956u);
  ck_assert_uint_eq(hash_of_first(20), 0xc0dc2f46a6cce040u);
}
END_TEST

START_TEST(another_secret_gives_another_hash) {
  static const uint64_t other[2] = {0x0706050403020100u, 0x0f0e0d0c0b0a0909u};
  ck_assert_uint_ne(fcl__hash(other, "10.0.0.1", 8), fcl__hash(secret, "10.0.0.1", 8));
}
END_TEST

int main(void) {
  TCase *t = tcase_create("hash");
  tcase_add_test(t, hashes_are_those_of_siphash_1_3);
  tcase_add_test(t, another_secret_gives_another_hash);
  return test_suite_run("hash", &t, 1);
}
