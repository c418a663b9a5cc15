/* client.h: what tests of the harness over named pipes share: a web server's side, made by hand. */
#ifndef TEST_PIPE_CLIENT_H
#define TEST_PIPE_CLIENT_H
#include "support/suite.h"
#include <fcgiclient/harness.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define REQUEST                                                                                    \
  "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0" /* BEGIN_REQUEST: responder, kept */                         \
  "\1\4\0\1\0\4\0\0\1\1AB\1\4\0\1\0\0\0\0"                                                         \
  "\1\5\0\1\0\3\0\0abc\1\5\0\1\0\0\0\0"
#define ANSWER                                                                                     \
  "\1\6\0\1\0\2\0\0hi\1\6\0\1\0\0\0\0"                                                             \
  "\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\0"

/* "pipe:\\.\pipe\..." that nobody has. */
const char *new_address(void);
/* INVALID_HANDLE_VALUE: nobody can be reached.  Waits for one that is busy. */
HANDLE dial(const char *address);
void say_bytes(HANDLE pipe, const void *bytes, size_t len);
void hear_bytes(HANDLE pipe, const void *bytes, size_t len);
/* What the next reading brings. */
size_t hear_once(HANDLE pipe, void *bytes, size_t cap);
/* The error by which a reading ends; nothing comes before it. */
DWORD hear_end(HANDLE pipe);
#define say(pipe, bytes)  say_bytes((pipe), (bytes), sizeof(bytes) - 1)
#define hear(pipe, bytes) hear_bytes((pipe), (bytes), sizeof(bytes) - 1)

fcl_script *start(const char *address, void (*play)(fcl_script *, void *), void *user);
void end_well(fcl_script *s);
/* Takes one request with A=B and the body "abc", and answers "hi". */
void one_request(fcl_script *script, void *user);
#endif
