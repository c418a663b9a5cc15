/* security.c: descriptors with explicit lists: pipes by default may be read by everybody. */
#include "platform/win32/security.h"
#include "platform/win32/token.h"
#include <windows.h>
#include <sddl.h>
#include <stdio.h>

/* Ours, whichever group our token would give it to; P: nothing is inherited.  That nobody comes
   over the network is said when the pipe is made: the group NETWORK is also in the tokens of users
   whom a web server has logged on, and in ours when somebody has started us from afar. */
#define OURS L"O:%lsD:P(A;;GA;;;SY)(A;;GA;;;%ls)"
/* To read and write, but not to make instances, which is the bit of appending (4). */
#define TALK L"(A;;0x12019b;;;%ls)"

enum { SDDL_MAX = 768 };

static int write_list(wchar_t *out, const wchar_t *own, const wchar_t *other) {
  int n = _snwprintf(out, SDDL_MAX, OURS, own, own), more = 0;
  if (n > 0 && n < SDDL_MAX && other)
    more = _snwprintf(out + n, (size_t) (SDDL_MAX - n), TALK, other);
  return n > 0 && more >= 0 && n + more < SDDL_MAX;
}

static wchar_t *who_has(void *token) {
  wchar_t *logon = fcl__logon_of_token(token);
  return logon ? logon : fcl__sid_of_token(token);
}

void *fcl__security_make(void *token) {
  PSECURITY_DESCRIPTOR descriptor = NULL;
  wchar_t list[SDDL_MAX];
  wchar_t *own = fcl__sid_of_token(NULL), *its = token ? who_has(token) : NULL;
  if (own && (its || !token) && write_list(list, own, its) &&
      !ConvertStringSecurityDescriptorToSecurityDescriptorW(list, SDDL_REVISION_1, &descriptor,
                                                            NULL))
    descriptor = NULL;
  fcl__sid_free(own);
  fcl__sid_free(its);
  return descriptor;
}

void fcl__security_free(void *descriptor) {
  if (descriptor)
    LocalFree(descriptor);
}
