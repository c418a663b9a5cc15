/* files.c: files.h for POSIX: names, sizes, numbers and times of files, as one sum. */
#include "platform/files.h"
#include <errno.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>

/* FNV-1a: nobody gains by two states of a file that look alike. */
static uint64_t mix(uint64_t hash, const void *data, size_t len) {
  const unsigned char *bytes = data;
  size_t i;
  for (i = 0; i < len; i++)
    hash = (hash ^ bytes[i]) * 1099511628211u;
  return hash;
}

static uint64_t one_file(const char *path, const struct stat *s) {
  const uint64_t facts[] = {(uint64_t) s->st_dev, (uint64_t) s->st_ino, (uint64_t) s->st_size,
                            (uint64_t) s->st_mtim.tv_sec, (uint64_t) s->st_mtim.tv_nsec};
  return mix(mix(14695981039346656037u, path, strlen(path)), facts, sizeof facts);
}

static void add_matches(const char *pattern, uint64_t *stamp) {
  glob_t found;
  struct stat s;
  size_t i;
  memset(&found, 0, sizeof found);
  if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0)
    for (i = 0; i < found.gl_pathc; i++)
      if (stat(found.gl_pathv[i], &s) == 0)
        *stamp += one_file(found.gl_pathv[i], &s);
  globfree(&found);
}

int fcl__files_add(const char *pattern, uint64_t *stamp) {
  struct stat s;
  if (stat(pattern, &s) == 0)
    *stamp += one_file(pattern, &s);
  else if (strpbrk(pattern, "*?[") == NULL)
    return errno;
  else
    add_matches(pattern, stamp);
  return 0;
}
