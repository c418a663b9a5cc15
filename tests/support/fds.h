/* fds.h: how many descriptors this process has open, so that a test can tell that none was left
 * behind. */
#ifndef TEST_FDS_H
#define TEST_FDS_H
#include <stddef.h>

/* The number of open descriptors, the one it needs for counting left out.  -1: it cannot be told
 * here. */
int test_fds(void);
/* What they are ("0 /dev/null, 5 socket:[123]"), for the message of a failed assertion. */
void test_fds_list(char *text, size_t size);

/* In a Check test: nothing was left open since `before` was taken by test_fds(). */
#define ck_assert_fds(before)                                                                      \
  do {                                                                                             \
    char fds_[4096];                                                                               \
    test_fds_list(fds_, sizeof fds_);                                                              \
    ck_assert_msg(test_fds() == (before), "%d descriptors, %d before: %s", test_fds(), (before),   \
                  fds_);                                                                           \
  } while (0)
#endif
