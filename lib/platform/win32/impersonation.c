/* impersonation.c: named pipes are opened with a user's token on the thread, and carry it to
   whoever listens; the thread has it no longer than that. */
#include "platform/impersonation.h"
#include "platform/identity.h"
#include "platform/win32/failure.h"
#include "platform/win32/pipe.h"
#include "platform/win32/token.h"
#include <stdlib.h>
#include <string.h>
#include <uv.h>

int fcl__impersonation_is_known(void) {
  return 1;
}

fcl_code fcl__impersonation_check(const char *address, const fcl_identity *identity, fcl_error *e) {
  if (address == NULL || strncmp(address, "pipe:", 5) == 0)
    return FCL_OK;
  return fcl__error_setx(e, FCL_E_IDENTITY, 0,
                         "a connection to %s cannot speak for %s: only named pipes carry a user; "
                         "give a pipe:... address, or a program without tcp",
                         address, fcl__identity_name(identity));
}

static fcl_code refuse(const fcl_identity *identity, DWORD error, const char *why, fcl_error *e) {
  return fcl__error_set(e, FCL_E_IDENTITY, (int) error, "cannot speak for %s: %s",
                        fcl__identity_name(identity), why);
}

static const char no_privilege[] =
    "this process lacks the right to act as others; give its user \"Impersonate a client after "
    "authentication\" (SeImpersonatePrivilege)";

/* The system lends less than the token says, and tells nobody, where the privilege is missing. */
static int may_act(HANDLE thread) {
  HANDLE token;
  SECURITY_IMPERSONATION_LEVEL level = SecurityAnonymous;
  DWORD len;
  if (!OpenThreadToken(thread, TOKEN_QUERY, TRUE, &token))
    return 0;
  if (!GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof level, &len))
    level = SecurityAnonymous;
  CloseHandle(token);
  return level >= SecurityImpersonation;
}

static fcl_code put_on(const fcl_identity *identity,
                       int (*hook)(const fcl_identity *identity, void *user), void *user,
                       fcl_error *e) {
  HANDLE token = fcl__identity_token(identity);
  DWORD error;
  if (!SetThreadToken(NULL, token)) {
    error = GetLastError();
    return refuse(identity, error,
                  error == ERROR_PRIVILEGE_NOT_HELD ? no_privilege : "its token cannot be used", e);
  }
  if (hook && hook(identity, user) != 0)
    return fcl__error_setx(e, FCL_E_IDENTITY, 0, "cannot speak for %s: the host has refused it",
                           fcl__identity_name(identity));
  if (!may_act(GetCurrentThread()))
    return refuse(identity, ERROR_BAD_IMPERSONATION_LEVEL, no_privilege, e);
  fcl__pipe_lend_rights(1);
  return FCL_OK;
}

fcl_code fcl__impersonation_begin(fcl__impersonation *i, const fcl_identity *identity,
                                  int (*hook)(const fcl_identity *identity, void *user), void *user,
                                  fcl_error *e) {
  fcl_code code;
  i->before = NULL;
  if (!OpenThreadToken(GetCurrentThread(), TOKEN_IMPERSONATE, TRUE, &i->before)) {
    i->before = NULL;
    if (GetLastError() != ERROR_NO_TOKEN)
      return refuse(identity, GetLastError(), "the token of this thread cannot be kept", e);
  }
  if (identity == NULL) {
    if (i->before)
      RevertToSelf();
    return FCL_OK;
  }
  code = put_on(identity, hook, user, e);
  if (code != FCL_OK)
    fcl__impersonation_end(i);
  return code;
}

/* A thread that stayed somebody else would do whatever comes in that user's name. */
void fcl__impersonation_end(fcl__impersonation *i) {
  DWORD error = GetLastError();
  fcl__pipe_lend_rights(0);
  if (!SetThreadToken(NULL, i->before))
    abort();
  if (i->before)
    CloseHandle(i->before);
  SetLastError(error);
}

fcl_code fcl__impersonation_blame(int status, const fcl_identity *identity, fcl_error *e) {
  if (identity == NULL || status != UV_EPERM)
    return FCL_OK;
  return refuse(identity, ERROR_ACCESS_DENIED, "the named pipe does not let that user in", e);
}
