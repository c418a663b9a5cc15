/* system.h: what httpd needs of the system, beyond what libuv has. */
#ifndef HTTPD_SYSTEM_H
#define HTTPD_SYSTEM_H
#include <fcgiclient/cgi.h>
#include <stddef.h>
#include <time.h>

void system_begin(void); /* a connection or a pipe that breaks is an error, and no signal */
/* As write, never interrupted. */
ptrdiff_t system_write(int fd, const void *bytes, size_t len);
void system_utc(time_t at, struct tm *tm);

/* ---- Names of files; with '/' between folders ---- */

unsigned system_path_flags(void); /* for fcl_cgi_path */
/* 1: this decoded path would lead to a file of another name. */
int system_is_alias(fcl_slice path);
int system_folds_case(void);
int system_is_absolute(const char *path);
void system_slashes(char *path); /* between folders: '/' */
/* An absolute path without links, or NULL: nothing that may be run; looks in $PATH when the name
   has no folder.  Allocated. */
const char *system_program(const char *name);
#endif
