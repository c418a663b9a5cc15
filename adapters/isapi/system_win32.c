/* system_win32.c: what a server does by Windows' means: names in UTF-16, and the user whose token
   its thread has. */
#include "session.h"
#include "host.h"
#include <stdio.h>
#include <string.h>

enum { NAME_UNITS = FCL_CGI_PATH_MAX };

fcl_slice system_name(visit *v, const char *name) {
  EXTENSION_CONTROL_BLOCK *ecb = SESSION_OF(v)->ecb;
  char unicode[64];
  wchar_t wide[NAME_UNITS];
  DWORD size = sizeof wide;
  snprintf(unicode, sizeof unicode, "UNICODE_%s", name);
  if (!ecb->GetServerVariable(ecb->ConnID, unicode, wide, &size)) {
    v->is_full |= host_buffer_was_small();
    return facts_variable(v, name);
  }
  return visit_keep(v, wide);
}

/* The control block has it in the code page, which cannot write every name. */
fcl_slice system_path(visit *v, const char *name, const char *bytes) {
  fcl_slice path = system_name(v, name);
  return path.len || bytes == NULL ? path : (fcl_slice){bytes, strlen(bytes)};
}

/* It stays the server's. */
void *system_token(session *s) {
  HANDLE token = NULL;
  if (!s->ecb->ServerSupportFunction(s->ecb->ConnID, HSE_REQ_GET_IMPERSONATION_TOKEN, &token, NULL,
                                     NULL))
    return NULL;
  return token;
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
