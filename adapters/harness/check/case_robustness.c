/* case_robustness.c: cases about what no server should send: the application bears it, and serves
   the next request. */
#include "cases.h"
#include <string.h>

/* What has been put goes out, whatever becomes of it; then the next request. */
static void borne(suite *s) {
  if (host_send(s))
    ask_lives(s);
}

static void version(suite *s, int number) {
  ask a = {.id = 1};
  if (!host_dial(s))
    return;
  ask_put(s, &a);
  s->host.out.base[0] = (char) number;
  borne(s);
}

static void version_0(suite *s) {
  version(s, 0);
}

static void version_2(suite *s) {
  version(s, 2);
}

static void raw(suite *s, const void *data, size_t len) {
  if (!host_dial(s))
    return;
  host_put(s, data, len);
  borne(s);
}

static void http(suite *s) {
  static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  raw(s, request, sizeof request - 1);
}

static void tls(suite *s) {
  static const char hello[] = "\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03";
  raw(s, hello, sizeof hello - 1);
}

static void block(suite *s, int byte) {
  bytes b = {0};
  bytes_fill(&b, byte, 60000);
  raw(s, b.base, b.len);
  bytes_free(&b);
}

static void zeros(suite *s) {
  block(s, 0);
}

static void ones(suite *s) {
  block(s, 0xff);
}

/* Always the same. */
static void noise(suite *s) {
  bytes b = {0};
  uint32_t x = 1;
  int i;
  for (i = 0; i < 60000; i++) {
    x = x * 1664525 + 1013904223;
    bytes_fill(&b, (int) (x >> 24), 1);
  }
  raw(s, b.base, b.len);
  bytes_free(&b);
}

/* ---- Cut off ---- */

static void half_headers(suite *s) {
  ask a = {.id = 1};
  size_t cut;
  for (cut = 1; cut < FCL_HEADER_SIZE; cut++) {
    if (!host_dial(s))
      return;
    ask_put(s, &a);
    s->host.out.len = cut;
    if (!host_send(s))
      return;
  }
  ask_lives(s);
}

static void half_record(suite *s) {
  if (!host_dial(s))
    return;
  host_begin(s, 1, FCL_RESPONDER, 0);
  host_record(s, FCL_PARAMS, 1, NULL, 0, 0);
  s->host.out.base[16 + 4] = (char) 0xff; /* 65,280 bytes, of which none come */
  borne(s);
}

static void half_padding(suite *s) {
  if (!host_dial(s))
    return;
  host_begin(s, 1, FCL_RESPONDER, 0);
  host_record(s, FCL_PARAMS, 1, "", 0, 0);
  s->host.out.base[16 + 6] = (char) 255;
  borne(s);
}

/* ---- BEGIN_REQUEST ---- */

static void short_begin(suite *s) {
  static const char body[8] = {0, FCL_RESPONDER};
  ask a = {.id = 1};
  size_t len;
  for (len = 0; len < 8; len++) {
    if (!host_dial(s))
      return;
    host_record(s, FCL_BEGIN_REQUEST, 1, body, len, 0);
    ask_params(s, &a);
    ask_body(s, &a);
    if (!host_send(s))
      return;
  }
  ask_lives(s);
}

static void long_begin(suite *s) {
  static const char body[65535] = {0, FCL_RESPONDER};
  ask a = {.id = 1};
  if (!host_dial(s))
    return;
  host_record(s, FCL_BEGIN_REQUEST, 1, body, sizeof body, 0);
  ask_params(s, &a);
  ask_body(s, &a);
  borne(s);
}

static void begin_0(suite *s) {
  ask a = {.id = 0};
  if (!host_dial(s))
    return;
  ask_put(s, &a);
  borne(s);
}

static void begin_twice(suite *s) {
  ask a = {.id = 1};
  if (!host_dial(s))
    return;
  ask_begin(s, &a);
  ask_params(s, &a);
  ask_put(s, &a);
  borne(s);
}

/* ---- PARAMS ---- */

static void pairs_of(suite *s, const void *pairs, size_t len) {
  if (!host_dial(s))
    return;
  host_begin(s, 1, FCL_RESPONDER, 0);
  host_record(s, FCL_PARAMS, 1, pairs, len, 0);
  host_record(s, FCL_PARAMS, 1, "", 0, 0);
  host_record(s, FCL_STDIN, 1, "", 0, 0);
  borne(s);
}

static void pair_too_long(suite *s) {
  static const char pairs[] = "\x04\x7f"
                              "NAMEvalue";
  pairs_of(s, pairs, sizeof pairs - 1);
}

static void pair_2g(suite *s) {
  static const char pairs[] = "\xff\xff\xff\xff\xff\xff\xff\xff"
                              "NAMEvalue";
  pairs_of(s, pairs, sizeof pairs - 1);
}

/* The sum of both lengths does not fit into 32 bits. */
static void pair_sum(suite *s) {
  static const char pairs[] = "\xff\xff\xff\xff\x80\x00\x00\x05"
                              "NAMEvalue";
  pairs_of(s, pairs, sizeof pairs - 1);
}

static void half_length(suite *s) {
  static const char pairs[] = "\x04\x05"
                              "NAMEvalue\x04\x80\x00";
  pairs_of(s, pairs, sizeof pairs - 1);
}

static void length_of(suite *s, const char *length) {
  ask a = {.id = 1, .query = "echo=1", .length = length, .body = "abc", .body_len = 3};
  if (!host_dial(s))
    return;
  ask_put(s, &a);
  borne(s);
}

static void length_negative(suite *s) {
  length_of(s, "-1");
}

static void length_huge(suite *s) {
  length_of(s, "99999999999999999999999");
}

