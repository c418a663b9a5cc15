/* site.h: what the tests of the module share beside adapters/site.h: the module loaded by the
   server of server.h, with one application, `app` without arguments, in four processes. */
#ifndef IIS7_SITE_H
#define IIS7_SITE_H
#include "adapters/site.h"

extern char site_app[];          /* examples/app's path */
extern const char *site_handler; /* scriptProcessor where `x` names none: site_app */

/* Like site_prepare, for a file that stands in the folder. */
void site_prepare_path(const char *path, const char *query);
#endif
