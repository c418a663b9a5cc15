/* say.c: the words that the pool's sentences are made of. */
#include "base/ntstatus.h"
#include "pool/parts.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct {
  int number;
  const char *name;
} signals[] = {
    {SIGABRT, "SIGABRT"}, {SIGFPE, "SIGFPE"},   {SIGILL, "SIGILL"},        {SIGINT, "SIGINT"},
    {SIGSEGV, "SIGSEGV"}, {SIGTERM, "SIGTERM"}, {FCL__SIGKILL, "SIGKILL"},
#ifdef SIGBUS
    {SIGBUS, "SIGBUS"},   {SIGHUP, "SIGHUP"},   {SIGPIPE, "SIGPIPE"},      {SIGQUIT, "SIGQUIT"},
    {SIGALRM, "SIGALRM"}, {SIGUSR1, "SIGUSR1"}, {SIGUSR2, "SIGUSR2"},      {SIGTRAP, "SIGTRAP"},
    {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"}, {SIGSYS, "SIGSYS"},
#endif
};

static const char *signal_name(int number) {
  size_t i;
  for (i = 0; i < sizeof signals / sizeof signals[0]; i++)
    if (signals[i].number == number)
      return signals[i].name;
  return "no name known";
}

fcl__number fcl__ms(uint64_t ms) {
  fcl__number w;
  if (ms >= 10000 || (ms >= 1000 && ms % 1000 == 0))
    snprintf(w.text, sizeof w.text, "%llu s", (unsigned long long) (ms + 500) / 1000);
  else
    snprintf(w.text, sizeof w.text, "%llu ms", (unsigned long long) ms);
  return w;
}

fcl__number fcl__bytes(uint64_t bytes) {
  fcl__number n;
  if (bytes >= 10u << 20)
    snprintf(n.text, sizeof n.text, "%llu MiB", (unsigned long long) (bytes >> 20));
  else if (bytes >= 10u << 10)
    snprintf(n.text, sizeof n.text, "%llu KiB", (unsigned long long) (bytes >> 10));
  else
    snprintf(n.text, sizeof n.text, "%llu bytes", (unsigned long long) bytes);
  return n;
}

fcl__words fcl__who(const fcl__member *m) {
  fcl__words w;
  if (!fcl__pool_starts_processes(m->pool))
    snprintf(w.text, sizeof w.text, "address %.200s", m->address ? m->address : "of nobody");
  else if (m->pid == 0)
    snprintf(w.text, sizeof w.text, "a new process");
  else
    snprintf(w.text, sizeof w.text, "process %ld", m->pid);
  return w;
}

fcl__words fcl__doing(const fcl__ticket *t) {
  fcl__words w = {""};
  if (t != NULL && t->subject.len > 0)
    snprintf(w.text, sizeof w.text, " while running %.*s",
             (int) (t->subject.len < 400 ? t->subject.len : 400), t->subject.base);
  return w;
}

fcl__words fcl__how(const fcl__exit *how) {
  fcl__words w;
  if (how->signal != 0)
    snprintf(w.text, sizeof w.text, "was ended by signal %d (%s)", how->signal,
             signal_name(how->signal));
  else if (how->status == -1)
    snprintf(w.text, sizeof w.text, "exited (nobody knows how)");
  else if (fcl__ntstatus_name(how->status))
    snprintf(w.text, sizeof w.text, "exited with %s (0x%x)", fcl__ntstatus_name(how->status),
             (unsigned) how->status);
  else if (how->status >= 10 || how->status < 0)
    snprintf(w.text, sizeof w.text, "exited with status %d (0x%x)", how->status,
             (unsigned) how->status);
  else
    snprintf(w.text, sizeof w.text, "exited with status %d", how->status);
  return w;
}

fcl__words fcl__told(const fcl__member *m, fcl__fact fact) {
  fcl__pool *pool = m->pool;
  fcl__words w = {""};
  if (pool->ops->describe)
    pool->ops->describe(pool->io, (fcl__member *) m, fact, w.text, sizeof w.text);
  return w;
}

void fcl__add_sentence(fcl_error *e, const char *fmt, ...) {
  char text[512];
  size_t len = strlen(e->text);
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  fcl__error_append(e, "%s %s", len > 0 && e->text[len - 1] == '.' ? "" : ".", text);
}

void fcl__say(fcl__pool *pool, fcl__member *m, fcl_level level, const char *fmt, ...) {
  fcl_error e;
  char text[sizeof e.text];
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  fcl__error_setx(&e, FCL_OK, 0, "%s: %s", pool->settings.name, text);
  pool->ops->event(pool->io, m, &e, level);
}

/* ---- Why a request waits ---- */

/* Which settings say how many requests a member takes. */
static const char *sharing(const fcl__pool *pool) {
  const fcl__member *m = &pool->members[0];
  if (m->per_connection > 1 && fcl__pool_starts_processes(pool) && m->connections > 1)
    return "per_process * per_connection";
  return m->per_connection > 1 ? "per_connection" : "per_process";
}

static int is_sharing(const fcl__pool *pool) {
  return fcl__pool_starts_processes(pool) ? fcl__member_capacity(&pool->members[0]) > 1
                                          : pool->members[0].per_connection > 1;
}

fcl__words fcl__pool_load(const fcl__pool *pool, uint64_t now) {
  const fcl__pool_settings *s = &pool->settings;
  fcl__words w;
  if (s->program == NULL && pool->live == 0 && pool->awaited > 0)
    snprintf(w.text, sizeof w.text, "the name of its address was being resolved");
  else if (s->program == NULL && pool->members[0].connections == FCL_NEVER)
    snprintf(w.text, sizeof w.text,
             "an address was being tried again after it could not be reached");
  else if (s->program == NULL)
    snprintf(w.text, sizeof w.text, "%u of %u addresses had %u requests (max_connections%s) each",
             pool->live, fcl__pool_addresses(pool), pool->open / (pool->live ? pool->live : 1),
             is_sharing(pool) ? " * per_connection" : "");
  else if (fcl__clock_runs(&pool->breaker.back_off) && pool->serving < pool->size.limit)
    snprintf(
        w.text, sizeof w.text,
        "%u of %u processes (max_processes) ran, and starting one failed and is tried again in %s",
        pool->serving, pool->size.limit,
        fcl__ms(fcl__clock_left(&pool->breaker.back_off, now)).text);
  else if (pool->quota != NULL && pool->serving < pool->size.limit)
    snprintf(w.text, sizeof w.text,
             "all %u processes (max_processes) were busy, %u of them for this user",
             pool->quota->max, pool->serving);
  else if (s->is_common && pool->serving < pool->size.limit)
    snprintf(w.text, sizeof w.text,
             "all %u processes (max_processes, common_limits) were busy, %u of them in this client",
             s->max_processes, pool->serving);
  else if (pool->starting >= pool->size.limit)
    snprintf(w.text, sizeof w.text, "all %u processes (max_processes) were still starting",
             pool->size.limit);
  else if (pool->starting > 0)
    snprintf(w.text, sizeof w.text,
             "of %u processes (max_processes) %u were still starting and the others busy",
             pool->size.limit, pool->starting);
  else
    snprintf(w.text, sizeof w.text, "all %u processes (max_processes) were busy", pool->size.limit);
  if (s->program && !fcl__clock_runs(&pool->breaker.back_off) && is_sharing(pool))
    snprintf(w.text + strlen(w.text), sizeof w.text - strlen(w.text),
             " with as many requests as they take (%s)", sharing(pool));
  return w;
}
