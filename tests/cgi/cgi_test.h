/* cgi_test.h: what the tests of this room share: slices from literals, parameters as text. */
#ifndef CGI_TEST_H
#define CGI_TEST_H
#include <check.h>
#include <fcgiclient/cgi.h>
#include <stdio.h>
#include <string.h>
#include "support/suite.h"

static inline fcl_slice slice(const char *base, size_t len) {
  fcl_slice s;
  s.base = base;
  s.len = len;
  return s;
}

static inline fcl_slice text(const char *s) {
  return slice(s, strlen(s));
}

#define LITERAL(s) slice((s), sizeof(s) - 1) /* may hold NULs */

#define ck_assert_slice_eq(got, want)                                                              \
  do {                                                                                             \
    fcl_slice got_ = (got), want_ = text(want);                                                    \
    ck_assert_msg(got_.len == want_.len &&                                                         \
                      (got_.len == 0 || memcmp(got_.base, want_.base, got_.len) == 0),             \
                                                                                                   \
                  "\"%.*s\", not \"%s\"", (int) got_.len, got_.base, (want));                      \
  } while (0)

/* All parameters, one "NAME=value" line each, in their order. */
static inline const char *lines(const fcl_params *p) {
  static char room[70000];
  size_t at = 0, used = 0;
  fcl_slice name, value;
  room[0] = 0;
  while (fcl_params_next(p, &at, &name, &value))
    used += (size_t) snprintf(room + used, sizeof room - used, "%.*s=%.*s\n", (int) name.len,
                              name.base, (int) value.len, value.base);
  return room;
}

/* The value of one parameter as text, or "(absent)". */
static inline const char *get(const fcl_params *p, const char *name) {
  static char room[4][10000];
  static int next;
  fcl_slice value;
  next = (next + 1) % 4;
  if (!fcl_params_get(p, text(name), &value))
    return "(absent)";
  snprintf(room[next], sizeof room[next], "%.*s", (int) value.len, value.base);
  return room[next];
}
#endif
