/* server.h: what tests of scripts share: a web server's side of a connection, made by hand. */
#ifndef TEST_SERVER_H
#define TEST_SERVER_H
#include "support/suite.h"
#include <fcgiclient/harness.h>
#include <string.h>

#define BEGIN                                                                                      \
  "\1\1\0\1\0\10\0\0"                                                                              \
  "\0\1\1\0\0\0\0\0"
#define PARAMS_AB                                                                                  \
  "\1\4\0\1\0\4\0\0"                                                                               \
  "\1\1AB"
#define PARAMS_END "\1\4\0\1\0\0\0\0"
#define STDIN_ABC                                                                                  \
  "\1\5\0\1\0\3\0\0"                                                                               \
  "abc"
#define STDIN_END "\1\5\0\1\0\0\0\0"
#define REQUEST   BEGIN PARAMS_AB PARAMS_END STDIN_ABC STDIN_END
#define ANSWER                                                                                     \
  "\1\6\0\1\0\2\0\0"                                                                               \
  "hi"                                                                                             \
  "\1\6\0\1\0\0\0\0"                                                                               \
  "\1\3\0\1\0\10\0\0"                                                                              \
  "\0\0\0\0\0\0\0\0"

extern fcl_script *s;
extern int fd; /* the connection at hand; -1: none */

/* Fixtures: every script ends in its test; then nothing is left open. */
void setup(void);
void teardown(void);
void start(void (*play)(fcl_script *, void *));
void start_at(const char *address, void (*play)(fcl_script *, void *), unsigned limit_ms);
void end_well(void);
void end_with(const char *words); /* the script has failed, and its sentence has them */
/* A new connection to the script, or -1. */
int dial(void);
void say_bytes(const char *bytes, size_t len);
void hear_bytes(const char *bytes, size_t len);
void hear_eof(void);
#define say(bytes)  say_bytes((bytes), sizeof(bytes) - 1)
#define hear(bytes) hear_bytes((bytes), sizeof(bytes) - 1)

/* Takes one request with A=B and the body "abc", and answers "hi". */
void one_request(fcl_script *script, void *user);
#endif
