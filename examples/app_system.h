/* app_system.h: what app needs of the system: connections, and what processes do. */
#ifndef APP_SYSTEM_H
#define APP_SYSTEM_H
#include <stddef.h>
#include <stdint.h>

/* ---- app_listen_*.c: connections; each is a number ---- */

/* Listens on "tcp:host:port"; on POSIX "unix:/path" and "unix:@name" too.  -1: *why says why not.
 */
int app_listen(const char *address, const char **why);
/* What a web server has passed: descriptor 0, on Windows standard input, which may be a named pipe.
   -1: it passed nothing to listen on. */
int app_inherited(void);
int app_accept(int listener); /* -1: nobody came after all */
/* As read and write: 0 at the end, -1 when it broke; never interrupted. */
ptrdiff_t app_receive(int fd, void *bytes, size_t len);
ptrdiff_t app_send(int fd, const void *bytes, size_t len);
void app_close(int fd);

/* ---- app_term_*.c: being asked to leave: by SIGTERM, on Windows by the event whose number is in
   _FCGI_SHUTDOWN_EVENT_ ---- */

void app_leave_on_term(void); /* from here on that ends app_wait_idle, and nothing else */
/* 1 when there is something to read or to accept; 0 when it is to leave. */
int app_wait_idle(int fd);
/* POSIX: polls without a time limit; where it may leave, SIGTERM ends it with EINTR. */
struct pollfd;
int app_poll(struct pollfd *fds, unsigned count, int may_leave);

/* ---- app_process_*.c ---- */

void app_sleep(uint64_t ms);
void app_end(int status);    /* at once */
void app_end_by(int signal); /* likewise, by a signal; on Windows by the status that abort has, 3 */
long app_process(void);      /* its id */
unsigned long app_user(void); /* its user's; 0 where there are no such numbers */
/* A process that stays: its id, or -1.  `connection` is not for it.  */
long app_start_child(int connection, int in_own_session);
/* On Windows that is this very program: with these arguments it stays, and 1 is returned behind
   that. */
int app_was_child(int argc, char **argv);
#endif
