/* host.c: a web server's side of a connection, of which each byte can be said.  Every wait is
 * bounded.
 */
#include "suite.h"
#include "../net.h"
#include "../sync.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  ROUNDS_MAX = 10, /* of --timeout, for one answer */
  BLOCKS_MAX = 64  /* of 64 KiB, at a time */
};

/* ---- Life ---- */

int host_dial(suite *s) {
  if (check_is_over(s))
    return 0;
  host_hang_up(s);
  s->host.fd = subject_connect(s);
  if (s->host.fd < 0)
    return check_fail(s, "cannot connect to %s: %s", s->address, fcl__net_why(errno));
  fcl__net_no_delay(s->host.fd);
  fcl__net_wait(s->host.fd, 0);
  return 1;
}

void host_hang_up(suite *s) {
  fcl__net_close(s->host.fd);
  host_clear(&s->host);
}

int host_half_close(suite *s) {
  if (!check_is_over(s))
    fcl__net_say_end(s->host.fd);
  return !check_is_over(s);
}

/* ---- Gathering ---- */

void host_put(suite *s, const void *data, size_t len) {
  bytes_add(&s->host.out, data, len);
}

void host_record(suite *s, unsigned type, unsigned id, const void *content, size_t len,
                 unsigned padding) {
  uint8_t header[FCL_HEADER_SIZE];
  fcl_put_header(header, (fcl_type) type, id, len, padding);
  host_put(s, header, sizeof header);
  host_put(s, content, len);
  bytes_fill(&s->host.out, 0, padding);
}

void host_begin(suite *s, unsigned id, unsigned role, unsigned flags) {
  uint8_t record[16];
  fcl_put_begin(record, id, role, flags);
  host_put(s, record, sizeof record);
}

/* ---- Bytes in and out ---- */

static void receive(host *h) {
  char block[65536];
  ptrdiff_t n = 1;
  int blocks; /* it may send faster than we read */
  for (blocks = 0; n > 0 && !h->is_closed && blocks < BLOCKS_MAX; blocks++) {
    n = fcl__net_receive(h->fd, block, sizeof block);
    if (n > 0 && !h->is_lost)
      bytes_add(&h->in, block, (size_t) n);
    if (n > 0) {
      h->received += (uint64_t) n;
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
      h->is_closed = 1;
    }
  }
  host_read_records(h);
}

/* Until something can be done, or the deadline.  Returns 0 at the deadline. */
static int wait_io(suite *s, int events, uint64_t deadline) {
  host *h = &s->host;
  fcl__polled p[2] = {{h->fd, (short) events, 0}, {fcl__keeper_fd(&s->keeper), FCL__IN, 0}};
  uint64_t now = fcl__now_ms();
  int n;
  n = fcl__net_poll(p, 2, now < deadline ? (int) (deadline - now) : 0);
  if (n > 0 && p[0].revents & (FCL__IN | FCL__OVER))
    receive(h);
  if (n > 0 && p[1].revents && subject_is_over(s, 0)) {
    receive(h);
    h->is_closed = 1; /* nobody would take the connection, where that has not happened yet */
  }
  return now < deadline;
}

/* Returns 0 when the application did not take it in time. */
static int send_all(suite *s, const char *p, size_t len) {
  host *h = &s->host;
  uint64_t deadline = fcl__now_ms() + s->timeout_ms;
  while (len > 0 && !h->is_closed) {
    ptrdiff_t n = fcl__net_send(h->fd, p, len);
    if (n > 0) {
      h->sent_at = fcl__now_ms();
      p += n;
      len -= (size_t) n;
      deadline = h->sent_at + s->timeout_ms;
    } else if (errno != EAGAIN && errno != EINTR) {
      receive(h);
      h->is_closed = 1;
    } else if (!wait_io(s, FCL__IN | FCL__OUT, deadline)) {
      return check_fail(s, "the application reads nothing for %u ms", s->timeout_ms);
    }
  }
  return 1;
}

