/* expect.c: what a script has read of a request, and what it had expected. */
#include "script.h"
#include <string.h>

/* Before a step was about one, the one that was begun last. */
const fcl_seen *fcl_script_seen(fcl_script *s) {
  const fcl_seen *seen = s->current ? fcl__conn_seen(s->current) : NULL;
  if (s->current && (seen == NULL || seen->ended) && fcl_inspector_last(s->current->inspector))
    seen = fcl_inspector_last(s->current->inspector);
  return seen;
}

unsigned fcl_script_id(fcl_script *s) {
  const fcl_seen *seen = fcl_script_seen(s);
  return seen ? seen->id : 1;
}

fcl_slice fcl_script_received(fcl_script *s) {
  fcl_slice all = {NULL, 0};
  if (s->current) {
    all.base = s->current->received;
    all.len = s->current->received_len;
  }
  return all;
}

static const fcl_seen *seen_or_fail(fcl_script *s) {
  const fcl_seen *seen = fcl_script_failed(s) ? NULL : fcl_script_seen(s);
  if (seen == NULL && !fcl_script_failed(s))
    fcl__script_fail(s, "a request was expected, and none was read");
  return seen;
}

int fcl_script_expect(fcl_script *s, int met, const char *sentence) {
  if (fcl_script_failed(s))
    return 0;
  return met ? 1 : fcl__script_fail(s, "expected that %s", sentence);
}

int fcl_script_expect_begin(fcl_script *s, unsigned role, unsigned flags) {
  const fcl_seen *seen = seen_or_fail(s);
  if (seen == NULL || (seen->role == role && seen->flags == flags))
    return seen != NULL;
  return fcl__script_fail(s,
                          "expected a request with role %u and flags %u, and these were %u and %u",
                          role, flags, seen->role, seen->flags);
}

int fcl_script_expect_param(fcl_script *s, const char *name, const char *value) {
  const fcl_seen *seen = seen_or_fail(s);
  fcl_slice came = {"", 0};
  int is_there;
  if (seen == NULL)
    return 0;
  is_there = fcl_seen_param(seen, name, &came);
  if (!is_there)
    return value == NULL ||
           fcl__script_fail(s, "expected %s=%s, and there is no %s", name, value, name);
  if (value && came.len == strlen(value) && memcmp(came.base, value, came.len) == 0)
    return 1;
  return fcl__script_fail(s, "expected %s%s%s, and it is \"%.*s\"", value ? name : "no ",
                          value ? "=" : name, value ? value : "",
                          (int) (came.len < 200 ? came.len : 200), came.base);
}

int fcl_script_expect_body(fcl_script *s, const void *data, size_t len) {
  return fcl_script_expect_body_hash(s, len, fcl_fnv1a(FCL_FNV_START, data, len));
}

int fcl_script_expect_body_hash(fcl_script *s, uint64_t len, uint64_t hash) {
  const fcl_seen *seen = seen_or_fail(s);
  if (seen == NULL || (seen->in.len == len && seen->in.hash == hash))
    return seen != NULL;
  return fcl__script_fail(
      s, "expected %llu bytes of STDIN with hash %016llx, and %llu with %016llx came",
      (unsigned long long) len, (unsigned long long) hash, (unsigned long long) seen->in.len,
      (unsigned long long) seen->in.hash);
}
