/* params_world.c: a builder of parameters, and a strict reader of its image. */
#include "codec/params_world.h"

fcl_params p;
test_allocator memory;
fcl_slice image;
fcl_error failure;
char big[140000];

fcl_slice slice(const char *base, size_t len) {
  fcl_slice s = {base, len};
  return s;
}

fcl_slice text(const char *s) {
  return slice(s, strlen(s));
}

void set(const char *name, const char *value) {
  fcl_params_set_text(&p, name, value);
}

/* Sets a pair that takes `size` bytes on the wire (300 or more), its name as given. */
void set_sized(const char *name, size_t size) {
  const size_t len = size - 1 - 4 - strlen(name);
  fcl_params_set(&p, text(name), slice(big, len));
  ck_assert_uint_eq(fcl_pair_size(strlen(name), len), size);
}

void end_image(int no_body) {
  fcl_code code = fcl_params_end(&p, FCL_RESPONDER, no_body, &image, &failure);
  ck_assert_msg(code == FCL_OK, "%s", failure.text);
}

void assert_refused(fcl_code code, const char *sentence) {
  memset(&failure, 0, sizeof failure);
  ck_assert_int_eq(fcl_params_end(&p, FCL_RESPONDER, 1, &image, &failure), code);
  ck_assert_int_eq(failure.code, code);
  ck_assert_str_eq(failure.text, sentence);
}

void assert_value(const char *name, const char *value) {
  fcl_slice found;
  ck_assert_int_eq(fcl_params_get(&p, text(name), &found), 1);
  ck_assert_uint_eq(found.len, strlen(value));
  ck_assert_mem_eq(found.base, value, found.len);
}

void assert_absent(const char *name) {
  fcl_slice found;
  ck_assert_int_eq(fcl_params_get(&p, text(name), &found), 0);
}

/* ---- A strict reader: "NAME=value;" for each pair, "|" at the end of each record ---- */

char read_text[300000];

size_t length_at(const uint8_t **in) {
  size_t len = *(*in)++;
  if (len >= 128) {
    len = (len - 128) * 16777216 + (*in)[0] * 65536u + (*in)[1] * 256u + (*in)[2];
    *in += 3;
  }
  return len;
}

/* Each record must hold whole pairs and nothing else. */
char *read_pairs(char *to, const uint8_t *in, const uint8_t *end) {
  while (in < end) {
    const size_t name_len = length_at(&in), value_len = length_at(&in);
    ck_assert_uint_le(name_len + value_len, (size_t) (end - in));
    memcpy(to, in, name_len);
    to += name_len;
    *to++ = '=';
    memcpy(to, in + name_len, value_len);
    to += value_len;
    *to++ = ';';
    in += name_len + value_len;
  }
  ck_assert_ptr_eq(in, end);
  return to;
}

void assert_header(const uint8_t *h, unsigned type, unsigned id) {
  ck_assert_uint_eq(h[0], 1);
  ck_assert_uint_eq(h[1], type);
  ck_assert_uint_eq(h[2] * 256u + h[3], id);
  ck_assert_uint_eq(h[6], 0); /* PHP does not skip the padding of empty records: we pad none */
  ck_assert_uint_eq(h[7], 0);
}

/* Reads the image into read_text: one BEGIN_REQUEST, PARAMS records, exactly one empty one, and
   with `no_body` exactly one empty STDIN. */
const char *read_image(unsigned id, unsigned flags, int no_body) {
  const uint8_t *in = (const uint8_t *) image.base, *end = in + image.len;
  const uint8_t begin[8] = {0, 1, (uint8_t) flags, 0, 0, 0, 0, 0};
  char *to = read_text;
  size_t len;
  assert_header(in, FCL_BEGIN_REQUEST, id);
  ck_assert_mem_eq(in + 4, "\0\x08", 2);
  ck_assert_mem_eq(in + 8, begin, 8);
  in += 16;
  do {
    ck_assert_int_ge(end - in, 8);
    assert_header(in, FCL_PARAMS, id);
    len = in[4] * 256u + in[5];
    ck_assert_uint_le(len, (size_t) (end - in) - 8);
    if (len > 0) {
      to = read_pairs(to, in + 8, in + 8 + len);
      *to++ = '|';
    }
    in += 8 + len;
  } while (len > 0);
  if (no_body) {
    ck_assert_int_ge(end - in, 8);
    assert_header(in, FCL_STDIN, id);
    ck_assert_mem_eq(in + 4, "\0\0", 2);
    in += 8;
  }
  ck_assert_ptr_eq(in, end);
  *to = 0;
  return read_text;
}

static void setup(void) {
  memset(big, 'v', sizeof big);
  test_allocator_init(&memory);
  memset(&p, 0xa5, sizeof p);
  fcl_params_init(&p, test_allocator_realloc, &memory);
}

static void teardown(void) {
  fcl_params_free(&p);
  ck_assert_uint_eq(memory.live, 0);
  ck_assert_uint_eq(memory.misuses, 0);
  test_allocator_destroy(&memory);
}

/* Walks the pairs and compares with "NAME=size;". */
void assert_walk(const char *expected) {
  char walk[1000] = "";
  size_t at = 0, len = 0;
  fcl_slice name, value;
  while (fcl_params_next(&p, &at, &name, &value))
    len += (size_t) snprintf(walk + len, sizeof walk - len, "%.*s=%zu;", (int) name.len, name.base,
                             value.len);
  ck_assert_str_eq(walk, expected);
}

TCase *params_world_case(const char *name) {
  TCase *t = tcase_create(name);
  tcase_add_checked_fixture(t, setup, teardown);
  return t;
}
