/* case_aborts.c: cases about requests that a server gives up: by ABORT_REQUEST (§5.4), and by
   closing the connection (§3.5). */
#include "cases.h"
#include <string.h>

/* ---- ABORT_REQUEST ---- */

static const ask half = {.id = 1,
                         .flags = FCL_KEEP_CONN,
                         .query = "echo=1",
                         .length = "10",
                         .body = "abc",
                         .body_len = 3};

static int ends(suite *s) {
  return host_wait(s, host_has_end, 1) ||
         check_fail(s, "END_REQUEST did not come: %s", host_state(s, 1));
}

static int abort_in_body(suite *s) {
  if (!host_dial(s))
    return 0;
  ask_begin(s, &half);
  ask_params(s, &half);
  host_record(s, FCL_STDIN, 1, half.body, half.body_len, 0);
  if (!host_send(s))
    return 0;
  host_record(s, FCL_ABORT_REQUEST, 1, "", 0, 0);
  return host_send(s) && ends(s);
}

static void in_body(suite *s) {
  abort_in_body(s);
}

static void completes(suite *s) {
  if (!abort_in_body(s)) {
    memset(&s->result, 0, sizeof s->result);
    check_skip(s, "ABORT_REQUEST does not end the request");
  } else if (host_find(&s->host, 1)->protocol_status != FCL_REQUEST_COMPLETE) {
    check_fail(s, "END_REQUEST says protocolStatus %u", host_find(&s->host, 1)->protocol_status);
  }
}

static void in_params(suite *s) {
  bytes pairs = {0};
  if (!host_dial(s))
    return;
  ask_pairs(s, &half, &pairs);
  ask_begin(s, &half);
  host_record(s, FCL_PARAMS, 1, pairs.base, pairs.len, 0);
  host_record(s, FCL_ABORT_REQUEST, 1, "", 0, 0);
  bytes_free(&pairs);
  if (host_send(s))
    ends(s);
}

static void then_another(suite *s) {
  ask b = {.id = 1};
  if (!abort_in_body(s)) {
    memset(&s->result, 0, sizeof s->result);
    check_skip(s, "ABORT_REQUEST does not end the request");
    return;
  }
  host_forget(s);
  ask_put(s, &b);
  if (host_send(s))
    ask_served(s, &b);
}

static void of_nobody(suite *s) {
  ask a = {.id = 1};
  if (!host_dial(s))
    return;
  host_record(s, FCL_ABORT_REQUEST, 7, "", 0, 0);
  ask_put(s, &a);
  if (host_send(s))
    ask_served(s, &a);
}

static void of_the_past(suite *s) {
  ask a = {.id = 1, .flags = FCL_KEEP_CONN}, b = {.id = 1};
  if (!ask_keeps(s) || !ask_once(s, &a))
    return;
  host_forget(s);
  host_record(s, FCL_ABORT_REQUEST, 1, "", 0, 0);
  ask_put(s, &b);
  if (host_send(s))
    ask_served(s, &b);
}

/* It may come too late; there is one END_REQUEST in any case. */
static void behind_all(suite *s) {
  ask a = {.id = 1};
  if (!host_dial(s))
    return;
  ask_put(s, &a);
  host_record(s, FCL_ABORT_REQUEST, 1, "", 0, 0);
  if (!host_send(s) || !ends(s))
    return;
  host_wait(s, host_is_closed, 0);
  if (host_find(&s->host, 1)->ends != 1)
    check_fail(s, "%u END_REQUEST records came", host_find(&s->host, 1)->ends);
}

/* ---- Closing ---- */

static void close_at_once(suite *s) {
  if (host_dial(s))
    ask_lives(s);
}

static void close_often(suite *s) {
  int i;
  for (i = 0; i < 10; i++)
    if (!host_dial(s))
      return;
  ask_lives(s);
}

