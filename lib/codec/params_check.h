/* params_check.h: what a parameter may be, in line, for each is looked at; and the sentence for one
   that may not.  For params.c. */
#ifndef FCL__PARAMS_CHECK_H
#define FCL__PARAMS_CHECK_H
#include <fcgiclient/codec.h>
#include <string.h>

/* fcl_params.why */
enum {
  FCL__PARAMS_NOTHING, /* nothing is wrong */
  FCL__PARAMS_NO_NAME,
  FCL__PARAMS_BAD_NAME,
  FCL__PARAMS_BAD_VALUE,
  FCL__PARAMS_LONG_NAME,
  FCL__PARAMS_LARGE_PAIR,
  FCL__PARAMS_LARGE_TOTAL,
  FCL__PARAMS_NO_MEMORY
};

/* Keeps the error, which sticks; `size`: what it is about, in bytes.  Returns 0. */
int fcl__params_fail(fcl_params *p, fcl_code code, uint8_t why, fcl_slice name, size_t size);
/* The sentence for the error that was kept; returns its code. */
fcl_code fcl__params_explain(const fcl_params *p, fcl_error *e);
/* Keeps why a pair that may not be set may not. */
int fcl__params_refuse(fcl_params *p, fcl_slice name, size_t size);

/* ---- What may be set ---- */

#define FCL__EACH(byte) (0x0101010101010101u * (byte)) /* in each of eight bytes */

/* The top bit of one of eight bytes is set if one is below 0x20, '=' or 0x7f: each subtraction
   borrows there, and only bytes below 0x80 count.  '=' would cut the name where an application
   makes an environment of its parameters. */
static inline uint64_t fcl__bad_in_name(uint64_t eight) {
  return ((eight - FCL__EACH(0x20)) | ((eight ^ FCL__EACH('=')) - FCL__EACH(1)) |
          ((eight ^ FCL__EACH(0x7f)) - FCL__EACH(1))) &
         ~eight & FCL__EACH(0x80);
}

static inline uint64_t fcl__eight_at(const char *at) {
  uint64_t eight;
  memcpy(&eight, at, sizeof eight);
  return eight;
}

/* Eight bytes at a time, the last eight perhaps twice. */
static inline int fcl__params_is_bad_name(fcl_slice name) {
  const char *at = name.base;
  const size_t len = name.len;
  uint64_t bad = 0;
  size_t i;
  if (len < 8) {
    for (i = 0; i < len; i++)
      bad |= fcl__bad_in_name(FCL__EACH((unsigned char) at[i]));
    return bad != 0;
  }
  for (i = 0; i + 8 < len; i += 8)
    bad |= fcl__bad_in_name(fcl__eight_at(at + i));
  return (bad | fcl__bad_in_name(fcl__eight_at(at + len - 8))) != 0;
}

/* One that is cut has its name and both lengths in the first record. */
static inline int fcl__params_name_fits(fcl_slice name, size_t size) {
  return size <= FCL_CONTENT_MAX || name.len <= FCL_CONTENT_ALIGNED - 2 * 4;
}

/* 1 if this pair, of `size` bytes on the wire, may be set; else it is an error, and 0. */
static inline int fcl__params_check(fcl_params *p, fcl_slice name, fcl_slice value, size_t size) {
  if (size <= p->max_pair && fcl__params_name_fits(name, size) && name.len > 0 &&
      !fcl__params_is_bad_name(name) &&
      (value.len == 0 || memchr(value.base, 0, value.len) == NULL))
    return 1;
  return fcl__params_refuse(p, name, size);
}
#endif
