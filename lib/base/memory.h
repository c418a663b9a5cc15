/* memory.h: the host's allocator, handed down to every room that allocates. */
#ifndef FCL__MEMORY_H
#define FCL__MEMORY_H
#include <stddef.h>

/* As in fcl_client_options: size 0 frees; NULL for `fn` means the C library's realloc and free. */
typedef struct fcl__memory {
  void *(*fn)(void *ptr, size_t size, void *user);
  void *user;
} fcl__memory;

void *fcl__realloc(const fcl__memory *memory, void *ptr,
                   size_t size);                           /* NULL: no memory; `ptr` is kept then */
void *fcl__zalloc(const fcl__memory *memory, size_t size); /* zeroed, or NULL */
void fcl__free(const fcl__memory *memory, void *ptr);      /* NULL is harmless */
char *fcl__strdup(const fcl__memory *memory, const char *text); /* NULL for NULL, or no memory */
#endif
