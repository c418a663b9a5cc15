/* listen.h: the sockets that the server listens on. */
#ifndef HTTPD_LISTEN_H
#define HTTPD_LISTEN_H
#include "options.h"

/* Binds `count` sockets to the address of the options, and writes the URL of it.  Returns 0, or -1
 * having said why. */
int listen_bind(const options *o, int *fds, unsigned count, char *url, size_t size);
#endif
