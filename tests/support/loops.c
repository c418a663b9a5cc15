/* loops.c: adds the tests of a loop one by one. */
#include "support/loops.h"

void test_add_loop(TCase *t, const TTest *test, int from, int to) {
  int step = test_loop_step(), i;
  if (step == 1 || to - from <= 20) {
    tcase_add_loop_test(t, test, from, to);
    return;
  }
  for (i = from; i < to - 1; i += step)
    tcase_add_loop_test(t, test, i, i + 1);
  tcase_add_loop_test(t, test, to - 1, to);
}
