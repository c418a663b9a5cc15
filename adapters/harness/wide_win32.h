/* wide_win32.h: texts as Windows wants them: UTF-16. */
#ifndef FCL_HARNESS_WIDE_WIN32_H
#define FCL_HARNESS_WIDE_WIN32_H
#include <wchar.h>

/* Of UTF-8; free() it.  NULL with errno: no memory, or it is no UTF-8. */
wchar_t *fcl__text_wide(const char *utf8);
/* The same of a file's name, which may be longer than Windows takes it by default. */
wchar_t *fcl__path_wide(const char *path);
#endif
