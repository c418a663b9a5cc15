/* server_win32.c: a variable comes in the code page, which cannot write every name, or in UTF-16;
   requests have users. */
#include "server_system.h"
#include <string.h>

void server_fail(server_error error) {
  static const DWORD numbers[] = {ERROR_INVALID_INDEX, ERROR_INSUFFICIENT_BUFFER,
                                  ERROR_OPERATION_ABORTED};
  SetLastError(numbers[error]);
}

int server_is_wide(const char **name) {
  if (strncmp(*name, "UNICODE_", 8) != 0)
    return 0;
  *name += 8;
  return 1;
}

/* As IIS: what the code page has no letter for becomes '?'. */
static DWORD narrow(const char *value, char *out) {
  DWORD size = 0;
  for (; *value; value++)
    if ((*value & 0xc0) != 0x80) {
      if (out)
        out[size] = *value & 0x80 ? '?' : *value;
      size++;
    }
  if (out)
    out[size] = 0;
  return size + 1;
}

DWORD server_value(const char *value, int is_wide, void *out) {
  int units;
  if (!is_wide)
    return narrow(value, out);
  units = MultiByteToWideChar(CP_UTF8, 0, value, -1, NULL, 0);
  if (out)
    MultiByteToWideChar(CP_UTF8, 0, value, -1, out, units);
  return (DWORD) units * sizeof(wchar_t);
}

void server_become(void *token) {
  SetThreadToken(NULL, token);
}

static LUID id_of(HANDLE token) {
  TOKEN_STATISTICS all;
  DWORD size;
  memset(&all, 0, sizeof all);
  GetTokenInformation(token, TokenStatistics, &all, sizeof all, &size);
  return all.TokenId;
}

int server_is(void *token) {
  HANDLE mine;
  LUID a, b;
  if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &mine))
    return token == NULL;
  a = id_of(mine);
  b = token ? id_of(token) : (LUID){0, 0};
  CloseHandle(mine);
  return memcmp(&a, &b, sizeof a) == 0;
}

BOOL server_lend_token(void *token, void *to) {
  *(HANDLE *) to = token;
  if (token == NULL)
    server_fail(SERVER_INVALID);
  return token != NULL;
}
