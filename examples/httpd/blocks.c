/* blocks.c: free lists of memory blocks. */
#include "blocks.h"
#include <stdlib.h>

enum { KEPT_LARGE = 64 }; /* more free ones go back to the system */

block *block_take(blocks *b, size_t size) {
  block **list = size == BLOCK_SMALL ? &b->small : &b->large, *one = *list;
  if (one == NULL) {
    one = malloc(sizeof *one + size);
    if (one)
      one->size = size;
    return one;
  }
  *list = one->next;
  b->free_large -= size != BLOCK_SMALL;
  return one;
}

void block_give(blocks *b, block *one) {
  block **list;
  if (one == NULL)
    return;
  if (one->size != BLOCK_SMALL && b->free_large >= KEPT_LARGE) {
    free(one);
    return;
  }
  list = one->size == BLOCK_SMALL ? &b->small : &b->large;
  b->free_large += one->size != BLOCK_SMALL;
  one->next = *list;
  *list = one;
}

static void free_list(block *one) {
  while (one) {
    block *next = one->next;
    free(one);
    one = next;
  }
}

void blocks_free(blocks *b) {
  free_list(b->small);
  free_list(b->large);
  b->small = b->large = NULL;
}
