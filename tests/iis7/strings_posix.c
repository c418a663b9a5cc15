/* strings_posix.c: the strings of IIS's configuration where there is no Windows. */
#include "abi/types.h"
#include <stdlib.h>
#include <string.h>

BSTR SysAllocString(const WCHAR *text) {
  size_t len = 0;
  BSTR copy;
  while (text[len])
    len++;
  copy = malloc((len + 1) * sizeof *copy);
  if (copy)
    memcpy(copy, text, (len + 1) * sizeof *copy);
  return copy;
}

void SysFreeString(BSTR text) {
  free(text);
}
