/* no_json.c: in place of json.c, where the command was built without cJSON. */
#include "json.h"

int fcgi_read_json(const fcgi_syntax *syntax, const fcgi_option *what, void *to,
                   const char *value) {
  return fcgi_complain(
      syntax, what, value,
      "fcgi was built without JSON. Install cJSON (Debian: libcjson-dev) and build "
      "it again with FCGICLIENT_JSON=ON");
}

fcgi_json *fcgi_json_object(void) {
  return NULL;
}

fcgi_json *fcgi_json_array(void) {
  return NULL;
}

void fcgi_json_add(fcgi_json *to, const char *name, fcgi_json *part) {
}

void fcgi_json_number(fcgi_json *to, const char *name, double value) {
}

void fcgi_json_bool(fcgi_json *to, const char *name, int value) {
}

void fcgi_json_null(fcgi_json *to, const char *name) {
}

void fcgi_json_text(fcgi_json *to, const char *name, fcl_slice value) {
}

void fcgi_json_bytes(fcgi_json *to, const char *name, fcl_slice value) {
}

int fcgi_json_print(fcgi_json *json, FILE *out) {
  return 0;
}
