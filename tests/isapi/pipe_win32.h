/* pipe_win32.h: an application in the test's hands, on a named pipe: it answers each request with
   the number of the connection that the request came on. */
#ifndef ISAPI_PIPE_H
#define ISAPI_PIPE_H

enum { PIPE_CONNECTIONS = 4 };

/* Its address, "pipe:\\.\pipe\...". */
const char *pipe_begin(void);
void pipe_end(void);
#endif
