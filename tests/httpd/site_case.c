/* site_case.c: the httpd that the tests of a program ask, and a connection to it. */
#include "site_case.h"

site s;
talk t;

void start_bounded(void) {
  static const char *const options[] = {"--app",      ".app=" APP, "--max-chunked", "50000",
                                        "--max-body", "100000",    "--quiet",       NULL};
  site_start(&s, options);
}

void stop(void) {
  if (s.pid && site_stop(&s) != 0)
    ck_abort_msg("httpd did not end with 0");
  s.pid = 0;
}

void begin(void) {
  talk_begin(&t, s.port);
}

void end(void) {
  talk_end(&t);
}
