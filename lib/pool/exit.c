/* exit.c: what the end of a process means: for the request it had in hand, for those that wait, and
 * for the next start. */
#include "base/ntstatus.h"
#include "pool/parts.h"
#include <string.h>

#define CLEAN_UP_MS 1000

typedef struct ending {
  fcl__exit how;
  unsigned had_requests : 1;    /* in hand */
  unsigned is_wished : 1;       /* we asked it to leave, or ended it */
  unsigned is_failure : 1;      /* nobody wanted it */
  unsigned is_counted : 1;      /* for the breaker */
  unsigned is_failed_start : 1; /* it never showed that it works */
} ending;

/* Applications clean up behind their answers, and crash there too. */
static int is_behind_its_last(const fcl__member *m, uint64_t now) {
  return m->served > 0 && now - m->rested_at < CLEAN_UP_MS;
}

/* What counts is a failure during a request.  Exit 0 between requests is an application's own limit
   (PHP_FCGI_MAX_REQUESTS), unless it never worked while somebody waited for it.  One that was given
   up by the caller is never the application's failure. */
static ending judge(const fcl__member *m, const fcl__exit *how, uint64_t now) {
  ending end = {*how, m->in_hand > 0, 0, 0, 0, 0};
  int is_first = !m->is_proven && m->pool->queued > 0;
  int is_clean = how->signal == 0 && how->status == 0;
  end.is_wished = m->state == FCL__KILLING || (m->state == FCL__STOPPING && !m->is_gone);
  end.is_failed_start = !end.is_wished && !m->is_proven;
  end.is_failure = !end.is_wished && !m->is_forgiven && (!is_clean || end.had_requests || is_first);
  end.is_counted = end.is_failure && (end.had_requests || is_first || is_behind_its_last(m, now));
  return end;
}

/* What it had in hand first, or NULL. */
static const fcl__ticket *first(const fcl__member *m) {
  return m->in_hand > 0 ? FCL__OF(m->tickets.next, fcl__ticket, link) : NULL;
}

/* "php", "/usr/bin/php8.2", "php.exe" */
static int is_php_cli(const char *program) {
  const char *name = program, *at;
  for (at = program; *at; at++)
    if (*at == '/' || *at == '\\')
      name = at + 1;
  if (strncmp(name, "php", 3) != 0)
    return 0;
  name += 3 + strspn(name + 3, "0123456789.");
  return *name == 0 || strcmp(name, "exe") == 0;
}

static const char *advice(const ending *end, const char *program) {
  if (end->is_failed_start && is_php_cli(program))
    return "This is PHP's command line program, which does not speak FastCGI: give php-cgi.";
  if (end->how.signal == FCL__SIGKILL)
    return "If nobody ended it by hand, the system may have run out of memory.";
  if (end->how.signal != 0)
    return "It crashed: look for its core dump or its error log.";
  if (fcl__ntstatus_is_crash(end->how.status))
    return fcl__ntstatus_advice(end->how.status);
  if (end->how.status == 0)
    return "If it ends itself after a number of requests (PHP_FCGI_MAX_REQUESTS), keep "
           "max_requests below that.";
  return "Its own error log may say why.";
}

static fcl__words command(const fcl__member *m) {
  fcl__words w = fcl__told(m, FCL__COMMAND);
  return w.text[0] ? w : (fcl__words){"it"};
}

static void add_words(fcl_error *e, const fcl__member *m) {
  fcl__words said = fcl__told(m, FCL__LAST_WORDS);
  if (said.text[0])
    fcl__error_append(e, "; its last words: \"%s\"", said.text);
}

/* `t`: whose failure it is, or NULL. */
static void failure(fcl_error *e, const fcl__member *m, const ending *end, const fcl__ticket *t,
                    uint64_t now) {
  const fcl__pool *pool = m->pool;
  fcl_code code = t != NULL && t->is_answered ? FCL_E_TRUNCATED : FCL_E_EXITED;
  fcl__error_setx(e, code, end->how.signal ? end->how.signal : end->how.status,
                  "%s: %s (%s) %s%s, %s after it was started", pool->settings.name,
                  fcl__who(m).text, pool->settings.program, fcl__how(&end->how).text,
                  fcl__doing(t).text, fcl__ms(now - m->started_at).text);
  if (!m->is_proven)
    fcl__error_append(e, ", before it answered anything");
  else if (m->served > 1)
    fcl__error_append(e, ", having taken %u requests", m->served);
  if (code == FCL_E_TRUNCATED)
    fcl__error_append(e, "; its answer is cut short");
  add_words(e, m);
  if (end->is_failed_start && !is_php_cli(pool->settings.program))
    fcl__add_sentence(e, "Run %s by hand to see why.", command(m).text);
  else
    fcl__add_sentence(e, "%s", advice(end, pool->settings.program));
  fcl__breaker_tell(pool, e, now);
}

static void normal(fcl_error *e, const fcl__member *m, const ending *end) {
  const char *words = !end->is_wished             ? ""
                      : m->state == FCL__STOPPING ? "left as asked: it "
                                                  : "is gone: it ";
  fcl__error_setx(e, FCL_OK, 0, "%s: %s %s%s, having served %u requests.", m->pool->settings.name,
                  fcl__who(m).text, words, fcl__how(&end->how).text, m->served);
}

/* Each hears what it was doing.  To them it is a failure, whether it counts as one or not. */
static void fail_in_hand(fcl__member *m, const ending *end, uint64_t now) {
  while (m->in_hand > 0) {
    fcl__ticket *t = FCL__OF(m->tickets.next, fcl__ticket, link);
    fcl_error e;
    failure(&e, m, end, t, now);
    fcl__ticket_fail(t, &e);
  }
}

void fcl__member_exited(fcl__member *m, const fcl__exit *how, uint64_t now) {
  fcl__pool *pool = m->pool;
  ending end = judge(m, how, now);
  fcl_error e;
  if (!end.is_wished)
    m->why = how->signal == 0 && how->status == 0 ? m->why : FCL_LEFT_CRASHED;
  fcl__member_because(m, FCL_LEFT_EXITED);
  if (end.is_failed_start)
    fcl__breaker_back_off(pool, now);
  if (end.is_failure)
    failure(&e, m, &end, first(m), now);
  else
    normal(&e, m, &end);
  pool->ops->event(pool->io, m, &e, end.is_failure ? FCL_LEVEL_WARNING : FCL_LEVEL_INFO);
  fail_in_hand(m, &end, now);
  pool->ops->forget(pool->io, m);
  fcl__member_gone(m);
  if (end.is_failed_start && end.is_failure && pool->serving == 0)
    fcl__pool_fail_queue(pool, &e);
  if (end.is_counted)
    fcl__breaker_count(pool, now);
  fcl__pool_settle(pool, now);
}
