/* window_world.h: a window of bytes that tell where they belong. */
#ifndef TEST_WINDOW_WORLD_H
#define TEST_WINDOW_WORLD_H
#include "client/window.h"
#include "support/allocator.h"
#include "support/fds.h"
#include "support/files.h"
#include "support/scratch.h"
#include "support/suite.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BLOCK FCL__WINDOW_BLOCK
extern test_allocator memory;
extern fcl__memory ours;
extern fcl__blocks blocks;
extern fcl__window w;
extern uint64_t in, out; /* bytes of the pattern that went in, and came out */
extern fcl_error e;
extern int before;
void limit(size_t in_memory, uint64_t in_file); /* of the window, while it is empty */
char pattern(uint64_t n);
size_t put(size_t len, fcl_code expected);
void put_all(size_t len);
void check_bytes(const char *bytes, size_t len);
size_t take(size_t len);
void take_all(void);

TCase *window_world_case(const char *name);
#endif
