/* orphans_none.c: where orphans cannot be adopted: the program's process group is all that ends. */
#include "keeper.h"
#include <unistd.h>

void fcl__orphans_adopt(void) {
}

void fcl__orphans_end(void) {
}

void fcl__close_others(int a, int b) {
  int fd, most = (int) sysconf(_SC_OPEN_MAX);
  for (fd = 3; fd < most; fd++)
    if (fd != a && fd != b)
      close(fd);
}
