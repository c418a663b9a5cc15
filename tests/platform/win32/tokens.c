/* tokens.c: users that can be told from us, and what is on a thread, for tests on Windows. */
#include "platform/win32/tokens.h"

HANDLE tokens_own(void) {
  HANDLE own;
  ck_assert(OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &own));
  return own;
}

static TOKEN_GROUPS *groups_of(HANDLE token) {
  static union {
    TOKEN_GROUPS groups;
    char bytes[8192];
  } room;
  DWORD len;
  ck_assert(GetTokenInformation(token, TokenGroups, &room, sizeof room, &len));
  return &room.groups;
}

static PSID logon_of(HANDLE token) {
  TOKEN_GROUPS *groups = groups_of(token);
  DWORD i;
  for (i = 0; i < groups->GroupCount; i++)
    if ((groups->Groups[i].Attributes & (DWORD) SE_GROUP_LOGON_ID) == (DWORD) SE_GROUP_LOGON_ID)
      return groups->Groups[i].Sid;
  ck_abort_msg("our token belongs to no logon");
  return NULL;
}

static PSID users(void) {
  static union {
    SID sid;
    char bytes[SECURITY_MAX_SID_SIZE];
  } room;
  DWORD size = sizeof room;
  ck_assert(CreateWellKnownSid(WinBuiltinUsersSid, NULL, &room.sid, &size));
  return &room.sid;
}

HANDLE tokens_restricted(int is_logon) {
  HANDLE own = tokens_own(), token;
  SID_AND_ATTRIBUTES out = {is_logon ? logon_of(own) : users(), 0};
  ck_assert(CreateRestrictedToken(own, 0, 1, &out, 0, NULL, 0, NULL, &token));
  CloseHandle(own);
  return token;
}

HANDLE tokens_of_level(SECURITY_IMPERSONATION_LEVEL level) {
  HANDLE own = tokens_own(), token;
  ck_assert(DuplicateTokenEx(own, TOKEN_ALL_ACCESS, NULL, level, TokenImpersonation, &token));
  CloseHandle(own);
  return token;
}

HANDLE tokens_of_thread(void) {
  HANDLE token;
  return OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token) ? token : NULL;
}

void tokens_put(HANDLE token) {
  ck_assert(SetThreadToken(NULL, token));
}

int thread_is_bare(void) {
  HANDLE token = tokens_of_thread();
  if (token)
    CloseHandle(token);
  return token == NULL && GetLastError() == ERROR_NO_TOKEN;
}

unsigned tokens_denied(HANDLE token) {
  TOKEN_GROUPS *groups = groups_of(token);
  DWORD i;
  unsigned n = 0;
  for (i = 0; i < groups->GroupCount; i++)
    n += (groups->Groups[i].Attributes & SE_GROUP_USE_FOR_DENY_ONLY) != 0;
  return n;
}

LUID tokens_id(HANDLE token) {
  TOKEN_STATISTICS s;
  DWORD len;
  ck_assert(GetTokenInformation(token, TokenStatistics, &s, sizeof s, &len));
  return s.TokenId;
}
