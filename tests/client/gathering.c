/* gathering.c: uploads that are gathered, and the applications that take them. */
#include "client/gathering.h"

world w;
exchange y;
upload u;

static void setup(void) {
  test_files_fail(0, 0, 0);
  memset(&w, 0, sizeof w);
  memset(&y, 0, sizeof y);
  memset(&u, 0, sizeof u);
  w.options.gather = 1;
  w.options.max_connections = 1;
  w.options.gather_file = 16 * MIB;
}

static void teardown(void) {
  free(u.bytes);
  world_end(&w);
}

size_t size;

/* Takes bodies of `size` bytes, and says hello. */
void take_bodies(fcl_script *s, void *user) {
  char length[24] = "";
  if (size > 0)
    snprintf(length, sizeof length, "%zu", size);
  while (fcl_script_next(s)) {
    fcl_script_may_close(s);
    fcl_script_read_request(s);
    if (fcl_script_seen(s) && fcl_script_seen(s)->in.len > 0) {
      fcl_script_expect_param(s, "CONTENT_LENGTH", length);
      fcl_script_expect_body_hash(s, size, wire_hash(size));
    } else {
      fcl_script_expect_param(s, "CONTENT_LENGTH", NULL);
    }
    fcl_script_answer(s, HELLO);
  }
}

void ck_assert_hello(const exchange *x) {
  ck_assert_error(x, FCL_OK, "");
  ck_assert_uint_eq(x->received, 5);
}

/* An upload whose bytes come when the test writes them. */
void open_upload(int64_t length, fcl_body unknown) {
  exchange_new(&u.x, &w, "POST");
  fcl_request_body(u.x.request, length, unknown);
  fcl_request_start(u.x.request);
}

void lend(const char *text) {
  unsigned before = u.x.sents;
  fcl_request_write(u.x.request, text, strlen(text));
  world_wait(&w, &u.x.sents, before + 1);
}

void take_in_pieces(fcl_script *s, void *user) {
  uint64_t at = 0;
  srand((unsigned) size);
  fcl_script_accept(s);
  fcl_script_read_params(s);
  while (at < size && !fcl_script_failed(s)) {
    at += 1 + (uint64_t) rand() % 60000;
    fcl_script_read_body(s, at < size ? at : size);
  }
  fcl_script_read_request(s);
  fcl_script_expect_body_hash(s, size, wire_hash(size));
  fcl_script_answer(s, HELLO);
}

TCase *gathering_case(const char *name) {
  TCase *t = tcase_create(name);
  tcase_set_timeout(t, 120);
  tcase_add_checked_fixture(t, setup, teardown);
  return t;
}
