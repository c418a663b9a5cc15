/* stubs.c: the functions that php.h promises. */
#include "php.h"
#include <errno.h>
#include <string.h>
#undef _read

/* A client that has gone is an end of file, and leaves errno alone. */
int stub_read(int fd, void *buffer, unsigned size) {
  DWORD n = 0;
  if (ReadFile((HANDLE) _get_osfhandle(fd), buffer, size, &n, NULL))
    return (int) n;
  if (GetLastError() == ERROR_BROKEN_PIPE)
    return 0;
  errno = EIO;
  return -1;
}

/* Two of them are in use at once: a key and its value. */
zend_string *zend_string_init(const char *text, size_t len, int persistent) {
  static zend_string strings[2];
  static unsigned turn;
  zend_string *s = &strings[turn++ % 2];
  s->len = len < sizeof s->val ? len : sizeof s->val - 1;
  memcpy(s->val, text, s->len);
  s->val[s->len] = 0;
  return s;
}

void zend_hash_add(HashTable *table, const zend_string *key, const zval *value) {
  if (table->count == sizeof table->keys / sizeof table->keys[0])
    return;
  table->keys[table->count] = *key;
  table->values[table->count++] = *value;
}

zval *zend_hash_str_find(HashTable *table, const char *key, size_t len) {
  unsigned i;
  for (i = 0; i < table->count; i++)
    if (table->keys[i].len == len && memcmp(table->keys[i].val, key, len) == 0)
      return &table->values[i];
  return NULL;
}
