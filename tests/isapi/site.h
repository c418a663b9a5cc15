/* site.h: what the tests of the extension share: a folder with a configuration and scripts, the
   extension loaded by the server of server.h, and exchanges with examples/app. */
#ifndef ISAPI_SITE_H
#define ISAPI_SITE_H
#include "server.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char site_folder[300]; /* holds root/ and fcgiext.ini */
extern exchange x;            /* zeroed before each test */

extern const int site_folds_case; /* a.test is A.TEST */

/* Fixtures: with a configuration that is good, and without one. */
void site_setup(void);
void site_setup_empty(void);
void site_teardown(void);
/* Writes a file into the folder; folders on its way are made. */
void site_write(const char *name, const char *text);
/* The folder and `name`; one of four buffers. */
const char *site_path(const char *name);
/* A file of the folder is given another name there as well. */
void site_copy(const char *from, const char *name);
/* From now on the log goes into the folder; and what it holds. */
void site_log_begin(void);
const char *site_log(void);
/* Runs `x` for /a.test with this query, as Apache or IIS would; no rule may be broken. */
void site_get(const char *query);
void site_get_from(const char *path, const char *query); /* which stands in root/ */
void site_run(void);
/* The body of the response as text. */
const char *site_text(void);
/* Checks that the response's body is examples/app's pattern. */
void site_expect_pattern(const exchange *of, size_t size);
/* A parameter that the application got, when it answered with them; or "(absent)". */
const char *site_param(const char *name);
#endif
