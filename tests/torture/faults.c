/* faults.c: what is made to fail, and how often that was. */
#define _GNU_SOURCE
#include "torture/torture.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BROKEN "IO TRUNCATED EXITED SPAWN CONNECT"
#define STARTS "SPAWN NOMEM EXITED"

/* Errors that may follow; harmless ones have none. */
const fault faults[] = {
    {TEST_MEMORY, ENOMEM, 1, 1, 0, 0, "NOMEM SPAWN CONNECT IO TRUNCATED"},
    {TEST_READ, ECONNRESET, 1, 1, 0, 0, BROKEN},
    {TEST_READ, ETIMEDOUT, 1, 0, 0, 0, BROKEN},
    {TEST_READ, ENOMEM, 1, 1, 0, 0, BROKEN " NOMEM"},
    {TEST_READ, EAGAIN, 1, 0, 1, 0, ""},
    {TEST_READ, EINTR, 1, 0, 1, 0, ""},
    {TEST_READ, TEST_ONE_BYTE, 1, 1, 1, 0, ""},
    {TEST_WRITE, EPIPE, 1, 1, 0, 0, BROKEN},
    {TEST_WRITE, ECONNRESET, 1, 0, 0, 0, BROKEN},
    {TEST_WRITE, ENOMEM, 1, 1, 0, 0, BROKEN " NOMEM"},
    {TEST_WRITE, ENOBUFS, 1, 0, 1, 0, ""},
    {TEST_WRITE, EAGAIN, 1, 0, 1, 0, ""},
    {TEST_WRITE, EINTR, 1, 0, 1, 0, ""},
    {TEST_WRITE, TEST_ONE_BYTE, 1, 1, 1, 0, ""},
    {TEST_CONNECT, ECONNREFUSED, 1, 1, 0, 0, "CONNECT"},
    {TEST_CONNECT, ETIMEDOUT, 1, 1, 0, 0, "CONNECT"},
    {TEST_CONNECT, ENOENT, 1, 0, 0, 0, "CONNECT"},
    {TEST_CONNECT, EACCES, 1, 0, 0, 0, "CONNECT"},
    {TEST_CONNECT, EADDRNOTAVAIL, 1, 0, 0, 0, "CONNECT"},
    {TEST_CONNECT, ENOMEM, 1, 0, 0, 0, "CONNECT NOMEM"},
    {TEST_CONNECT, EAGAIN, 1, 0, 0, 0, "CONNECT"},
    {TEST_CONNECT, EINTR, 1, 0, 0, 0, "CONNECT"},
    {TEST_DESCRIPTORS, EMFILE, 1, 1, 0, 0, "CONNECT SPAWN"},
    {TEST_DESCRIPTORS, ENFILE, 1, 0, 0, 0, "CONNECT SPAWN"},
    {TEST_DESCRIPTORS, ENOMEM, 1, 0, 0, 0, "CONNECT SPAWN NOMEM"},
    {TEST_LISTEN, EACCES, 1, 1, 0, 0, "SPAWN"},
    {TEST_LISTEN, ENOSPC, 1, 0, 0, 0, "SPAWN"},
    {TEST_LISTEN, EADDRINUSE, 1, 0, 0, 0, "SPAWN"},
    {TEST_SPAWN, EAGAIN, 1, 1, 0, 0, "SPAWN"},
    {TEST_SPAWN, ENOMEM, 1, 0, 0, 0, "SPAWN NOMEM"},
    {TEST_SPAWN, EACCES, 1, 0, 0, 0, "SPAWN"},
    {TEST_SPOOL, ENOSPC, 1, 1, 0, 0, "SPOOL"},
    {TEST_SPOOL, EIO, 1, 1, 0, 0, "SPOOL"},
    {TEST_SPOOL, EDQUOT, 1, 0, 0, 0, "SPOOL"},
    {TEST_SPOOL, EMFILE, 1, 0, 0, 0, "SPOOL"},
    {TEST_SPOOL, TEST_ONE_BYTE, 1, 1, 1, 0, ""},
    {TEST_WAIT, EINTR, 1, 0, 1, 0, ""},
    {TEST_WAIT, TEST_EARLY, 1, 0, 1, 0, ""},
    {TEST_CLOCK, TEST_AN_HOUR, 0, 1, 0, 0,
     "TIMEOUT_START TIMEOUT_CONNECT TIMEOUT_QUEUE TIMEOUT_FIRST TIMEOUT_ACTIVITY "
     "TIMEOUT_REQUEST " STARTS},
    {TEST_WATCH, ENOMEM, 1, 1, 0, 0, "SPAWN NOMEM"},
    {TEST_WATCH, ENOSPC, 1, 0, 0, 0, "SPAWN"},
    {TEST_MEMORY, ENOMEM, 1, 1, 0, 1, STARTS},
    {TEST_READ, ECONNRESET, 1, 1, 0, 1, STARTS " IO TRUNCATED"},
    {TEST_READ, ENOMEM, 1, 0, 0, 1, STARTS " IO TRUNCATED"},
    {TEST_READ, EAGAIN, 1, 0, 1, 1, ""},
    {TEST_READ, EINTR, 1, 0, 1, 1, ""},
    {TEST_READ, TEST_ONE_BYTE, 1, 1, 1, 1, ""},
    {TEST_WRITE, EPIPE, 1, 1, 0, 1, STARTS " IO TRUNCATED"},
    {TEST_WRITE, EAGAIN, 1, 0, 1, 1, ""},
    {TEST_WRITE, EINTR, 1, 0, 1, 1, ""},
    {TEST_WRITE, TEST_ONE_BYTE, 1, 1, 1, 1, ""},
    {TEST_DESCRIPTORS, EMFILE, 1, 1, 0, 1, STARTS},
    {TEST_SPAWN, EAGAIN, 1, 1, 0, 1, STARTS},
    {TEST_SPAWN, ENOMEM, 1, 0, 0, 1, STARTS},
    {TEST_SPAWN, EACCES, 1, 0, 0, 1, STARTS},
    {TEST_WAIT, EINTR, 1, 0, 1, 1, ""},
    {TEST_WAIT, TEST_EARLY, 1, 0, 1, 1, ""},
    {TEST_CLOCK, TEST_AN_HOUR, 0, 1, 0, 1, STARTS},
};

