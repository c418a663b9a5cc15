/* control.h: an address at which only the owner of this process may ask. */
#ifndef FCL__CONTROL_SOCKET_H
#define FCL__CONTROL_SOCKET_H
#include <fcgiclient/base.h>
#include <uv.h>

/* Makes what listens at `address`.  POSIX, "unix:/path": a socket of mode 0600, in a folder that
   nobody else may write in; the folder is made (0700) when it is not there, and a socket that a
   dead process has left is replaced.  Windows, "pipe:\\.\pipe\name": only sees that nobody has that
   name. FCL_OK and *fd, for fcl__control_attach or fcl__control_drop; else *e says why. */
fcl_code fcl__control_listen(const char *address, int *fd, fcl_error *e);
/* On the loop: `listener`, which uv_pipe_init has made, takes fd and listens from now on.  Returns
   0, or a negative uv error, and fd is gone. */
int fcl__control_attach(uv_pipe_t *listener, int fd, const char *address, uv_connection_cb accept);
/* Another of this process goes on listening there: what fcl__control_attach takes, once `listener`
   and all that it has accepted are being closed.  Or a negative uv error. */
int fcl__control_pass(const uv_pipe_t *listener);
/* Nobody does: closes fd and removes the name. */
void fcl__control_drop(int fd, const char *address);
/* 1 if who has connected is our own user, or root, or the system. */
int fcl__control_is_owner(const uv_pipe_t *talk);
#endif
