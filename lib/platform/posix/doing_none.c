/* doing_none.c: in the place of doing_linux.c on systems where nobody knows what a process does. */
#include "platform/doing.h"

void fcl__doing_now(long pid, char *out, size_t cap) {
  out[0] = 0;
}
