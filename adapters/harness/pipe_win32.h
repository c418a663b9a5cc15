/* pipe_win32.h: named pipes under descriptors as sockets have them: odd numbers, which no socket
   has. */
#ifndef FCL_HARNESS_PIPE_WIN32_H
#define FCL_HARNESS_PIPE_WIN32_H
#include "net.h"
#include <windows.h>
#include <wchar.h>

#define FCL__PIPE_IN_MAX  16384 /* read ahead of those who ask */
#define FCL__PIPE_OUT_MAX 65536 /* taken from those who send, and not yet written */

/* A connection.  A thread of its own reads and writes: what a thread has begun is given up when it
   ends, and a connection may outlive who uses it. */
typedef struct fcl__pipe {
  HANDLE it;          /* INVALID_HANDLE_VALUE: not reached */
  wchar_t *name;      /* while it is being reached */
  int is_server;      /* we made it; else we opened it */
  int is_waiting;     /* calls wait */
  OVERLAPPED reading; /* before there is a connection: the wait for one */
  OVERLAPPED writing;
  HANDLE thread;
  HANDLE news;    /* for the thread: there is something to do */
  HANDLE in, out; /* set while there is something to receive; room to send */
  SRWLOCK lock;   /* guards what follows */
  unsigned users; /* the descriptor, the thread, a flush */
  int is_reading, is_writing, is_flushing;
  int is_over; /* nothing more will come */
  int is_deaf; /* nothing more is taken from us */
  int says_end, is_closing, is_counted;
  int failed;          /* errno of what ended it; 0: nothing has */
  uint64_t sent, read; /* bytes; `read`: up to there the other side has them for certain */
  DWORD in_at, in_len; /* of bytes_in, not yet received */
  DWORD out_len;       /* of bytes_out */
  char bytes_in[FCL__PIPE_IN_MAX], bytes_out[FCL__PIPE_OUT_MAX];
} fcl__pipe;

int fcl__pipe_errno(DWORD error);

/* ---- pipe_win32.c ---- */

fcl__pipe *fcl__pipe_new(void);
void fcl__pipe_free(fcl__pipe *p); /* one that has not begun */
/* Its descriptor; -1 with errno, and it is gone. */
int fcl__pipe_begin(fcl__pipe *p);
/* Opens one; it may be underway, unless its calls wait. */
int fcl__pipe_reach(const char *name, int is_waiting);
/* What was sent goes out all the same, unless `is_reset`. */
void fcl__pipe_close(fcl__pipe *p, int is_reset);
void fcl__pipe_say_end(fcl__pipe *p);
int fcl__pipe_failed(fcl__pipe *p);
ptrdiff_t fcl__pipe_receive(fcl__pipe *p, void *bytes, size_t len);
ptrdiff_t fcl__pipe_send(fcl__pipe *p, const void *bytes, size_t len);
int fcl__pipe_is_read(fcl__pipe *p); /* all that was sent */
short fcl__pipe_events(fcl__pipe *p, short asked);

/* ---- pipe_place_win32.c: where clients come ---- */

enum { FCL__PIPE_READY = 8 }; /* that may come at once */

typedef struct fcl__pipe_place {
  wchar_t *name;
  unsigned room, count;
  fcl__pipe *ready[FCL__PIPE_READY]; /* the first is taken first, here and by the system */
  HANDLE it;                         /* one that is for a program; else INVALID_HANDLE_VALUE */
} fcl__pipe_place;

/* A descriptor; -1 with errno. */
int fcl__pipe_listen(const char *name, int backlog);
int fcl__pipe_accept(fcl__pipe_place *place); /* likewise */
int fcl__pipe_place_is_ready(fcl__pipe_place *place);
/* From here on it is for a program: one instance, for one client at a time, whose calls wait. */
void fcl__pipe_place_wait(fcl__pipe_place *place);
void fcl__pipe_place_close(fcl__pipe_place *place);

/* ---- pipe_table_win32.c: what a descriptor is of ---- */

int fcl__is_pipe(int fd);
fcl__pipe *fcl__pipe_at(int fd); /* NULL: it is of something else */
fcl__pipe_place *fcl__pipe_place_at(int fd);
int fcl__pipe_number(fcl__pipe *p, fcl__pipe_place *place); /* of either; -1 with errno */
void fcl__pipe_forget(int fd);
#endif
