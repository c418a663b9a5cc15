/* head_world.c: a response head, parsed in front of memory that cannot be read. */
#include "codec/head_world.h"

fcl_header room[FCL_HEADERS_MAX];
fcl_head head;
fcl_error failure;
test_guard guard;
char big[80000];

static void setup(void) {
  memset(&head, 0xa5, sizeof head);
  memset(&failure, 0, sizeof failure);
  memset(big, 'v', sizeof big);
  guard = test_guard_make(sizeof big);
}

static void teardown(void) {
  test_guard_free(&guard);
}

/* Parses a head that ends at a guard page. */
fcl_code parse_n(const char *text, size_t len, size_t cap) {
  return fcl_head_parse(test_guard_put(&guard, text, len), len, room, cap, &head, &failure);
}

void parse(const char *text) {
  fcl_code code = parse_n(text, strlen(text), FCL_HEADERS_MAX);
  ck_assert_msg(code == FCL_OK, "%s", failure.text);
}

void assert_refused_n(const char *text, size_t len, const char *sentence) {
  ck_assert_int_eq(parse_n(text, len, FCL_HEADERS_MAX), FCL_E_HEAD);
  ck_assert_int_eq(failure.code, FCL_E_HEAD);
  ck_assert_str_eq(failure.text, sentence);
}

void assert_refused(const char *text, const char *sentence) {
  assert_refused_n(text, strlen(text), sentence);
}

/* "404 Not Found|Content-Type=text/plain|X-A=1", "local" at the end where it applies. */
const char *told(void) {
  static char text[20000];
  size_t at = 0, i;
  at += (size_t) snprintf(text, sizeof text, "%d %.*s", head.status, (int) head.reason.len,
                          head.reason.base ? head.reason.base : "");
  for (i = 0; i < head.count; i++)
    at += (size_t) snprintf(text + at, sizeof text - at, "|%.*s=%.*s",
                            (int) head.headers[i].name.len, head.headers[i].name.base,
                            (int) head.headers[i].value.len, head.headers[i].value.base);
  if (head.local_redirect)
    snprintf(text + at, sizeof text - at, "|local");
  return text;
}

TCase *head_world_case(const char *name) {
  TCase *t = tcase_create(name);
  tcase_add_checked_fixture(t, setup, teardown);
  return t;
}
