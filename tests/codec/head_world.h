/* head_world.h: a response head, parsed in front of memory that cannot be read. */
#ifndef TEST_HEAD_WORLD_H
#define TEST_HEAD_WORLD_H
#include "support/guard.h"
#include "support/suite.h"
#include <fcgiclient/codec.h>
#include <stdio.h>

#define BYTES(text) (text), sizeof(text) - 1
extern fcl_header room[FCL_HEADERS_MAX];
extern fcl_head head;
extern fcl_error failure;
extern test_guard guard;
extern char big[80000];
fcl_code parse_n(const char *text, size_t len, size_t cap);
void parse(const char *text);
void assert_refused_n(const char *text, size_t len, const char *sentence);
void assert_refused(const char *text, const char *sentence);
const char *told(void);
typedef struct told_case {
  const char *text, *told;
} told_case;
#define COUNT(array) (int) (sizeof(array) / sizeof(array)[0])

TCase *head_world_case(const char *name);
#endif
