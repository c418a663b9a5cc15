/* loops.h: loops of tests over every byte or seed, thinned where each step takes much longer than
   elsewhere. */
#ifndef TEST_LOOPS_H
#define TEST_LOOPS_H
#include <check.h>

/* How far a loop goes on at a time: 1; on a slow system 7, unless FCGICLIENT_TEST_ALL is set. */
int test_loop_step(void);
/* As tcase_add_loop_test; of more than 20 only those of that step, and the last. */
void test_add_loop(TCase *t, const TTest *test, int from, int to);
#endif