static void length_word(suite *s) {
  length_of(s, "abc");
}

/* ---- Records at the wrong place ---- */

/* A whole request with something between PARAMS and STDIN, which changes nothing. */
static void with_record(suite *s, unsigned type, unsigned id, const char *content) {
  ask a = {.id = 1, .query = "echo=1", .body = "abc", .body_len = 3};
  if (!host_dial(s))
    return;
  ask_begin(s, &a);
  ask_params(s, &a);
  host_record(s, type, id, content, strlen(content), 0);
  ask_body(s, &a);
  if (host_send(s))
    ask_served(s, &a);
}

static void unknown_type(suite *s) {
  with_record(s, 12, 1, "12345678");
}

static void type_200(suite *s) {
  with_record(s, 200, 1, "12345678");
}

static void other_id(suite *s) {
  with_record(s, FCL_STDIN, 2, "xyz");
}

static void data_of_responder(suite *s) {
  with_record(s, FCL_DATA, 1, "xyz");
}

static void inactive_before(suite *s) {
  ask a = {.id = 1};
  if (!host_dial(s))
    return;
  host_record(s, FCL_STDIN, 7, "xyz", 3, 0);
  ask_put(s, &a);
  if (host_send(s))
    ask_served(s, &a);
}

static void application_types(suite *s) {
  static const unsigned types[] = {FCL_END_REQUEST, FCL_STDOUT, FCL_STDERR, FCL_GET_VALUES_RESULT,
                                   FCL_UNKNOWN_TYPE};
  size_t i;
  ask a = {.id = 1};
  for (i = 0; i < sizeof types / sizeof *types; i++) {
    if (!host_dial(s))
      return;
    ask_begin(s, &a);
    ask_params(s, &a);
    host_record(s, types[i], i < 3 ? 1 : 0, "12345678", 8, 0);
    ask_body(s, &a);
    if (!host_send(s))
      return;
  }
  ask_lives(s);
}

static void body_before_params(suite *s) {
  ask a = {.id = 1, .body = "abc", .body_len = 3};
  if (!host_dial(s))
    return;
  ask_begin(s, &a);
  ask_body(s, &a);
  ask_params(s, &a);
  borne(s);
}

static void params_again(suite *s) {
  ask a = {.id = 1};
  if (!host_dial(s))
    return;
  ask_begin(s, &a);
  ask_params(s, &a);
  ask_params(s, &a);
  ask_body(s, &a);
  borne(s);
}

static void end_twice(suite *s) {
  ask a = {.id = 1, .query = "echo=1", .body = "abc", .body_len = 3};
  if (!host_dial(s))
    return;
  ask_put(s, &a);
  host_record(s, FCL_STDIN, 1, "", 0, 0);
  if (host_send(s))
    ask_served(s, &a);
}

const check_case cases_robustness[] = {
    {"a record of version 0 is borne", "3.3", MUST, 0, version_0},
    {"a record of version 2 is borne", "3.3", MUST, 0, version_2},
    {"an HTTP request is borne", "3.3", MUST, 0, http},
    {"the beginning of TLS is borne", "3.3", MUST, 0, tls},
    {"60,000 bytes of 0 are borne", "3.3", MUST, 0, zeros},
    {"60,000 bytes of 255 are borne", "3.3", MUST, 0, ones},
    {"60,000 bytes of noise are borne", "3.3", MUST, 0, noise},
    {"a header that is cut off at any byte is borne", "3.3", MUST, 0, half_headers},
    {"a record that is cut off is borne", "3.3", MUST, 0, half_record},
    {"padding that is cut off is borne", "3.3", MUST, 0, half_padding},
    {"BEGIN_REQUEST of 0 to 7 bytes is borne", "5.1", MUST, 0, short_begin},
    {"BEGIN_REQUEST of 65,535 bytes is borne", "5.1", MUST, 0, long_begin},
    {"BEGIN_REQUEST with the id 0 is borne", "5.1", MUST, 0, begin_0},
    {"BEGIN_REQUEST of a request that runs is borne", "3.3", MUST, 0, begin_twice},
    {"a pair that is longer than PARAMS is borne", "3.4", MUST, 0, pair_too_long},
    {"lengths of 2,147,483,647 are borne", "3.4", MUST, 0, pair_2g},
    {"lengths whose sum is too large are borne", "3.4", MUST, 0, pair_sum},
    {"PARAMS that end within a length are borne", "3.4", MUST, 0, half_length},
    {"a negative CONTENT_LENGTH is borne", "RFC 3875 4.1.2", MUST, 0, length_negative},
    {"a huge CONTENT_LENGTH is borne", "RFC 3875 4.1.2", MUST, 0, length_huge},
    {"a CONTENT_LENGTH that is no number is borne", "RFC 3875 4.1.2", MUST, 0, length_word},
    {"a record of the unknown type 12 within a request is skipped", "4.2", SHOULD, 0, unknown_type},
    {"a record of the unknown type 200 within a request is skipped", "4.2", SHOULD, 0, type_200},
    {"a record of another id within a request is ignored", "3.3", SHOULD, 0, other_id},
    {"DATA is ignored by a responder", "6.2", SHOULD, 0, data_of_responder},
    {"a record of an id that was not begun is ignored", "3.3", SHOULD, 0, inactive_before},
    {"types that only applications send are borne", "3.3", MUST, 0, application_types},
    {"STDIN before PARAMS is borne", "6.2", MUST, 0, body_before_params},
    {"PARAMS behind their end are borne", "5.2", MUST, 0, params_again},
    {"a second end of STDIN is ignored", "5.3", SHOULD, 0, end_twice},
    {NULL, NULL, MUST, 0, NULL},
};
