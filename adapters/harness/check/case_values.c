/* case_values.c: cases about management records (§4). */
#include "cases.h"
#include <string.h>

static const char *const names[] = {"FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS"};

/* What is not about whether it answers at all. */
static int ask_anyhow(suite *s, const char *const *asked) {
  if (values_ask(s, asked))
    return 1;
  memset(&s->result, 0, sizeof s->result);
  return check_skip(s, "the application does not answer GET_VALUES");
}

static const char *const all[] = {"FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS", NULL};

static void answers(suite *s) {
  values_ask(s, all);
}

static void well_formed(suite *s) {
  const char *p, *end;
  fcl_slice name, value;
  if (!ask_anyhow(s, all))
    return;
  for (p = s->host.values.base, end = p + s->host.values.len; p < end;)
    if (!fcl_get_pair(&p, end, &name, &value)) {
      check_fail(s, "the pairs of %zu bytes are malformed at byte %zu", s->host.values.len,
                 (size_t) (p - s->host.values.base));
      return;
    }
}

static void numbers(suite *s) {
  const char *value = "";
  size_t i;
  int len, at;
  if (!ask_anyhow(s, all))
    return;
  for (i = 0; i < 3; i++) {
    len = values_get(&s->host, names[i], &value);
    for (at = 0; at < len; at++)
      if (value[at] < '0' || value[at] > '9' || (i == 2 && (len != 1 || value[at] > '1'))) {
        check_fail(s, "%s is \"%.*s\"", names[i], len > 40 ? 40 : len, value);
        return;
      }
    if (len == 0)
      check_fail(s, "%s is empty", names[i]);
  }
}

static void all_three(suite *s) {
  const char *value;
  size_t i;
  if (!ask_anyhow(s, all))
    return;
  for (i = 0; i < 3; i++)
    if (values_get(&s->host, names[i], &value) < 0)
      check_fail(s, "%s is not in the answer", names[i]);
}

static void only_asked(suite *s) {
  const char *value;
  if (!ask_anyhow(s, (const char *const[]){names[2], NULL}))
    return;
  if (values_get(&s->host, names[0], &value) >= 0 || values_get(&s->host, names[1], &value) >= 0)
    check_fail(s, "only FCGI_MPXS_CONNS was asked for, and others are in the answer");
}

static void unknown_omitted(suite *s) {
  const char *value;
  if (!ask_anyhow(s, (const char *const[]){"CHECK_UNKNOWN", names[2], NULL}))
    return;
  if (values_get(&s->host, "CHECK_UNKNOWN", &value) >= 0)
    check_fail(s, "a name that nobody knows is in the answer");
}

static void no_names(suite *s) {
  if (!ask_anyhow(s, all) || !values_ask(s, (const char *const[]){NULL}))
    return;
  if (s->host.values.len > 0)
    check_fail(s, "nothing was asked for, and the answer has %zu bytes", s->host.values.len);
}

static int request_behind(suite *s) {
  ask a = {.id = 1};
  ask_put(s, &a);
  return host_send(s) && ask_served(s, &a);
}

static void then_request(suite *s) {
  if (ask_anyhow(s, all))
    request_behind(s);
}

/* Something must follow, or nobody would see that the padding was taken for a record. */
static void padded(suite *s) {
  if (!ask_anyhow(s, all))
    return;
  if (!request_behind(s)) {
    memset(&s->result, 0, sizeof s->result);
    check_skip(s, "GET_VALUES does not leave the connection usable");
  }
  if (!host_dial(s))
    return;
  values_put(s, all, 255);
  if (!host_send(s))
    return;
  if (!host_wait(s, host_has_values, 1))
    check_fail(s, "GET_VALUES_RESULT did not come: %s", host_state(s, 0));
  request_behind(s);
}

/* Whatever follows a request's answer would be a second one. */
static void once(suite *s) {
  ask a = {.id = 1};
  if (!ask_anyhow(s, all))
    return;
  ask_put(s, &a);
  if (host_send(s))
    host_wait(s, host_has_end, 1);
  if (s->host.values_count > 1)
    check_fail(s, "%u GET_VALUES_RESULT records came for one GET_VALUES", s->host.values_count);
}

static void unknown_type(suite *s) {
  if (!host_dial(s))
    return;
  host_record(s, 99, 0, "12345678", 8, 0);
  if (!host_send(s))
    return;
  if (!host_wait(s, host_has_unknown, 1))
    check_fail(s, "UNKNOWN_TYPE did not come: %s", host_state(s, 0));
  else if (s->host.unknown_type != 99 || s->host.unknown_len != 8)
    check_fail(s, "UNKNOWN_TYPE has %u bytes and names the type %u, not 99", s->host.unknown_len,
               s->host.unknown_type);
}

static void unknown_type_then_request(suite *s) {
  ask a = {.id = 1};
  static const char content[65535];
  if (!host_dial(s))
    return;
  host_record(s, 255, 0, content, sizeof content, 255);
  ask_put(s, &a);
  if (host_send(s))
    ask_served(s, &a);
}

static void during_request(suite *s) {
  ask a = {.id = 1};
  if (!host_dial(s))
    return;
  ask_begin(s, &a);
  ask_params(s, &a);
  values_put(s, all, 0);
  ask_body(s, &a);
  if (host_send(s))
    ask_served(s, &a);
}

const check_case cases_values[] = {
    {"GET_VALUES is answered", "4.1", SHOULD, 0, answers},
    {"its answer has whole pairs", "4.1", MUST, 0, well_formed},
    {"its values are numbers, and FCGI_MPXS_CONNS is 0 or 1", "4.1", MUST, 0, numbers},
    {"all three names of the specification are known", "4.1", SHOULD, 0, all_three},
    {"only names that were asked for are in the answer", "4.1", SHOULD, 0, only_asked},
    {"unknown names are left out", "4.1", MUST, 0, unknown_omitted},
    {"GET_VALUES without names is answered without names", "4.1", SHOULD, 0, no_names},
    {"GET_VALUES may be padded", "3.3", SHOULD, 0, padded},
    {"GET_VALUES leaves the connection usable", "4.1", SHOULD, 0, then_request},
    {"GET_VALUES is answered once", "4.1", SHOULD, 0, once},
    {"an unknown management type is answered with UNKNOWN_TYPE", "4.2", SHOULD, 0, unknown_type},
    {"the largest record of an unknown management type is skipped", "4.2", SHOULD, 0,
     unknown_type_then_request},
    {"GET_VALUES within a request does not disturb it", "4.1", SHOULD, 0, during_request},
    {NULL, NULL, MUST, 0, NULL},
};
