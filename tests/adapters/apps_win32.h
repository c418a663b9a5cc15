/* apps_win32.h: the suite of applications that know nothing of us. */
#ifndef ADAPTERS_APPS_H
#define ADAPTERS_APPS_H
#include "adapters/site.h"

/* Each room's: from now on a.test is this program's, in two processes; `arguments` as on a command
   line. */
void site_use(const char *program, const char *arguments, const char *protocol);
/* Returns what main returns. */
int apps_run(const char *name);
#endif
