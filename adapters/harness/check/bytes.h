/* bytes.h: bytes in memory that grow: what is sent, and what came. */
#ifndef CHECK_BYTES_H
#define CHECK_BYTES_H
#include <stddef.h>

/* A zeroed one is empty.  `base` has a NUL behind `len`, so that text may be read as such. */
typedef struct bytes {
  char *base;
  size_t len, room;
} bytes;

/* Without memory the program ends: there is nothing to check then. */
void bytes_add(bytes *b, const void *data, size_t len);
void bytes_fill(bytes *b, int byte, size_t len);
/* A name-value pair with lengths as short as they may be (§3.4). */
void bytes_pair(bytes *b, const char *name, const void *value, size_t len);
/* A pair's length: `size` is 1 or 4 bytes. */
void bytes_length(bytes *b, size_t len, unsigned size);
void bytes_text(bytes *b, const char *name, const char *value);
/* Takes the first `len` away. */
void bytes_drop(bytes *b, size_t len);
void bytes_free(bytes *b);

#endif
