/* site.h: what the tests of the module share: a folder with scripts, the module loaded by the
   server of server.h, and exchanges with examples/app. */
#ifndef IIS7_SITE_H
#define IIS7_SITE_H
#include "server.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern exchange x;      /* zeroed before each test */
extern char site_app[]; /* examples/app's path */

/* Fixtures: with one application, `app` without arguments, in four processes; and with none. */
void site_setup(void);
void site_setup_empty(void);
void site_teardown(void);
/* Writes a file into the folder; folders on its way are made. */
void site_write(const char *name, const char *text);
/* The folder and `name`; one of four buffers. */
const char *site_path(const char *name);
/* Makes `x` a request for /a.test with this query. */
void site_prepare(const char *query);
void site_prepare_path(const char *path, const char *query); /* which stands in the folder */
/* Runs `x`; no rule may be broken. */
void site_get(const char *query);
void site_run(void);
/* As new, but of the same kind. */
void site_again(void);
const char *site_text(void); /* the body of the response */
/* Checks that the response's body is examples/app's pattern. */
void site_expect_pattern(const exchange *of, size_t size);
/* A parameter that the application got, when it answered with them; or "(absent)". */
const char *site_param(const char *name);
#endif
