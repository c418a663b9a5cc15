/* version.c: which library is running. */
#include <fcgiclient/base.h>

#define TEXT(x)         #x
#define DOTTED(a, b, c) TEXT(a) "." TEXT(b) "." TEXT(c)

unsigned fcl_version(void) {
  return FCL_VERSION_NUM;
}

const char *fcl_version_string(void) {
  return DOTTED(FCL_VERSION_MAJOR, FCL_VERSION_MINOR, FCL_VERSION_PATCH);
}
