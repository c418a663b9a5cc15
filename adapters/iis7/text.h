/* text.h: UTF-16, as the server speaks, and UTF-8. */
#ifndef IIS_TEXT_H
#define IIS_TEXT_H
#include "abi/types.h"
#include <stddef.h>

/* Writes `wide` into out[0, cap), with a NUL behind it; half a surrogate pair becomes U+FFFD.
   Returns its length, or `cap` when it does not fit. */
size_t text_narrow(char *out, size_t cap, const WCHAR *wide);
/* The other way, with as much of it as fits; bytes that are no UTF-8 become U+FFFD.  Returns its
   length. */
size_t text_wide(WCHAR *out, size_t cap, const char *text);
#endif
