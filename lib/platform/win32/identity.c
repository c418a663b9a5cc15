/* identity.c: users as Windows has them: an access token, and what makes two of them equal. */
#include "platform/identity.h"
#include "platform/win32/failure.h"
#include "platform/win32/token.h"
#include "platform/win32/wide.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <sddl.h>

struct fcl_identity {
  atomic_uint refs;
  HANDLE primary, impersonation;
  char name[128];
  size_t key_len;
  unsigned char *key; /* all that must be equal, as bytes */
  char text[64];      /* of the key: for sentences and logs */
};

/* ---- What a token says ---- */

/* fcl__token_free it. */
static void *ask(HANDLE token, TOKEN_INFORMATION_CLASS what, DWORD *size) {
  void *answer;
  *size = 0;
  GetTokenInformation(token, what, NULL, 0, size);
  answer = *size ? malloc(*size) : NULL;
  if (answer && GetTokenInformation(token, what, answer, *size, size))
    return answer;
  free(answer);
  return NULL;
}

static HANDLE open_own(void) {
  HANDLE token = NULL;
  return OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY | TOKEN_DUPLICATE, &token) ? token
                                                                                      : NULL;
}

#define LOGON ((DWORD) SE_GROUP_LOGON_ID | SE_GROUP_ENABLED)

wchar_t *fcl__sid_of_token(void *token) {
  HANDLE own = token ? NULL : open_own();
  DWORD size;
  TOKEN_USER *user = ask(token ? token : own, TokenUser, &size);
  wchar_t *sid = NULL;
  if (user && !ConvertSidToStringSidW(user->User.Sid, &sid))
    sid = NULL;
  free(user);
  if (own)
    CloseHandle(own);
  return sid;
}

wchar_t *fcl__logon_of_token(void *token) {
  DWORD size, i;
  TOKEN_GROUPS *groups = ask(token, TokenGroups, &size);
  wchar_t *sid = NULL;
  for (i = 0; groups && sid == NULL && i < groups->GroupCount; i++)
    if ((groups->Groups[i].Attributes & LOGON) == LOGON &&
        !ConvertSidToStringSidW(groups->Groups[i].Sid, &sid))
      sid = NULL;
  free(groups);
  return sid;
}

void fcl__sid_free(wchar_t *sid) {
  if (sid)
    LocalFree(sid);
}

void *fcl__identity_primary(const fcl_identity *identity) {
  return identity->primary;
}

void *fcl__identity_token(const fcl_identity *identity) {
  return identity->impersonation;
}

/* ---- The key ---- */

typedef struct bytes {
  unsigned char *at;
  size_t len;
  int has_failed;
} bytes;

static void add(bytes *b, const void *data, size_t len) {
  unsigned char *grown = b->has_failed ? NULL : realloc(b->at, b->len + len + 1);
  if (grown == NULL) {
    b->has_failed = 1;
    return;
  }
  b->at = grown;
  memcpy(b->at + b->len, data, len);
  b->len += len;
}

static void add_sid(bytes *b, PSID sid, DWORD attributes) {
  add(b, &attributes, sizeof attributes);
  add(b, sid, GetLengthSid(sid));
}

/* Whether a group is enabled, or for denying only, belongs to it. */
static void add_groups(bytes *b, HANDLE token, TOKEN_INFORMATION_CLASS which) {
  DWORD size, i;
  TOKEN_GROUPS *groups = ask(token, which, &size);
  DWORD count = groups ? groups->GroupCount : 0;
  add(b, &count, sizeof count);
  for (i = 0; i < count; i++)
    add_sid(b, groups->Groups[i].Sid, groups->Groups[i].Attributes);
  free(groups);
}

static void add_number(bytes *b, HANDLE token, TOKEN_INFORMATION_CLASS which) {
  DWORD number = 0, size = sizeof number;
  GetTokenInformation(token, which, &number, sizeof number, &size);
  add(b, &number, sizeof number);
}

