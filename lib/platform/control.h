/* control.h: a socket on which only the owner of this process may ask. */
#ifndef FCL__CONTROL_SOCKET_H
#define FCL__CONTROL_SOCKET_H
#include <fcgiclient/base.h>

/* Makes a listening socket at `address` ("unix:/path"): mode 0600, in a folder that nobody else may
   write in; the folder is made (0700) when it is not there.  One that a dead process has left is
   replaced.  FCL_OK and *fd; else *e says why. */
fcl_code fcl__control_listen(const char *address, int *fd, fcl_error *e);
/* Removes the name; the descriptor is the caller's. */
void fcl__control_remove(const char *address);
/* 1 if who has connected is our own user, or root. */
int fcl__control_is_owner(int fd);
#endif
