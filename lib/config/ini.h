/* ini.h: the lines of a fcgiext.ini, one after the other. */
#ifndef FCL__INI_H
#define FCL__INI_H
#include <fcgiclient/base.h>

typedef enum fcl__ini_kind {
  FCL__INI_SECTION,  /* name */
  FCL__INI_PROPERTY, /* name, value; both without blanks around them */
  FCL__INI_BAD,      /* fault, and the line as value */
  FCL__INI_END
} fcl__ini_kind;

typedef struct fcl__ini_item {
  unsigned line; /* from 1 */
  fcl_slice name, value;
  const char *fault; /* the rest of a sentence that begins with the culprit */
} fcl__ini_item;

typedef struct fcl__ini {
  fcl_slice rest;
  unsigned line;
} fcl__ini;

/* Begins at the start of `text`, behind a byte order mark. */
void fcl__ini_init(fcl__ini *ini, fcl_slice text);
/* The next line that is neither blank nor a comment.  Its slices lie in the text; the byte behind
   each of them will not be read again, so that it may become a NUL. */
fcl__ini_kind fcl__ini_next(fcl__ini *ini, fcl__ini_item *item);

/* Without blanks and tabs around it. */
fcl_slice fcl__ini_trim(fcl_slice s);
/* 1 if they are the same but for the case of ASCII letters. */
int fcl__ini_same(fcl_slice a, fcl_slice b);
#endif
