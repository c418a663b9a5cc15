/* pipe.h: our end of a named pipe: opened by ourselves, at once or not at all. */
#ifndef FCL__PIPE_H
#define FCL__PIPE_H

/* A descriptor of the C library for uv_pipe_open, both ways and overlapped, or a negative uv error:
   UV_EAGAIN: every instance is in use, try again; UV_ENOENT: nobody has made it.  It is no child's.
   Whoever listens may act as us only while fcl__pipe_lend_rights says so; else it may learn who we
   are, and no more. */
int fcl__pipe_open(const char *name);
/* What this thread opens from now on: 1: whoever listens may act as whom the thread speaks for. */
void fcl__pipe_lend_rights(int lends);
#endif
