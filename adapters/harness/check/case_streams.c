/* case_streams.c: cases about streams and name-value pairs (§2, §3.4, §5.2, §5.3). */
#include "cases.h"
#include <stdlib.h>
#include <string.h>

/* ---- PARAMS ---- */

static const char *const two[] = {"CHECK_A", "one", "CHECK_B", "two", NULL};

/* The pairs' bytes, cut into records at these places, ended by 0. */
static void cut_params(suite *s, const ask *a, const size_t *cuts, size_t from_end) {
  bytes pairs = {0};
  size_t at = 0, cut;
  if (!host_dial(s))
    return;
  ask_pairs(s, a, &pairs);
  ask_begin(s, a);
  for (; *cuts; cuts++) {
    cut = from_end ? pairs.len - *cuts : *cuts;
    host_record(s, FCL_PARAMS, a->id, pairs.base + at, cut - at, 0);
    at = cut;
  }
  host_record(s, FCL_PARAMS, a->id, pairs.base + at, pairs.len - at, 0);
  host_record(s, FCL_PARAMS, a->id, "", 0, 0);
  ask_body(s, a);
  bytes_free(&pairs);
  if (host_send(s))
    ask_served(s, a);
}

static void several_records(suite *s) {
  ask a = {.id = 1, .more = two};
  bytes pairs = {0};
  const char *p, *end;
  fcl_slice name, value;
  if (!host_dial(s))
    return;
  ask_pairs(s, &a, &pairs);
  ask_begin(s, &a);
  for (p = pairs.base, end = p + pairs.len; p < end;) {
    const char *from = p;
    fcl_get_pair(&p, end, &name, &value);
    host_record(s, FCL_PARAMS, 1, from, (size_t) (p - from), 0);
  }
  host_record(s, FCL_PARAMS, 1, "", 0, 0);
  ask_body(s, &a);
  bytes_free(&pairs);
  if (host_send(s))
    ask_served(s, &a);
}

/* CHECK_B and its value are the last 2 + 7 + 3 bytes. */
static void cut_name(suite *s) {
  cut_params(s, &(ask){.id = 1, .more = two}, (const size_t[]){7, 0}, 1);
}

static void cut_value(suite *s) {
  cut_params(s, &(ask){.id = 1, .more = two}, (const size_t[]){2, 0}, 1);
}

static void cut_lengths(suite *s) {
  cut_params(s, &(ask){.id = 1, .more = two}, (const size_t[]){11, 0}, 1);
}

static char *text_of(size_t len, int byte) {
  bytes b = {0};
  bytes_fill(&b, byte, len);
  return b.base;
}

static void lengths(suite *s, size_t name_len, size_t value_len) {
  char *name = text_of(name_len, 'N'), *value = text_of(value_len, 'v');
  const char *const more[] = {name, value, "CHECK_B", "two", NULL};
  ask a = {.id = 1, .more = more};
  ask_once(s, &a);
  free(name);
  free(value);
}

static void value_127(suite *s) {
  lengths(s, 7, 127);
}

static void value_128(suite *s) {
  lengths(s, 7, 128);
}

static void name_127(suite *s) {
  lengths(s, 127, 3);
}

static void name_128(suite *s) {
  lengths(s, 128, 128);
}

static void value_65000(suite *s) {
  lengths(s, 7, 64000);
}

static void value_empty(suite *s) {
  lengths(s, 7, 0);
}

static void long_lengths(suite *s) {
  ask a = {.id = 1, .more = two};
  bytes pairs = {0};
  if (!host_dial(s))
    return;
  ask_pairs(s, &a, &pairs);
  pairs.len -= 12;
  bytes_length(&pairs, 7, 4);
  bytes_length(&pairs, 3, 4);
  bytes_add(&pairs, "CHECK_Btwo", 10);
  ask_begin(s, &a);
  host_record(s, FCL_PARAMS, 1, pairs.base, pairs.len, 0);
  host_record(s, FCL_PARAMS, 1, "", 0, 0);
  ask_body(s, &a);
  bytes_free(&pairs);
  if (host_send(s))
    ask_served(s, &a);
}

static void any_bytes(suite *s) {
  char value[256];
  const char *const more[] = {"CHECK_A", value, "CHECK_B", "two", NULL};
  int byte, len = 0;
  for (byte = 1; byte < 256; byte++)
    if (byte != '\n' && byte != '\r')
      value[len++] = (char) byte;
  value[len] = 0;
  ask_once(s, &(ask){.id = 1, .more = more});
}

static void no_params(suite *s) {
  if (!host_dial(s))
    return;
  host_begin(s, 1, FCL_RESPONDER, 0);
  host_record(s, FCL_PARAMS, 1, "", 0, 0);
  host_record(s, FCL_STDIN, 1, "", 0, 0);
  if (host_send(s) && !host_wait(s, host_has_end, 1))
    check_fail(s, "END_REQUEST did not come: %s", host_state(s, 1));
}

/* ---- STDIN ---- */

static void echo(suite *s, size_t len) {
  bytes body = {0};
  ask a = {.id = 1, .query = "echo=1", .body_len = len};
  ask_fill(&body, len);
  a.body = body.base;
  ask_once(s, &a);
  bytes_free(&body);
}

static void body_0(suite *s) {
  echo(s, 0);
}

static void body_1(suite *s) {
  echo(s, 1);
}

static void body_65536(suite *s) {
  echo(s, 65536);
}

static void body_1m(suite *s) {
  echo(s, 1 << 20);
}

/* What the application makes of it is its own affair; but it has to end. */
static void ends(suite *s, const ask *a) {
  if (!host_dial(s))
    return;
  ask_put(s, a);
  if (host_send(s) && !host_wait(s, host_has_end, a->id) && !s->host.is_closed)
    check_fail(s, "the request does not end: %s", host_state(s, a->id));
}

