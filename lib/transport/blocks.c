/* blocks.c: a free list of read blocks. */
#include "transport/blocks.h"
#include <string.h>

/* How many need the block stands behind its bytes. */
static unsigned *pins(char *block) {
  return (unsigned *) (void *) (block + FCL__BLOCK_SIZE);
}

void fcl__blocks_init(fcl__blocks *b, const fcl__memory *memory) {
  b->memory = memory;
  b->free = NULL;
  b->count = 0;
}

char *fcl__block_take(fcl__blocks *b) {
  char *block = b->free;
  if (block != NULL) {
    memcpy(&b->free, block, sizeof b->free);
    b->count--;
  } else {
    block = fcl__realloc(b->memory, NULL, FCL__BLOCK_SIZE + sizeof *pins(block));
    if (block == NULL)
      return NULL;
  }
  *pins(block) = 1;
  return block;
}

void fcl__block_pin(char *block) {
  ++*pins(block);
}

void fcl__block_give(fcl__blocks *b, char *block) {
  if (block == NULL || --*pins(block) > 0)
    return;
  if (b->count == FCL__BLOCKS_KEPT) {
    fcl__free(b->memory, block);
    return;
  }
  memcpy(block, &b->free, sizeof b->free);
  b->free = block;
  b->count++;
}

void fcl__blocks_clear(fcl__blocks *b) {
  while (b->free)
    fcl__free(b->memory, fcl__block_take(b));
}
