/* own_pipe.h: the named pipe that a program of ours listens on: its name, and who may open it. */
#ifndef FCL__OWN_PIPE_H
#define FCL__OWN_PIPE_H
#include "base/error.h"
#include <wchar.h>

#define FCL__PIPE_NAME_MAX 96 /* units of "\\.\pipe\fcgiclient-4294967295-32 digits" and the 0 */

/* Valid when zeroed: there is none. */
typedef struct fcl__own_pipe {
  void *instance; /* HANDLE: the server's end, until the program has it; NULL */
  void *keeper;   /* HANDLE: an instance that nobody can reach: while we have it, nobody else can
                     take the name, and we decide who may open the pipe */
  void *closed;   /* the descriptor that lets nobody in but us and the system */
  wchar_t name[FCL__PIPE_NAME_MAX];
} fcl__own_pipe;

/* Not while this thread acts as somebody else. */
fcl_code fcl__own_pipe_make(fcl__own_pipe *p, fcl_error *e);
/* The program has its end: a copy would hide that the program is gone. */
void fcl__own_pipe_given(fcl__own_pipe *p);
/* As fcl__pipe_open_wide.  The user whom this thread speaks for may open the pipe for so long. */
int fcl__own_pipe_open(const fcl__own_pipe *p, unsigned long quality);
/* The name is anybody's from now on: open it no more. */
void fcl__own_pipe_close(fcl__own_pipe *p);
#endif
