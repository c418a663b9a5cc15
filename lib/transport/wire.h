/* wire.h: a Unix socket, a named pipe or a TCP connection as one stream of bytes: connect, lend
   what came, write at once, close. On the client's loop.  Events never come from inside a call. */
#ifndef FCL__WIRE_H
#define FCL__WIRE_H
#include "transport/address.h"
#include "transport/blocks.h"
#include <fcgiclient/base.h>

typedef struct fcl__wire fcl__wire;

typedef struct fcl__wire_events {
  void (*opened)(fcl__wire *w,
                 int status); /* connected (0), or a negative uv error: then close it */
  /* Bytes came, in a block of the free list.  Return 1 to keep the block (fcl__block_give it
     later), else 0.  The handler may close the wire. */
  int (*came)(fcl__wire *w, char *block, size_t len);
  void (*ended)(fcl__wire *w, int status); /* UV_EOF, or another error: nothing more comes */
  void (*written)(
      fcl__wire *w, size_t len,
      int status); /* what fcl__wire_write left over has gone; status < 0: it has not, or
                      (`len` 0) what seemed to have gone before has not */
  void (*closed)(fcl__wire *w); /* the memory may go */
} fcl__wire_events;

struct fcl__wire {
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_pipe_t pipe;
    uv_tcp_t tcp;
  } uv;
  union {
    uv_connect_t connect;
    uv_write_t write;
  } request;
  const fcl__wire_events *events;
  fcl__blocks *blocks;
  char *sending;    /* wire_send_win32.c: a block whose bytes uv_write has in hand; NULL: none */
  fcl_slice rest;   /* and what goes out behind them, of `writing` */
  unsigned lost_ms; /* of the address */
  size_t writing;   /* lent bytes that are queued */
  int failure;      /* the negative uv error of a write, for which it was ended; 0: none */
  unsigned has_handle : 1, is_open : 1, is_reading : 1, is_closing : 1;
};

#define FCL__WIRE_TRIES 64 /* slices that go out in one call */
#define FCL__WIRE_VECS  4  /* slices that fcl__wire_write queues without taking memory */

/* A zeroed wire is ready.  Returns 1: connected, no event follows; 0: `opened` follows; or a
   negative uv error (UV_EAGAIN: a backlog is full, try again later): then close it if
   w->has_handle. */
int fcl__wire_connect(fcl__wire *w, uv_loop_t *loop, const fcl__address *to, fcl__blocks *blocks,
                      const fcl__wire_events *events);
/* Takes a connection: a TCP socket, or a Unix socket or a pipe's descriptor, as
   fcl__process_connect returns them.  Returns 1, or a negative uv error, and `fd` is closed. */
int fcl__wire_adopt(fcl__wire *w, uv_loop_t *loop, int fd, int is_tcp, fcl__blocks *blocks,
                    const fcl__wire_events *events);
int fcl__wire_read(fcl__wire *w); /* starts; a negative uv error when that cannot be */
void fcl__wire_pause(fcl__wire *w);
/* 1 while the peer has neither closed nor sent anything that was not read; costs a system call. */
int fcl__wire_is_quiet(const fcl__wire *w);
/* Writes what goes out at once, of at least one slice.  Returns the bytes that went; if it is less
   than all, the rest of up to FCL__WIRE_VECS of the slices is queued (w->writing bytes), `written`
   follows, and nothing may be written before.  Or a negative uv error. */
ssize_t fcl__wire_write(fcl__wire *w, const fcl_slice *vecs, size_t count);
/* The two halves of it: what goes out at once (0 while the kernel takes nothing), and one slice
   that is queued, `written` following. */
ssize_t fcl__wire_try(fcl__wire *w, const fcl_slice *vecs, size_t count);
int fcl__wire_queue(fcl__wire *w, fcl_slice vec);
/* A write failed with that status.  Where the peer has hung up, `ended` tells in its time, behind
   what it may have answered (§5.5); where it has not, the request will never be whole: then the
   connection is ended here, and w->failure says why when `ended` comes. */
void fcl__wire_has_failed(fcl__wire *w, int status);
/* wire_send_*.c, for wire.c: takes at once what there is room for, as uv_try_write does. */
ssize_t fcl__wire_put(fcl__wire *w, const uv_buf_t *bufs, unsigned count);
/* Queues slices of at least one byte, or some of the first of them, and counts these as w->writing;
   `done`, or a call of fcl__wire_sent, follows.  Or a negative uv error. */
int fcl__wire_send(fcl__wire *w, const uv_buf_t *bufs, unsigned count, uv_write_cb done);
void fcl__wire_sent(fcl__wire *w, int status);
/* `closed` follows, after `written` if that is owed.  Once. */
void fcl__wire_close(fcl__wire *w);
#endif
