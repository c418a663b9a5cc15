/* peek.c: small files in which the system says something about itself. */
#include "platform/posix/peek.h"
#include <fcntl.h>
#include <unistd.h>

size_t fcl__peek(const char *path, char *out, size_t cap) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t n = fd < 0 ? 0 : read(fd, out, cap - 1);
  if (fd >= 0)
    close(fd);
  out[n > 0 ? n : 0] = 0;
  return n > 0 ? (size_t) n : 0;
}
