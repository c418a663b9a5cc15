/* files.h: what tells whether files are still the same. */
#ifndef FCL__FILES_H
#define FCL__FILES_H
#include <stdint.h>

/* Adds to *stamp the files that `pattern` leads to: another sum when one has come, gone, changed,
   or was replaced by another, even by rename.  A path is a file; where there is none, and it has
   one of
   * ? [, it stands for any number of files, none among them, as in a shell.  Returns 0, or the
   number (fcl_error.sys) for which a path's file cannot be looked at.  A system call for each file,
   and a few for each folder of a pattern. */
int fcl__files_add(const char *pattern, uint64_t *stamp);
#endif
