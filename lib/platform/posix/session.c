/* session.c: kills what is left of a dead guardian's session. */
#include "platform/posix/session.h"
#include "platform/posix/proc.h"
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>

void fcl__session_end(long session) {
  DIR *all = opendir("/proc");
  const struct dirent *e;
  while (all && (e = readdir(all)) != NULL)
    if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && fcl__proc_session(atol(e->d_name)) == session)
      kill((pid_t) atol(e->d_name), SIGKILL);
  if (all)
    closedir(all);
}
