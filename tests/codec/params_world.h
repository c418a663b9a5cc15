/* params_world.h: a builder of parameters, and a strict reader of its image. */
#ifndef TEST_PARAMS_WORLD_H
#define TEST_PARAMS_WORLD_H
#include "support/allocator.h"
#include "support/suite.h"
#include <fcgiclient/codec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern fcl_params p;
extern test_allocator memory;
extern fcl_slice image;
extern fcl_error failure;
extern char big[140000]; /* 'v' */
fcl_slice slice(const char *base, size_t len);
fcl_slice text(const char *s);
void set(const char *name, const char *value);
void set_sized(const char *name, size_t size);
void end_image(int no_body);
void assert_refused(fcl_code code, const char *sentence);
void assert_value(const char *name, const char *value);
void assert_absent(const char *name);
extern char read_text[300000];
size_t length_at(const uint8_t **in);
char *read_pairs(char *to, const uint8_t *in, const uint8_t *end);
void assert_header(const uint8_t *h, unsigned type, unsigned id);
const char *read_image(unsigned id, unsigned flags, int no_body);
void assert_walk(const char *expected);

TCase *params_world_case(const char *name);
#endif
