/* case_multiplexing.c: cases about several requests at once on a connection (§3.3, §5.5). */
#include "cases.h"
#include <stdio.h>
#include <string.h>

enum { CROWD = 100 };

/* A request whose STDIN has not ended, and behind it a whole one. */
static int put_two(suite *s, const ask *first, const ask *second) {
  if (!host_dial(s))
    return 0;
  ask_begin(s, first);
  ask_params(s, first);
  ask_put(s, second);
  return host_send(s);
}

/* The second one's END_REQUEST, while the first is open.  NULL after check_fail. */
static host_answer *second_ends(suite *s, const ask *first, const ask *second) {
  if (!put_two(s, first, second))
    return NULL;
  if (host_wait(s, host_has_end, second->id))
    return host_find(&s->host, second->id);
  check_fail(s, "END_REQUEST of the second request did not come: %s", host_state(s, second->id));
  return NULL;
}

static const ask one = {
    .id = 1, .flags = FCL_KEEP_CONN, .query = "echo=1", .body = "abc", .body_len = 3};
static const ask two = {.id = 2, .flags = FCL_KEEP_CONN};

static void served_or_refused(suite *s) {
  host_answer *answer = second_ends(s, &one, &two);
  if (answer && answer->protocol_status == FCL_UNKNOWN_ROLE)
    check_fail(s, "the second request got UNKNOWN_ROLE");
}

static void as_told(suite *s) {
  int multiplexes = values_multiplexes(s);
  host_answer *answer;
  if (multiplexes == NOT_TOLD) {
    check_skip(s, "the application does not tell FCGI_MPXS_CONNS");
    return;
  }
  answer = second_ends(s, &one, &two);
  if (answer && multiplexes && answer->protocol_status == FCL_CANT_MPX_CONN)
    check_fail(s, "FCGI_MPXS_CONNS is 1, and a second request got CANT_MPX_CONN");
  else if (answer && !multiplexes && answer->protocol_status == FCL_REQUEST_COMPLETE)
    check_fail(s, "FCGI_MPXS_CONNS is 0, and a second request was served");
}

static void first_goes_on(suite *s) {
  host_answer *answer = second_ends(s, &one, &two);
  if (answer == NULL || answer->protocol_status == FCL_REQUEST_COMPLETE) {
    memset(&s->result, 0, sizeof s->result);
    check_skip(s, "the application refuses no second request");
    return;
  }
  ask_body(s, &one);
  if (host_send(s))
    ask_served(s, &one);
}

/* ---- Where FCGI_MPXS_CONNS is 1 ---- */

static int multiplexes(suite *s) {
  return values_multiplexes(s) == 1 || check_skip(s, "FCGI_MPXS_CONNS is not 1");
}

static void interleaved(suite *s) {
  static const char *const more_a[] = {"CHECK_A", "one", NULL}, *const more_b[] = {"CHECK_A", "two",
                                                                                   NULL};
  ask a = {.id = 1, .flags = FCL_KEEP_CONN, .more = more_a};
  ask b = {.id = 2, .flags = FCL_KEEP_CONN, .more = more_b};
  bytes pairs[2] = {{0}, {0}};
  if (!multiplexes(s) || !host_dial(s))
    return;
  ask_pairs(s, &a, &pairs[0]);
  ask_pairs(s, &b, &pairs[1]);
  ask_begin(s, &a);
  ask_begin(s, &b);
  host_record(s, FCL_PARAMS, 1, pairs[0].base, pairs[0].len, 0);
  host_record(s, FCL_PARAMS, 2, pairs[1].base, pairs[1].len, 0);
  host_record(s, FCL_PARAMS, 1, "", 0, 0);
  host_record(s, FCL_PARAMS, 2, "", 0, 0);
  ask_body(s, &b);
  ask_body(s, &a);
  bytes_free(&pairs[0]);
  bytes_free(&pairs[1]);
  if (host_send(s) && ask_served(s, &a))
    ask_served(s, &b);
}

