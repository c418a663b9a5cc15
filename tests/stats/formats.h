/* formats.h: strict readers of what lib/stats writes, and a snapshot with one of everything. */
#ifndef TEST_FORMATS_H
#define TEST_FORMATS_H
#include "stats/stats.h"
#include "support/suite.h"
#include <stdlib.h>
#include <string.h>

/* "": it is JSON (RFC 8259), to its last byte; else what is wrong, and where.  Static. */
const char *json_fault(const char *text);

/* "": it is Prometheus' text format 0.0.4, of families that are complete, sorted by series nowhere
   twice, with histograms that add up; else what is wrong, and where.  Static. */
const char *prometheus_fault(const char *text);
/* The value of the series, spelled as it is written ("m{pool=\"a\"}"); -1: it is not there. */
double prometheus_value(const char *text, const char *series);

/* Two pools: "php" of processes, with a request in hand, and "fpm of \"us\"\\" with two addresses.
   From the C library's allocator. */
static inline fcl_stats *formats_sample(void) {
  static const fcl__memory plain = {NULL, NULL};
  fcl_stats *s = fcl__stats_new(&plain);
  fcl_pool_stats pool = {0}, *p;
  fcl_member_stats m = {0};
  pool.name = "php";
  pool.program = "/usr/bin/php-cgi";
  pool.pools = 1;
  pool.max_processes = 4;
  pool.queue_length = 1000;
  pool.queued = 3;
  pool.oldest_wait_ms = 1500;
  pool.started = 7;
  pool.ended[FCL_OK] = 4;
  pool.ended[FCL_E_TIMEOUT_REQUEST] = 2;
  pool.starts = 3;
  pool.left[FCL_LEFT_TIMEOUT] = 2;
  pool.received = 123456789012345;
  fcl__histogram_count(&pool.total, 100);
  fcl__histogram_count(&pool.total, 90000000);
  p = fcl__stats_pool(s, &pool);
  m.name = "process 4711";
  m.subject = "/var/www/a \"b\".php";
  m.tag = "r1";
  m.state = FCL_MEMBER_BUSY;
  m.pid = 4711;
  m.in_hand = 1;
  m.busy_ms = 2500;
  m.memory = 12 << 20;
  fcl__stats_member(s, p, &m);
  memset(&pool, 0, sizeof pool);
  pool.name = "fpm of \"us\"\\";
  pool.program = "";
  pool.pools = 1;
  p = fcl__stats_pool(s, &pool);
  memset(&m, 0, sizeof m);
  m.subject = m.tag = "";
  m.name = "tcp:a:9000";
  m.state = FCL_MEMBER_IDLE;
  fcl__stats_member(s, p, &m);
  m.name = "tcp:b:9000";
  m.state = FCL_MEMBER_ABSENT;
  m.rest_ms = 900;
  fcl__stats_member(s, p, &m);
  s->age_ms = 60000;
  s->dropped_events = 5;
  return s;
}
#endif
