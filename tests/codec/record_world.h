/* record_world.h: a log of what a decoder tells. */
#ifndef TEST_RECORD_WORLD_H
#define TEST_RECORD_WORLD_H
#include "codec/record_log.h"
#include "support/suite.h"

#define BYTES(text) (text), sizeof(text) - 1
extern record_log log_;

TCase *record_world_case(const char *name);
#endif
