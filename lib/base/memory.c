/* memory.c: the host's allocator, or the C library's. */
#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

void *fcl__realloc(const fcl__memory *memory, void *ptr, size_t size) {
  return memory->fn ? memory->fn(ptr, size, memory->user) : realloc(ptr, size);
}

void *fcl__zalloc(const fcl__memory *memory, size_t size) {
  void *p = fcl__realloc(memory, NULL, size);
  return p ? memset(p, 0, size) : NULL;
}

void fcl__free(const fcl__memory *memory, void *ptr) {
  if (ptr == NULL)
    return;
  if (memory->fn)
    memory->fn(ptr, 0, memory->user);
  else
    free(ptr);
}

char *fcl__strdup(const fcl__memory *memory, const char *text) {
  size_t size = text ? strlen(text) + 1 : 0;
  char *copy = text ? fcl__realloc(memory, NULL, size) : NULL;
  return copy ? memcpy(copy, text, size) : NULL;
}
