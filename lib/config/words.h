/* words.h: a command line taken apart, by the rules of each system. */
#ifndef FCL__WORDS_H
#define FCL__WORDS_H

/* Copies the first word of `s`, which begins with no blank, without its quotes to *out, ends it
   with a NUL and moves *out behind that.  Returns where the rest begins; NULL: a quote is left
   open. */
typedef const char *(*fcl__word)(const char *s, char **out);

/* As a POSIX shell reads it, but nothing is expanded: '...' holds anything; in "..." a \ escapes
   " \ $ and `; elsewhere it escapes what follows. */
const char *fcl__word_posix(const char *s, char **out);
/* As C programs on Windows read it: a \ means itself, unless a " follows the \s: then two of them
   are one, and a single one escapes the ".  In "..." a "" is one ".  A quote may stay open. */
const char *fcl__word_windows(const char *s, char **out);
#endif
