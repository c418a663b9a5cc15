/* outcome.c: whether what a request was told is what a transcript's `=` line says. */
#define _GNU_SOURCE
#include "caller.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- In words ---- */

static void say_head(const call *c, fcl__text *got) {
  const char *at = c->fields.base;
  size_t n;
  fcl__text_say(got, "head %d", c->status);
  if (c->reason.len > 0)
    fcl__text_say(got, " reason="), fcl__text_quote(got, c->reason.base, c->reason.len, 100);
  for (n = 0; n < c->field_count; n++) {
    fcl_slice name = {at, strlen(at)}, value = {at + strlen(at) + 1, strlen(at + strlen(at) + 1)};
    fcl__text_say(got, " ");
    fcl__text_pair(got, name, value, 200);
    at = value.base + value.len + 1;
  }
  if (c->content_length >= 0)
    fcl__text_say(got, " length=%lld", (long long) c->content_length);
  if (c->local_redirect)
    fcl__text_say(got, " redirect=local");
}

static void say_done(const call *c, fcl__text *got) {
  const fcl_result *r = &c->result;
  if (r->error.code == FCL_OK)
    fcl__text_say(got, "done OK");
  else
    fcl__text_say(got, "done error=%s text=\"%s\"", fcl_code_name(r->error.code), r->error.text);
  fcl__text_say(got, " tries=%u sent=%llu received=%llu", r->tries, (unsigned long long) r->sent,
                (unsigned long long) r->received);
  if (r->app_status)
    fcl__text_say(got, " app=%u", r->app_status);
  if (r->unclean)
    fcl__text_say(got, " unclean=1");
}

static fcl__verdict wait_for(const call *c, const char *what, fcl__text *got) {
  fcl__text_say(got, "no %s", what);
  if (!c->is_done)
    return FCL__WAIT;
  fcl__text_say(got, ", and ");
  say_done(c, got);
  return FCL__FAIL;
}

/* ---- Head ---- */

static int find_field(const call *c, char *used, const fcl__arg *a) {
  const char *at = c->fields.base;
  size_t n;
  for (n = 0; n < c->field_count; n++) {
    size_t name = strlen(at), value = strlen(at + name + 1);
    if (!used[n] && name == a->name.len && strncasecmp(at, a->name.base, name) == 0 &&
        (a->is_any || (value == a->value.len && memcmp(at + name + 1, a->value.base, value) == 0)))
      return used[n] = 1;
    at += name + value + 2;
  }
  return 0;
}

static int word_fits(const call *c, const fcl__arg *a, int *is_word) {
  uint64_t n = 0;
  *is_word = !a->is_quoted;
  if (!a->is_quoted && fcl__slice_is(a->name, "reason"))
    return a->value.len == c->reason.len &&
           (a->value.len == 0 || memcmp(a->value.base, c->reason.base, a->value.len) == 0);
  if (!a->is_quoted && fcl__slice_is(a->name, "length"))
    return fcl__slice_is(a->value, "none")
               ? c->content_length < 0
               : fcl__slice_number(a->value, INT64_MAX, &n) && (int64_t) n == c->content_length;
  if (!a->is_quoted && fcl__slice_is(a->name, "redirect"))
    return c->local_redirect == fcl__slice_is(a->value, "local");
  *is_word = 0;
  return 0;
}

static fcl__verdict judge_head(call *c, const fcl__step *s, fcl__text *got) {
  char used[FCL__ARGS_MAX] = {0};
  size_t n, found = 0;
  int is_more = 0, is_word;
  uint64_t status = 0;
  if (!c->has_head)
    return wait_for(c, "head", got);
  say_head(c, got);
  fcl__slice_number(s->args[0].name, 999, &status);
  if ((uint64_t) c->status != status || c->field_count > FCL__ARGS_MAX)
    return FCL__FAIL;
  for (n = 1; n < s->arg_count; n++) {
    const fcl__arg *a = &s->args[n];
    if (a->kind == FCL__ARG_MORE) {
      is_more = 1;
      continue;
    }
    if (!word_fits(c, a, &is_word) && (is_word || !find_field(c, used, a)))
      return FCL__FAIL;
    found += !is_word;
  }
  return is_more || found == c->field_count ? FCL__MET : FCL__FAIL;
}

