/* json.h: JSON as the subcommands write it: built whole, printed on one line.  json.c makes it with
   cJSON; no_json.c stands in its place where that is not installed. */
#ifndef FCGI_JSON_H
#define FCGI_JSON_H
#include "fcgi.h"
#include <stdio.h>

typedef struct fcgi_json
    fcgi_json; /* NULL, everywhere: there was no memory, and printing says so */

/* Reads the option --json: an int becomes 1; or it is refused, with how to get it. */
fcgi_reader fcgi_read_json;

fcgi_json *fcgi_json_object(void);
fcgi_json *fcgi_json_array(void);
/* Each adds to an object under a name; to an array when name is NULL. */
void fcgi_json_add(fcgi_json *to, const char *name, fcgi_json *part); /* `part` is given away */
void fcgi_json_number(fcgi_json *to, const char *name, double value);
void fcgi_json_bool(fcgi_json *to, const char *name, int value);
void fcgi_json_null(fcgi_json *to, const char *name);
/* Bytes that are no UTF-8 are taken as ISO 8859-1; a NUL ends it. */
void fcgi_json_text(fcgi_json *to, const char *name, fcl_slice value);
/* As text where it is UTF-8 without NUL; else under "NAME_base64". */
void fcgi_json_bytes(fcgi_json *to, const char *name, fcl_slice value);
/* Prints it with a newline, and frees it.  Returns 1; 0 when memory or `out` failed. */
int fcgi_json_print(fcgi_json *json, FILE *out);

#endif
