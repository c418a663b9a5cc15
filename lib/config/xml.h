/* xml.h: the elements of an XML file, one after the other. */
#ifndef FCL__XML_H
#define FCL__XML_H
#include "config/config.h"

typedef struct fcl__xml {
  /* Names and values end with NUL and are lent until the call returns; attributes are name, value,
     name, value, ..., NULL. */
  void (*on_begin)(void *user, const char *name, const char *const *attributes, unsigned line);
  void (*on_end)(void *user, const char *name);
  void *user;
} fcl__xml;

/* Calls these for each element; what is no XML is reported. */
void fcl__xml_read(fcl__config_reader *r, fcl_slice text, const fcl__xml *to);
/* The value of an attribute, or NULL.  Case matters. */
const char *fcl__xml_get(const char *const *attributes, const char *name);
#endif
