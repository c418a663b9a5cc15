/* edit.h: the text of a fcgiext.ini, in lines that can be put in and taken out. */
#ifndef FCL__EDIT_H
#define FCL__EDIT_H
#include "config/config.h"

/* Text that grows; `has_failed`: there was no memory. */
typedef struct fcl__draft {
  const fcl__memory *memory;
  char *base;
  size_t len, room;
  int has_failed;
} fcl__draft;

void fcl__draft_add(fcl__draft *t, const char *bytes, size_t len);
void fcl__draft_print(fcl__draft *t, const char *fmt, ...) FCL__PRINTF(2, 3);
/* Takes `removed` bytes at `at` out and puts `with` in their place. */
void fcl__draft_replace(fcl__draft *t, size_t at, size_t removed, fcl_slice with);

/* Where something stands; start == end: nowhere. */
typedef struct fcl__span {
  size_t start, end; /* of whole lines, with their ends */
} fcl__span;

/* From [name] to the end of its last property; comments and blank lines behind that belong to what
   follows. */
fcl__span fcl__find_section(fcl_slice text, fcl_slice name);
/* The line of a property between the two ends of a section. */
fcl__span fcl__find_property(fcl_slice text, fcl__span section, fcl_slice name);
/* The line in [Types], whose lines these are, that leads to an application. */
fcl__span fcl__find_route(fcl_slice text, fcl__span types, fcl_slice to);
/* Behind the blank lines from `at` on. */
size_t fcl__skip_blank_lines(fcl_slice text, size_t at);
/* What its lines end with: CRLF if the first does, else LF. */
const char *fcl__line_end(fcl_slice text);

/* ---- write.c ---- */
/* A whole configuration, of either format, as a fcgiext.ini. */
void fcl__config_write(fcl__draft *t, const fcl_config *c);
#endif
