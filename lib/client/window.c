/* window.c: a bounded queue of bytes, in memory and then in a file.

   The file is a ring: the byte that was written as the nth lies at n modulo the limit, so that it
   never grows beyond that, however long it is written and read at once.  While it holds anything,
   new bytes go behind that. */
#include "client/window.h"
#include "platform/spool.h"
#include "platform/status.h"
#include <string.h>
#include <uv.h>

struct fcl__window_block {
  fcl__window_block *next;
  size_t end; /* bytes in it */
  char data[];
};

_Static_assert(offsetof(fcl__window_block, data) <= FCL__BLOCK_SIZE - FCL__WINDOW_BLOCK,
               "a block has room for what stands in front of its bytes");

void fcl__window_init(fcl__window *w, fcl__blocks *blocks, const fcl__window_limits *limits) {
  memset(w, 0, sizeof *w);
  w->blocks = blocks;
  w->limits = *limits;
  w->fd = -1;
}

void fcl__window_keep(fcl__window *w) {
  w->is_kept = 1;
}

static size_t blocks_max(const fcl__window *w) {
  size_t limit = w->limits.memory;
  return limit / FCL__WINDOW_BLOCK + (limit % FCL__WINDOW_BLOCK != 0);
}

static int may_grow(const fcl__window *w) {
  const fcl__window_limits *l = &w->limits;
  return w->count < blocks_max(w) && (l->taken == NULL || *l->taken + FCL__BLOCK_SIZE <= l->all);
}

/* ---- In ---- */

static fcl_code no_memory(const fcl__window *w, fcl_error *e) {
  return fcl__error_setx(e, FCL_E_NOMEM, 0,
                         "%s: no memory for a block of %d bytes to keep a body in. Free memory",
                         w->limits.pool, FCL__BLOCK_SIZE);
}

static fcl_code no_file(const fcl__window *w, int status, const char *what, size_t len,
                        fcl_error *e) {
  char words[256];
  return fcl__error_setx(
      e, FCL_E_SPOOL, fcl__status_sys(status),
      "%s: cannot %s %zu bytes of a temporary file in %s, which holds %llu bytes (%s): %s. "
      "Free space there, let spool_directory name another place, or lower %s",
      w->limits.pool, what, len, fcl__spool_directory(w->limits.directory),
      (unsigned long long) (w->tail - w->head), w->limits.option,
      fcl__status_words(status, words, sizeof words), w->limits.option);
}

static int add_block(fcl__window *w) {
  fcl__window_block *b = (fcl__window_block *) (void *) fcl__block_take(w->blocks);
  if (b == NULL)
    return 0;
  b->next = NULL;
  b->end = 0;
  if (w->last)
    w->last->next = b;
  else
    w->first = b;
  w->last = b;
  if (w->next == NULL) {
    w->next = b;
    w->next_at = 0;
  }
  w->count++;
  if (w->limits.taken)
    *w->limits.taken += FCL__BLOCK_SIZE;
  return 1;
}

static void give_block(fcl__window *w, fcl__window_block *b) {
  w->count--;
  if (w->limits.taken)
    *w->limits.taken -= FCL__BLOCK_SIZE;
  fcl__block_give(w->blocks, (char *) b);
}

/* As much as fits into the last block, or into a new one. */
static fcl_code put_memory(fcl__window *w, const char *data, size_t len, size_t *taken,
                           fcl_error *e) {
  size_t room;
  *taken = 0;
  if ((w->last == NULL || w->last->end == FCL__WINDOW_BLOCK) && may_grow(w) && !add_block(w))
    return no_memory(w, e);
  room = w->last ? FCL__WINDOW_BLOCK - w->last->end : 0;
  *taken = len < room ? len : room;
  if (*taken > 0)
    memcpy(w->last->data + w->last->end, data, *taken);
  if (w->last)
    w->last->end += *taken;
  return FCL_OK;
}

/* How much of `len` bytes lies together in the ring from there on. */
static size_t until_wrap(const fcl__window *w, uint64_t at, size_t len) {
  uint64_t left = w->limits.file - at % w->limits.file;
  return left < len ? (size_t) left : len;
}

static fcl_code put_file(fcl__window *w, const char *data, size_t len, size_t *taken,
                         fcl_error *e) {
  uint64_t room = w->limits.file - (w->tail - w->head);
  int status = 0;
  *taken = 0;
  if (len > room)
    len = (size_t) room;
  if (len == 0)
    return FCL_OK;
  len = until_wrap(w, w->tail, len);
  if (w->fd < 0) {
    w->fd = fcl__spool_open(fcl__spool_directory(w->limits.directory));
    if (w->fd < 0)
      return no_file(w, w->fd, "make and write", len, e);
  }
  status = fcl__spool_write(w->fd, data, len, w->tail % w->limits.file);
  if (status != 0)
    return no_file(w, status, "write", len, e);
  w->tail += len;
  *taken = len;
  return FCL_OK;
}

