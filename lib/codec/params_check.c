/* params_check.c: what a parameter may be (sizes, names, values), and the sentence for one that may
 * not. */
#include "codec/params_check.h"
#include "base/error.h"
#include <string.h>

enum { CUT_NAME_MAX = FCL_CONTENT_ALIGNED - 2 * 4 }; /* behind both lengths, in the first record */

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

/* ---- What may be set ---- */

#define EACH(byte) (0x0101010101010101u * (byte)) /* in each of eight bytes */

/* The top bit of one of eight bytes is set if one is below 0x20, '=' or 0x7f: each subtraction
   borrows there, and only bytes below 0x80 count.  '=' would cut the name where an application
   makes an environment of its parameters. */
static uint64_t bad_in_name(uint64_t eight) {
  return ((eight - EACH(0x20)) | ((eight ^ EACH('=')) - EACH(1)) |
          ((eight ^ EACH(0x7f)) - EACH(1))) &
         ~eight & EACH(0x80);
}

static uint64_t eight_at(const char *at) {
  uint64_t eight;
  memcpy(&eight, at, sizeof eight);
  return eight;
}

/* Eight bytes at a time, the last eight perhaps twice. */
static uint64_t check_bytes(const char *at, size_t len) {
  uint64_t bad = 0;
  size_t i;
  if (len < 8) {
    for (i = 0; i < len; i++)
      bad |= bad_in_name(EACH((unsigned char) at[i]));
    return bad;
  }
  for (i = 0; i + 8 < len; i += 8)
    bad |= bad_in_name(eight_at(at + i));
  return bad | bad_in_name(eight_at(at + len - 8));
}

static int check_name(fcl_params *p, fcl_slice name) {
  if (name.len == 0)
    return fcl__params_fail(p, FCL_E_INVAL, FCL__PARAMS_NO_NAME, name, 0);
  return check_bytes(name.base, name.len)
             ? fcl__params_fail(p, FCL_E_INVAL, FCL__PARAMS_BAD_NAME, name, 0)
             : 1;
}

/* Sizes before bytes: a length that cannot be is not walked. */
int fcl__params_check(fcl_params *p, fcl_slice name, fcl_slice value, size_t size) {
  if (size > FCL_CONTENT_MAX && name.len > CUT_NAME_MAX)
    return fcl__params_fail(p, FCL_E_PARAMS,
                            size > p->max_pair ? FCL__PARAMS_LARGE_PAIR : FCL__PARAMS_LONG_NAME,
                            name, size > p->max_pair ? size : name.len);
  if (size > p->max_pair)
    return fcl__params_fail(p, FCL_E_PARAMS, FCL__PARAMS_LARGE_PAIR, name, size);
  if (!check_name(p, name))
    return 0;
  if (value.len > 0 && memchr(value.base, 0, value.len) != NULL)
    return fcl__params_fail(p, FCL_E_INVAL, FCL__PARAMS_BAD_VALUE, name, 0);
  return 1;
}
