/* multiplex_world.h: a wire that many requests share, whose other end is the test's; what each
 * request hears becomes a line of text. */
#ifndef TEST_MULTIPLEX_WORLD_H
#define TEST_MULTIPLEX_WORLD_H
#include "support/allocator.h"
#include "support/suite.h"
#include "transport/multiplex.h"
#include "transport/pair.h"
#include <string.h>

#define STDOUT(id, len, content) "\1\6\0" id "\0" len "\0\0" content
#define END(id)                  "\1\3\0" id "\0\10\0\0\0\0\0\0\0\0\0\0"

#define MANY 1000

extern uv_loop_t loop;
extern test_allocator memory;
extern fcl__blocks blocks;
extern fcl__list turns;
extern fcl__multiplex m;
extern int remote; /* the other end */
extern char text[8192];
extern fcl_error broken; /* what `broke` said last */
extern unsigned closed, changes, stray_count, overs;
extern unsigned holds; /* so many spans are pinned */
/* Which event closes: 'f' the first byte, 's' sent, 'e' end, 'b' broke its connection; 'C' changed,
   'S' stray, 'F', 'L' (sent), 'E', 'B' the whole wire.  0: none. */
extern char closer;

/* A request, known by a letter in the log. */
typedef struct peer {
  fcl__connection c; /* first */
  char name;
  uint8_t prologue[16];
  uint64_t received, hash;
  char *block; /* pinned */
  unsigned sents, is_over;
} peer;
extern peer peers[MANY];

extern const fcl__connection_events events;
extern const fcl__multiplex_events shared_events;

void setup(void);
void teardown(void);
TCase *multiplex_case(const char *title); /* with both, and a limit of time */
void turn(void);
void hang_up(void);
void say_bytes(const char *bytes, size_t len);
#define say(bytes) say_bytes((bytes), sizeof(bytes) - 1)
size_t hear(void *into, size_t size);
uint64_t add_hash(uint64_t hash, const char *data, size_t len);
fcl__connection *attach(int i);
fcl__connection *begin(int i);
/* `n` requests whose BEGIN_REQUEST has been read at the other end. */
void begin_all(int n);
/* A number below that, the next one after `seed`. */
extern unsigned seed;
unsigned chance(unsigned below);

#define ck_assert_text(expected)                                                                   \
  do {                                                                                             \
    ck_assert_str_eq(text, (expected));                                                            \
    text[0] = 0;                                                                                   \
  } while (0)
#endif
