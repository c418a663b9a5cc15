/* path.c: drives, servers, and names with \ or / between them. */
#include "platform/path.h"
#include <string.h>

const char fcl__path_begins[] = "a drive, as in C:\\, or with \\\\SERVER\\SHARE";

static int is_separator(char c) {
  return c == '\\' || c == '/';
}

static int is_drive(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* One of a drive's root, but without the drive, is not: it depends on where we are. */
int fcl__path_is_absolute(const char *path) {
  if (is_drive(path[0]) && path[1] == ':')
    return is_separator(path[2]);
  return is_separator(path[0]) && is_separator(path[1]);
}

const char *fcl__path_name(const char *path) {
  size_t len = strlen(path);
  while (len > 0 && !is_separator(path[len - 1]) && path[len - 1] != ':')
    len--;
  return path + len;
}
