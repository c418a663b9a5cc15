/* usage.c: what a process uses, as Linux's /proc tells; 0 on other systems. */
#include "platform/usage.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FAMILY_MAX = 64 }; /* more of one process are not counted */

/* The start of a small file as text; returns its length, 0 where it cannot be read. */
static size_t read_text(const char *path, char *out, size_t cap) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t n = fd < 0 ? 0 : read(fd, out, cap - 1);
  if (fd >= 0)
    close(fd);
  out[n > 0 ? n : 0] = 0;
  return n > 0 ? (size_t) n : 0;
}

/* Its second number: resident pages. */
static uint64_t resident(long pid) {
  char path[64], text[128];
  unsigned long long size, pages = 0;
  snprintf(path, sizeof path, "/proc/%ld/statm", pid);
  if (read_text(path, text, sizeof text) == 0 || sscanf(text, "%llu %llu", &size, &pages) != 2)
    return 0;
  return (uint64_t) pages * (uint64_t) sysconf(_SC_PAGESIZE);
}

static void add_children(long pid, long *family, unsigned *count) {
  char path[64], text[512], *at = text, *end;
  long child;
  snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", pid, pid);
  if (read_text(path, text, sizeof text) == 0)
    return;
  while (*count < FAMILY_MAX && (child = strtol(at, &end, 10)) > 0 && *end == ' ') {
    family[(*count)++] = child;
    at = end;
  }
}

uint64_t fcl__usage_memory(long pid) {
  long family[FAMILY_MAX] = {pid};
  unsigned count = 1, i;
  uint64_t bytes = 0;
  for (i = 0; i < count; i++) {
    bytes += resident(family[i]);
    add_children(family[i], family, &count);
  }
  return bytes;
}
