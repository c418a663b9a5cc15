/* play_conn.c: a connection of a player: takes what is there, sends what may go, cut where it is to
 * be cut. */
#include "player.h"
#include "net.h"
#include "sync.h"
#include <errno.h>
#include <stdlib.h>

fcl__play_conn *fcl__play_conn_new(int fd, unsigned number, int is_inspected, int is_shared) {
  fcl__play_conn *c = calloc(1, sizeof *c);
  if (c == NULL)
    return NULL;
  c->fd = fd;
  c->number = number;
  fcl__net_no_delay(fd);
  if (is_inspected && (c->inspector = fcl_inspector_new(is_shared)) == NULL) {
    free(c);
    return NULL;
  }
  return c;
}

void fcl__play_conn_close(fcl__play_conn *c, int is_reset) {
  if (is_reset)
    fcl__net_reset(c->fd);
  else
    fcl__net_close(c->fd);
  c->fd = -1;
  c->in.is_ended = 1;
}

void fcl__play_conn_free(fcl__play_conn *c) {
  fcl__play_conn_close(c, 0);
  fcl__arrived_free(&c->in);
  fcl__text_free(&c->out);
  fcl_inspector_free(c->inspector);
  free(c);
}

int fcl__play_conn_read(fcl__play_conn *c, fcl_side from) {
  char data[65536];
  ptrdiff_t n;
  if (c->fd < 0 || c->is_stopped || c->in.is_ended)
    return 0;
  n = fcl__net_receive(c->fd, data, sizeof data);
  if (n < 0 && fcl__net_is_again(errno))
    return 0;
  if (n > 0 && c->inspector)
    fcl_inspector_feed(c->inspector, from, data, (size_t) n);
  c->in.is_reset = n < 0;
  if (n <= 0 || !fcl__arrived_add(&c->in, data, (size_t) n))
    c->in.is_ended = 1;
  return 1;
}

int fcl__play_conn_is_out(const fcl__play_conn *c) {
  return c->fd < 0 || c->is_gone || (c->out_at == c->out.len && !c->must_drain);
}

/* How much may go in one piece. */
static size_t piece(const fcl__play_conn *c, const fcl__split *split) {
  size_t len = c->out.len - c->out_at;
  if (c->cut > 0 && c->cut < len)
    len = c->cut;
  if (c->piece_left > 0 && c->piece_left < len)
    len = c->piece_left;
  if (split->pieces > 0 && split->pieces < len)
    len = split->pieces;
  if (split->at > split->sent && split->at - split->sent < len)
    len = (size_t) (split->at - split->sent);
  return len;
}

/* A piece that is over goes on only when the peer has read it. */
static void count(fcl__play_conn *c, fcl__split *split, size_t len) {
  c->out_at += len;
  split->sent += len;
  if (c->cut > 0 && (c->cut -= len) == 0)
    c->must_drain = 1;
  if (c->piece > 0 && (c->piece_left -= len) == 0) {
    c->piece_left = c->piece;
    c->must_drain = 1;
  }
  if (split->pieces > 0 || split->sent == split->at)
    c->must_drain = 1;
  if (c->out_at == c->out.len)
    c->out_at = c->out.len = 0;
}

static int is_drained(fcl__play_conn *c) {
  if (c->must_drain && !c->in.is_ended && fcl__queue_is_empty(c->fd, c->sent_at) == 0)
    return 0;
  c->must_drain = 0;
  return 1;
}

int fcl__play_conn_write(fcl__play_conn *c, fcl__split *split, fcl_side ours) {
  int was_draining = c->must_drain;
  ptrdiff_t n;
  if (c->fd < 0 || c->is_gone || !is_drained(c))
    return 0;
  if (was_draining) /* one turn more, so that what was read is acted on */
    return 1;
  if (c->out_at == c->out.len)
    return 0;
  n = fcl__net_send(c->fd, c->out.base + c->out_at, piece(c, split));
  if (n < 0 && fcl__net_is_again(errno))
    return 0;
  if (n < 0) {
    c->is_gone = 1;
    return 1;
  }
  if (c->inspector)
    fcl_inspector_feed(c->inspector, ours, c->out.base + c->out_at, (size_t) n);
  c->sent_at = fcl__now_ms();
  count(c, split, (size_t) n);
  return 1;
}
