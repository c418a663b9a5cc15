/* security.c: descriptors with explicit lists: pipes by default may be read by everybody. */
#include "platform/win32/security.h"
#include "platform/win32/token.h"
#include <windows.h>
#include <sddl.h>
#include <stdio.h>

/* D:P: nothing is inherited; NU: whoever comes over the network.  The bit by which GENERIC_WRITE
   asks for appending would let others make instances, too, were there room for more than ours. */
#define NOBODY_ELSE L"D:P(D;;GA;;;NU)(A;;GA;;;%ls)"
#define READ_WRITE  L"(A;;0x12019f;;;%ls)"

enum { SDDL_MAX = 512 };

static int write_list(wchar_t *out, const wchar_t *own, const wchar_t *other) {
  int n = _snwprintf(out, SDDL_MAX, NOBODY_ELSE, own);
  if (n > 0 && n < SDDL_MAX && other && wcscmp(own, other) != 0) {
    int more = _snwprintf(out + n, (size_t) (SDDL_MAX - n), READ_WRITE, other);
    n = more < 0 ? -1 : n + more;
  }
  return n > 0 && n < SDDL_MAX;
}

void *fcl__security_make(void *token) {
  PSECURITY_DESCRIPTOR descriptor = NULL;
  wchar_t list[SDDL_MAX];
  wchar_t *own = fcl__sid_of_token(NULL), *its = token ? fcl__sid_of_token(token) : NULL;
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
