/* faults.c: what a relay does to bytes on their way: cut, held up, gathered, changed, broken off;
 * the same for a seed. */
#include "relay.h"
#include <string.h>

static uint64_t draw(uint64_t *seed, uint64_t below) {
  char bytes[8];
  uint64_t n = 0;
  int i;
  fcl__random_bytes(bytes, sizeof bytes, ++*seed);
  for (i = 0; i < 8; i++)
    n = n << 8 | (uint8_t) bytes[i];
  return below ? n % below : 0;
}

void fcl_faults_draw(fcl_faults *f, uint64_t seed, uint64_t about) {
  uint64_t s = seed * 1000;
  unsigned kinds = (unsigned) draw(&s, 32);
  memset(f, 0, sizeof *f);
  if (kinds & 1)
    f->cut_at = 1 + draw(&s, about);
  if (kinds & 2)
    f->pieces = (size_t) (1 + draw(&s, 64));
  if (kinds & 4)
    f->delay_ms = (unsigned) (1 + draw(&s, 3));
  if (kinds & 8)
    f->gather_ms = (unsigned) (1 + draw(&s, 5));
  if ((kinds & 16) && draw(&s, 2))
    f->reset_at = 1 + draw(&s, about);
  else if (kinds & 16)
    f->close_at = 1 + draw(&s, about);
  f->seed = seed;
}

void fcl__faults_taken(const fcl_faults *f, fcl__flow *w, char *bytes, size_t len, uint64_t now) {
  if (f == NULL)
    return;
  if (f->change_at > w->taken && f->change_at <= w->taken + len)
    bytes[f->change_at - w->taken - 1] ^= (char) f->change_by;
  if (f->gather_ms && w->at == w->bytes.len && now + f->gather_ms > w->not_before)
    w->not_before = now + f->gather_ms;
}

static size_t up_to(uint64_t mark, uint64_t sent, size_t len) {
  return mark > sent && mark - sent < len ? (size_t) (mark - sent) : len;
}

size_t fcl__faults_room(const fcl_faults *f, fcl__flow *w, uint64_t now) {
  size_t len = w->bytes.len - w->at;
  if (f == NULL)
    return len;
  if (now < w->not_before && !w->is_ended)
    return 0;
  if (w->must_drain && fcl__queue_is_empty(w->to, w->sent_at) == 0)
    return 0;
  w->must_drain = 0;
  if (f->pieces && w->piece_left == 0)
    w->piece_left = f->pieces;
  if (f->pieces && w->piece_left < len)
    len = w->piece_left;
  return up_to(f->cut_at, w->sent, up_to(f->reset_at, w->sent, up_to(f->close_at, w->sent, len)));
}

int fcl__faults_sent(const fcl_faults *f, fcl__flow *w, size_t len, uint64_t now) {
  w->sent += len;
  if (f == NULL)
    return 0;
  if (f->pieces && (w->piece_left -= len) == 0)
    w->must_drain = 1;
  if (f->cut_at && w->sent == f->cut_at)
    w->must_drain = 1;
  if (f->delay_ms) {
    uint64_t seed = f->seed + w->sent;
    w->not_before = now + draw(&seed, f->delay_ms + 1);
  }
  return (f->reset_at && w->sent == f->reset_at) || (f->close_at && w->sent == f->close_at);
}
