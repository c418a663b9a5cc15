/* app_limits.c: counts the requests that run in several processes. */
#include "app_limits.h"

int app_limits_take(app_limits *l, unsigned connection) {
  if (__atomic_add_fetch(&l->running, 1, __ATOMIC_RELAXED) > l->requests) {
    __atomic_sub_fetch(&l->running, 1, __ATOMIC_RELAXED);
    return 0;
  }
  __atomic_add_fetch(&l->of[connection], 1, __ATOMIC_RELAXED);
  return 1;
}

void app_limits_give(app_limits *l, unsigned connection) {
  __atomic_sub_fetch(&l->of[connection], 1, __ATOMIC_RELAXED);
  __atomic_sub_fetch(&l->running, 1, __ATOMIC_RELAXED);
}

void app_limits_forget(app_limits *l, unsigned connection) {
  unsigned left = __atomic_exchange_n(&l->of[connection], 0, __ATOMIC_RELAXED);
  __atomic_sub_fetch(&l->running, left, __ATOMIC_RELAXED);
}