const unsigned fault_count = sizeof faults / sizeof *faults;

const char *fault_name(const fault *f) {
  static const char *const kinds[] = {"memory",      "read",   "write", "connect",
                                      "descriptors", "listen", "spawn", "spool",
                                      "wait",        "clock",  "watch"};
  static char text[64];
  const char *how = f->how == TEST_ONE_BYTE  ? "1 byte"
                    : f->how == TEST_EARLY   ? "early"
                    : f->how == TEST_AN_HOUR ? "an hour"
                                             : strerrorname_np(f->how);
  snprintf(text, sizeof text, "%s %s", kinds[f->kind], how);
  return text;
}

/* ---- Loops ---- */

/* Unless all are wanted, each STRIDE-th call is tried, beginning at a place that depends on exchange
   and fault; under sanitizers, where a run takes twice as long, half of these. */
#ifdef __SANITIZE_ADDRESS__
#define STRIDE 62
#else
#define STRIDE 31
#endif

static int is_tried(const shape *s, const fault *f, size_t nth) {
  static int is_long = -1;
  if (is_long < 0)
    is_long = getenv("FCGICLIENT_TEST_ALL") != NULL;
  return is_long || nth % STRIDE == ((size_t) (s - shapes) + (size_t) (f - faults)) % STRIDE;
}

/* Until nothing was left to fail; returns how many runs had a fault. */
static size_t torture_with(const shape *s, const fault *f, int for_ever) {
  size_t nth, runs = 0;
  for (nth = 1;; nth++) {
    if (!is_tried(s, f, nth))
      continue;
    run_one(s, f, nth, for_ever);
    if (test_call->struck == 0)
      return runs;
    runs++;
  }
}

static void tell(const shape *s, const fault *f, int for_ever, size_t runs) {
  const char *path = getenv("TORTURE_COUNTS");
  FILE *to = path && runs ? fopen(path, "a") : NULL;
  if (to == NULL)
    return;
  fprintf(to, "%s%s\t%s\t%s\t%zu\n", f->in_guardian ? "guardian: " : "", fault_name(f),
          for_ever ? "for ever" : "once", s->name, runs);
  fclose(to);
}

/* TORTURE_SHAPE and TORTURE_FAULT: parts of names; only these. */
static int is_wanted(const char *variable, const char *name) {
  const char *part = getenv(variable);
  return part == NULL || strstr(name, part) != NULL;
}

void torture(const shape *s, test_kind kind, int in_guardian) {
  const fault *f;
  int for_ever;
  if (!is_wanted("TORTURE_SHAPE", s->name))
    return;
  if (kind == TEST_MEMORY && !in_guardian)
    run_one(s, NULL, 0, 0);
  for (f = faults; f < faults + fault_count; f++)
    for (for_ever = 0; for_ever < 2; for_ever++)
      if (f->kind == kind && f->in_guardian == in_guardian && (for_ever ? f->ever : f->once) &&
          is_wanted("TORTURE_FAULT", fault_name(f)))
        tell(s, f, for_ever, torture_with(s, f, for_ever));
}
