/* path.c: names with / between them. */
#include "platform/path.h"
#include <string.h>

const char fcl__path_begins[] = "/";

int fcl__path_is_absolute(const char *path) {
  return path[0] == '/';
}

const char *fcl__path_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}