/* That it was used to look something up is no difference between two privileges. */
static void add_privileges(bytes *b, HANDLE token) {
  DWORD size, i;
  TOKEN_PRIVILEGES *held = ask(token, TokenPrivileges, &size);
  DWORD count = held ? held->PrivilegeCount : 0;
  add(b, &count, sizeof count);
  for (i = 0; i < count; i++) {
    held->Privileges[i].Attributes &= ~(DWORD) SE_PRIVILEGE_USED_FOR_ACCESS;
    add(b, &held->Privileges[i], sizeof held->Privileges[i]);
  }
  free(held);
}

static void add_integrity(bytes *b, HANDLE token) {
  DWORD size;
  TOKEN_MANDATORY_LABEL *label = ask(token, TokenIntegrityLevel, &size);
  if (label)
    add_sid(b, label->Label.Sid, 0);
  free(label);
}

/* The user, the logon, its groups, what it is restricted to, its privileges, elevation and level:
   so that a filtered logon never passes for an elevated one of the same user. */
static int make_key(fcl_identity *id) {
  bytes b = {NULL, 0, 0};
  HANDLE token = id->primary;
  DWORD size;
  TOKEN_USER *user = ask(token, TokenUser, &size);
  TOKEN_STATISTICS *statistics = ask(token, TokenStatistics, &size);
  if (user)
    add_sid(&b, user->User.Sid, user->User.Attributes);
  if (statistics)
    add(&b, &statistics->AuthenticationId, sizeof statistics->AuthenticationId);
  add_groups(&b, token, TokenGroups);
  add_groups(&b, token, TokenRestrictedSids);
  add_privileges(&b, token);
  add_number(&b, token, TokenElevationType);
  add_number(&b, token, TokenSessionId);
  add_integrity(&b, token);
  id->key = b.at;
  id->key_len = b.len;
  if (user && statistics)
    snprintf(id->text, sizeof id->text, "%08lx%08lx",
             (unsigned long) statistics->AuthenticationId.HighPart,
             (unsigned long) statistics->AuthenticationId.LowPart);
  b.has_failed |= user == NULL || statistics == NULL;
  free(user);
  free(statistics);
  return !b.has_failed;
}

/* ---- The name ---- */

static int look_up(HANDLE token, wchar_t *name, DWORD name_cap, wchar_t *domain, DWORD domain_cap) {
  DWORD size;
  SID_NAME_USE use;
  TOKEN_USER *user = ask(token, TokenUser, &size);
  int is_known =
      user && LookupAccountSidW(NULL, user->User.Sid, name, &name_cap, domain, &domain_cap, &use);
  free(user);
  return is_known;
}

/* "CONTOSO\\web", or the number where nobody knows the name. */
static void write_name(fcl_identity *id) {
  wchar_t name[64], domain[64];
  char user[64], of[64];
  wchar_t *sid;
  if (look_up(id->primary, name, 64, domain, 64)) {
    fcl__narrow(user, sizeof user, name);
    fcl__narrow(of, sizeof of, domain);
    snprintf(id->name, sizeof id->name, "%s%s%s", of, of[0] ? "\\" : "", user);
    return;
  }
  sid = fcl__sid_of_token(id->primary);
  fcl__narrow(id->name, sizeof id->name, sid ? sid : L"a user without a name");
  fcl__sid_free(sid);
}

/* ---- Making one ---- */

static fcl_code no_memory(fcl_error *e) {
  return fcl__error_setx(e, FCL_E_NOMEM, 0, "no memory for an identity");
}

#define RIGHTS_OF_PRIMARY                                                                          \
  (TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_ASSIGN_PRIMARY | TOKEN_ADJUST_DEFAULT |                   \
   TOKEN_ADJUST_SESSIONID)

/* A token that says less than who somebody is, and that one may act as him. */
static int only_identifies(HANDLE token) {
  TOKEN_TYPE type;
  SECURITY_IMPERSONATION_LEVEL level;
  DWORD len;
  return GetTokenInformation(token, TokenType, &type, sizeof type, &len) &&
         type == TokenImpersonation &&
         GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof level, &len) &&
         level < SecurityImpersonation;
}

