/* sockets_linux.h: whom another process's socket speaks with. */
#ifndef FCL__SOCKETS_LINUX_H
#define FCL__SOCKETS_LINUX_H
#include <stddef.h>

/* "10.0.0.5:3306", "[::1]:80", "a Unix socket", "a socket".  Searches the first few thousand
   sockets of the process's network. */
void fcl__socket_peer(long pid, unsigned long inode, char *out, size_t cap);
#endif
