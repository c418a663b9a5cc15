/* apps.h: FastCGI applications for Windows, as apps.sh and apps_large.sh have made them. */
#ifndef WINDOWS_APPS_H
#define WINDOWS_APPS_H
#include "real/driver.h"

/* The path of an application in the folder $FCGICLIENT_TEST_APPS, "x86_64/small-php.exe"; NULL: it
   is not there.  Static, one for each name. */
const char *app_path(const char *name);
/* The folder of programs as wide as this one. */
const char *app_width(void);
/* A pool that starts one of these, as wide as this program: "small-php"; is_tcp: on a port. */
fcl_pool_options app_options(const char *name, int is_tcp);
/* The main of these programs: 77 when there are no applications. */
int app_main(const char *suite, TCase *const *cases, int count);

/* processes.c, beside what driver.h has */
void process_kill(long pid);
pid_t process_start(const char *const *argv);
unsigned process_count_everywhere(const char *name); /* whosever they are */
unsigned process_handles(void);                      /* that this process has open */
uint64_t process_memory(void);                       /* bytes that it alone has */
#endif
