/* pipe.h: our end of a named pipe: opened by ourselves, at once or not at all. */
#ifndef FCL__PIPE_H
#define FCL__PIPE_H
#include <wchar.h>

/* A descriptor of the C library for uv_pipe_open, both ways and overlapped, or a negative uv error:
   UV_EAGAIN: every instance is in use, try again; UV_ENOENT: nobody has made it; UV_EPERM: we may
   not.  No child gets it.
   Whoever listens may learn who we are, and no more, but while fcl__pipe_lend_rights says so. */
int fcl__pipe_open(const char *name);
/* The same with what whoever listens may do: SECURITY_IDENTIFICATION, or SECURITY_IMPERSONATION to
   act as us. */
int fcl__pipe_open_wide(const wchar_t *name, unsigned long quality);
/* What they return for such a number of GetLastError's. */
int fcl__pipe_status(unsigned long error);
/* Closes what they returned; an error is nothing to close. */
void fcl__pipe_close(int fd);
/* What this thread opens from now on: 1: whoever listens may act as whom the thread speaks for. */
void fcl__pipe_lend_rights(int lends);
int fcl__pipe_lends_rights(void);
#endif
