/* suite.h: the end of every test program's main. */
#ifndef TEST_SUITE_H
#define TEST_SUITE_H
#include "support/loops.h"
#include <check.h>

/* Runs the cases (`count` of them) as the suite `name`; returns what main returns: 0 when all
 * passed. */
static inline int test_suite_run(const char *name, TCase *const *cases, int count) {
  Suite *s = suite_create(name);
  SRunner *r = srunner_create(s);
  int failed, i;
  for (i = 0; i < count; i++)
    suite_add_tcase(s, cases[i]);
  srunner_run_all(r, CK_ENV);
  failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
#endif
