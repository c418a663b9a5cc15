/* blocks.h: memory in pieces of few sizes, kept for the next one who needs it; for one thread. */
#ifndef HTTPD_BLOCKS_H
#define HTTPD_BLOCKS_H
#include <stddef.h>

enum {
  BLOCK_SMALL = 8 * 1024, /* a head, or a small response */
  BLOCK_LARGE =
      64 * 1024 + 2048 /* what is read of a body at once; the largest head of a response */
};

typedef struct block {
  struct block *next;
  size_t size;
  char bytes[];
} block;

typedef struct blocks {
  block *small, *large; /* free ones */
  size_t free_large;
} blocks;

block *block_take(blocks *b, size_t size); /* BLOCK_SMALL or BLOCK_LARGE; NULL: no memory */
void block_give(blocks *b, block *one);    /* NULL is harmless */
void blocks_free(blocks *b);
#endif