static void close_behind_begin(suite *s) {
  if (!host_dial(s))
    return;
  host_begin(s, 1, FCL_RESPONDER, 0);
  if (host_send(s))
    ask_lives(s);
}

static void close_in_params(suite *s) {
  bytes pairs = {0};
  if (!host_dial(s))
    return;
  ask_pairs(s, &half, &pairs);
  ask_begin(s, &half);
  host_record(s, FCL_PARAMS, 1, pairs.base, pairs.len, 0);
  s->host.out.len -= pairs.len / 2;
  bytes_free(&pairs);
  if (host_send(s))
    ask_lives(s);
}

static void close_behind_params(suite *s) {
  if (!host_dial(s))
    return;
  ask_begin(s, &half);
  ask_params(s, &half);
  if (host_send(s))
    ask_lives(s);
}

static void close_in_body(suite *s) {
  if (!host_dial(s))
    return;
  ask_begin(s, &half);
  ask_params(s, &half);
  host_record(s, FCL_STDIN, 1, half.body, half.body_len, 0);
  if (host_send(s))
    ask_lives(s);
}

static void close_before_answer(suite *s) {
  ask a = {.id = 1};
  if (!host_dial(s))
    return;
  ask_put(s, &a);
  if (host_send(s))
    ask_lives(s);
}

/* The application's writes fail when it has not written all yet. */
static void close_in_answer(suite *s) {
  ask a = {.id = 1, .query = "size=4000000"};
  if (!host_dial(s))
    return;
  ask_put(s, &a);
  if (!host_send(s))
    return;
  if (!host_wait(s, host_has_bytes, 1))
    check_fail(s, "no answer came: %s", host_state(s, 1));
  ask_lives(s);
}

/* It may take this for the end of the connection, or not. */
static void half_closed(suite *s) {
  ask a = {.id = 1};
  if (!host_dial(s))
    return;
  ask_put(s, &a);
  if (!host_send(s) || !host_half_close(s))
    return;
  if (host_wait(s, host_has_end, 1))
    check_note(s, "the answer came all the same");
  else if (s->host.is_closed)
    check_note(s, "it was taken for an abort");
  else
    check_fail(s, "neither an answer came nor the end: %s", host_state(s, 1));
}

const check_case cases_aborts[] = {
    {"ABORT_REQUEST in the middle of the body ends the request", "5.4", MUST, 0, in_body},
    {"an aborted request ends with REQUEST_COMPLETE", "5.4", MUST, 0, completes},
    {"ABORT_REQUEST in the middle of PARAMS ends the request", "5.4", SHOULD, 0, in_params},
    {"with KEEP_CONN an aborted request leaves the connection usable", "5.4", SHOULD, 0,
     then_another},
    {"ABORT_REQUEST of an id that was never begun is ignored", "3.3", SHOULD, 0, of_nobody},
    {"ABORT_REQUEST of a request that has ended is ignored", "3.3", SHOULD, 0, of_the_past},
    {"ABORT_REQUEST behind a whole request makes no second END_REQUEST", "5.4", MUST, 0,
     behind_all},
    {"a connection without a byte is borne", "3.5", MUST, 0, close_at_once},
    {"ten connections without a byte are borne", "3.5", MUST, 0, close_often},
    {"closing behind BEGIN_REQUEST is borne", "3.5", MUST, 0, close_behind_begin},
    {"closing in the middle of PARAMS is borne", "3.5", MUST, 0, close_in_params},
    {"closing behind PARAMS is borne", "3.5", MUST, 0, close_behind_params},
    {"closing in the middle of the body is borne", "3.5", MUST, 0, close_in_body},
    {"closing before the answer is borne", "3.5", MUST, 0, close_before_answer},
    {"closing in the middle of the answer is borne", "3.5", MUST, NEEDS_PROBE, close_in_answer},
    {"closing for writing behind a whole request is borne", "3.5", MUST, 0, half_closed},
    {NULL, NULL, MUST, 0, NULL},
};