/* ---- Bodies ---- */

/* The next bytes; with a gap, or as a sum, all that is left when it is over. */
static fcl__verdict judge_bytes(const call *c, const fcl__pattern *p, const fcl__text *all,
                                size_t *at, int *is_any, fcl__text *got) {
  size_t left = all->len - *at, len = left < p->len ? left : p->len;
  const char *bytes = all->base ? all->base + *at : "";
  int ends_open = p->gap_count == 1 && p->gaps[0] == p->len;
  fcl__text_quote(got, bytes, left, 300);
  if (p->gap_count > 0 && !ends_open) {
    if (!c->is_done)
      return FCL__WAIT;
    *at = all->len;
    return fcl__pattern_fits(p, bytes, left) ? FCL__MET : FCL__FAIL;
  }
  if (len > 0 && memcmp(bytes, p->base, len) != 0)
    return FCL__FAIL;
  if (len < p->len)
    return c->is_done ? FCL__FAIL : FCL__WAIT;
  *at += len;
  *is_any |= ends_open;
  return FCL__MET;
}

static fcl__verdict judge_sum(call *c, const fcl__step *s, fcl__text *got) {
  fcl__sha256 sum;
  uint8_t is[32], expected[32];
  uint64_t length;
  size_t n, i;
  int fits = 1;
  if (!c->is_done)
    return fcl__text_say(got, "%zu bytes so far", c->body.len - c->body_at), FCL__WAIT;
  fcl__sha256_init(&sum);
  fcl__sha256_add(&sum, c->body.base + c->body_at, c->body.len - c->body_at);
  fcl__sha256_end(&sum, is);
  for (n = 0; n < s->arg_count; n++)
    if (fcl__slice_is(s->args[n].name, "length"))
      fits &= fcl__slice_number(s->args[n].value, UINT64_MAX, &length) &&
              length == c->body.len - c->body_at;
    else
      fits &= fcl__read_sum(s->args[n].value, expected) && memcmp(is, expected, sizeof is) == 0;
  fcl__text_say(got, "body length=%zu sha256=", c->body.len - c->body_at);
  for (i = 0; i < sizeof is; i++)
    fcl__text_say(got, "%02x", is[i]);
  c->body_at = c->body.len;
  return fits ? FCL__MET : FCL__FAIL;
}

static fcl__verdict judge_body(call *c, const fcl__step *s, fcl__text *got) {
  c->body_is_claimed = 1;
  if (s->arg_count > 0)
    return judge_sum(c, s, got);
  fcl__text_say(got, "body ");
  return judge_bytes(c, &s->bytes, &c->body, &c->body_at, &c->body_is_any, got);
}

/* ---- End ---- */

static int has_words(const char *text, fcl_slice words) {
  size_t len = strlen(text);
  return words.len == 0 || fcl__find(text, len, words.base, words.len) != NULL;
}

static int arg_fits(const fcl_result *r, const fcl__arg *a) {
  const struct {
    const char *name;
    uint64_t is;
  } numbers[] = {{"tries", r->tries},
                 {"unclean", (uint64_t) r->unclean},
                 {"app", r->app_status},
                 {"sent", r->sent},
                 {"received", r->received}};
  uint64_t n;
  size_t i;
  if (a->kind == FCL__ARG_WORD)
    return r->error.code == FCL_OK;
  if (fcl__slice_is(a->name, "error"))
    return fcl__slice_is(a->value, fcl_code_name(r->error.code));
  if (fcl__slice_is(a->name, "text"))
    return has_words(r->error.text, a->value);
  for (i = 0; i < 5; i++)
    if (fcl__slice_is(a->name, numbers[i].name))
      return fcl__slice_number(a->value, UINT64_MAX, &n) && n == numbers[i].is;
  return 0;
}

