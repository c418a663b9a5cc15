/* blocks.h: read blocks of 64 KiB on a client's free list: an idle connection has none. */
#ifndef FCL__BLOCKS_H
#define FCL__BLOCKS_H
#include "base/memory.h"

#define FCL__BLOCK_SIZE  65536
#define FCL__BLOCKS_KEPT 16 /* free ones that are kept; more go back to the allocator */

typedef struct fcl__blocks {
  const fcl__memory *memory;
  void *free; /* the first word of a free block points to the next */
  unsigned count;
} fcl__blocks;

void fcl__blocks_init(fcl__blocks *b, const fcl__memory *memory);
void fcl__blocks_clear(fcl__blocks *b);
char *fcl__block_take(fcl__blocks *b); /* NULL: no memory */
/* One more who needs the block: it is free when everybody has given it back. */
void fcl__block_pin(char *block);
void fcl__block_give(fcl__blocks *b, char *block);
#endif