static fcl_code put_some(fcl__window *w, const char *data, size_t len, size_t *taken,
                         fcl_error *e) {
  fcl_code code = FCL_OK;
  *taken = 0;
  if (w->tail == w->head)
    code = put_memory(w, data, len, taken, e);
  return code || *taken ? code : put_file(w, data, len, taken, e);
}

fcl_code fcl__window_put(fcl__window *w, const char *data, size_t len, size_t *taken,
                         fcl_error *e) {
  size_t some = 1;
  fcl_code code = FCL_OK;
  *taken = 0;
  while (code == FCL_OK && some > 0 && *taken < len) {
    code = put_some(w, data + *taken, len - *taken, &some, e);
    *taken += some;
    w->size += some;
  }
  return code;
}

static uint64_t room_in_memory(const fcl__window *w) {
  size_t max = blocks_max(w);
  uint64_t room = w->count < max ? (uint64_t) (max - w->count) * FCL__WINDOW_BLOCK : 0;
  return room + (w->last ? FCL__WINDOW_BLOCK - w->last->end : 0);
}

uint64_t fcl__window_room(const fcl__window *w) {
  uint64_t used = w->tail - w->head;
  return (used == 0 ? room_in_memory(w) : 0) + w->limits.file - used;
}

/* ---- Out ---- */

static void forget_file(fcl__window *w) {
  if (w->head != w->tail || w->head == 0 || w->is_kept)
    return;
  fcl__spool_empty(w->fd);
  w->head = w->tail = 0;
}

static fcl_code turn_page(fcl__window *w, fcl_error *e) {
  uint64_t left = w->tail - w->head;
  size_t len = left < FCL__BLOCK_SIZE ? (size_t) left : FCL__BLOCK_SIZE;
  int status;
  if (w->page == NULL && (w->page = fcl__block_take(w->blocks)) == NULL)
    return no_memory(w, e);
  len = until_wrap(w, w->head, len);
  status = fcl__spool_read(w->fd, w->page, len, w->head % w->limits.file);
  if (status != 0)
    return no_file(w, status, "read", len, e);
  w->head += len;
  w->page_at = 0;
  w->page_end = len;
  forget_file(w);
  return FCL_OK;
}

fcl_code fcl__window_peek(fcl__window *w, fcl_slice *span, fcl_error *e) {
  fcl_code code;
  int has_block = w->next != NULL && w->next_at < w->next->end;
  span->base = NULL;
  span->len = 0;
  if (w->size == 0)
    return FCL_OK;
  if (w->page_at == w->page_end && !has_block && (code = turn_page(w, e)) != FCL_OK)
    return code;
  if (w->page_at < w->page_end) {
    span->base = w->page + w->page_at;
    span->len = w->page_end - w->page_at;
  } else {
    span->base = w->next->data + w->next_at;
    span->len = w->next->end - w->next_at;
  }
  return FCL_OK;
}

static void leave_block(fcl__window *w) {
  fcl__window_block *b = w->next;
  if (w->is_kept && b->next == NULL)
    return; /* stays at its end */
  w->next = b->next;
  w->next_at = 0;
  if (w->is_kept)
    return;
  w->first = b->next;
  if (b == w->last)
    w->last = NULL;
  give_block(w, b);
}

static void leave_page(fcl__window *w) {
  w->page_at = w->page_end = 0;
  if (w->head == w->tail) {
    fcl__block_give(w->blocks, w->page);
    w->page = NULL;
  }
}

void fcl__window_take(fcl__window *w, size_t len) {
  w->size -= len;
  if (w->page_at < w->page_end) {
    w->page_at += len;
    if (w->page_at == w->page_end)
      leave_page(w);
  } else if (len > 0) {
    w->next_at += len;
    if (w->next_at == w->next->end)
      leave_block(w);
  }
}

void fcl__window_rewind(fcl__window *w) {
  const fcl__window_block *b;
  w->page_at = w->page_end = 0;
  w->head = 0;
  w->next = w->first;
  w->next_at = 0;
  w->size = w->tail;
  for (b = w->first; b; b = b->next)
    w->size += b->end;
}

void fcl__window_clear(fcl__window *w) {
  int is_kept = w->is_kept;
  fcl__window_limits limits = w->limits;
  while (w->first) {
    fcl__window_block *b = w->first;
    w->first = b->next;
    give_block(w, b);
  }
  fcl__block_give(w->blocks, w->page);
  if (w->fd >= 0)
    fcl__spool_close(w->fd);
  fcl__window_init(w, w->blocks, &limits);
  w->is_kept = is_kept != 0;
}
