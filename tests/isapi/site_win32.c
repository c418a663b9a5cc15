/* site_win32.c: the extension's log is a file that is named to it. */
#include "site.h"
#include "support/scratch.h"

const int site_folds_case = 1;

void site_log_begin(void) {
  test_environment_set("FCGICLIENT_LOG", site_path("log"));
}

const char *site_log(void) {
  static char log[20000];
  FILE *said = test_file_open(site_path("log"), "rb");
  log[said ? fread(log, 1, sizeof log - 1, said) : 0] = 0;
  if (said)
    fclose(said);
  return log;
}
