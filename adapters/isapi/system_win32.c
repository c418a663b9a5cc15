/* system_win32.c: what a server does by Windows' means: names in UTF-16, and the user whose token
   its thread has. */
#include "session.h"
#include "host.h"
#include <stdio.h>
#include <string.h>

enum { NAME_UNITS = FCL_CGI_PATH_MAX };

fcl_slice system_name(session *s, const char *name) {
  facts *f = &s->facts;
  char unicode[64], *at = f->text + f->used;
  wchar_t wide[NAME_UNITS];
  DWORD size = sizeof wide;
  int n;
  snprintf(unicode, sizeof unicode, "UNICODE_%s", name);
  if (!s->ecb->GetServerVariable(s->ecb->ConnID, unicode, wide, &size)) {
    f->is_full |= host_buffer_was_small();
    return facts_variable(s, name);
  }
  n = WideCharToMultiByte(CP_UTF8, 0, wide, -1, at, (int) (TEXT_MAX - f->used), NULL, NULL);
  f->is_full |= n == 0;
  f->used += (size_t) n;
  return (fcl_slice){n ? at : "", n ? (size_t) n - 1 : 0};
}

/* The control block has it in the code page, which cannot write every name. */
fcl_slice system_path(session *s, const char *name, const char *bytes) {
  fcl_slice path = system_name(s, name);
  return path.len || bytes == NULL ? path : (fcl_slice){bytes, strlen(bytes)};
}

/* The token stays the server's; none means that there is no user of Windows. */
int system_identity(session *s, fcl_identity **identity, fcl_error *error) {
  HANDLE token = NULL;
  *identity = NULL;
  if (!s->ecb->ServerSupportFunction(s->ecb->ConnID, HSE_REQ_GET_IMPERSONATION_TOKEN, &token, NULL,
                                     NULL) ||
      token == NULL)
    return FCL_OK;
  return fcl_identity_token(identity, token, error);
}

void *system_put_user_down(void) {
  HANDLE token = NULL;
  if (OpenThreadToken(GetCurrentThread(), TOKEN_IMPERSONATE, TRUE, &token))
    RevertToSelf();
  return token;
}

void system_take_user_up(void *user) {
  if (user == NULL)
    return;
  SetThreadToken(NULL, user);
  CloseHandle(user);
}
