/* failure.c: the sentence for a program that could not be started: what, why, and what to do. */
#include "platform/posix/failure.h"
#include <errno.h>
#include <unistd.h>

/* The file may be there, and still be what is missing is its interpreter. */
static const char *advice_for_missing(const char *path) {
  return access(path, F_OK) == 0 ? "the file exists, so its interpreter (the first line of a "
                                   "script) or its loader does not"
                                 : "set program to an existing executable";
}

static const char *advice_for_exec(const char *path, int error) {
  switch (error) {
  case ENOENT:
  case ENOTDIR:
    return advice_for_missing(path);
  case EACCES:
  case EPERM:
    return "make it, and the directories above it, executable for the user of the web server";
  case ENOEXEC:
    return "it is no program for this machine; a script needs #! and an interpreter in its first "
           "line";
  case E2BIG:
    return "shorten argv or env";
  default:
    return "run it by hand to see more";
  }
}

static const char *advice_for_resources(int error) {
  switch (error) {
  case EAGAIN:
    return "raise the limit on processes of the web server's user (RLIMIT_NPROC, TasksMax)";
  case EMFILE:
  case ENFILE:
    return "raise the limit on open files (RLIMIT_NOFILE)";
  default:
    return "the system is short of resources";
  }
}

void fcl__failure(fcl_error *e, const char *path, const char *directory, fcl__stage stage,
                  int error) {
  switch (stage) {
  case FCL__STAGE_EXEC:
    fcl__error_set(e, FCL_E_SPAWN, error, "cannot start %s", path);
    fcl__error_append(e, "; %s", advice_for_exec(path, error));
    return;
  case FCL__STAGE_DIRECTORY:
    fcl__error_set(e, FCL_E_SPAWN, error, "cannot start %s in the directory %s", path, directory);
    fcl__error_append(e, "; set directory to one that exists and that its user may enter");
    return;
  case FCL__STAGE_ORDER:
  case FCL__STAGE_FORK:
  case FCL__STAGE_SETUP:
    break;
  }
  fcl__error_set(e, FCL_E_SPAWN, error, "cannot start %s: no new process", path);
  fcl__error_append(e, "; %s", advice_for_resources(error));
}
