/* wire.h: what the tests of the wire share: bodies whose bytes tell where they belong, uploads in
 * steps. */
#ifndef TEST_WIRE_H
#define TEST_WIRE_H
#include "client/world.h"
#include "support/suite.h"
#include <string.h>

#define END_REQUEST                                                                                \
  "\1\3\0\1\0\10\0\0"                                                                              \
  "\0\0\0\0\0\0\0\0"
#define OUT_END "\1\6\0\1\0\0\0\0"

/* Byte n of every body, either way; and the FNV-1a hash of the first `size` of them. */
char wire_byte(uint64_t n);
uint64_t wire_hash(size_t size);
char *wire_bytes(size_t size); /* malloc */

/* A POST that lends its body in steps and finishes it.  Zeroed is ready. */
typedef struct upload {
  exchange x; /* first */
  char *bytes;
  size_t size, step, at;
  int is_unknown; /* 1: without CONTENT_LENGTH; 2: gathered first */
  int is_barred;  /* with a write of length 0 behind the last part */
  int is_lazy;    /* finish comes in a turn of its own */
  int is_finished;
} upload;
void upload_start(upload *u, world *w, size_t size, size_t step);
void upload_wait(upload *u); /* for on_done; then the bytes go */

/* A filter's request, whose body and then data are lent in steps of that many bytes. */
typedef struct filter {
  exchange *x;
  char *bytes;
  size_t body, data, step, at;
  int is_finished; /* the body is */
} filter;
/* Made, and not started; FCGI_DATA_LAST_MOD is 1234567890. */
void filter_new(exchange *x, world *w, int64_t body, int64_t data);
/* Started; x->then goes on with it. */
void filter_start(filter *f, exchange *x, world *w, size_t body, size_t data, size_t step);
void filter_lend(filter *f); /* the next part */
void filter_wait(filter *f); /* for on_done; then the bytes go */

/* STDOUT of the current request: `size` bytes of the pattern, in records of up to 65,528 bytes. */
void wire_send_body(fcl_script *s, size_t size);

/* An exchange whose head and body are kept as text, and whose STDERR becomes events.  Zeroed is
 * ready. */
typedef struct answer {
  world *w;
  char head[4096]; /* "200 reason|NAME=value|NAME=value|"; then "length=5|" and "redirect|" where
                      these are so */
  char body[256];  /* the beginning of it */
  size_t body_len;
  unsigned heads, dones;
  fcl_result result;
} answer;
/* Zeroes it, asks with that method, and waits for the end. */
void answer_get(answer *a, world *w, const char *method);

/* A GET; waits for its end.  The exchange is zeroed first. */
void wire_get(exchange *x, world *w);

#define ck_assert_done(x) ck_assert_error((x), FCL_OK, "")
#define ck_assert_body(x, size)                                                                    \
  do {                                                                                             \
    ck_assert_uint_eq((x)->received, (size));                                                      \
    ck_assert_uint_eq((x)->hash ? (x)->hash : FCL_FNV_START, wire_hash(size));                     \
  } while (0)
#endif
