/* xml.c: XML by expat: well-formed, in an encoding that expat knows, without a DOCTYPE. */
#include "config/xml.h"
#include <expat.h>
#include <string.h>

typedef struct reading {
  const fcl__xml *to;
  XML_Parser parser;
  int has_doctype;
} reading;

static void XMLCALL on_begin(void *user, const XML_Char *name, const XML_Char **attributes) {
  reading *at = user;
  at->to->on_begin(at->to->user, name, (const char *const *) attributes,
                   (unsigned) XML_GetCurrentLineNumber(at->parser));
}

static void XMLCALL on_end(void *user, const XML_Char *name) {
  reading *at = user;
  at->to->on_end(at->to->user, name);
}

/* A configuration has none; entities are what attacks are made of. */
static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *system,
                               const XML_Char *public, int has_subset) {
  reading *at = user;
  at->has_doctype = 1;
  XML_StopParser(at->parser, XML_FALSE);
}

static void say_why(fcl__config_reader *r, const reading *at) {
  unsigned line = (unsigned) XML_GetCurrentLineNumber(at->parser);
  enum XML_Error error = XML_GetErrorCode(at->parser);
  if (error == XML_ERROR_NO_MEMORY)
    r->is_out_of_memory = 1;
  else if (at->has_doctype)
    fcl__config_say(r, FCL_LEVEL_ERROR, line, "there is a DOCTYPE; leave it out");
  else
    fcl__config_say(r, FCL_LEVEL_ERROR, line, "this is no XML: %s", XML_ErrorString(error));
}

void fcl__xml_read(fcl__config_reader *r, fcl_slice text, const fcl__xml *to) {
  reading at = {to, XML_ParserCreate(NULL), 0};
  if (at.parser == NULL) {
    r->is_out_of_memory = 1;
    return;
  }
  XML_SetUserData(at.parser, &at);
  XML_SetElementHandler(at.parser, on_begin, on_end);
  XML_SetStartDoctypeDeclHandler(at.parser, on_doctype);
  if (XML_Parse(at.parser, text.base, (int) text.len, 1) != XML_STATUS_OK)
    say_why(r, &at);
  XML_ParserFree(at.parser);
}

const char *fcl__xml_get(const char *const *attributes, const char *name) {
  for (; *attributes; attributes += 2)
    if (strcmp(attributes[0], name) == 0)
      return attributes[1];
  return NULL;
}
