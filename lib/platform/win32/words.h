/* words.h: arguments as one command line, and variables as one block, as CreateProcess takes them.
 */
#ifndef FCL__WIN32_WORDS_H
#define FCL__WIN32_WORDS_H
#include "base/error.h"
#include "base/memory.h"
#include <wchar.h>

/* Arguments, NULL-ended, so that CommandLineToArgvW and the C library's start find them again.
   FCL_OK and *out, fcl__free it; else *e says why, of the program at `path`. */
fcl_code fcl__words_command(wchar_t **out, const char *path, const char *const *argv,
                            const fcl__memory *memory, fcl_error *e);
/* "NAME=value" of `env` (NULL: our own environment), then those of `more`, which replace what is
   there, as Windows wants them: in the order of their names, without case.  What a FastCGI program
   cannot do without is added where it is missing: OS, SystemRoot, TEMP; PHP_FCGI_CHILDREN is left
   out.  Likewise. */
fcl_code fcl__words_block(wchar_t **out, const char *path, const char *const *env,
                          const char *const *more, const fcl__memory *memory, fcl_error *e);
#endif
