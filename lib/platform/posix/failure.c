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

static void refused_user(fcl_error *e, fcl__refusal why) {
  switch (why) {
  case FCL__REFUSED_UNSEALED:
    fcl__error_append(e, "no policy allows other users; set fcl_client_options.policy");
    return;
  case FCL__REFUSED_ROOT:
    fcl__error_append(e, "nothing is started as root (uid 0), or with root's group (gid 0); set "
                         "run_as to another user");
    return;
  case FCL__REFUSED_UID:
    fcl__error_append(e, "its uid is outside policy.min_uid to policy.max_uid");
    return;
  default:
    fcl__error_append(e, "one of its groups is outside policy.min_gid to policy.max_gid");
  }
}

static void refused(fcl_error *e, const char *path, const char *directory, const char *user,
                    fcl__refusal why) {
  fcl__error_setx(e, FCL_E_SPAWN, EPERM, "the guardian refuses to start %s: ", path);
  switch (why) {
  case FCL__REFUSED_UNSEALED:
  case FCL__REFUSED_ROOT:
  case FCL__REFUSED_UID:
  case FCL__REFUSED_GID:
    fcl__error_setx(e, FCL_E_IDENTITY, EPERM, "the guardian refuses to start %s as %s: ", path,
                    user);
    refused_user(e, why);
    return;
  case FCL__REFUSED_PROGRAM:
    fcl__error_append(e, "%s",
                      access(path, F_OK) == 0
                          ? "it is not among policy.programs as they were when the client was made"
                          : "there is no such program; set program to one of policy.programs");
    return;
  case FCL__REFUSED_DIRECTORY:
    fcl__error_append(e,
                      "its directory %s is neither among policy.directories nor below one of "
                      "them",
                      directory);
    return;
  case FCL__REFUSED_VARIABLE:
    fcl__error_append(e, "its environment has a variable that would change the program (LD_..., "
                         "GLIBC_TUNABLES or GCONV_PATH); set env to one without");
    return;
  case FCL__REFUSED_TERMS:
    break;
  }
  fcl__error_append(e, "it does not understand the order; install library and guardian from one "
                       "build");
}

static void not_that_user(fcl_error *e, const char *path, const char *user, int error) {
  fcl__error_set(e, FCL_E_IDENTITY, error, "cannot start %s as %s", path, user);
  fcl__error_append(e, "; %s",
                    error == EPERM
                        ? "make the client as root, or with the capabilities CAP_SETUID, "
                          "CAP_SETGID and CAP_KILL, and give up the privileges behind that"
                        : advice_for_resources(error));
}

void fcl__failure(fcl_error *e, const char *path, const char *directory, const char *user,
                  fcl__stage stage, int error) {
  switch (stage) {
  case FCL__STAGE_EXEC:
    fcl__error_set(e, FCL_E_SPAWN, error, "cannot start %s", path);
    fcl__error_append(e, "; %s", advice_for_exec(path, error));
    return;
  case FCL__STAGE_DIRECTORY:
    fcl__error_set(e, FCL_E_SPAWN, error, "cannot start %s in the directory %s", path, directory);
    fcl__error_append(e, "; set directory to one that exists and that its user may enter");
    return;
  case FCL__STAGE_POLICY:
    refused(e, path, directory, user, (fcl__refusal) error);
    return;
  case FCL__STAGE_USER:
    not_that_user(e, path, user, error);
    return;
  case FCL__STAGE_LIMITS:
    fcl__error_set(e, FCL_E_SPAWN, error, "cannot start %s with these limits", path);
    fcl__error_append(e, "; only root may raise a limit above the host's own (open_files_limit, "
                         "file_size_limit, address_space_limit, cpu_limit_s, core_limit)");
    return;
  case FCL__STAGE_ORDER:
  case FCL__STAGE_FORK:
  case FCL__STAGE_SETUP:
    break;
  }
  fcl__error_set(e, FCL_E_SPAWN, error, "cannot start %s: no new process", path);
  fcl__error_append(e, "; %s", advice_for_resources(error));
}