/* One of the alternatives between `|`. */
static int any_fits(const fcl_result *r, const fcl__arg *args, size_t count) {
  int fits = 1;
  size_t n;
  for (n = 0; n < count; n++)
    if (args[n].kind != FCL__ARG_OR)
      fits &= arg_fits(r, &args[n]);
    else if (fits)
      return 1;
    else
      fits = 1;
  return fits;
}

static fcl__verdict judge_done(call *c, const fcl__step *s, fcl__text *got) {
  if (!c->is_done)
    return fcl__text_say(got, "it is not over; body so far: %zu bytes", c->body.len), FCL__WAIT;
  say_done(c, got);
  if (!any_fits(&c->result, s->args, s->arg_count))
    return FCL__FAIL;
  if (!c->body_is_claimed || c->body_is_any || c->body_at == c->body.len)
    return FCL__MET;
  fcl__text_say(got, ", and behind the body's end ");
  fcl__text_quote(got, c->body.base + c->body_at, c->body.len - c->body_at, 200);
  return FCL__FAIL;
}

/* ---- All ---- */

static fcl__verdict judge_event(caller *k, const fcl__step *s, fcl__text *got) {
  const char *from = k->events.base ? k->events.base + k->events_at : "", *end;
  for (; (end = strchr(from, '\n')) != NULL; from = end + 1) {
    size_t n, fits = 1;
    for (n = 0; n < s->arg_count; n++)
      fits &= fcl__find(from, (size_t) (end - from), s->args[n].value.base, s->args[n].value.len) !=
              NULL;
    if (fits) {
      k->events_at = (size_t) (end + 1 - k->events.base);
      return FCL__MET;
    }
  }
  fcl__text_say(got, "events: ");
  fcl__text_quote(got, k->events.base ? k->events.base : "", k->events.len, 800);
  return FCL__WAIT;
}

static int has_come(const call *c, fcl__verb verb) {
  switch (verb) {
  case FCL__VERB_HEAD:
    return c->has_head;
  case FCL__VERB_BODY:
    return c->body.len > c->body_at;
  case FCL__VERB_STDERR:
    return c->errs.len > c->errs_at;
  case FCL__VERB_SENT:
    return c->sents > c->sents_at;
  case FCL__VERB_DONE:
    return c->is_done;
  case FCL__VERB_REQUEST:
  case FCL__VERB_WRITE:
  case FCL__VERB_FINISH:
  case FCL__VERB_HOLD:
  case FCL__VERB_RESUME:
  case FCL__VERB_CANCEL:
  case FCL__VERB_EVENT:
    return 0;
  }
  return 0;
}

static fcl__verdict judge_none(caller *k, const fcl__step *s, fcl__text *got) {
  const call *c;
  for (c = k->calls; c; c = c->next)
    if ((s->name.len == 0 || caller_find(k, s->name) == c) && has_come(c, s->verb)) {
      fcl__text_say(got, "it came, for %.*s", (int) c->name.len, c->name.base);
      return FCL__FAIL;
    }
  return FCL__WAIT;
}

fcl__verdict caller_outcome(caller *k, const fcl__step *s, fcl__text *got) {
  call *c = caller_find(k, s->name);
  if (s->verb == FCL__VERB_EVENT)
    return judge_event(k, s, got);
  if (s->is_no)
    return judge_none(k, s, got);
  if (c == NULL)
    return fcl__text_say(got, "no request of this name"), FCL__FAIL;
  if (s->verb == FCL__VERB_HEAD)
    return judge_head(c, s, got);
  if (s->verb == FCL__VERB_BODY)
    return judge_body(c, s, got);
  if (s->verb == FCL__VERB_DONE)
    return judge_done(c, s, got);
  if (s->verb == FCL__VERB_STDERR)
    return fcl__text_say(got, "stderr "),
           judge_bytes(c, &s->bytes, &c->errs, &c->errs_at, &c->errs_are_any, got);
  if (c->sents == c->sents_at)
    return wait_for(c, "lend came back", got);
  c->sents_at++;
  return FCL__MET;
}
