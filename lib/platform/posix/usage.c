/* usage.c: what a process uses, as Linux's /proc tells; 0 on other systems. */
#include "platform/usage.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

uint64_t fcl__usage_memory(long pid) {
  char path[40], text[128];
  unsigned long long pages = 0;
  ssize_t n;
  int fd;
  snprintf(path, sizeof path, "/proc/%ld/statm", pid);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return 0;
  n = read(fd, text, sizeof text - 1);
  close(fd);
  text[n > 0 ? n : 0] = 0;
  if (sscanf(text, "%*u %llu", &pages) != 1)
    return 0;
  return (uint64_t) pages * (uint64_t) sysconf(_SC_PAGESIZE);
}
