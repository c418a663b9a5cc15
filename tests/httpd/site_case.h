/* site_case.h: the httpd that the tests of a program ask, and a connection to it. */
#ifndef SITE_CASE_H
#define SITE_CASE_H
#include "site.h"
#include "support/suite.h"
#include "support/talk.h"

extern site s;
extern talk t;

/* Fixtures: a site whose bodies are bounded (100,000 bytes, 50,000 in chunks); any that was
   started; a connection. */
void start_bounded(void);
void stop(void);
void begin(void);
void end(void);
#endif
