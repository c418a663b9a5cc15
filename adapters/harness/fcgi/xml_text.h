/* xml_text.h: the elements of an XML file as they stand in its text, so that it can be changed
   without touching anything else. */
#ifndef FCGI_XML_TEXT_H
#define FCGI_XML_TEXT_H
#include <stddef.h>

enum { XML_DEPTH_MAX = 64, XML_ELEMENTS_MAX = 100000 };

typedef struct xml_element {
  const char *name;        /* in the text; not ended */
  size_t name_len, parent; /* index; of the root its own */
  size_t begin, inside;    /* of "<name", and behind its '>' */
  size_t close, end;       /* of "</name>", and behind it; of <name/> both are `inside` */
} xml_element;

typedef struct xml_text {
  char *base; /* ends with NUL */
  size_t len;
  xml_element *elements; /* in the order of the text */
  size_t count, room;
} xml_text;

/* Reads `text` (malloc'ed, and from now on its own).  Returns NULL, or what is wrong with it; then,
   as at any time, xml_free frees. */
const char *xml_read(xml_text *x, char *text, size_t len);
void xml_free(xml_text *x);

/* 1 if the names of the element and those around it end so: "handlers/add". */
int xml_is(const xml_text *x, size_t element, const char *path);
/* The value of an attribute, decoded; 0: there is none, or no room. */
int xml_get(const xml_text *x, size_t element, const char *name, char *out, size_t cap);
/* 1 if it has this value; letters' case does not matter. */
int xml_has(const xml_text *x, size_t element, const char *name, const char *value);

/* Its first child of this name (NULL: of any); x->count: there is none. */
size_t xml_child(const xml_text *x, size_t of, const char *name);

/* Each of these reads the text anew; 0: no memory. */
/* Puts an element, "<add .../>", into another: before its first child named `before`, or at its
   end. */
int xml_put(xml_text *x, size_t into, const char *before, const char *element);
/* The bytes of an element are others. */
int xml_replace(xml_text *x, size_t element, const char *with);
/* With the line it stands in, if it stands alone there. */
int xml_remove(xml_text *x, size_t element);
/* Writes `value` as it stands in an attribute; returns `out`. */
char *xml_quote(char *out, size_t cap, const char *value);
#endif