static void interleaved_bodies(suite *s) {
  ask a = {.id = 1, .flags = FCL_KEEP_CONN, .query = "echo=1", .body = "aaaa", .body_len = 4};
  ask b = {.id = 2, .flags = FCL_KEEP_CONN, .query = "echo=1", .body = "bbbb", .body_len = 4};
  int i;
  if (!multiplexes(s) || !host_dial(s))
    return;
  ask_begin(s, &a);
  ask_params(s, &a);
  ask_begin(s, &b);
  ask_params(s, &b);
  for (i = 0; i < 4; i++) {
    host_record(s, FCL_STDIN, 1, "a", 1, 0);
    host_record(s, FCL_STDIN, 2, "b", 1, 0);
  }
  host_record(s, FCL_STDIN, 1, "", 0, 0);
  host_record(s, FCL_STDIN, 2, "", 0, 0);
  if (host_send(s) && ask_served(s, &a))
    ask_served(s, &b);
}

static void not_held_up(suite *s) {
  if (multiplexes(s) && put_two(s, &one, &two) && ask_served(s, &two)) {
    ask_body(s, &one);
    if (host_send(s))
      ask_served(s, &one);
  }
}

static void aborted_alone(suite *s) {
  if (!multiplexes(s) || !put_two(s, &one, &(ask){.id = 3, .flags = FCL_KEEP_CONN}))
    return;
  ask_begin(s, &two);
  ask_params(s, &two);
  host_record(s, FCL_ABORT_REQUEST, 1, "", 0, 0);
  ask_body(s, &two);
  if (host_send(s))
    ask_served(s, &two);
}

static void id_again(suite *s) {
  if (!multiplexes(s) || !put_two(s, &one, &two) || !ask_served(s, &two))
    return;
  host_forget(s);
  ask_put(s, &two);
  if (host_send(s))
    ask_served(s, &two);
}

static void crowd(suite *s) {
  char number[16];
  const char *const more[] = {"CHECK_NUMBER", number, NULL};
  ask a = {.flags = FCL_KEEP_CONN, .more = more};
  if (!multiplexes(s) || !host_dial(s))
    return;
  for (a.id = 1; a.id <= CROWD; a.id++) {
    snprintf(number, sizeof number, "%u", a.id);
    ask_begin(s, &a);
    ask_params(s, &a);
  }
  for (a.id = CROWD; a.id > 0; a.id--)
    ask_body(s, &a);
  if (!host_send(s))
    return;
  for (a.id = 1; a.id <= CROWD; a.id++) {
    snprintf(number, sizeof number, "%u", a.id);
    if (host_wait(s, host_has_end, a.id) &&
        host_find(&s->host, a.id)->protocol_status == FCL_IS_OVERLOADED)
      check_note(s, "some of %d got OVERLOADED", CROWD);
    else if (!ask_served(s, &a))
      return;
  }
}

const check_case cases_multiplexing[] = {
    {"a second request on a connection is served, or refused", "5.5", SHOULD, 0, served_or_refused},
    {"a second request is served where FCGI_MPXS_CONNS is 1, and only there", "4.1", SHOULD, 0,
     as_told},
    {"CANT_MPX_CONN leaves the first request as it is", "5.5", MUST, 0, first_goes_on},
    {"PARAMS of two requests may alternate", "3.3", MUST, 0, interleaved},
    {"STDIN of two requests may alternate", "3.3", MUST, NEEDS_PROBE, interleaved_bodies},
    {"a request whose body is missing does not hold up another", "3.3", SHOULD, 0, not_held_up},
    {"ABORT_REQUEST ends its own request only", "5.4", MUST, 0, aborted_alone},
    {"an id may be used again while another request runs", "3.3", MUST, 0, id_again},
    {"100 requests at once are served, each with its own parameters", "3.3", SHOULD, 0, crowd},
    {NULL, NULL, MUST, 0, NULL},
};
