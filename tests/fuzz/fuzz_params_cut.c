/* fuzz_params_cut.c: any order of sets, removals and copies, of pairs that fit into a record and of
   such as do not, leaves a stream that has the values last set, and whole records of small ones. */
#include "fuzz.h"

enum { NAMES = 6 };

static char filler[200000];

typedef struct model {
  int set[NAMES];
  size_t len[NAMES];
} model;

/* The PARAMS stream of the image, put together. */
static size_t join(fcl_slice image, char *out) {
  const char *in = image.base + 16;
  size_t len, total = 0;
  do {
    claim((size_t) (image.base + image.len - in) >= 8 && memcmp(in, "\1\4\0\7", 4) == 0);
    len = (size_t) (uint8_t) in[4] << 8 | (uint8_t) in[5];
    in += 8;
    claim((size_t) (image.base + image.len - in) >= len);
    memcpy(out + total, in, len);
    total += len;
    in += len;
  } while (len > 0);
  claim(in == image.base + image.len);
  return total;
}

static void check(fcl_params *p, const model *m) {
  static char stream[NAMES * sizeof filler * 2];
  fcl_slice image, name, value;
  fcl_error e;
  const char *at = stream, *end;
  size_t i, count = 0, seen = 0;
  claim(fcl_params_end(p, FCL_RESPONDER, 0, &image, &e) == FCL_OK);
  fcl_params_address(p, 7, 0);
  end = stream + join(image, stream);
  for (i = 0; i < NAMES; i++)
    count += (size_t) m->set[i];
  claim(p->count == count && p->total == (size_t) (end - stream));
  while (at < end) {
    claim(fcl_get_pair(&at, end, &name, &value) && name.len == 1);
    i = (size_t) (name.base[0] - 'A');
    claim(i < NAMES && m->set[i] && value.len == m->len[i]);
    claim(memcmp(value.base, filler, value.len) == 0);
    seen++;
  }
  claim(seen == count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fcl_params p, copy_of;
  model m;
  size_t at;
  for (at = 0; at < sizeof filler; at++)
    filler[at] = (char) (at * 31 % 251 + 1);
  memset(&m, 0, sizeof m);
  fcl_params_init(&p, NULL, NULL);
  fcl_params_limit(&p, 100000000, 10000000);
  for (at = 0; at + 3 <= size && at < 90; at += 3) {
    size_t which = data[at] % NAMES, len = ((size_t) data[at + 1] << 8 | data[at + 2]) * 3;
    char letter = (char) ('A' + which);
    fcl_slice name = {&letter, 1}, value = {filler, len};
    m.set[which] = data[at] < 200;
    m.len[which] = len;
    if (m.set[which])
      fcl_params_set(&p, name, value);
    else
      fcl_params_remove(&p, name);
  }
  fcl_params_init(&copy_of, NULL, NULL);
  fcl_params_limit(&copy_of, 100000000, 10000000);
  fcl_params_copy(&copy_of, &p);
  check(&p, &m);
  check(&copy_of, &m);
  fcl_params_free(&p);
  fcl_params_free(&copy_of);
  return 0;
}
