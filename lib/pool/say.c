/* say.c: the words that the pool's sentences are made of. */
#include "pool/parts.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct {
  int number;
  const char *name;
} signals[] = {
    {SIGABRT, "SIGABRT"}, {SIGFPE, "SIGFPE"},   {SIGILL, "SIGILL"},   {SIGINT, "SIGINT"},
    {SIGSEGV, "SIGSEGV"}, {SIGTERM, "SIGTERM"},
#ifdef SIGKILL
    {SIGKILL, "SIGKILL"}, {SIGBUS, "SIGBUS"},   {SIGHUP, "SIGHUP"},   {SIGPIPE, "SIGPIPE"},
    {SIGQUIT, "SIGQUIT"}, {SIGALRM, "SIGALRM"}, {SIGUSR1, "SIGUSR1"}, {SIGUSR2, "SIGUSR2"},
    {SIGTRAP, "SIGTRAP"}, {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"}, {SIGSYS, "SIGSYS"},
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
  else if (how->status >= 10)
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
