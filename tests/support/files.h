/* files.h: calls of the system about files, failing at the nth, once or for ever, and counted. Only
 * in programs that are made by fcl_test_files; elsewhere nothing fails. */
#ifndef TEST_FILES_H
#define TEST_FILES_H
#include <stddef.h>

/* open, mkostemp, pread, pwrite, ftruncate of files made by the library under test. */
typedef struct test_files {
  size_t fail_at; /* the call that fails, 1 being the first; 0: none */
  int for_ever;
  int error;               /* errno of those */
  size_t at_most;          /* bytes that one pread or pwrite moves; 0: as many as there are */
  size_t calls;            /* in all */
  size_t written;          /* bytes */
  size_t opened;           /* files */
  size_t emptied;          /* times */
  size_t interrupted_each; /* every nth pread and pwrite ends with EINTR; 0: none */
} test_files;

extern test_files test_file;
/* Forgets everything, to fail at the nth call from here on (0: never). */
void test_files_fail(size_t nth, int for_ever, int error);
#endif
