/* files.h: files by name, in UTF-8 on every system. */
#ifndef FCL_HARNESS_FILES_H
#define FCL_HARNESS_FILES_H
#include <stdio.h>

/* As fopen; programs that are started inherit it not. */
FILE *fcl__file_open(const char *name, const char *mode);
/* 1: it can be run, under this very name; else 0 with errno. */
int fcl__file_is_program(const char *name);
#endif
