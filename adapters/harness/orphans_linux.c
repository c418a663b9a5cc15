/* orphans_linux.c: what a program has started and left behind is found, and ended. */
#include "keeper.h"
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

void fcl__orphans_adopt(void) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* Each that is ended may hand us others. */
void fcl__orphans_end(void) {
  char name[64];
  int found = 1;
  long pid;
  FILE *list;
  snprintf(name, sizeof name, "/proc/self/task/%ld/children", (long) getpid());
  while (found) {
    found = 0;
    list = fopen(name, "re");
    while (list && fscanf(list, "%ld", &pid) == 1)
      found |= kill((pid_t) pid, SIGKILL) == 0;
    if (list)
      fclose(list);
    while (found && waitpid(-1, NULL, 0) > 0)
      ;
  }
}

void fcl__close_others(int a, int b) {
  unsigned low = (unsigned) (a < b ? a : b), high = (unsigned) (a < b ? b : a);
  if (low > 3)
    close_range(3, low - 1, 0);
  if (high > low + 1)
    close_range(low < 3 ? 3 : low + 1, high - 1, 0);
  close_range(high + 1, ~0u, 0);
}
