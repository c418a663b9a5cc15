/* server_posix.c: names are bytes, and users are not the server's to hand out. */
#include "server_system.h"
#include <errno.h>
#include <string.h>

void server_fail(server_error error) {
  static const int numbers[] = {EINVAL, ENOBUFS, EPIPE};
  errno = numbers[error];
}

int server_is_wide(const char **name) {
  return 0;
}

DWORD server_value(const char *value, int is_wide, void *out) {
  DWORD size = (DWORD) strlen(value) + 1;
  if (out)
    memcpy(out, value, size);
  return size;
}

void server_become(void *token) {
}

int server_is(void *token) {
  return token == NULL;
}

BOOL server_lend_token(void *token, void *to) {
  server_fail(SERVER_INVALID);
  return FALSE;
}
