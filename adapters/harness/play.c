/* play.c: plays one case of a transcript: its lines in turn, each until it is met, all on one
 * thread. */
#include "player.h"
#include "net.h"
#include "sync.h"
#include <stdlib.h>
#include <string.h>

#define ENDING_MS 1000
#define UNTOLD_MS 2

static fcl_side other(fcl_side side) {
  return side == FCL_SIDE_APP ? FCL_SIDE_SERVER : FCL_SIDE_APP;
}

/* ---- Failing ---- */

/* In two lines, so that expected and got stand below one another. */
static int fail(fcl__play *p, const char *expected, fcl__text *got) {
  const fcl__step *s = p->at;
  if (p->said.len > 0)
    return 0;
  if (s)
    fcl__text_say(&p->said, "  line %u, expected: ", s->line);
  else
    fcl__text_say(&p->said, "  at the end, expected: ");
  if (expected)
    fcl__text_say(&p->said, "%s", expected);
  else
    fcl__text_add(&p->said, s->text.base, s->text.len < 400 ? s->text.len : 400);
  fcl__text_say(&p->said, "\n       got: ");
  fcl__text_add(&p->said, got->len ? got->base : "nothing", got->len ? got->len : 7);
  fcl__text_add(&p->said, "\n", 1);
  return 0;
}

static int fail_with(fcl__play *p, const char *expected, const char *got) {
  fcl__text t = {NULL, 0, 0, 0};
  fcl__text_say(&t, "%s", got);
  fail(p, expected, &t);
  fcl__text_free(&t);
  return 0;
}

/* ---- A turn ---- */

static int is_shared(const fcl__case *c) {
  size_t n;
  for (n = 0; n < c->pool_count; n++)
    if (fcl__slice_is(c->pool[n].name, "per_connection"))
      return 1;
  return 0;
}

static fcl__play_conn *add_conn(fcl__play *p, int fd) {
  fcl__play_conn **last = &p->conns,
                 *c = fcl__play_conn_new(fd, p->count + 1, p->is_inspected, is_shared(p->c));
  if (c == NULL) {
    fcl__net_close(fd);
    fail_with(p, "memory for a connection", "none");
    return NULL;
  }
  while (*last)
    last = &(*last)->next;
  *last = c;
  p->count++;
  return c;
}

/* A case that begins anew with the next connection leaves that to its next time. */
static int has_all(const fcl__play *p) {
  size_t n;
  unsigned named = 0;
  if (!p->c->is_again)
    return 0;
  for (n = 0; n < p->c->count; n++)
    named += p->c->steps[n].kind == FCL__STEP_CONNECTION;
  return p->count >= (named ? named : 1);
}

static int take_connections(fcl__play *p) {
  int fd, done = 0;
  while (p->listener >= 0 && !has_all(p) && (fd = fcl__net_accept(p->listener)) >= 0) {
    if (add_conn(p, fd) == NULL)
      return 0;
    done = 1;
  }
  return done;
}

/* Judged only while the application's own bytes are FastCGI: else the strict reader misses its
 * ends. */
static void inspect(fcl__play *p, const fcl__play_conn *c) {
  const char *fault;
  if (c->inspector == NULL || fcl_inspector_fault(c->inspector, FCL_SIDE_APP) ||
      p->side != FCL_SIDE_APP)
    return;
  fault = fcl_inspector_fault(c->inspector, FCL_SIDE_SERVER);
  if (fault)
    fail_with(p, "a server that keeps to FastCGI", fault);
}

/* Does what can be done at once; 1: something was done. */
static int step_io(fcl__play *p) {
  fcl__play_conn *c;
  int done = 0;
  if (p->caller)
    p->caller->run(p->caller->it);
  done |= take_connections(p);
  for (c = p->conns; c; c = c->next) {
    done |= fcl__play_conn_write(c, &p->split, p->side);
    done |= fcl__play_conn_read(c, other(p->side));
    inspect(p, c);
  }
  return done;
}

static size_t fill(fcl__play *p, fcl__polled *polled, int *is_draining) {
  fcl__play_conn *c;
  size_t n = 0;
  polled[n++] = (fcl__polled){has_all(p) ? -1 : p->listener, FCL__IN, 0};
  polled[n++] = (fcl__polled){p->caller ? p->caller->fd(p->caller->it) : -1, FCL__IN, 0};
  polled[n++] = (fcl__polled){p->is_ending ? -1 : p->wake, FCL__IN, 0};
  for (c = p->conns; c; c = c->next, n++) {
    int wants_out = !fcl__play_conn_is_out(c) && !c->must_drain;
    *is_draining |= c->must_drain && c->fd >= 0;
    polled[n] = (fcl__polled){c->fd, 0, 0};
    polled[n].events =
        (short) ((c->is_stopped || c->in.is_ended ? 0 : FCL__IN) | (wants_out ? FCL__OUT : 0));
    if (polled[n].events == 0)
      polled[n].fd = -1;
  }
  return n;
}

