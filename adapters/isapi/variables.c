/* variables.c: asks the server for its variables, and keeps what it says until the request ends. */
#include "facts.h"
#include "host.h"
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 16384, VARIABLE_MAX = 1 << 20 };

typedef struct text_block {
  struct text_block *next;
  size_t used, size; /* multiples of 8 */
  char bytes[];
} text_block;

static size_t whole(size_t size) {
  return (size + 7) & ~(size_t) 7;
}

/* Room for `size` bytes behind what is used, in a new block if need be.  NULL: no memory. */
static char *room(facts *f, size_t size) {
  text_block *b = f->texts;
  size_t block = size > BLOCK_SIZE ? whole(size) : BLOCK_SIZE;
  if (b && b->size - b->used >= size)
    return b->bytes + b->used;
  b = malloc(sizeof *b + block);
  if (b == NULL)
    return NULL;
  b->next = f->texts;
  b->used = 0;
  b->size = block;
  f->texts = b;
  return b->bytes;
}

void *facts_alloc(facts *f, size_t size) {
  char *at = room(f, size);
  if (at == NULL)
    return NULL;
  f->texts->used += whole(size);
  return memset(at, 0, size);
}

void facts_free(facts *f) {
  while (f->texts) {
    text_block *b = f->texts;
    f->texts = b->next;
    free(b);
  }
}

/* Asks with all the room that is left.  Returns the size that was written or is needed. */
static DWORD ask(facts *f, const char *name, int *there) {
  EXTENSION_CONTROL_BLOCK *ecb = f->ecb;
  DWORD size = (DWORD) (f->texts->size - f->texts->used);
  *there =
      ecb->GetServerVariable(ecb->ConnID, (LPSTR) name, f->texts->bytes + f->texts->used, &size);
  return *there || host_buffer_was_small() ? size : 0;
}

fcl_slice facts_variable(facts *f, const char *name) {
  int there = 0;
  DWORD size = room(f, 8) ? ask(f, name, &there) : 0;
  fcl_slice value = LITERAL("");
  if (!there && size > 0 && size <= VARIABLE_MAX && room(f, size))
    size = ask(f, name, &there);
  if (there && size > 0) {
    value.base = f->texts->bytes + f->texts->used;
    value.len = strnlen(value.base, size);
    f->texts->used += whole(size);
  }
  return value;
}

fcl_slice facts_text(const char *text) {
  return (fcl_slice){text ? text : "", text ? strlen(text) : 0};
}
