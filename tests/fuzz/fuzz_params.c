/* fuzz_params.c: any order of sets, replacements and resets leaves an image that a strict reader
   takes, and the values last set. */
#include "fuzz.h"

enum { NAMES = 16 };

typedef struct model {
  int set[NAMES];
  size_t len[NAMES];
  char byte[NAMES];
} model;

static char filler[70000];

/* Each PARAMS record holds whole pairs; one empty one ends them. */
static size_t read_strictly(fcl_slice image, int no_body) {
  const char *in = image.base + 16, *end = image.base + image.len;
  size_t pairs = 0, len;
  fcl_slice name, value;
  claim(memcmp(image.base, "\1\1\0\7\0\x08\0\0\0\1\1\0\0\0\0\0", 16) == 0);
  do {
    claim(end - in >= 8 && memcmp(in, "\1\4\0\7", 4) == 0 && in[6] == 0 && in[7] == 0);
    len = (size_t) (uint8_t) in[4] << 8 | (uint8_t) in[5];
    in += 8;
    claim((size_t) (end - in) >= len);
    for (const char *stop = in + len; in < stop; pairs++)
      claim(fcl_get_pair(&in, stop, &name, &value));
  } while (len > 0);
  if (no_body) {
    claim(end - in >= 8 && memcmp(in, "\1\5\0\7\0\0\0\0", 8) == 0);
    in += 8;
  }
  claim(in == end);
  return pairs;
}

static void compare(const fcl_params *p, const model *m) {
  size_t i, total = 0, count = 0;
  for (i = 0; i < NAMES; i++) {
    const char name = (char) ('A' + i);
    fcl_slice key = {&name, 1}, value;
    claim(fcl_params_get(p, key, &value) == m->set[i]);
    if (!m->set[i])
      continue;
    claim(value.len == m->len[i]);
    claim(value.len == 0 ||
          (value.base[0] == m->byte[i] && value.base[value.len - 1] == m->byte[i]));
    total += fcl_pair_size(1, value.len);
    count++;
  }
  claim(p->total == total && p->count == count);
}

static void set(fcl_params *p, model *m, const uint8_t *op) {
  const size_t which = op[0] % NAMES;
  size_t len = (size_t) op[1] << (op[2] & 8);
  const char name = (char) ('A' + which);
  fcl_slice key = {&name, 1}, value = {filler, len};
  if (len > 65529)
    len = value.len = 65529;
  memset(filler, op[2] | 1, len);
  fcl_params_set(p, key, value);
  m->set[which] = 1;
  m->len[which] = len;
  m->byte[which] = (char) (op[2] | 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fcl_params p;
  model m = {{0}, {0}, {0}};
  fcl_slice image;
  fcl_error error;
  size_t at;
  fcl_params_init(&p, NULL, NULL);
  fcl_params_limit(&p, 100000000, 65535);
  for (at = 0; at + 3 <= size && at < 300; at += 3) {
    if (data[at] == 0xff) {
      fcl_params_reset(&p);
      memset(&m, 0, sizeof m);
    } else {
      set(&p, &m, data + at);
    }
  }
  compare(&p, &m);
  claim(fcl_params_end(&p, FCL_RESPONDER, (int) (size & 1), &image, &error) == FCL_OK);
  fcl_params_address(&p, 7, 1);
  claim(read_strictly(image, (int) (size & 1)) == p.count);
  compare(&p, &m);
  fcl_params_reset(&p); /* and now with bytes as they come: refused or sent, never broken */
  for (at = 0; at + 2 < size && data[at] > 0 && at + 1 + data[at] < size; at += 1u + data[at])
    fcl_params_set(&p, (fcl_slice){(const char *) data + at + 1, data[at] / 2u},
                   (fcl_slice){(const char *) data + at + 1 + data[at] / 2u, data[at] / 2u});
  if (fcl_params_end(&p, FCL_RESPONDER, 0, &image, &error) == FCL_OK) {
    fcl_params_address(&p, 7, 1);
    claim(read_strictly(image, 0) == p.count);
  }
  fcl_params_free(&p);
  return 0;
}
