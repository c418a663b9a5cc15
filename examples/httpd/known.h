/* known.h: the files that were there a moment ago. */
#ifndef HTTPD_KNOWN_H
#define HTTPD_KNOWN_H
#include <fcgiclient/base.h>
#include <stdint.h>

enum { KNOWN_FILES = 64, KNOWN_PATH = 240 };

typedef struct known_file {
  uint64_t until; /* of the loop's time */
  size_t len;
  char path[KNOWN_PATH]; /* longer ones are not kept */
} known_file;

struct worker;

/* Whether the file at this path (of a URL, decoded) was there less than --recheck-ms ago. */
int known_has(const struct worker *w, fcl_slice path);
/* It is there now. */
void known_add(struct worker *w, fcl_slice path);
#endif
