/* site.h: what the tests of the extension share beside adapters/site.h: the extension loaded by the
   server of server.h; fcgiext.ini and root/ are in the folder. */
#ifndef ISAPI_SITE_H
#define ISAPI_SITE_H
#include "adapters/site.h"

extern const int site_folds_case; /* a.test is A.TEST */

/* A file of the folder is given another name there as well. */
void site_copy(const char *from, const char *name);
/* From now on the log goes into the folder; and what it holds. */
void site_log_begin(void);
const char *site_log(void);
/* Like site_get, for a file that stands in root/. */
void site_get_from(const char *path, const char *query);
#endif
