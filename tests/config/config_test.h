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
#endif