/* Waits up to `ms` for anything; nothing tells when a peer has read, so then it looks often. */
static void turn(fcl__play *p, int ms) {
  fcl__polled *polled;
  int due, is_draining = 0;
  size_t n;
  polled = calloc(p->count + 3, sizeof *polled);
  if (polled == NULL)
    return;
  n = fill(p, polled, &is_draining);
  due = p->caller ? p->caller->timeout(p->caller->it) : -1;
  if (due >= 0 && (ms < 0 || due < ms))
    ms = due;
  if (is_draining && (ms < 0 || ms > 1))
    ms = 1;
  if (p->caller && polled[1].fd < 0 && (ms < 0 || ms > UNTOLD_MS)) /* it has no descriptor here */
    ms = UNTOLD_MS;
  fcl__net_poll(polled, n, ms);
  p->is_ending |= polled[2].revents != 0;
  free(polled);
  step_io(p);
}

/* Until nothing more happens by itself. */
static void settle(fcl__play *p) {
  int quiet = 0, turns;
  for (turns = 0; quiet < 3 && turns < 100000 && p->said.len == 0; turns++)
    quiet = step_io(p) ? 0 : quiet + 1;
}

/* ---- Lines ---- */

static void keep_out_small(fcl__text *out, size_t *at) {
  if (*at > 0 && out->len > *at)
    memmove(out->base, out->base + *at, out->len - *at);
  out->len -= *at;
  *at = 0;
}

static fcl__verdict send_line(fcl__play *p, const fcl__wire *w) {
  fcl__play_conn *c = p->current;
  const char *why;
  keep_out_small(&c->out, &c->out_at);
  switch (w->kind) {
  case FCL__WIRE_RECORD:
  case FCL__WIRE_RAW:
    if (fcl__encode(w, &p->names, &c->current, &c->out, &why))
      return FCL__MET;
    fail_with(p, NULL, why);
    return FCL__FAIL;
  case FCL__WIRE_CUT:
    c->cut = w->number ? c->out.len + w->number : 0;
    return FCL__MET;
  case FCL__WIRE_PIECES:
    if (!fcl__play_conn_is_out(c))
      return FCL__WAIT;
    c->piece = c->piece_left = w->number;
    return FCL__MET;
  case FCL__WIRE_CLOSE:
  case FCL__WIRE_RESET:
    if (!fcl__play_conn_is_out(c))
      return FCL__WAIT;
    while (fcl__play_conn_read(c, other(p->side))) /* unread bytes would make a reset of a close */
      ;
    fcl__play_conn_close(c, w->kind == FCL__WIRE_RESET);
    return FCL__MET;
  case FCL__WIRE_HALF_CLOSE:
    if (!fcl__play_conn_is_out(c))
      return FCL__WAIT;
    if (c->fd >= 0)
      fcl__net_say_end(c->fd);
    return FCL__MET;
  case FCL__WIRE_NOTHING:
  case FCL__WIRE_ANY:
    return FCL__MET;
  }
  return FCL__FAIL;
}

static fcl__verdict expect_line(fcl__play *p, const fcl__step *s, fcl__text *got) {
  fcl__play_conn *c = p->current;
  fcl__verdict verdict = FCL__FAIL;
  size_t n;
  c->is_stopped = 0;
  c->in.note.len = 0;
  for (n = 0; n < s->any_count; n++) {
    fcl__verdict one = fcl__match(&s->any[n], &c->in, &p->names, &c->current);
    if (one == FCL__MET)
      return FCL__MET;
    if (one == FCL__WAIT)
      verdict = FCL__WAIT;
  }
  got->len = 0;
  if (c->in.note.len > 0)
    fcl__text_add(got, c->in.note.base, c->in.note.len);
  else
    fcl__arrived_say(&c->in, got);
  return verdict;
}

static fcl__verdict wire_line(fcl__play *p, const fcl__step *s, fcl__text *got) {
  fcl_side speaks = s->kind == FCL__STEP_SERVER ? FCL_SIDE_SERVER : FCL_SIDE_APP;
  if (p->current == NULL) {
    fail_with(p, NULL,
              "no connection yet: `-- connection 1` stands before the first line of the wire");
    return FCL__FAIL;
  }
  return speaks == p->side ? send_line(p, &s->any[0]) : expect_line(p, s, got);
}

static fcl__verdict connection_line(fcl__play *p, unsigned number, fcl__text *got) {
  fcl__play_conn *c;
  fcl_error e;
  int fd;
  for (c = p->conns; c; c = c->next)
    if (c->number == number) {
      p->current = c;
      return FCL__MET;
    }
  got->len = 0;
  fcl__text_say(got, "%u connections", p->count);
  if (p->side == FCL_SIDE_APP)
    return number == p->count + 1 ? FCL__WAIT : FCL__FAIL;
  fd = fcl__connect(p->target, &e);
  p->names.last_id = 0;
  if (fd < 0)
    got->len = 0, fcl__text_say(got, "%s", e.text);
  return fd >= 0 && (p->current = add_conn(p, fd)) != NULL ? FCL__MET : FCL__FAIL;
}

