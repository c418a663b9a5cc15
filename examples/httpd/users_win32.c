/* users_win32.c: httpd as another user: not by Windows, where a service manager says whom it runs
 * as. */
#include "users.h"
#include <stdio.h>

int users_begin(options *o) {
  if (o->user == NULL && o->app_user == NULL)
    return 0;
  fprintf(stderr, "httpd: --user and --app-user are not for Windows: who starts httpd chooses its "
                  "user\n");
  return -1;
}

int users_become(const options *o) {
  (void) o;
  return 0;
}