static void body_short(suite *s) {
  ends(s, &(ask){.id = 1, .query = "echo=1", .body = "abc", .body_len = 3, .length = "10"});
}

static void body_long(suite *s) {
  ends(s, &(ask){.id = 1, .query = "echo=1", .body = "abcdef", .body_len = 6, .length = "3"});
}

static void body_without_length(suite *s) {
  ends(s, &(ask){.id = 1, .query = "echo=1", .body = "abc", .body_len = 3, .length = ""});
}

/* ---- STDOUT and STDERR ---- */

static void large_answer(suite *s) {
  ask a = {.id = 1, .query = "size=200000"};
  host_answer *answer;
  if (!host_dial(s))
    return;
  ask_put(s, &a);
  if (host_send(s) && (answer = ask_ended(s, &a)) && ask_body_of(answer).len != 200000)
    check_fail(s, "the body has %zu bytes in place of 200,000", ask_body_of(answer).len);
}

/* The message; the query that asks for it may be there too. */
static int has_oops(const bytes *b) {
  const char *at = b->base;
  while (at && (at = strstr(at, "oops")) && at - b->base >= 7 && memcmp(at - 7, "stderr=", 7) == 0)
    at++;
  return at != NULL;
}

static void error_stream(suite *s) {
  ask a = {.id = 1, .query = "stderr=oops"};
  host_answer *answer;
  if (!host_dial(s))
    return;
  ask_put(s, &a);
  if (!host_send(s) || !(answer = ask_ended(s, &a)))
    return;
  if (has_oops(&answer->out))
    check_fail(s, "the message is in STDOUT");
  else if (!has_oops(&answer->err))
    check_skip(s, "nothing came on STDERR: the probe does not write there");
}

static void error_stream_ends(suite *s) {
  ask a = {.id = 1, .query = "stderr=oops"};
  host_answer *answer;
  if (!host_dial(s))
    return;
  ask_put(s, &a);
  if (!host_send(s) || !(answer = ask_ended(s, &a)))
    return;
  if (answer->err.len == 0)
    check_skip(s, "nothing came on STDERR: the probe does not write there");
  else if (answer->err_ends != 1)
    check_fail(s, "STDERR ends with %u empty records", answer->err_ends);
}

static void out_ends(suite *s) {
  ask a = {.id = 1};
  host_answer *answer;
  if (!ask_once(s, &a))
    return;
  answer = host_find(&s->host, 1);
  if (answer->out_ends != 1)
    check_fail(s, "STDOUT ends with %u empty records", answer->out_ends);
}

static void out_ends_last(suite *s) {
  ask a = {.id = 1};
  host_answer *answer;
  if (!ask_once(s, &a))
    return;
  answer = host_find(&s->host, 1);
  if (answer->out_late > 0)
    check_fail(s, "%u STDOUT records follow the empty one", answer->out_late);
}

const check_case cases_streams[] = {
    {"each pair of PARAMS may have a record of its own", "5.2", MUST, 0, several_records},
    {"a pair may be cut in its name", "5.2", SHOULD, 0, cut_name},
    {"a pair may be cut in its value", "5.2", SHOULD, 0, cut_value},
    {"a pair may be cut between its lengths", "5.2", SHOULD, 0, cut_lengths},
    {"a value of 127 bytes has a length of one byte", "3.4", MUST, NEEDS_PROBE, value_127},
    {"a value of 128 bytes has a length of four", "3.4", MUST, NEEDS_PROBE, value_128},
    {"a name of 127 bytes arrives", "3.4", MUST, NEEDS_PROBE, name_127},
    {"a name of 128 bytes, with a value of 128, arrives", "3.4", MUST, NEEDS_PROBE, name_128},
    {"an empty value arrives, and what follows it", "3.4", MUST, NEEDS_PROBE, value_empty},
    {"short texts may have lengths of four bytes", "3.4", SHOULD, 0, long_lengths},
    {"a value may hold any bytes", "3.4", SHOULD, NEEDS_PROBE, any_bytes},
    {"PARAMS may be empty", "5.2", SHOULD, 0, no_params},
    {"a body of 0 bytes is only the empty STDIN", "5.3", MUST, 0, body_0},
    {"a body of 1 byte arrives", "5.3", MUST, NEEDS_PROBE, body_1},
    {"a body of 65,536 bytes arrives", "5.3", MUST, NEEDS_PROBE, body_65536},
    {"a body of 1 MB arrives, and comes back meanwhile", "5.3", MUST, NEEDS_PROBE, body_1m},
    {"a body that is shorter than CONTENT_LENGTH ends the request", "6.2", MUST, NEEDS_PROBE,
     body_short},
    {"a body that is longer than CONTENT_LENGTH ends the request", "6.2", MUST, NEEDS_PROBE,
     body_long},
    {"a body without CONTENT_LENGTH ends the request", "6.2", SHOULD, NEEDS_PROBE,
     body_without_length},
    {"an answer of 200,000 bytes comes whole", "5.3", MUST, NEEDS_PROBE, large_answer},
    {"error messages come on STDERR", "5.3", MUST, NEEDS_PROBE, error_stream},
    {"STDERR ends with one empty record when it was used", "5.3", SHOULD, NEEDS_PROBE,
     error_stream_ends},
    {"STDOUT ends with one empty record", "5.3", SHOULD, 0, out_ends},
    {"nothing comes on STDOUT behind its empty record", "5.3", MUST, 0, out_ends_last},
    {"a value of 64,000 bytes arrives", "3.4", SHOULD, NEEDS_PROBE, value_65000},
    {NULL, NULL, MUST, 0, NULL},
};
