/* site.h: what tests of adapters share: a folder with scripts, and exchanges with examples/app
   through the server of the room's server.h. */
#ifndef ADAPTERS_SITE_H
#define ADAPTERS_SITE_H
#include "server.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

extern exchange x; /* zeroed before each test */

/* Makes the folder, and removes it with all that is in it. */
void site_make_folder(void);
void site_remove_folder(void);
/* Writes a file into the folder; folders on its way are made. */
void site_write(const char *name, const char *text);
/* The folder and `name`; one of four buffers. */
const char *site_path(const char *name);
/* Runs `x`; no rule may be broken. */
void site_run(void);
const char *site_text(void); /* the body of the response */
/* Checks that the response's body is examples/app's pattern. */
void site_expect_pattern(const exchange *of, size_t size);
/* For a request to send; the same each time.  The caller frees them. */
char *site_random_bytes(size_t size);
/* A parameter that the application got, when it answered with them; or "(absent)". */
const char *site_param(const char *name);

/* A client that reads when it is told to: may_write is site_ask, user a site_gate. */
typedef struct site_gate {
  uv_sem_t asked, opened;
} site_gate;
void site_gate_make(site_gate *g);
int site_ask(void *gate);
void site_run_of(void *exchange); /* a thread's */

/* ---- Each room's site.c ---- */

/* Fixtures: with an application, and with none. */
void site_setup(void);
void site_setup_empty(void);
void site_teardown(void);
/* Runs `x` for /a.test with this query. */
void site_get(const char *query);
void site_prepare(const char *query); /* only makes it ready */
/* As new, but of the same kind. */
void site_again(void);
/* The ways that servers have: `x` goes way `i` of these; the first that is asynchronous; how many,
   from the first on, have a thread for a client that is slow. */
extern const int site_ways, site_first_async, site_slow_ways;
void site_go_way(int i);
/* Gives `x` a body of `length` bytes (-1: it is not said) of which `size` come. */
void site_post(const char *bytes, size_t size, long length);
unsigned site_status(void);
extern const unsigned site_failed; /* of an application that fails */
/* The client got nothing; a part, which cannot look whole; the request was not served to its end.
 */
int site_got_nothing(void);
int site_got_part(void);
int site_was_ended(void);

/* ---- cases.c: what comes out the same in every server ---- */
TCase *site_cases(void);
#endif
