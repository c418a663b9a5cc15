/* shapes.c: every shape of exchange, and the applications that answer. */
#include "torture/torture.h"
#include <stdio.h>
#include <string.h>

#define HEAD "Content-Type: text/plain\r\n\r\n"

char pattern(uint64_t n) {
  return (char) ((uint32_t) n * 2654435761u >> 24);
}

/* ---- Applications ---- */

static int is_about(fcl_script *s, const char *query) {
  fcl_slice value;
  const fcl_seen *seen = fcl_script_seen(s);
  return seen && fcl_seen_param(seen, "QUERY_STRING", &value) && value.len == strlen(query) &&
         memcmp(value.base, query, value.len) == 0;
}

/* What has come, so that only who was sent all of it can say so. */
static void answer(fcl_script *s) {
  const fcl_seen *seen = fcl_script_seen(s);
  char text[256], block[8000];
  size_t at, n, size = now.answer;
  int is_filter = seen && seen->role == FCL_FILTER;
  if (seen == NULL)
    return;
  snprintf(text, sizeof text, HEAD "%llu bytes, FNV-1a %016llx\n",
           (unsigned long long) seen->in.len,
           (unsigned long long) (seen->in.len ? seen->in.hash : FCL_FNV_START));
  fcl_script_stdout(s, text);
  snprintf(text, sizeof text, "%llu bytes, FNV-1a %016llx\n", (unsigned long long) seen->data.len,
           (unsigned long long) seen->data.hash);
  if (is_filter)
    fcl_script_stdout(s, text);
  for (at = 0; at < size; at += n) {
    for (n = 0; n < sizeof block && at + n < size; n++)
      block[n] = pattern(at + n);
    fcl_script_stream(s, FCL_STDOUT, block, n);
  }
  fcl_script_stream(s, FCL_STDOUT, NULL, 0);
  fcl_script_end_request(s, 0, FCL_REQUEST_COMPLETE);
}

static int next(fcl_script *s) {
  if (!fcl_script_next(s))
    return 0;
  fcl_script_may_close(s);
  return 1;
}

static void serve(fcl_script *s, void *user) {
  while (next(s))
    if (fcl_script_read_request(s))
      answer(s);
}

static void serve_in_pieces(fcl_script *s, void *user) {
  while (next(s))
    if (fcl_script_read_request(s)) {
      fcl_script_cut(s, 20);
      answer(s);
    }
}

static void serve_who_does_not_wait(fcl_script *s, void *user) {
  while (next(s))
    if (fcl_script_read_request(s)) {
      if (is_about(s, "wait"))
        fcl_script_read_eof(s);
      else
        answer(s);
    }
}

static void pass(fcl_script *s, void *user) {
  while (next(s))
    if (fcl_script_read_request(s)) {
      if (fcl_script_seen(s)->role == FCL_AUTHORIZER)
        fcl_script_answer(s, "Status: 200\r\nVariable-A: b\r\n\r\n");
      else
        answer(s);
    }
}

static void complain(fcl_script *s, void *user) {
  char much[3000];
  memset(much, '.', sizeof much);
  while (next(s))
    if (fcl_script_read_request(s)) {
      if (!is_about(s, "after")) {
        fcl_script_stderr(s, "one\nIIS_TRACE_INFO:two:IIS_TRACE_END");
        fcl_script_stream(s, FCL_STDERR, much, sizeof much);
      }
      answer(s);
    }
}

/* And then it closes the connection that it was to keep, with the next request in hand. */
static void answer_once_each(fcl_script *s, void *user) {
  while (next(s))
    if (fcl_script_read_request(s)) {
      answer(s);
      if (!is_about(s, "after") && fcl_script_read_begin(s))
        fcl_script_close(s);
    }
}

/* ---- Shapes ---- */

#define MUCH 200000

