/* doing.c: nobody tells what a process of Windows is doing. */
#include "platform/doing.h"

void fcl__doing_now(long pid, char *out, size_t cap) {
  if (cap > 0)
    out[0] = 0;
}
