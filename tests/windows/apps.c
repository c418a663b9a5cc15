/* apps.c: where the applications are, and pools that start them. */
#include "windows/apps.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 16

static char paths[MOST][512];

/* A path of Unix, as scripts give it to programs under Wine, lies on Z:. */
static void make_path(char *out, size_t cap, const char *folder, const char *name) {
  char *c;
  snprintf(out, cap, "%s%s/%s", folder[0] == '/' ? "Z:" : "", folder, name);
  for (c = out; *c; c++)
    *c = *c == '/' ? '\\' : *c;
}

const char *app_path(const char *name) {
  const char *folder = getenv("FCGICLIENT_TEST_APPS");
  char path[512];
  uv_fs_t request;
  unsigned i;
  if (folder == NULL)
    return NULL;
  make_path(path, sizeof path, folder, name);
  for (i = 0; i < MOST - 1 && paths[i][0] && strcmp(paths[i], path) != 0; i++)
    continue;
  if (uv_fs_access(NULL, &request, path, 0, NULL) != 0)
    return NULL;
  return strcpy(paths[i], path);
}

const char *app_width(void) {
  const char *width = getenv("FCGICLIENT_TEST_APPS_WIDTH"); /* a host may start narrower ones */
  return width ? width : sizeof(void *) == 8 ? "x86_64" : "i686";
}

fcl_pool_options app_options(const char *name, int is_tcp) {
  fcl_pool_options o = {0};
  char file[64];
  snprintf(file, sizeof file, "%s/%s.exe", app_width(), name);
  o.name = name;
  o.program = app_path(file);
  o.tcp = (unsigned) is_tcp;
  ck_assert_msg(o.program != NULL, "there is no %s", file);
  return o;
}

int app_main(const char *suite, TCase *const *cases, int count) {
  char file[64];
  snprintf(file, sizeof file, "%s/small-php.exe", app_width());
  if (app_path(file) == NULL) {
    printf("%s: skipped: there is no %s in FCGICLIENT_TEST_APPS (tests/windows/apps.sh)\n", suite,
           file);
    return 77;
  }
  return driver_main(suite, cases, count, 0);
}
