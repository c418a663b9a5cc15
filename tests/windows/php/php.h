/* php.h: what PHP's main/fastcgi.c needs of PHP, and no more: with it that file compiles by itself,
 * as it is. */
#ifndef STUB_PHP_H
#define STUB_PHP_H
#include <winsock2.h>
#include <ws2tcpip.h>
#include <io.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <windows.h>

#define PHP_WIN32                1
#define MAXPATHLEN               MAX_PATH
#define HAVE_SOCKLEN_T           1
#define EXPECTED(x)              (x)
#define UNEXPECTED(x)            (x)
#define XtOffsetOf(type, member) offsetof(type, member)
#define ZEND_ATTRIBUTE_FORMAT(type, fmt, args)
#ifdef _WIN64
#define ZEND_ATOL(s) _atoi64(s)
typedef int64_t zend_long;
#else
#define ZEND_ATOL(s) atol(s)
typedef int32_t zend_long;
#endif
#define php_network_gethostbyname gethostbyname

/* Wine's _read says end of file for ever once a client has gone, also to the next client. */
#define _read stub_read
int stub_read(int fd, void *buffer, unsigned size);

/* The table of answers to GET_VALUES: a handful of names. */
typedef struct zend_string {
  size_t len;
  char val[32];
} zend_string;
typedef struct zval {
  zend_string text;
} zval;
typedef struct HashTable {
  unsigned count;
  zend_string keys[8];
  zval values[8];
} HashTable;

#define Z_STR(z)                                                  (&(z).text)
#define Z_STR_P(z)                                                (&(z)->text)
#define Z_STRVAL_P(z)                                             ((z)->text.val)
#define Z_STRLEN_P(z)                                             ((z)->text.len)
#define ZVAL_NEW_STR(z, string)                                   ((z)->text = *(string))
#define GC_MAKE_PERSISTENT_LOCAL(x)                               ((void) (x))
#define pefree(ptr, persistent)                                   ((void) (ptr))
#define zend_string_release_ex(string, persistent)                ((void) (string))
#define zend_hash_init(table, size, hash, destructor, persistent) ((table)->count = 0)
#define zend_hash_destroy(table)                                  ((table)->count = 0)
zend_string *zend_string_init(const char *text, size_t len, int persistent);
void zend_hash_add(HashTable *table, const zend_string *key, const zval *value);
zval *zend_hash_str_find(HashTable *table, const char *key, size_t len);
#endif
