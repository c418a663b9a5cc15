/* lines.h: cuts what a program prints into lines, within bounds.  Pure. */
#ifndef FCL__LINES_H
#define FCL__LINES_H
#include <stddef.h>

#define FCL__LINE_MAX 4096 /* bytes; a longer line is cut, and ends in "..." */

/* Zeroed is ready. */
typedef struct fcl__lines {
  size_t len;
  int is_skipping; /* the rest of a line that was cut */
  char line[FCL__LINE_MAX];
} fcl__lines;

/* Returns 0 to go on; else no more lines come from this call. */
typedef int (*fcl__line_fn)(void *user, const char *line, size_t len);

void fcl__lines_feed(fcl__lines *l, const char *data, size_t len, fcl__line_fn fn, void *user);
void fcl__lines_end(fcl__lines *l, fcl__line_fn fn,
                    void *user); /* the last line may lack its end */
#endif
