/* role.c: what each role is sent: an authorizer less than a responder (§6.3), a filter more (§6.4).
 */
#include "base/error.h"
#include "client/internal.h"
#include <stdio.h>
#include <string.h>

const char *fcl__role_name(unsigned role) {
  static const char *const names[] = {"?", "responder", "authorizer", "filter"};
  return role < sizeof names / sizeof *names ? names[role] : "?";
}

static fcl_slice slice(const char *text) {
  fcl_slice s;
  s.base = text;
  s.len = strlen(text);
  return s;
}

void fcl__role_strip(fcl_params *params) {
  static const char *const without[] = {"CONTENT_LENGTH", "PATH_INFO", "PATH_TRANSLATED",
                                        "SCRIPT_NAME"};
  size_t n;
  for (n = 0; n < sizeof without / sizeof *without; n++)
    fcl_params_remove(params, slice(without[n]));
}

static fcl_code complete_authorizer(fcl_request *r, fcl_error *e) {
  if (r->body_length != 0)
    return fcl__error_setx(e, FCL_E_INVAL, 0,
                           "an authorizer is sent no request body (§6.3). Leave out "
                           "fcl_request_body, and give the body to the responder");
  fcl__role_strip(&r->params);
  return FCL_OK;
}

/* All digits, below 2^63.  Returns 0 when it is no such number. */
static int read_number(fcl_slice text, int64_t *number) {
  size_t n;
  *number = 0;
  if (text.len == 0 || text.len > 18)
    return 0;
  for (n = 0; n < text.len; n++) {
    if (text.base[n] < '0' || text.base[n] > '9')
      return 0;
    *number = *number * 10 + (text.base[n] - '0');
  }
  return 1;
}

static fcl_code complete_filter(fcl_request *r, fcl_error *e) {
  fcl_slice length, modified;
  if (!fcl_params_get(&r->params, slice("FCGI_DATA_LAST_MOD"), &modified) ||
      !fcl_params_get(&r->params, slice("FCGI_DATA_LENGTH"), &length) ||
      !read_number(length, &r->data_length))
    return fcl__error_setx(e, FCL_E_INVAL, 0,
                           "a filter must be told FCGI_DATA_LENGTH, a number, and "
                           "FCGI_DATA_LAST_MOD (§6.4). Call fcl_request_file");
  r->data_left = r->data_length;
  return FCL_OK;
}

fcl_code fcl__role_complete(fcl_request *r, fcl_error *e) {
  if (r->params.failed) /* fcl_params_end tells */
    return FCL_OK;
  switch ((fcl_role) r->role) {
  case FCL_RESPONDER:
    return FCL_OK;
  case FCL_AUTHORIZER:
    return complete_authorizer(r, e);
  case FCL_FILTER:
    return complete_filter(r, e);
  }
  return fcl__error_setx(e, FCL_E_INVAL, 0, "the role %u does not exist; give one of enum fcl_role",
                         r->role);
}

void fcl_request_file(fcl_request *r, int64_t length, int64_t modified) {
  char text[24];
  snprintf(text, sizeof text, "%lld", (long long) length);
  fcl_params_set_text(&r->params, "FCGI_DATA_LENGTH", text);
  snprintf(text, sizeof text, "%lld", (long long) modified);
  fcl_params_set_text(&r->params, "FCGI_DATA_LAST_MOD", text);
}
