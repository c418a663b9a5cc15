/* breaker.c: rapid-fail protection (a program that fails too often rests for a while) and the
 * back-off between starts. */
#include "pool/parts.h"

#define BACKOFFS (FCL__DURATIONS - FCL__D_BACKOFF)

static int is_off(const fcl__pool *pool) {
  return pool->settings.rapid_fails == 0 || pool->settings.rapid_fails == FCL_NEVER;
}

int fcl__breaker_allows(const fcl__pool *pool) {
  return !pool->breaker.is_open && !fcl__clock_runs(&pool->breaker.back_off);
}

void fcl__breaker_refuse(const fcl__pool *pool, fcl_error *e, uint64_t now) {
  fcl__error_setx(e, FCL_E_RAPID_FAIL, 0,
                  "%s: %s failed %u times within %s (rapid_fails, rapid_fail_ms)",
                  pool->settings.name, pool->settings.program, pool->breaker.fails,
                  fcl__ms(pool->settings.rapid_fail_ms).text);
  if (fcl__clock_runs(&pool->breaker.window))
    fcl__error_append(e, ", so requests are refused for another %s",
                      fcl__ms(fcl__clock_left(&pool->breaker.window, now)).text);
  else
    fcl__error_append(e, ", so requests are refused until fcl_pool_resume");
  fcl__error_append(e, ". The events before this one say how it failed.");
}

static void open_breaker(fcl__pool *pool, uint64_t now) {
  fcl_error e;
  pool->breaker.is_open = 1;
  fcl__breaker_refuse(pool, &e, now);
  pool->ops->event(pool->io, NULL, &e, FCL_LEVEL_ERROR);
  fcl__pool_fail_queue(pool, &e);
}

void fcl__breaker_count(fcl__pool *pool, uint64_t now) {
  if (is_off(pool) || pool->breaker.is_open)
    return;
  if (pool->breaker.fails++ == 0)
    fcl__clock_set(&pool->breaker.window, pool->durations[FCL__D_RAPID], now);
  if (pool->breaker.fails >= pool->settings.rapid_fails)
    open_breaker(pool, now);
}

static void window_ended(fcl__clock *c, uint64_t now) {
  fcl__pool *pool = FCL__OF(c, fcl__pool, breaker.window);
  pool->breaker.fails = 0;
  if (!pool->breaker.is_open)
    return;
  pool->breaker.is_open = 0;
  fcl__say(pool, NULL, FCL_LEVEL_INFO,
           "%s is started again, %s (rapid_fail_ms) after its first failure.",
           pool->settings.program, fcl__ms(pool->settings.rapid_fail_ms).text);
  fcl__pool_settle(pool, now);
}

/* Several starts that fail together are one reason to wait, not several. */
void fcl__breaker_back_off(fcl__pool *pool, uint64_t now) {
  unsigned step = pool->breaker.failed_starts;
  if (fcl__clock_runs(&pool->breaker.back_off))
    return;
  if (step < BACKOFFS - 1)
    pool->breaker.failed_starts++;
  fcl__clock_set(&pool->breaker.back_off, pool->durations[FCL__D_BACKOFF + step], now);
}

static void back_off_ended(fcl__clock *c, uint64_t now) {
  fcl__pool_settle(FCL__OF(c, fcl__pool, breaker.back_off), now);
}

void fcl__breaker_tell(const fcl__pool *pool, fcl_error *e, uint64_t now) {
  if (fcl__clock_runs(&pool->breaker.back_off))
    fcl__add_sentence(e, "Starting again in %s.",
                      fcl__ms(fcl__clock_left(&pool->breaker.back_off, now)).text);
}

void fcl__breaker_proven(fcl__pool *pool) {
  pool->breaker.failed_starts = 0;
  fcl__clock_clear(&pool->breaker.back_off);
}

void fcl__breaker_reset(fcl__pool *pool) {
  fcl__breaker_proven(pool);
  fcl__clock_clear(&pool->breaker.window);
  pool->breaker.fails = 0;
  pool->breaker.is_open = 0;
}

void fcl__breaker_init(fcl__pool *pool) {
  pool->breaker.window.expired = window_ended;
  pool->breaker.back_off.expired = back_off_ended;
}
