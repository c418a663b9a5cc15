/* records.h: what an application may send on a connection (§3.3), and how it is told when it sends
 * something else. */
#ifndef FCL__RECORDS_H
#define FCL__RECORDS_H
#include <fcgiclient/codec.h>

/* Why nothing more comes. */
typedef enum fcl__break {
  FCL__BREAK_EOF,      /* the application closed */
  FCL__BREAK_IO,       /* the system says so; error.sys tells */
  FCL__BREAK_PROTOCOL, /* the application sent what it may not */
  FCL__BREAK_MEMORY
} fcl__break;

typedef enum fcl__verdict {
  FCL__RECORD_FINE,
  FCL__RECORD_UNKNOWN, /* of no known type: to be skipped */
  FCL__RECORD_REFUSED  /* *e has a phrase that goes behind the application's name */
} fcl__verdict;

/* The record whose header the decoder has just read; its id is the caller's to look at. */
fcl__verdict fcl__record_judge(const fcl_decoder *d, fcl_error *e);
/* Says of that record what is wrong with it; `hint` comes last. */
fcl__verdict fcl__record_refuse(const fcl_decoder *d, fcl_error *e, const char *what,
                                const char *hint);
/* Behind FCL_EV_BAD_VERSION. */
void fcl__record_wrong_version(const fcl_decoder *d, fcl_error *e);
/* Of bytes that came while no request was in hand. */
void fcl__record_stray(const fcl_decoder *d, const char *stray, size_t len, fcl_error *e);
/* What a write that failed with that uv error means. */
fcl__break fcl__record_unwritten(int status, fcl_error *e);
/* What the end of a stream means; `status`: UV_EOF, or another uv error. */
fcl__break fcl__record_stream_ended(const fcl_decoder *d, int status, fcl_error *e);
#endif