/* Nothing tells when a peer has read, so this asks again and again, soon at first. */
static int wait_read(suite *s) {
  uint64_t deadline = fcl__now_ms() + s->timeout_ms;
  unsigned us = 1;
  while (!s->host.is_closed && fcl__queue_is_empty(s->host.fd, s->host.sent_at) == 0) {
    if (fcl__now_ms() > deadline)
      return check_fail(s, "the application does not read what was sent, for %u ms", s->timeout_ms);
    fcl__nap_us(us);
    us = us < 500 ? 2 * us : us;
    receive(&s->host);
  }
  return 1;
}

int host_send_pieces(suite *s, size_t size) {
  bytes *out = &s->host.out;
  size_t at, n;
  for (at = 0; at < out->len && !check_is_over(s); at += n) {
    n = out->len - at < size ? out->len - at : size;
    if (!send_all(s, out->base + at, n) || (at + n < out->len && !wait_read(s)))
      return 0;
  }
  out->len = 0;
  return !check_is_over(s);
}

int host_drain(suite *s) {
  return !check_is_over(s) && wait_read(s);
}

int host_send(suite *s) {
  return host_send_pieces(s, s->host.out.len);
}

/* ---- Waiting ---- */

int host_wait_for(suite *s, host_condition *is_so, unsigned id, unsigned ms) {
  host *h = &s->host;
  uint64_t deadline = fcl__now_ms() + ms;
  if (check_is_over(s))
    return 0;
  receive(h);
  while (!is_so(h, id))
    if (h->is_closed || h->is_lost || !wait_io(s, FCL__IN, deadline))
      return 0;
  return 1;
}

/* Time begins anew while bytes come, since only silence is too long; but not for ever. */
int host_wait(suite *s, host_condition *is_so, unsigned id) {
  uint64_t had;
  int rounds = 0;
  do {
    had = s->host.received;
    if (host_wait_for(s, is_so, id, s->timeout_ms))
      return 1;
  } while (!check_is_over(s) && !s->host.is_closed && !s->host.is_lost && s->host.received > had &&
           ++rounds < ROUNDS_MAX);
  return 0;
}

host_answer *host_find(const host *h, unsigned id) {
  size_t i;
  for (i = 0; i < h->count; i++)
    if (h->answers[i].id == id)
      return &h->answers[i];
  return NULL;
}

int host_has_end(const host *h, unsigned id) {
  const host_answer *a = host_find(h, id);
  return a && a->ends > 0;
}

int host_has_begun(const host *h, unsigned id) {
  return host_find(h, id) != NULL;
}

int host_has_values(const host *h, unsigned count) {
  return h->values_count >= count;
}

int host_has_unknown(const host *h, unsigned count) {
  return h->unknown_count >= count;
}

int host_is_closed(const host *h, unsigned unused) {
  return h->is_closed;
}

int host_has_bytes(const host *h, unsigned count) {
  return h->received >= count;
}

/* ---- Telling ---- */

const char *host_state(suite *s, unsigned id) {
  static char text[600];
  const host *h = &s->host;
  const host_answer *a = host_find(h, id);
  char how[64];
  int len;
  snprintf(how, sizeof how, "nothing more came for %u ms", s->timeout_ms);
  len = snprintf(text, sizeof text, "%s; ",
                 h->is_lost          ? "what came cannot be read"
                 : s->keeper.is_over ? "the program has ended"
                 : h->is_closed      ? "the application closed the connection"
                                     : how);
  if (h->received == 0)
    snprintf(text + len, sizeof text - (size_t) len, "it sent nothing");
  else if (a == NULL)
    snprintf(text + len, sizeof text - (size_t) len, "it sent %llu bytes, none for request %u%s%s",
             (unsigned long long) h->received, id, h->strange[0] ? ", but " : "", h->strange);
  else
    snprintf(text + len, sizeof text - (size_t) len,
             "had come for request %u: %zu bytes of STDOUT%s, %zu of STDERR%s%s", id, a->out.len,
             a->out_ends ? " and its end" : "", a->err.len, h->strange[0] ? "; and " : "",
             h->strange);
  return text;
}
