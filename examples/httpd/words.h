/* words.h: a command as one text becomes its words, and its program a path. */
#ifndef HTTPD_WORDS_H
#define HTTPD_WORDS_H

/* Splits at blanks; "..." and '...' hold blanks.  Returns a NULL-ended array (never freed: it lives
   as long as the program), or NULL with *why. */
const char *const *words_split(const char *command, const char **why);
/* The absolute path of a file or folder, without links, and with '/'; NULL with *why. */
char *real_path(const char *name, const char **why);
/* Our environment, with NAME=value pairs set or replaced; NULL-ended. */
const char *const *environment_with(const char *const *pairs, unsigned count);
#endif
