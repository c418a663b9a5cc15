/* params_check.c: which rule a parameter breaks, and the sentence for that. */
#include "codec/params_check.h"
#include "base/error.h"

/* ---- Errors: the first one sticks ---- */

int fcl__params_fail(fcl_params *p, fcl_code code, uint8_t why, fcl_slice name, size_t size) {
  p->failed = code;
  p->why = why;
  fcl__escape(p->failed_name, sizeof p->failed_name, name.base, name.len < 64 ? name.len : 64);
  p->failed_size = size;
  return 0;
}

fcl_code fcl__params_explain(const fcl_params *p, fcl_error *e) {
  const char *name = p->failed_name;
  switch (p->why) {
  case FCL__PARAMS_NO_NAME:
    return fcl__error_setx(e, p->failed, 0, "a parameter without a name was set");
  case FCL__PARAMS_BAD_NAME:
    return fcl__error_setx(e, p->failed, 0,
                           "the parameter name \"%s\" holds '=' or a control character", name);
  case FCL__PARAMS_BAD_VALUE:
    return fcl__error_setx(e, p->failed, 0, "the value of parameter %s holds a NUL", name);
  case FCL__PARAMS_LONG_NAME:
    return fcl__error_setx(e, p->failed, 0,
                           "the parameter name \"%s...\" takes %zu bytes, and a name must fit into "
                           "one record",
                           name, p->failed_size);
  case FCL__PARAMS_LARGE_PAIR:
    return fcl__error_setx(e, p->failed, 0,
                           "parameter %s takes %zu bytes on the wire, more than the %zu "
                           "(max_param) that one may have",
                           name, p->failed_size, p->max_pair);
  case FCL__PARAMS_LARGE_TOTAL:
    return fcl__error_setx(e, p->failed, 0,
                           "with parameter %s the parameters take %zu bytes on the wire, more than "
                           "the %zu (max_params) that all may have",
                           name, p->failed_size, p->max_total);
  default:
    return fcl__error_setx(e, p->failed, 0, "there was no memory for %zu bytes of parameters",
                           p->failed_size);
  }
}

/* ---- What is wrong ---- */

/* Sizes before bytes: a length that cannot be is not walked. */
int fcl__params_refuse(fcl_params *p, fcl_slice name, size_t size) {
  if (size > p->max_pair)
    return fcl__params_fail(p, FCL_E_PARAMS, FCL__PARAMS_LARGE_PAIR, name, size);
  if (!fcl__params_name_fits(name, size))
    return fcl__params_fail(p, FCL_E_PARAMS, FCL__PARAMS_LONG_NAME, name, name.len);
  if (name.len == 0)
    return fcl__params_fail(p, FCL_E_INVAL, FCL__PARAMS_NO_NAME, name, 0);
  if (fcl__params_is_bad_name(name))
    return fcl__params_fail(p, FCL_E_INVAL, FCL__PARAMS_BAD_NAME, name, 0);
  return fcl__params_fail(p, FCL_E_INVAL, FCL__PARAMS_BAD_VALUE, name, 0);
}