const shape shapes[] = {
    {.name = "GETs on a kept connection", .play = serve, .requests = 3},
    {.name = "GETs, TCP", .place = AT_TCP, .play = serve, .requests = 2},
    {.name = "GETs, TCP by name", .place = AT_NAME, .play = serve, .requests = 2},
    {.name = "a connection for each", .play = serve, .requests = 2, .each_anew = 1},
    {.name = "a head in pieces", .play = serve_in_pieces, .requests = 2},
    {.name = "a long answer", .play = serve, .requests = 2, .answer = MUCH},
    {.name = "a long answer, held",
     .play = serve,
     .requests = 2,
     .answer = MUCH,
     .holding = HOLDS_LONG},
    {.name = "read-ahead, held",
     .play = serve,
     .requests = 2,
     .answer = MUCH,
     .holding = HOLDS_LONG,
     .ahead = 1},
    {.name = "raw, held",
     .play = serve,
     .requests = 2,
     .answer = MUCH,
     .holding = HOLDS_SHORTLY,
     .sort = RAW},
    {.name = "a body of known length", .play = serve, .requests = 2, .body = MUCH},
    {.name = "a body of known length, TCP",
     .place = AT_TCP,
     .play = serve,
     .requests = 2,
     .body = MUCH},
    {.name = "a body of unknown length",
     .play = serve,
     .requests = 2,
     .body = MUCH,
     .is_unknown = 1},
    {.name = "a body gathered", .play = serve, .requests = 2, .body = MUCH, .gathers = 1},
    {.name = "a body gathered, of unknown length",
     .play = serve,
     .requests = 2,
     .body = MUCH,
     .is_unknown = 2},
    {.name = "a filter", .play = serve, .requests = 2, .body = MUCH, .sort = FILTERS},
    {.name = "an authorizer first", .play = pass, .requests = 2, .body = MUCH, .sort = ASKS},
    {.name = "STDERR spoils the answer", .play = complain, .requests = 2, .sort = SPOILS},
    {.name = "a retry on a fresh connection", .play = answer_once_each, .requests = 2},
    {.name = "many at once, queued", .play = serve, .requests = 6, .at_once = 6, .connections = 2},
    {.name = "a connection shared", .play = serve, .requests = 12, .at_once = 6, .share = 5},
    {.name = "a connection shared, bodies",
     .play = serve,
     .requests = 6,
     .at_once = 3,
     .share = 5,
     .body = MUCH},
    {.name = "a connection shared, held",
     .play = serve,
     .requests = 8,
     .at_once = 4,
     .share = 5,
     .answer = MUCH,
     .holding = HOLDS_LONG,
     .ahead = 1},
    {.name = "asked how many share", .play = serve, .requests = 2, .share = FCL_AUTO},
    {.name = "canceled at once", .play = serve, .requests = 2, .cancels = AT_ONCE},
    {.name = "canceled while queued",
     .play = serve_who_does_not_wait,
     .requests = 3,
     .at_once = 3,
     .connections = 1,
     .is_waiting = 1,
     .cancels = IN_A_WHILE},
    {.name = "canceled while it is sent",
     .play = serve,
     .requests = 2,
     .body = MUCH,
     .cancels = WHEN_SENT},
    {.name = "canceled while it waits",
     .play = serve_who_does_not_wait,
     .requests = 2,
     .is_waiting = 1,
     .cancels = IN_A_WHILE},
    {.name = "canceled with the head",
     .play = serve,
     .requests = 2,
     .answer = MUCH,
     .cancels = WITH_HEAD},
    {.name = "canceled, held",
     .play = serve,
     .requests = 2,
     .answer = MUCH,
     .holding = HOLDS_LONG,
     .ahead = 1,
     .cancels = WITH_BODY},
    {.name = "canceled, shared",
     .play = serve,
     .requests = 8,
     .at_once = 4,
     .share = 5,
     .answer = MUCH,
     .cancels = WITH_HEAD},
    {.name = "the pool recycled",
     .play = serve,
     .requests = 3,
     .answer = MUCH,
     .recycles = WITH_HEAD},
    {.name = "the pool closed",
     .play = serve,
     .requests = 4,
     .at_once = 4,
     .connections = 2,
     .answer = MUCH,
     .closes_pool = WITH_HEAD},
    {.name = "the client closed",
     .play = serve,
     .requests = 4,
     .at_once = 4,
     .connections = 2,
     .answer = MUCH,
     .closes_client = WITH_HEAD},
    {.name = "a thread of the client's own",
     .play = serve,
     .requests = 2,
     .body = MUCH,
     .loop = OF_ITS_OWN},
    {.name = "the client polled", .play = serve, .requests = 2, .body = MUCH, .loop = POLLED},
#ifdef TORTURE_APP
    {.name = "a process", .place = AS_PROCESS, .requests = 2},
    {.name = "processes, bodies",
     .place = AS_PROCESS,
     .requests = 4,
     .at_once = 2,
     .processes = 2,
     .body = MUCH},
    {.name = "a process canceled at its start",
     .place = AS_PROCESS,
     .requests = 2,
     .cancels = AT_ONCE},
    {.name = "a process recycled", .place = AS_PROCESS, .requests = 3, .recycles = WITH_HEAD},
    {.name = "the client of processes closed",
     .place = AS_PROCESS,
     .requests = 3,
     .at_once = 3,
     .processes = 2,
     .closes_client = AT_ONCE},
#endif
};

const unsigned shape_count = sizeof shapes / sizeof *shapes;