static fcl__verdict try_line(fcl__play *p, const fcl__step *s, fcl__text *got) {
  switch (s->kind) {
  case FCL__STEP_CONNECTION:
    return connection_line(p, s->number, got);
  case FCL__STEP_REFUSE:
    if (p->side == FCL_SIDE_APP && p->listener >= 0)
      p->refuse(p->user);
    p->listener = -1;
    return FCL__MET;
  case FCL__STEP_SERVER:
  case FCL__STEP_APP:
    return wire_line(p, s, got);
  case FCL__STEP_CALL:
  case FCL__STEP_OUTCOME:
    got->len = 0;
    return p->caller ? p->caller->step(p->caller->it, s, got) : FCL__MET;
  case FCL__STEP_WAIT:
    return FCL__WAIT;
  case FCL__STEP_STOP_READING:
    if (p->current)
      p->current->is_stopped = 1;
    return FCL__MET;
  }
  return FCL__FAIL;
}

/* ---- Time ---- */

/* A real server comes when it comes, and gives up when its own clocks say so. */
static int is_endless(const fcl__play *p, const fcl__step *s) {
  if (!p->is_patient || p->is_ending)
    return 0;
  if (s->kind == FCL__STEP_SERVER)
    return s->any[0].kind == FCL__WIRE_CLOSE;
  return s->kind == FCL__STEP_CONNECTION && p->count == 0;
}

/* Nobody needs to come another time. */
static int is_over(const fcl__play *p, const fcl__step *s) {
  return p->c->is_again && s->kind == FCL__STEP_CONNECTION && p->count == 0;
}

static int wait_line(fcl__play *p, const fcl__step *s, fcl__text *got) {
  uint64_t now = fcl__now_ms(), until;
  int is_time = fcl__step_is_timed(s, p->side), is_cut = 0;
  fcl__verdict v;
  for (until = now + (is_time ? fcl__step_ms(s) : p->limit_ms);; now = fcl__now_ms()) {
    v = try_line(p, s, got);
    if (p->said.len > 0 || v != FCL__WAIT)
      break;
    if (p->is_ending && !is_cut && (!is_time || until > now + ENDING_MS))
      until = is_over(p, s) ? now : now + ENDING_MS;
    is_cut = p->is_ending;
    if (now >= until && !is_endless(p, s))
      return is_time ? 1
                     : (fcl__text_say(got, "\n            within %u ms", p->limit_ms),
                        fail(p, NULL, got));
    turn(p, is_endless(p, s) ? -1 : (int) (until - now));
  }
  if (p->said.len > 0)
    return 0;
  return v == FCL__MET || fail(p, NULL, got);
}

/* What the lines before have sent is to be heard before this one acts or waits. */
static int needs_quiet(const fcl__step *s) {
  return s->kind == FCL__STEP_CALL || s->kind == FCL__STEP_WAIT ||
         s->kind == FCL__STEP_STOP_READING || s->is_no;
}

static int play_lines(fcl__play *p) {
  fcl__text got = {NULL, 0, 0, 0};
  size_t n;
  int is_met = 1;
  for (n = 0; n < p->c->count && is_met; n++) {
    p->at = &p->c->steps[n];
    if (needs_quiet(p->at))
      settle(p);
    got.len = 0;
    is_met = wait_line(p, p->at, &got);
  }
  fcl__text_free(&got);
  return is_met;
}

static int all_out(const fcl__play *p) {
  const fcl__play_conn *c;
  for (c = p->conns; c; c = c->next)
    if (!fcl__play_conn_is_out(c))
      return 0;
  return 1;
}

/* What came, and nobody had expected it. */
static int check_rest(fcl__play *p) {
  fcl__play_conn *c;
  fcl__text got = {NULL, 0, 0, 0};
  for (c = p->conns; c && p->said.len == 0; c = c->next) {
    if (c->in.is_any || c->is_stopped || (!fcl__arrived_next(&c->in) && c->in.parsed == c->in.len))
      continue;
    p->current = c;
    c->in.is_ended = 0;
    fcl__text_say(&got, "on connection %u: ", c->number);
    fcl__arrived_say(&c->in, &got);
    fail(p, "nothing more", &got);
  }
  fcl__text_free(&got);
  return p->said.len == 0;
}

int fcl__play_case(fcl__play *p) {
  uint64_t until;
  if (!play_lines(p))
    return 0;
  p->at = NULL;
  for (until = fcl__now_ms() + p->limit_ms;
       !all_out(p) && fcl__now_ms() < until && p->said.len == 0;)
    turn(p, 10);
  settle(p);
  return p->said.len == 0 && check_rest(p);
}

void fcl__play_end(fcl__play *p) {
  while (p->conns) {
    fcl__play_conn *next = p->conns->next;
    fcl__play_conn_free(p->conns);
    p->conns = next;
  }
  p->current = NULL;
  p->count = 0;
  fcl__names_free(&p->names);
  fcl__text_free(&p->said);
}