static DWORD duplicate(fcl_identity *id, HANDLE token) {
  if (only_identifies(token))
    return ERROR_BAD_IMPERSONATION_LEVEL;
  if (!DuplicateTokenEx(token, TOKEN_QUERY | TOKEN_IMPERSONATE | TOKEN_DUPLICATE, NULL,
                        SecurityImpersonation, TokenImpersonation, &id->impersonation))
    return GetLastError();
  if (!DuplicateTokenEx(id->impersonation, RIGHTS_OF_PRIMARY, NULL, SecurityImpersonation,
                        TokenPrimary, &id->primary))
    return GetLastError();
  return ERROR_SUCCESS;
}

int fcl_identity_token(fcl_identity **identity, void *handle, fcl_error *e) {
  fcl_identity *id = calloc(1, sizeof *id);
  DWORD error;
  *identity = NULL;
  if (id == NULL)
    return (int) no_memory(e);
  atomic_init(&id->refs, 1);
  error = duplicate(id, handle);
  if (error == ERROR_SUCCESS && make_key(id)) {
    write_name(id);
    *identity = id;
    return FCL_OK;
  }
  fcl_identity_unref(id);
  if (error == ERROR_SUCCESS)
    return (int) no_memory(e);
  fcl__error_set(e, FCL_E_IDENTITY, (int) error, "cannot use the token of a user");
  fcl__error_append(e, "; give the handle of an open token with the rights TOKEN_QUERY and "
                       "TOKEN_DUPLICATE, primary or of the level SecurityImpersonation");
  return FCL_E_IDENTITY;
}

fcl_code fcl__identity_own(fcl_identity **out, fcl_error *e) {
  HANDLE token = open_own();
  fcl_code code;
  *out = NULL;
  if (token == NULL)
    return fcl__error_set(e, FCL_E_IDENTITY, (int) GetLastError(), "cannot open our own token");
  code = (fcl_code) fcl_identity_token(out, token, e);
  CloseHandle(token);
  return code;
}

int fcl_identity_posix(fcl_identity **identity, unsigned uid, unsigned gid, const unsigned *groups,
                       size_t count, fcl_error *e) {
  *identity = NULL;
  return (int) fcl__error_setx(e, FCL_E_IDENTITY, 0,
                               "no identity: users of Windows have no uid (%u); give a token of "
                               "theirs to fcl_identity_token",
                               uid);
}

int fcl_identity_user(fcl_identity **identity, const char *name, fcl_error *e) {
  *identity = NULL;
  return (int) fcl__error_setx(e, FCL_E_IDENTITY, 0,
                               "no identity for %s: on Windows a name is not enough to act as a "
                               "user; give a token of theirs to fcl_identity_token",
                               name);
}

/* ---- Counted, compared, named ---- */

fcl_identity *fcl__identity_ref(const fcl_identity *identity) {
  fcl_identity *id = (fcl_identity *) (uintptr_t) identity;
  if (id != NULL)
    atomic_fetch_add(&id->refs, 1);
  return id;
}

void fcl_identity_unref(fcl_identity *id) {
  if (id == NULL || atomic_fetch_sub(&id->refs, 1) != 1)
    return;
  if (id->primary)
    CloseHandle(id->primary);
  if (id->impersonation)
    CloseHandle(id->impersonation);
  free(id->key);
  free(id);
}

int fcl__identity_equal(const fcl_identity *a, const fcl_identity *b) {
  return a == b || (a != NULL && b != NULL && a->key_len == b->key_len &&
                    memcmp(a->key, b->key, a->key_len) == 0);
}

const char *fcl__identity_name(const fcl_identity *id) {
  return id ? id->name : "our own user";
}

const char *fcl__identity_key(const fcl_identity *id) {
  return id->text;
}

fcl_code fcl__identity_check(const fcl_identity *id, const fcl_policy *policy, fcl_error *e) {
  return FCL_OK;
}
