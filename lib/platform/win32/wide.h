/* wide.h: our text is UTF-8, Windows' is UTF-16. */
#ifndef FCL__WIDE_H
#define FCL__WIDE_H
#include "base/memory.h"
#include <wchar.h>

/* A copy as UTF-16, fcl__free it; NULL: no memory, or `text` is no UTF-8 (then *is_bad, which may
   be NULL, is 1). */
wchar_t *fcl__wide(const fcl__memory *memory, const char *text, int *is_bad);
/* The same of a file's path, which may be longer than Windows takes it by default. */
wchar_t *fcl__wide_path(const fcl__memory *memory, const char *path, int *is_bad);
/* As fcl__wide, into `out` of `cap` units.  Returns the length, or 0: it does not fit, is empty, or
 * no UTF-8. */
size_t fcl__wide_into(wchar_t *out, size_t cap, const char *text);
size_t fcl__wide_path_into(wchar_t *out, size_t cap, const char *path);
/* UTF-16 as UTF-8 into `out`, cut where it does not fit; what is no UTF-16 becomes U+FFFD. */
void fcl__narrow(char *out, size_t cap, const wchar_t *text);
#endif
