/* beside.c: healthy requests beside one that fails: they must not be disturbed. */
#include "real/driver.h"
#include <string.h>

void driver_warm_up(fcl_pool *pool, unsigned processes) {
  const char *script = driver_file("warm.php", "<?php usleep(50000); echo $_GET['n'];");
  unsigned round;
  for (round = 0; round < 8; round++) {
    many m = {0};
    m.pool = pool;
    m.plan.script = script;
    m.total = m.at_once = processes;
    many_run(&m);
    if (m.ok == m.total)
      return;
    fcl_pool_resume(pool);
  }
  ck_abort_msg("php-cgi does not start");
}

static many healthy;

void beside_run(fcl_pool *pool) {
  driver_warm_up(pool, 3);
  memset(&healthy, 0, sizeof healthy);
  healthy.pool = pool;
  healthy.plan.script = driver_file("n.php", "<?php usleep(10000); echo $_GET['n'];");
  healthy.total = 60;
  healthy.at_once = 1;
  many_start(&healthy);
}

void beside_all_ok(void) {
  wait_until(many_is_done(&healthy));
  many_all_ok(&healthy);
}

void call_took(const call *c, unsigned ms) {
  uint64_t spent = c->done_ms - c->started_ms;
  ck_assert_uint_ge(spent + 5, ms);
  ck_assert_uint_lt(spent, ms + 5000);
}
