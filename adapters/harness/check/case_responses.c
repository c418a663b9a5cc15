/* case_responses.c: cases about how an answer begins (RFC 3875 §6) and ends (§5.5). */
#include "cases.h"
#include <string.h>

enum { QUIET_MS = 100, FIELDS_MAX = 256 };

/* ---- The head ---- */

/* The answer to a plain request, whatever it says.  NULL after check_fail. */
static host_answer *answer_to(suite *s, const char *query) {
  ask a = {.id = 1, .query = query};
  if (!host_dial(s))
    return NULL;
  ask_put(s, &a);
  return host_send(s) ? ask_ended(s, &a) : NULL;
}

static size_t head_length(const host_answer *a) {
  fcl_head_scan scan = {0};
  return a->out.len ? fcl_head_end(&scan, a->out.base, a->out.len) : 0;
}

/* Returns 1; 0 with a sentence in e. */
static int parse(const host_answer *a, fcl_head *head, fcl_error *e) {
  static fcl_header fields[FIELDS_MAX];
  return fcl_head_parse(a->out.base, head_length(a), fields, FIELDS_MAX, head, e) == FCL_OK;
}

static void has_head(suite *s) {
  host_answer *a = answer_to(s, "");
  if (a && head_length(a) == 0)
    check_fail(s, "no blank line ends the head in the %zu bytes of STDOUT", a->out.len);
}

static void head_is_sound(suite *s) {
  host_answer *a = answer_to(s, "");
  fcl_head head;
  fcl_error e;
  if (a == NULL)
    return;
  if (head_length(a) == 0)
    check_skip(s, "there is no head");
  else if (!parse(a, &head, &e))
    check_fail(s, "%s", e.text);
}

static void has_type(suite *s) {
  host_answer *a = answer_to(s, "");
  fcl_head head;
  fcl_error e;
  fcl_slice value;
  if (a == NULL)
    return;
  if (head_length(a) == 0 || !parse(a, &head, &e))
    check_skip(s, "there is no sound head");
  else if (ask_body_of(a).len > 0 && !fcl_head_get(&head, "Content-Type", &value))
    check_fail(s, "there is a body of %zu bytes, and no Content-Type", ask_body_of(a).len);
}

static void status(suite *s) {
  host_answer *a = answer_to(s, "status=404");
  fcl_head head;
  fcl_error e;
  if (a == NULL)
    return;
  if (head_length(a) == 0 || !parse(a, &head, &e))
    check_fail(s, "a head with Status is not sound: %s", head_length(a) ? e.text : "no blank line");
  else if (head.status == 200)
    check_skip(s, "the probe does not set Status");
  else if (head.status != 404)
    check_fail(s, "Status is %d, not 404", head.status);
}

static void length(suite *s) {
  host_answer *a = answer_to(s, "size=1000");
  fcl_head head;
  fcl_error e;
  if (a == NULL)
    return;
  if (head_length(a) == 0 || !parse(a, &head, &e))
    check_skip(s, "there is no sound head");
  else if (head.content_length >= 0 && (uint64_t) head.content_length != ask_body_of(a).len)
    check_fail(s, "Content-Length is %lld, and the body has %zu bytes",
               (long long) head.content_length, ask_body_of(a).len);
}

static void early(suite *s) {
  ask a = {.id = 1};
  bytes pairs = {0};
  if (!host_dial(s))
    return;
  ask_pairs(s, &a, &pairs);
  ask_begin(s, &a);
  host_record(s, FCL_PARAMS, 1, pairs.base, pairs.len, 0);
  bytes_free(&pairs);
  if (!host_send(s))
    return;
  if (host_wait_for(s, host_has_bytes, 1, QUIET_MS))
    check_fail(s, "%llu bytes came before PARAMS had ended", (unsigned long long) s->host.received);
  host_record(s, FCL_PARAMS, 1, "", 0, 0);
  ask_body(s, &a);
  if (host_send(s))
    ask_served(s, &a);
}

/* ---- The end ---- */

/* A whole answer, and all that came until the connection was closed. */
static host_answer *to_the_end(suite *s) {
  host_answer *a = answer_to(s, "");
  if (a)
    host_wait(s, host_is_closed, 0);
  return a ? host_find(&s->host, 1) : NULL;
}

static void one_end(suite *s) {
  host_answer *a = to_the_end(s);
  if (a && a->ends != 1)
    check_fail(s, "%u END_REQUEST records came", a->ends);
}

static void end_of_8(suite *s) {
  host_answer *a = answer_to(s, "");
  if (a && a->end_len != 8)
    check_fail(s, "END_REQUEST has %u bytes", a->end_len);
}

static void nothing_behind(suite *s) {
  host_answer *a = to_the_end(s);
  if (a && a->late > a->ends - 1)
    check_fail(s, "%u records of the request came behind its END_REQUEST", a->late);
  else if (a && s->host.in.len > 0)
    check_fail(s, "%zu bytes that are no whole record came behind END_REQUEST", s->host.in.len);
}

static void status_0(suite *s) {
  host_answer *a = answer_to(s, "");
  if (a && a->app_status != 0)
    check_fail(s, "appStatus is %u", (unsigned) a->app_status);
}

static void app_status(suite *s) {
  host_answer *a = answer_to(s, "app=258");
  if (a && a->app_status == 0)
    check_skip(s, "the probe does not set appStatus");
  else if (a && a->app_status != 258)
    check_fail(s, "appStatus is %u, not 258", (unsigned) a->app_status);
}

static void no_other_id(suite *s) {
  host_answer *a = to_the_end(s);
  if (a && s->host.count > 1)
    check_fail(s, "records of request %u came too", s->host.answers[s->host.answers[0].id == 1].id);
}

const check_case cases_responses[] = {
    {"an answer begins with a head and a blank line", "RFC 3875 6.2", MUST, 0, has_head},
    {"the head is one that web servers take", "RFC 3875 6.3", MUST, 0, head_is_sound},
    {"a body has a Content-Type", "RFC 3875 6.3.1", MUST, 0, has_type},
    {"Status is a number that servers take", "RFC 3875 6.3.3", MUST, NEEDS_PROBE, status},
    {"Content-Length, where it is sent, is the body's", "RFC 3875 6.3", MUST, NEEDS_PROBE, length},
    {"nothing is sent before PARAMS has ended", "6.2", MUST, 0, early},
    {"END_REQUEST comes once", "5.5", MUST, 0, one_end},
    {"END_REQUEST has 8 bytes", "5.5", MUST, 0, end_of_8},
    {"nothing of a request comes behind its END_REQUEST", "3.3", MUST, 0, nothing_behind},
    {"appStatus of an answer without error is 0", "5.5", SHOULD, 0, status_0},
    {"appStatus has four bytes, the first being the highest", "5.5", MUST, NEEDS_PROBE, app_status},
    {"no record has the id of another request", "3.3", MUST, 0, no_other_id},
    {NULL, NULL, MUST, 0, NULL},
};
