/* ask_names_posix.c: the addresses that a text stands for: it may have a star. */
#include "ask.h"
#include "fcgi.h"
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *as_address(const char *path) {
  char *text = malloc(strlen(path) + 6);
  if (text)
    sprintf(text, "unix:%s", path);
  return text;
}

char **fcgi_addresses(const char *text) {
  const char *path = strncmp(text, "unix:", 5) == 0 ? text + 5 : text;
  char **all;
  glob_t found;
  size_t i;
  if (glob(path, GLOB_NOCHECK, NULL, &found) != 0)
    return fcgi_say("%s: out of memory", text), NULL;
  all = calloc(found.gl_pathc + 1, sizeof *all);
  for (i = 0; all && i < found.gl_pathc; i++)
    all[i] = as_address(found.gl_pathv[i]);
  globfree(&found);
  return all;
}
