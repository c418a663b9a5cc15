/* fuzz_pairs.c: fcl_get_pair stays inside its input, and what it reads is written back as the same
 * pair. */
#include "fuzz.h"

static void round_trip(fcl_slice name, fcl_slice value) {
  size_t size = fcl_pair_size(name.len, value.len);
  uint8_t *out = malloc(size);
  const char *p = (const char *) out;
  fcl_slice n, v;
  claim(fcl_put_pair(out, name, value) == out + size);
  claim(fcl_get_pair(&p, (const char *) out + size, &n, &v) && p == (const char *) out + size);
  claim(n.len == name.len && v.len == value.len);
  claim(n.len == 0 || memcmp(n.base, name.base, n.len) == 0);
  claim(v.len == 0 || memcmp(v.base, value.base, v.len) == 0);
  free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *block = copy(data, size);
  const char *p = block, *before = p;
  fcl_slice name, value;
  while (fcl_get_pair(&p, block + size, &name, &value)) {
    claim(p > before && p <= block + size);
    claim(inside(name, block, size) && inside(value, block, size));
    round_trip(name, value);
    before = p;
  }
  claim(p == before);
  free(block);
  return 0;
}
