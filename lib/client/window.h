/* window.h: a bounded queue of bytes: in blocks of the client's free list up to a limit, then in an
   unnamed file up to another.  What goes in is copied, what comes out is lent.  [loop] */
#ifndef FCL__WINDOW_H
#define FCL__WINDOW_H
#include "base/error.h"
#include "transport/blocks.h"

/* What bounds it, and words for sentences. */
typedef struct fcl__window_limits {
  size_t memory;         /* bytes in blocks; rounded up to whole ones, of which each holds
                            FCL__WINDOW_BLOCK */
  size_t *taken, all;    /* of several windows: bytes in blocks now, and at most; NULL: as many as
                            there are */
  uint64_t file;         /* bytes in the file; 0: none */
  const char *directory; /* of the file: as fcl__spool_directory says */
  const char *pool;      /* its name */
  const char *option;    /* that sets `file`: "read_ahead_file" */
} fcl__window_limits;

typedef struct fcl__window_block fcl__window_block;
#define FCL__WINDOW_BLOCK (FCL__BLOCK_SIZE - 16)

/* Made by fcl__window_init.  Oldest bytes first: page, blocks, file. */
typedef struct fcl__window {
  fcl__blocks *blocks;
  fcl__window_limits limits; /* its own: where its bytes lie in the file depends on them */
  uint64_t size;             /* bytes that can be taken */
  fcl__window_block *first, *last, *next; /* next: the one that is read */
  size_t next_at;                         /* its bytes that were taken */
  unsigned count;                         /* of blocks, without the page */
  char *page;                             /* a block: the part of the file that is read */
  size_t page_at, page_end;
  uint64_t head, tail; /* bytes of the file that were read, and written, in all */
  int fd;              /* -1: no file yet */
  unsigned is_kept : 1;
} fcl__window;

/* Takes no memory.  The limits are copied, their words lent. */
void fcl__window_init(fcl__window *w, fcl__blocks *blocks, const fcl__window_limits *limits);
/* From now on nothing that is taken goes: fcl__window_rewind makes it all to be taken again. Before
   the first byte; all bytes go in before the first is taken. */
void fcl__window_keep(fcl__window *w);
/* Appends as much as there is room for, and sets *taken; fewer than `len` is FCL_OK: it is full.
   FCL_E_NOMEM, FCL_E_SPOOL (the file; the sentence says where, how much, and what to do): *taken
   bytes were appended nevertheless, and the window is as good as before. */
fcl_code fcl__window_put(fcl__window *w, const char *data, size_t len, size_t *taken, fcl_error *e);
/* Lends the oldest bytes that lie together, up to a block of them; an empty span when the window is
   empty.  They stay where they are until they are taken, whatever is put behind them.  Errors as
   for put. */
fcl_code fcl__window_peek(fcl__window *w, fcl_slice *span, fcl_error *e);
/* The first `len` bytes of what was lent are done with.  A file that has been read to its end gives
   its space back. */
void fcl__window_take(fcl__window *w, size_t len);
void fcl__window_rewind(fcl__window *w);
/* Bytes that there is room for; at least that many can be put. */
uint64_t fcl__window_room(const fcl__window *w);
/* Empties it, and gives everything back.  Ready for more; a second call does nothing. */
void fcl__window_clear(fcl__window *w);
#endif
