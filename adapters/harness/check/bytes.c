/* bytes.c: bytes in memory that grow. */
#include "bytes.h"
#include "../fcgi/fcgi.h"
#include <stdlib.h>
#include <string.h>

static void make_room(bytes *b, size_t len) {
  size_t room = b->room ? b->room : 256;
  while (room - b->len <= len)
    room *= 2;
  if (room == b->room)
    return;
  b->base = realloc(b->base, room);
  b->room = room;
  if (b->base == NULL) {
    fcgi_say("there is no memory for %zu bytes", room);
    exit(FCGI_NO_CONNECTION);
  }
}

void bytes_add(bytes *b, const void *data, size_t len) {
  make_room(b, len);
  if (len > 0)
    memcpy(b->base + b->len, data, len);
  b->len += len;
  b->base[b->len] = 0;
}

void bytes_fill(bytes *b, int byte, size_t len) {
  make_room(b, len);
  memset(b->base + b->len, byte, len);
  b->len += len;
  b->base[b->len] = 0;
}

void bytes_length(bytes *b, size_t len, unsigned size) {
  unsigned char four[4];
  four[0] = (unsigned char) (len >> 24 | 0x80);
  four[1] = (unsigned char) (len >> 16);
  four[2] = (unsigned char) (len >> 8);
  four[3] = (unsigned char) len;
  bytes_add(b, four + 4 - size, size);
}

void bytes_pair(bytes *b, const char *name, const void *value, size_t len) {
  size_t name_len = strlen(name);
  bytes_length(b, name_len, name_len > 127 ? 4 : 1);
  bytes_length(b, len, len > 127 ? 4 : 1);
  bytes_add(b, name, name_len);
  bytes_add(b, value, len);
}

void bytes_text(bytes *b, const char *name, const char *value) {
  bytes_pair(b, name, value, strlen(value));
}

void bytes_drop(bytes *b, size_t len) {
  if (len > 0)
    memmove(b->base, b->base + len, b->len - len + 1);
  b->len -= len;
}

void bytes_free(bytes *b) {
  free(b->base);
  memset(b, 0, sizeof *b);
}
