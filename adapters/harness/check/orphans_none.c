/* orphans_none.c: where orphans cannot be adopted: the program's process group is all that ends. */
#include "keeper.h"

void orphans_adopt(void) {
}

void orphans_end(void) {
}
