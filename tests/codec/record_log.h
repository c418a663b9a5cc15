/* record_log.h: what a decoder says of its input, as a text that a test can compare. */
#ifndef TEST_RECORD_LOG_H
#define TEST_RECORD_LOG_H
#include "support/guard.h"
#include <fcgiclient/codec.h>
#include <check.h>
#include <stdarg.h>
#include <stdio.h>

/* "[6 id=1 48656c6c6f +3]": type, id, content, padding; no "]" while the record is not over. */
typedef struct record_log {
  fcl_decoder d;
  char text[8192];
  size_t len;
} record_log;

__attribute__((format(printf, 2, 3))) static inline void record_log_add(record_log *log,
                                                                        const char *fmt, ...) {
  va_list args;
  int n;
  va_start(args, fmt);
  n = vsnprintf(log->text + log->len, sizeof log->text - log->len, fmt, args);
  va_end(args);
  log->len += (size_t) n;
  if (n < 0 || log->len >= sizeof log->text)
    ck_abort_msg("the log is full");
}

/* Notes one event (with `if`, for each ck_assert costs a write to Check's parent); returns 0 when
 * the input is used up or refused. */
static inline int record_log_step(record_log *log, const char **p, const char *end) {
  const char *from = *p;
  fcl_slice span = {NULL, 0};
  size_t i;
  switch (fcl_decode(&log->d, p, end, &span)) {
  case FCL_EV_MORE:
    if (*p != end)
      ck_abort_msg("more was wanted before the input was used up");
    return 0;
  case FCL_EV_RECORD:
    record_log_add(log, "[%u id=%u ", log->d.record.type, log->d.record.id);
    return 1;
  case FCL_EV_CONTENT:
    if (span.len == 0 || span.base != from || span.base + span.len != *p)
      ck_abort_msg("a span that is not what was taken");
    for (i = 0; i < span.len; i++)
      record_log_add(log, "%02x", (unsigned char) span.base[i]);
    return 1;
  case FCL_EV_END:
    record_log_add(log, log->d.record.padding ? " +%u]" : "]", log->d.record.padding);
    return 1;
  case FCL_EV_BAD_VERSION:
    record_log_add(log, "version %u at %u", log->d.record.version, (unsigned) log->d.offset);
    return 0;
  }
  ck_abort_msg("an event that is none");
  return 0;
}

/* Feeds one piece, which ends at a guard page.  Returns 0 once the stream is refused. */
static inline int record_log_feed(record_log *log, test_guard *guard, const void *bytes,
                                  size_t len) {
  const char *p = test_guard_put(guard, bytes, len), *end = p + len;
  while (record_log_step(log, &p, end))
    ;
  return p == end;
}

/* Decodes `bytes` in two pieces, cut at `cut`, into log->text. */
static inline void record_log_cut(record_log *log, const void *bytes, size_t len, size_t cut) {
  test_guard guard = test_guard_make(len);
  memset(log, 0, sizeof *log);
  if (record_log_feed(log, &guard, bytes, cut))
    record_log_feed(log, &guard, (const char *) bytes + cut, len - cut);
  test_guard_free(&guard);
}

/* Decodes `bytes` in pieces of `size` bytes. */
static inline void record_log_pieces(record_log *log, const void *bytes, size_t len, size_t size) {
  test_guard guard = test_guard_make(size);
  size_t at;
  memset(log, 0, sizeof *log);
  for (at = 0; at < len; at += size)
    if (!record_log_feed(log, &guard, (const char *) bytes + at, len - at < size ? len - at : size))
      break;
  test_guard_free(&guard);
}
#endif
