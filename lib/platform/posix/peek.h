/* peek.h: small files in which the system says something about itself. */
#ifndef FCL__PEEK_H
#define FCL__PEEK_H
#include <stddef.h>

/* The start of the file, as text; returns its length, 0 where it cannot be read. */
size_t fcl__peek(const char *path, char *out, size_t cap);
#endif
