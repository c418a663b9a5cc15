/* scratch.h: files and folders of a test's own, and the environment, alike on every system. */
#ifndef TEST_SCRATCH_H
#define TEST_SCRATCH_H
#include <stddef.h>
#include <stdio.h>

/* The system's place for temporary files, without a / behind; lent. */
const char *test_temporary(void);
/* A new, empty folder in the system's place for temporary files, in UTF-8 with / between names.
   `path` has room for 300 bytes. */
void test_folder_make(char *path);
/* It must be empty: 1; 0 when it is not. */
int test_folder_remove(const char *path);
/* As fopen and remove, whatever letters are in the path. */
FILE *test_file_open(const char *path, const char *mode);
int test_file_delete(const char *path);
/* Makes or replaces a file. */
void test_file_write(const char *path, const void *bytes, size_t len);
/* A file where none was, in a folder of its own; for test_file_remove.  Static, of the last call.
 */
const char *test_file_make(const void *bytes, size_t len);
/* With its folder. */
void test_file_remove(const char *path);
/* In UTF-8; NULL takes it out. */
void test_environment_set(const char *name, const char *value);
#endif
