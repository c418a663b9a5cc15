/* socket.h: TCP with calls that block, for the servers of these tests.  Each system has its file.
 */
#ifndef ADAPTERS_SOCKET_H
#define ADAPTERS_SOCKET_H
#include <stddef.h>
#include <uv.h>

/* Listens on a port of 127.0.0.1 that is free.  Returns -1 when it cannot. */
int socket_listen(unsigned *port);
int socket_accept(int listener); /* -1: it is closed */
void socket_stop(int listener);
void socket_forget(uv_thread_t *thread);               /* nobody will join it */
int socket_send(int fd, const void *data, size_t len); /* all of it; 0: the client has left */
long socket_receive(int fd, void *data, size_t size);  /* 0 or less: likewise */
/* The client's address and port, or ours. */
void socket_address(int fd, int is_ours, char address[64], char port[16]);
void socket_reset(int fd); /* its close will be one */
/* So that a client that still sends is not reset before it has read the answer. */
void socket_close_gently(int fd);
void socket_close(int fd);

/* Tells when the client leaves, until it is ended.  On a thread of its own. */
typedef struct socket_watch {
  int fd, over;
  void (*left)(void *of);
  void *of;
  uv_thread_t thread;
} socket_watch;
void socket_watch_begin(socket_watch *w);
void socket_watch_end(socket_watch *w);
#endif
