/* expand.c: %NAME% in the paths of applicationHost.config. */
#include "config/expand.h"
#include <string.h>

/* The value of a variable, in any case of letters; NULL: there is none. */
static const char *value_of(const char *const *env, fcl_slice name) {
  for (; name.len && *env; env++) {
    fcl_slice one = {*env, strcspn(*env, "=")};
    if (fcl__ini_same(one, name))
      return one.base + one.len + (one.base[one.len] == '=');
  }
  return NULL;
}

/* What stands at `s`: a variable's value, or one byte of the text. */
static fcl_slice piece(const char *const *env, const char *s, size_t *used) {
  fcl_slice found = {s, 1};
  const char *end = *s == '%' ? strchr(s + 1, '%') : NULL;
  fcl_slice name = {s + 1, end ? (size_t) (end - s - 1) : 0};
  const char *value = value_of(env, name);
  *used = 1;
  if (value == NULL)
    return found;
  *used = name.len + 2;
  found.base = value;
  found.len = strlen(value);
  return found;
}

fcl_slice fcl__config_expand(fcl__config_reader *r, const char *text) {
  const char *const *env = fcl__config_variables(r);
  fcl_slice out = {NULL, 0}, one;
  const char *s;
  char *to;
  size_t used, len = 0;
  for (s = text; *s; s += used)
    len += piece(env, s, &used).len;
  if (len > FCL_CONFIG_FILE_MAX || (to = fcl__config_string_new(r, len)) == NULL)
    return out;
  out.base = to;
  for (s = text; *s; s += used, to += one.len) {
    one = piece(env, s, &used);
    memcpy(to, one.base, one.len);
  }
  out.len = len;
  return out;
}
