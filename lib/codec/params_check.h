/* params_check.h: what a parameter may be, and the sentence for one that may not; for params.c. */
#ifndef FCL__PARAMS_CHECK_H
#define FCL__PARAMS_CHECK_H
#include <fcgiclient/codec.h>

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
/* 1 if this pair, of `size` bytes on the wire, may be set; else it is an error, and 0. */
int fcl__params_check(fcl_params *p, fcl_slice name, fcl_slice value, size_t size);
#endif
