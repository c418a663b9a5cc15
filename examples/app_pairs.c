/* app_pairs.c: name-value pairs (section 3.4): a request's parameters by name, and what GET_VALUES
   is answered (section 4.1). */
#include "app.h"
#include <stdio.h>
#include <string.h>

int request_next_param(const request *r, const char **at, fcl_slice *name, fcl_slice *value) {
  const char *base;
  size_t len;
  request_pairs(r, &base, &len);
  if (*at == NULL)
    *at = base;
  return *at != NULL && fcl_get_pair(at, base + len, name, value);
}

fcl_slice request_param(const request *r, const char *wanted) {
  const char *at = NULL;
  fcl_slice name, value;
  while (request_next_param(r, &at, &name, &value))
    if (name.len == strlen(wanted) && memcmp(name.base, wanted, name.len) == 0)
      return value;
  value.base = "";
  value.len = 0;
  return value;
}

size_t app_values(uint8_t *out, const char *asked, size_t len, unsigned connections,
                  unsigned requests, int is_shared) {
  static const char *const names[] = {"FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS"};
  const unsigned numbers[] = {connections, requests, is_shared != 0};
  const char *p = asked;
  uint8_t *end = out;
  fcl_slice name, value;
  char text[16];
  size_t n, told = 0;
  while (fcl_get_pair(&p, asked + len, &name, &value))
    for (n = 0; n < sizeof names / sizeof *names; n++)
      if (name.len == strlen(names[n]) && memcmp(name.base, names[n], name.len) == 0 &&
          !(told & 1u << n)) {
        value.base = text;
        value.len = (size_t) snprintf(text, sizeof text, "%u", numbers[n]);
        end = fcl_put_pair(end, name, value);
        told |= 1u << n;
      }
  return (size_t) (end - out);
}
