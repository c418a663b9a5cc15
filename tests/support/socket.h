/* socket.h: blocking TCP connections to this machine, alike on every system. */
#ifndef TEST_SOCKET_H
#define TEST_SOCKET_H
#include <stddef.h>

/* To a port of 127.0.0.1; sending and receiving wait so many seconds at most.  -1: nobody takes it.
 */
int test_socket_connect(unsigned port, unsigned patience_s);
/* How many bytes; 0: the end; -1: it broke, or the time is up.  Never a signal. */
long test_socket_send(int fd, const char *data, size_t len);
long test_socket_receive(int fd, char *data, size_t len);
void test_socket_close(int fd);

/* Listens at a free address of this system's own kind (a Unix socket where there are such), which
   is written to `address` as "unix:@..." or "tcp:...". */
int test_socket_listen(char *address, size_t cap);
int test_socket_accept(int listener); /* waits; -1: it was stopped */
void test_socket_stop(int listener);  /* any thread; close it when nobody accepts any more */
#endif
