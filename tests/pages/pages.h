/* pages.h: what the cases share: the server, requests for its pages, a pattern of bytes, places to
 * meet a script. */
#ifndef PAGES_H
#define PAGES_H
#include "pages/host.h"
#include "support/talk.h"
#include <stdint.h>

extern host pages_host;

/* Arguments of php-cgi: it neither keeps nor limits what is sent or said. */
#define PAGES_PHP                                                                                  \
  "-d enable_post_data_reading=0 -d post_max_size=0 -d output_buffering=0 "                        \
  "-d max_execution_time=0 -d display_errors=0 -d log_errors=1"

/* The status that this server gives instead of `status` because of `what`. */
int pages_status(host_lack what, int status);
/* Whether the server can; says on stdout why a case is left out. */
int pages_can(host_lack what, const char *test);

#define add_test_where(c, what, test)                                                              \
  do {                                                                                             \
    if (pages_can(what, #test))                                                                    \
      tcase_add_test(c, test);                                                                     \
  } while (0)

/* ---- Requests: `path` is a script's, behind the host's prefix ---- */

/* A head with Host, and `fields`, each ended by CRLF.  Static, of the last four calls. */
const char *request(const char *method, const char *path, const char *fields);
void begin(talk *t);
answer page(const char *path);
/* One request on a connection of its own; body may be NULL. */
answer page_with(const char *method, const char *path, const char *fields, const char *body);
/* "NAME=value" is a line of vars.php's body. */
int has_line(const answer *a, const char *line);
/* Some line begins so. */
int has_name(const answer *a, const char *beginning);
#define ck_assert_line(a, line) ck_assert_msg(has_line(a, line), "no %s in\n%s", line, (a)->body)
/* The server still serves. */
void still_serves(void);

/* ---- The pattern: of period 65,521, as bytes.php makes it ---- */

enum { PATTERN_SIZE = 65521 };
const char *pattern(void);
/* Sends n bytes of it, beginning at its offset `from`. */
void say_pattern(talk *t, uint64_t from, uint64_t n);
int is_pattern(const char *data, size_t len);
/* What sum.php says of n bytes of it.  Static. */
const char *pattern_sum(uint64_t n);

/* ---- Meeting a script: a named pipe in meet/, for one direction ---- */

typedef struct meeting {
  int fd;
  char name[32]; /* for the query */
} meeting;

void meeting_make(meeting *m);
void meeting_say(meeting *m, unsigned times);
/* The byte that a script has told, 0 when none came in 20 s. */
char meeting_hear(meeting *m);
void meeting_end(meeting *m);

/* ---- The cases, a file each ---- */

TCase *cases_requests(void);
TCase *cases_bodies(void);
TCase *cases_answers(void);
TCase *cases_variables(void);
TCase *cases_paths(void);
TCase *cases_ends(void);
TCase *cases_crowds(void);
#endif
