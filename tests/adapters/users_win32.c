/* users_win32.c: tokens of users who can be told apart: one group of theirs only denies. */
#include "adapters/users_win32.h"
#include "support/suite.h"
#include <tlhelp32.h>

HANDLE users_one_without(DWORD alias) {
  SID_IDENTIFIER_AUTHORITY nt = {SECURITY_NT_AUTHORITY};
  SID_AND_ATTRIBUTES out = {NULL, 0};
  HANDLE own, restricted, token;
  ck_assert(AllocateAndInitializeSid(&nt, 2, SECURITY_BUILTIN_DOMAIN_RID, alias, 0, 0, 0, 0, 0, 0,
                                     &out.Sid));
  ck_assert(OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &own));
  ck_assert(CreateRestrictedToken(own, 0, 1, &out, 0, NULL, 0, NULL, &restricted));
  ck_assert(DuplicateTokenEx(restricted, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation,
                             TokenImpersonation, &token));
  CloseHandle(restricted);
  CloseHandle(own);
  FreeSid(out.Sid);
  return token;
}

unsigned users_denied_groups(HANDLE token) {
  char room[8192];
  TOKEN_GROUPS *groups = (TOKEN_GROUPS *) (void *) room;
  DWORD len, i;
  unsigned n = 0;
  ck_assert(GetTokenInformation(token, TokenGroups, room, sizeof room, &len));
  for (i = 0; i < groups->GroupCount; i++)
    n += (groups->Groups[i].Attributes & SE_GROUP_USE_FOR_DENY_ONLY) != 0;
  return n;
}

unsigned users_on_other_threads(void) {
  THREADENTRY32 entry = {.dwSize = sizeof entry};
  HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0), thread, token;
  DWORD self = GetCurrentProcessId();
  unsigned count = 0;
  BOOL more;
  for (more = Thread32First(all, &entry); more; more = Thread32Next(all, &entry)) {
    if (entry.th32OwnerProcessID != self || entry.th32ThreadID == GetCurrentThreadId())
      continue;
    thread = OpenThread(THREAD_QUERY_INFORMATION, FALSE, entry.th32ThreadID);
    if (thread && OpenThreadToken(thread, TOKEN_QUERY, TRUE, &token)) {
      count++;
      CloseHandle(token);
    }
    CloseHandle(thread);
  }
  CloseHandle(all);
  return count;
}
