/* case_connections.c: cases about kept connections and those that are not (§3.5, §5.1). */
#include "cases.h"
#include <string.h>

static void closes(suite *s) {
  ask a = {.id = 1};
  if (ask_once(s, &a) && !host_wait(s, host_is_closed, 0))
    check_fail(s, "the connection is open %u ms after END_REQUEST", s->timeout_ms);
}

/* One more request on this connection. */
static int next(suite *s, const ask *a) {
  host_forget(s);
  ask_put(s, a);
  return host_send(s) && ask_served(s, a);
}

static void keeps(suite *s) {
  ask a = {.id = 1, .flags = FCL_KEEP_CONN};
  if (!ask_once(s, &a))
    return;
  if (s->host.is_closed)
    check_fail(s, "KEEP_CONN was set, and the application closed the connection");
  else
    next(s, &a);
}

static void other_ids(suite *s) {
  static const unsigned ids[] = {2, 300, 1, 65535};
  ask a = {.id = 1, .flags = FCL_KEEP_CONN};
  size_t i;
  if (!ask_keeps(s) || !ask_once(s, &a))
    return;
  for (i = 0; i < sizeof ids / sizeof *ids; i++) {
    a.id = ids[i];
    if (!next(s, &a))
      return;
  }
}

static void ten(suite *s) {
  ask a = {.id = 1, .flags = FCL_KEEP_CONN};
  int i;
  if (!ask_keeps(s) || !ask_once(s, &a))
    return;
  for (i = 0; i < 9; i++)
    if (!next(s, &a))
      return;
}

static void last_closes(suite *s) {
  ask a = {.id = 1, .flags = FCL_KEEP_CONN}, b = {.id = 1};
  if (!ask_keeps(s) || !ask_once(s, &a) || !next(s, &b))
    return;
  if (!host_wait(s, host_is_closed, 0))
    check_fail(s, "the last request came without KEEP_CONN, and the connection is open after %u ms",
               s->timeout_ms);
}

static void no_leak_of_params(suite *s) {
  static const char *const more[] = {"CHECK_SECRET", "secret", NULL};
  ask a = {.id = 1, .flags = FCL_KEEP_CONN, .more = more}, b = {.id = 1};
  host_answer *answer;
  if (!ask_keeps(s) || !ask_once(s, &a) || !next(s, &b))
    return;
  answer = host_find(&s->host, 1);
  if (strstr(answer->out.base, "CHECK_SECRET"))
    check_fail(s, "the second request was shown a parameter of the first");
}

static void no_leak_between(suite *s) {
  static const char *const more[] = {"CHECK_SECRET", "secret", NULL};
  ask a = {.id = 1, .more = more}, b = {.id = 1};
  host_answer *answer;
  if (!ask_once(s, &a) || !ask_once(s, &b))
    return;
  answer = host_find(&s->host, 1);
  if (strstr(answer->out.base, "CHECK_SECRET"))
    check_fail(s, "a request was shown a parameter of another one");
}

/* The probe does not read the body for this answer: what is left of it is no record. */
static void unread_body(suite *s) {
  ask a = {.id = 1, .flags = FCL_KEEP_CONN, .query = "size=10&early=1", .body_len = 200000};
  ask b = {.id = 1};
  bytes body = {0};
  bytes_fill(&body, 1, a.body_len);
  a.body = body.base;
  if (ask_keeps(s) && ask_once(s, &a)) {
    host_forget(s);
    ask_put(s, &b);
    if (host_send(s))
      host_wait(s, host_has_end, 1);
    if (s->host.is_closed && !host_has_end(&s->host, 1))
      check_note(s, "the application closed the connection, so nothing could go wrong");
    else
      ask_served(s, &b);
  }
  bytes_free(&body);
}

static void idle_is_left(suite *s) {
  ask a = {.id = 1, .flags = FCL_KEEP_CONN};
  if (ask_once(s, &a))
    ask_lives(s);
}

const check_case cases_connections[] = {
    {"without KEEP_CONN the connection is closed after the answer", "5.1", MUST, 0, closes},
    {"with KEEP_CONN it is kept, and serves another request", "5.1", SHOULD, 0, keeps},
    {"a kept connection serves requests of any id", "3.3", MUST, 0, other_ids},
    {"a kept connection serves ten requests", "5.1", MUST, 0, ten},
    {"a kept connection is closed after a request without KEEP_CONN", "5.1", MUST, 0, last_closes},
    {"parameters do not pass to the next request of a connection", "5.2", MUST, NEEDS_PROBE,
     no_leak_of_params},
    {"parameters do not pass to another connection", "5.2", MUST, NEEDS_PROBE, no_leak_between},
    {"a body that was not read does not disturb the next request", "5.3", MUST, NEEDS_PROBE,
     unread_body},
    {"when an idle connection is closed, another one is served", "3.5", MUST, 0, idle_is_left},
    {NULL, NULL, MUST, 0, NULL},
};
