/* reading_ahead.h: answers that are read ahead while their caller holds a part of them. */
#ifndef TEST_READING_AHEAD_H
#define TEST_READING_AHEAD_H
#include "client/wire.h"
#include "support/files.h"
#include <errno.h>
#include <stdlib.h>

#define MIB (1024 * 1024)
extern world w;
extern exchange x, y;
extern size_t size; /* of each body */
void answer_with(fcl_script *s, void *user);
void resume_at_once(exchange *e, const char *what);
void hold_all_of_it(void (*play)(fcl_script *, void *));

TCase *reading_ahead_case(const char *name);
#endif
