/* config_test.h: what the tests of this room share: a configuration from a literal, and what was
   said about it. */
#ifndef CONFIG_TEST_H
#define CONFIG_TEST_H
#include <check.h>
#include <fcgiclient/config.h>
#include <stdio.h>
#include <string.h>
#include "support/allocator.h"
#include "support/suite.h"

typedef struct said {
  char text[100000]; /* a line for each message: "error: SENTENCE" */
  unsigned count;
} said;

static inline void said_message(const fcl_config_message *m, void *user) {
  said *s = user;
  size_t used = strlen(s->text);
  snprintf(s->text + used, sizeof s->text - used, "%s: %s\n",
           m->level == FCL_LEVEL_ERROR ? "error" : "warning", m->sentence);
  s->count++;
}

static inline fcl_slice text(const char *s) {
  fcl_slice t;
  t.base = s;
  t.len = strlen(s);
  return t;
}

static const char *const no_environment[] = {NULL};

/* Reads it as the file "f" with an empty environment; what is said goes to `s`. */
static inline fcl_code parse(fcl_config **c, const char *file, said *s, fcl_error *e) {
  fcl_config_options o;
  memset(&o, 0, sizeof o);
  memset(s, 0, sizeof *s);
  o.on_message = said_message;
  o.user = s;
  o.env = no_environment;
  return (fcl_code) fcl_config_parse(c, "f", text(file), &o, e);
}

/* One that is good. */
static inline fcl_config *good(const char *file) {
  static said s;
  fcl_config *c;
  fcl_error e;
  ck_assert_msg(parse(&c, file, &s, &e) == FCL_OK, "%s", s.text);
  return c;
}

/* What is said about it, errors and warnings. */
static inline const char *words_about(const char *file) {
  static said s;
  fcl_config *c;
  fcl_error e;
  parse(&c, file, &s, &e);
  fcl_config_free(c);
  return s.text;
}

/* What is said about the application of a file, whose settings begin in line 4. */
static inline const char *words_about_app(const char *settings) {
  char file[10000];
  snprintf(file, sizeof file, "[Types]\n*=A\n[A]\n%s", settings);
  return words_about(file);
}

/* The application of such a file. */
static inline const fcl_config_app *app_of(fcl_config **c, const char *settings) {
  char file[10000];
  snprintf(file, sizeof file, "[Types]\n*=A\n[A]\n%s", settings);
  *c = good(file);
  return fcl_config_at(*c, 0);
}

static inline fcl_code parse_from(test_allocator *memory, const char *file, fcl_error *e) {
  fcl_config_options o;
  fcl_config *c;
  fcl_code code;
  memset(&o, 0, sizeof o);
  o.realloc_fn = test_allocator_realloc;
  o.user = memory;
  o.env = no_environment;
  code = (fcl_code) fcl_config_parse(&c, "f", text(file), &o, e);
  ck_assert_int_eq(c == NULL, code != FCL_OK);
  fcl_config_free(c);
  return code;
}

/* Each allocation fails, once and for ever. */
static inline void torture(const char *file, fcl_code otherwise) {
  test_allocator memory;
  fcl_error e;
  size_t calls, nth;
  int for_ever;
  test_allocator_init(&memory);
  ck_assert_int_eq(parse_from(&memory, file, &e), otherwise);
  calls = memory.calls;
  ck_assert_uint_gt(calls, 3);
  for (for_ever = 0; for_ever < 2; for_ever++)
    for (nth = 1; nth <= calls; nth++) {
      test_allocator_fail(&memory, nth, for_ever);
      ck_assert_int_eq(parse_from(&memory, file, &e), FCL_E_NOMEM);
      ck_assert_int_eq(e.code, FCL_E_NOMEM);
      ck_assert_str_eq(e.text, "f: no memory to read it");
      ck_assert_uint_eq(memory.live, 0);
      ck_assert_uint_eq(memory.misuses, 0);
    }
  test_allocator_destroy(&memory);
}
#endif
