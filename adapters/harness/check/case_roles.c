/* case_roles.c: cases about roles (§6), and those that are unknown (§5.5). */
#include "cases.h"
#include <string.h>

static void known_role(suite *s, unsigned role, const char *data) {
  static const char *const more[] = {"FCGI_DATA_LAST_MOD", "1000000000", "FCGI_DATA_LENGTH", "5",
                                     NULL};
  ask a = {.id = 1, .role = role, .more = data ? more : NULL};
  host_answer *answer;
  if (!host_dial(s))
    return;
  ask_put(s, &a);
  if (data) {
    host_record(s, FCL_DATA, 1, data, strlen(data), 0);
    host_record(s, FCL_DATA, 1, "", 0, 0);
  }
  if (!host_send(s))
    return;
  if (!host_wait(s, host_has_end, 1)) {
    check_fail(s, "END_REQUEST did not come: %s", host_state(s, 1));
    return;
  }
  answer = host_find(&s->host, 1);
  if (answer->protocol_status == FCL_UNKNOWN_ROLE)
    check_note(s, "the application does not play this role, and says so");
  else
    ask_served(s, &a);
}

static void responder(suite *s) {
  ask a = {.id = 1};
  ask_once(s, &a);
}

static void authorizer(suite *s) {
  known_role(s, FCL_AUTHORIZER, NULL);
}

static void filter(suite *s) {
  known_role(s, FCL_FILTER, "data\n");
}

/* ---- Unknown ones ---- */

static host_answer *refused(suite *s, unsigned role, unsigned flags) {
  ask a = {.id = 1, .role = role, .flags = flags};
  host_answer *answer;
  if (!host_dial(s))
    return NULL;
  host_begin(s, 1, role, flags);
  ask_params(s, &a);
  ask_body(s, &a);
  if (!host_send(s))
    return NULL;
  if (!host_wait(s, host_has_end, 1)) {
    check_fail(s, "END_REQUEST did not come: %s", host_state(s, 1));
    return NULL;
  }
  answer = host_find(&s->host, 1);
  if (answer->protocol_status == FCL_UNKNOWN_ROLE)
    return answer;
  check_fail(s, "END_REQUEST says protocolStatus %u, not UNKNOWN_ROLE", answer->protocol_status);
  return NULL;
}

static void role_0(suite *s) {
  refused(s, 0, 0);
}

static void role_4(suite *s) {
  refused(s, 4, 0);
}

static void role_257(suite *s) {
  refused(s, 0x101, 0);
}

/* What is not about the refusal itself, where there is none. */
static host_answer *refused_anyhow(suite *s, unsigned flags) {
  host_answer *answer = refused(s, 9, flags);
  if (answer == NULL && s->result.verdict == FAILED) {
    memset(&s->result, 0, sizeof s->result);
    check_skip(s, "the application refuses no role");
  }
  return answer;
}

static void refused_without_output(suite *s) {
  host_answer *answer = refused_anyhow(s, 0);
  if (answer && answer->out.len > 0)
    check_fail(s, "%zu bytes of STDOUT came before the refusal", answer->out.len);
}

static void refused_closes(suite *s) {
  if (refused_anyhow(s, 0) && !host_wait(s, host_is_closed, 0))
    check_fail(s, "KEEP_CONN was not set, and the connection is open after %u ms", s->timeout_ms);
}

static void refused_goes_on(suite *s) {
  ask a = {.id = 1};
  if (!refused_anyhow(s, FCL_KEEP_CONN))
    return;
  host_forget(s);
  ask_put(s, &a);
  if (host_send(s))
    ask_served(s, &a);
}

const check_case cases_roles[] = {
    {"a responder is served", "6.2", MUST, 0, responder},
    {"an authorizer is served, or refused as UNKNOWN_ROLE", "6.3", MUST, 0, authorizer},
    {"a filter is served, or refused as UNKNOWN_ROLE", "6.4", MUST, 0, filter},
    {"the role 0 is refused as UNKNOWN_ROLE", "5.5", SHOULD, 0, role_0},
    {"the role 4 is refused as UNKNOWN_ROLE", "5.5", SHOULD, 0, role_4},
    {"the role 257 is not taken for 1", "5.1", SHOULD, 0, role_257},
    {"a refused role has no output", "5.5", SHOULD, 0, refused_without_output},
    {"without KEEP_CONN a refused role closes the connection", "5.1", SHOULD, 0, refused_closes},
    {"with KEEP_CONN a refused role leaves it usable", "5.1", SHOULD, 0, refused_goes_on},
    {NULL, NULL, MUST, 0, NULL},
};
