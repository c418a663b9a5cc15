/* trace.h: the trace messages that an application for IIS puts between its words on STDERR:
   IIS_TRACE_INFO: ... :IIS_TRACE_END, likewise IIS_TRACE_WARNING: and IIS_TRACE_ERROR:. */
#ifndef FCL__TRACE_H
#define FCL__TRACE_H
#include <fcgiclient/base.h>
#include <stdint.h>

#define FCL__TRACE_MAX 800 /* bytes of a message that are kept */

typedef enum fcl__trace_event {
  FCL__TRACE_MORE,   /* all input is used up */
  FCL__TRACE_TEXT,   /* *span is no part of a message */
  FCL__TRACE_MESSAGE /* *span is a whole message, cut at FCL__TRACE_MAX; t->level tells */
} fcl__trace_event;

/* A zeroed one is ready; `level` is to be read, the rest is trace.c's. */
typedef struct fcl__trace {
  uint8_t level; /* of the message: 0 info, 1 warning, 2 error, as fcl_level has it */
  uint8_t held_len, is_inside, is_behind;
  uint16_t len;
  char held[20]; /* what may become a mark */
  char given[20];
  char message[FCL__TRACE_MAX];
} fcl__trace;

/* Takes bytes from [*p, end) up to the next event.  However the input is cut, the texts in order
   and the messages are the same.  A line's end right behind a message belongs to it.  *span is
   valid until the next call. */
fcl__trace_event fcl__trace_next(fcl__trace *t, const char **p, const char *end, fcl_slice *span);
/* Nothing more comes: call until FCL__TRACE_MORE.  A message that was not ended is told as far as
   it came. */
fcl__trace_event fcl__trace_end(fcl__trace *t, fcl_slice *span);
#endif
