/* error.h: how every room writes the sentence of an fcl_error. */
#ifndef FCL__ERROR_H
#define FCL__ERROR_H
#include <fcgiclient/base.h>
#include <stdarg.h>

#if defined(__MINGW32__) /* C99's printf, not that of the C library there */
#define FCL__PRINTF(fmt, args) __attribute__((format(gnu_printf, fmt, args)))
#elif defined(__GNUC__)
#define FCL__PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define FCL__PRINTF(fmt, args)
#endif

/* Both set code, sys and the sentence, and return the code; `e` may be NULL.  The first appends ":
   " and the system's words for `sys`, an errno, on Windows a number of GetLastError's; the second
   does not.  Control characters that come in through the arguments are escaped. */
fcl_code fcl__error_set(fcl_error *e, fcl_code code, int sys, const char *fmt, ...)
    FCL__PRINTF(4, 5);
fcl_code fcl__error_setx(fcl_error *e, fcl_code code, int sys, const char *fmt, ...)
    FCL__PRINTF(4, 5);

/* Appends to the sentence, as far as there is room. */
void fcl__error_append(fcl_error *e, const char *fmt, ...) FCL__PRINTF(2, 3);

/* Copies `len` bytes of `text` into `out` (size `cap`, always NUL-terminated), controls, DEL and
   bytes that are no valid UTF-8 escaped as \n, \r, \t or \xNN.  Returns the length written; what
   does not fit is cut. */
size_t fcl__escape(char *out, size_t cap, const char *text, size_t len);
#endif
