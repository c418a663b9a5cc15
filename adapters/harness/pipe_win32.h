/* pipe_win32.h: named pipes under descriptors as sockets have them: odd numbers, which no socket
   has. */
#ifndef FCL_HARNESS_PIPE_WIN32_H
#define FCL_HARNESS_PIPE_WIN32_H
#include "net.h"
#include <windows.h>
#include <wchar.h>

#define FCL__NET_PIPE_IN_MAX  16384 /* read ahead of those who ask */
#define FCL__NET_PIPE_OUT_MAX 65536 /* taken from those who send, and not yet written */

/* A connection.  A thread of its own reads and writes: what a thread has begun is given up when it
   ends, and a connection may outlive who uses it. */
typedef struct fcl__net_pipe {
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
  char bytes_in[FCL__NET_PIPE_IN_MAX], bytes_out[FCL__NET_PIPE_OUT_MAX];
} fcl__net_pipe;

int fcl__net_pipe_errno(DWORD error);

/* ---- pipe_win32.c ---- */

fcl__net_pipe *fcl__net_pipe_new(void);
void fcl__net_pipe_free(fcl__net_pipe *p); /* one that has not begun */
/* Its descriptor; -1 with errno, and it is gone. */
int fcl__net_pipe_begin(fcl__net_pipe *p);
/* Opens one; it may be underway, unless its calls wait. */
int fcl__net_pipe_reach(const char *name, int is_waiting);
/* What was sent goes out all the same, unless `is_reset`. */
void fcl__net_pipe_close(fcl__net_pipe *p, int is_reset);
void fcl__net_pipe_say_end(fcl__net_pipe *p);
int fcl__net_pipe_failed(fcl__net_pipe *p);
ptrdiff_t fcl__net_pipe_receive(fcl__net_pipe *p, void *bytes, size_t len);
ptrdiff_t fcl__net_pipe_send(fcl__net_pipe *p, const void *bytes, size_t len);
int fcl__net_pipe_is_read(fcl__net_pipe *p); /* all that was sent */
short fcl__net_pipe_events(fcl__net_pipe *p, short asked);

/* ---- pipe_place_win32.c: where clients come ---- */

enum { FCL__NET_PIPE_READY = 8 }; /* that may come at once */

typedef struct fcl__net_pipe_place {
  wchar_t *name;
  unsigned room, count;
  fcl__net_pipe *ready[FCL__NET_PIPE_READY]; /* the first is taken first, here and by the system */
  HANDLE it; /* one that is for a program; else INVALID_HANDLE_VALUE */
} fcl__net_pipe_place;

/* A descriptor; -1 with errno. */
int fcl__net_pipe_listen(const char *name, int backlog);
int fcl__net_pipe_accept(fcl__net_pipe_place *place);    /* likewise */
intptr_t fcl__net_pipe_take(fcl__net_pipe_place *place); /* its handle, for another process */
int fcl__net_pipe_adopt(HANDLE taken);
int fcl__net_pipe_place_is_ready(fcl__net_pipe_place *place);
/* From here on it is for a program: one instance, for one client at a time, whose calls wait. */
void fcl__net_pipe_place_wait(fcl__net_pipe_place *place);
void fcl__net_pipe_place_close(fcl__net_pipe_place *place);

/* ---- pipe_table_win32.c: what a descriptor is of ---- */

fcl__net_pipe *fcl__net_pipe_at(int fd); /* NULL: it is of something else */
fcl__net_pipe_place *fcl__net_pipe_place_at(int fd);
int fcl__net_pipe_number(fcl__net_pipe *p,
                         fcl__net_pipe_place *place); /* of either; -1 with errno */
void fcl__net_pipe_forget(int fd);
#endif
