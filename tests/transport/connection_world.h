/* connection_world.h: a connection whose other end is the test's; what its owner hears becomes a
 * line of text. */
#ifndef TEST_CONNECTION_WORLD_H
#define TEST_CONNECTION_WORLD_H
#include "support/allocator.h"
#include "support/suite.h"
#include "transport/connection.h"
#include "transport/pair.h"
#include <string.h>

/* The answers, byte by byte (§3.3, §5). */
#define STDOUT(len, content) "\1\6\0\1\0" len "\0\0" content
#define STDOUT_END           "\1\6\0\1\0\0\0\0"
#define ERR(len, content)    "\1\7\0\1\0" len "\0\0" content
#define END                  "\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\0"

extern const char prologue[17]; /* BEGIN_REQUEST, as the params would begin */
extern uv_loop_t loop;
extern test_allocator memory;
extern fcl__blocks blocks;
extern fcl__connection c;
extern int remote; /* the other end */
extern char text[1024];
extern fcl_error broken;       /* what `broke` said */
extern unsigned closed, holds; /* holds: how many of the next spans are held */
extern size_t takes;           /* of a held span */
/* In which event the connection is closed: 'm' moved, 'o' out, 's' sent; 0: none. */
extern char closer;
extern unsigned pins; /* how many of the next spans are pinned */
extern char *pinned[4];
extern size_t pinned_count;

TCase *connection_case(const char *title); /* opens one, and closes it */
void turn(void);
void say_bytes(const char *bytes, size_t len);
#define say(bytes) say_bytes((bytes), sizeof(bytes) - 1)
size_t hear(char *into, size_t size);
/* A request whose BEGIN_REQUEST has been read at the other end. */
void begin(void);
void assert_broken(const char *words);
#endif
