/* utf16.h: UTF-16, as Windows speaks, and UTF-8.  WCHAR is an uint16_t. */
#ifndef SERVICE_UTF16_H
#define SERVICE_UTF16_H
#include <stddef.h>
#include <stdint.h>

/* The next character; half a surrogate pair is U+FFFD. */
uint32_t utf16_take(const uint16_t **at);
/* Writes `wide` into out[0, cap), with a NUL behind it.  Returns its length, or `cap` when it does
   not fit. */
size_t utf16_narrow(char *out, size_t cap, const uint16_t *wide);
/* The other way, with as much of it as fits; bytes that are no UTF-8 become U+FFFD.  Returns its
   length. */
size_t utf16_widen(uint16_t *out, size_t cap, const char *text);
#endif
