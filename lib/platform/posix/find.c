/* find.c: finds the program fcl-guardian, in the build tree and in an installed tree that may have
 * been moved. */
#define _GNU_SOURCE
#include "platform/posix/find.h"
#include <errno.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* The build says where (lib/packaging/guardian.cmake); these are for other builds. */
#ifndef FCGICLIENT_GUARDIAN_PATH
#define FCGICLIENT_GUARDIAN_PATH           "/usr/local/libexec/fcgiclient/fcl-guardian"
#define FCGICLIENT_GUARDIAN_RELATIVE       "../libexec/fcgiclient/fcl-guardian"
#define FCGICLIENT_GUARDIAN_BUILD_RELATIVE "../bin/fcl-guardian"
#endif

/* The directory of a path, in place.  0: it has none. */
static int cut_name(char *path) {
  char *slash = strrchr(path, '/');
  if (slash == NULL)
    return 0;
  *slash = 0;
  return 1;
}

static int holds(const struct dl_phdr_info *info, uintptr_t address) {
  int i;
  for (i = 0; i < info->dlpi_phnum; i++) {
    uintptr_t start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
    if (info->dlpi_phdr[i].p_type == PT_LOAD && address >= start &&
        address - start < info->dlpi_phdr[i].p_memsz)
      return 1;
  }
  return 0;
}

typedef struct search {
  char *path;
  unsigned seen;
} search;

/* The program itself comes first, under a name that its caller chose: not to be trusted, so it is
 * passed over. */
static int if_library(struct dl_phdr_info *info, size_t size, void *arg) {
  search *s = arg;
  if (s->seen++ == 0 || !holds(info, (uintptr_t) fcl__find_guardian))
    return 0;
  return realpath(info->dlpi_name, s->path) != NULL && cut_name(s->path);
}

static int library_directory(char path[FCL__PATH_MAX]) {
  search s = {path, 0};
  return dl_iterate_phdr(if_library, &s);
}

/* A setuid program can be linked to by anyone from anywhere: then its place says nothing. */
static int program_directory(char path[FCL__PATH_MAX]) {
  ssize_t n = getauxval(AT_SECURE) ? -1 : readlink("/proc/self/exe", path, FCL__PATH_MAX - 1);
  if (n <= 0)
    return 0;
  path[n] = 0;
  return cut_name(path);
}

static int try_beside(char path[FCL__PATH_MAX], const char *directory, const char *where) {
  int n = snprintf(path, FCL__PATH_MAX, "%s/%s", directory, where);
  return n > 0 && n < FCL__PATH_MAX && access(path, X_OK) == 0;
}

static int beside_library(char path[FCL__PATH_MAX]) {
  char directory[FCL__PATH_MAX];
  return library_directory(directory) &&
         (try_beside(path, directory, FCGICLIENT_GUARDIAN_RELATIVE) ||
          try_beside(path, directory, "../" FCGICLIENT_GUARDIAN_RELATIVE) || /* a server's module */
          try_beside(path, directory, FCGICLIENT_GUARDIAN_BUILD_RELATIVE));
}

static int beside_program(char path[FCL__PATH_MAX]) {
  char directory[FCL__PATH_MAX];
  return program_directory(directory) &&
         (try_beside(path, directory, "fcl-guardian") ||
          try_beside(path, directory, "../libexec/fcgiclient/fcl-guardian") ||
          try_beside(path, directory, "../bin/fcl-guardian"));
}

/* Somebody named it: then it is that or nothing. */
static fcl_code take_named(char path[FCL__PATH_MAX], const char *named, const char *by,
                           fcl_error *e) {
  int n = snprintf(path, FCL__PATH_MAX, "%s", named);
  if (n > 0 && n < FCL__PATH_MAX && access(path, X_OK) == 0)
    return FCL_OK;
  fcl__error_set(e, FCL_E_SPAWN, n > 0 && n < FCL__PATH_MAX ? errno : ENAMETOOLONG,
                 "cannot start applications with the guardian %s", named);
  fcl__error_append(e, "; set %s to the path of the program fcl-guardian", by);
  return FCL_E_SPAWN;
}

fcl_code fcl__find_guardian(char path[FCL__PATH_MAX], const char *option, fcl_error *e) {
  const char *named = option ? option : secure_getenv("FCGICLIENT_GUARDIAN");
  if (named && *named)
    return take_named(path, named, option ? "guardian" : "FCGICLIENT_GUARDIAN", e);
  if (beside_library(path) || beside_program(path) ||
      try_beside(path, "", &FCGICLIENT_GUARDIAN_PATH[1]))
    return FCL_OK;
  return fcl__error_setx(
      e, FCL_E_SPAWN, ENOENT,
      "cannot start applications: the program fcl-guardian is neither beside the "
      "library, nor beside this program, nor %s; install it, or set guardian or "
      "FCGICLIENT_GUARDIAN to its path",
      FCGICLIENT_GUARDIAN_PATH);
}
