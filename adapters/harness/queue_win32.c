/* queue_win32.c: whether the peer has read all that was sent to it.  Of a pipe that can be told; of
   a socket it cannot, but a peer on this machine that waits for bytes hardly ever takes longer. */
#include "pipe_win32.h"
#include "sync.h"

enum { HARDLY_LONGER_MS = 5 };

int fcl__queue_is_empty(int fd, uint64_t since) {
  fcl__net_pipe *pipe = fcl__net_pipe_at(fd);
  if (pipe)
    return fcl__net_pipe_is_read(pipe);
  return fcl__now_ms() >= since + HARDLY_LONGER_MS;
}
