/* app_win32.h: what the parts of app for Windows share: named pipes, and being asked to leave. */
#ifndef APP_WIN32_H
#define APP_WIN32_H
#include "app_system.h"

/* ---- app_pipe_win32.c: the one instance of a named pipe that a web server has passed ---- */

int app_pipe_take(int handle); /* 1: it is one, and what follows is about it */
int app_pipe_is(int fd);       /* 1: that is the one */
int app_pipe_accept(void);     /* as app_accept */
int app_pipe_has_news(void);   /* 1: something to read, its end, or nobody yet */
void app_pipe_close(void);     /* the connection; not the instance */
ptrdiff_t app_pipe_receive(void *bytes, size_t len);
ptrdiff_t app_pipe_send(const void *bytes, size_t len);

/* ---- app_term_win32.c ---- */

int app_is_told_to_leave(void);
/* Between these two nothing is in hand, though the thread waits: when it is asked to leave the
   process ends.  0: it has been asked already. */
int app_begin_idle(void);
void app_end_idle(void);
#endif
