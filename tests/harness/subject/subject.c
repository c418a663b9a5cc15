/* subject.c: an application with one fault: its life, bytes, records.
   usage: subject [--single] [NUMBER]    with its listening socket on descriptor 0 */
#include "subject.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct connection conn;
int is_single;
static const char *the_fault = "";

int fault(const char *number) {
  return strcmp(number, the_fault) == 0;
}

int fault_of(const request *r, const char *number) {
  return r && fault(number) && strcmp(param(r, "FCGI_CHECK"), number) == 0;
}

void crash(void) {
  _exit(3);
}

void add(text *t, const void *data, size_t len) {
  if (t->len + len >= t->room) {
    t->room = 2 * (t->len + len) + 64;
    t->base = realloc(t->base, t->room);
    if (t->base == NULL)
      _exit(4);
  }
  if (len > 0)
    memcpy(t->base + t->len, data, len);
  t->len += len;
  t->base[t->len] = 0;
}

/* ---- Parameters ---- */

static int next_length(const unsigned char **p, const unsigned char *end, size_t *len) {
  const unsigned char *at = *p;
  if (at == end)
    return 0;
  if (*at < 0x80)
    return *len = *at, *p = at + 1, 1;
  if (end - at < 4)
    return 0;
  *len = (size_t) (at[0] & 0x7f) << 24 | (size_t) at[1] << 16 | (size_t) at[2] << 8 | at[3];
  *p = at + 4;
  return 1;
}

int next_pair(const unsigned char **p, const unsigned char *end, const unsigned char **name,
              size_t *name_len, const unsigned char **value, size_t *value_len) {
  const unsigned char *at = *p;
  if (at == end)
    return 0;
  if (!next_length(&at, end, name_len) || !next_length(&at, end, value_len) ||
      (size_t) (end - at) < *name_len + *value_len)
    return -1;
  *name = at;
  *value = at + *name_len;
  *p = at + *name_len + *value_len;
  return 1;
}

const char *param(const request *r, const char *wanted) {
  static text found;
  const unsigned char *p = (const unsigned char *) r->pairs.base, *end = p + r->pairs.len, *n, *v;
  size_t n_len, v_len;
  while (p && next_pair(&p, end, &n, &n_len, &v, &v_len) > 0)
    if (n_len == strlen(wanted) && memcmp(n, wanted, n_len) == 0) {
      found.len = 0;
      add(&found, v, v_len);
      return found.base;
    }
  return "";
}

/* ---- Sending ---- */

void send_bytes(const void *data, size_t len) {
  const char *p = data;
  while (len > 0 && !conn.is_over) {
    ssize_t n = send(conn.fd, p, len, MSG_NOSIGNAL);
    if (n <= 0) {
      conn.is_over = 1;
      if (fault("7.15") && conn.requests && fault_of(conn.requests, "7.15"))
        crash();
      return;
    }
    p += n;
    len -= (size_t) n;
  }
}

void send_record(unsigned type, unsigned id, const void *content, size_t len) {
  unsigned char header[8] = {1,
                             (unsigned char) type,
                             (unsigned char) (id >> 8),
                             (unsigned char) id,
                             (unsigned char) (len >> 8),
                             (unsigned char) len,
                             0,
                             0};
  if (conn.requests && fault_of(conn.requests, "1.22"))
    header[7] = 1;
  send_bytes(header, sizeof header);
  send_bytes(content, len);
}

void send_stream(unsigned type, unsigned id, const void *content, size_t len) {
  const char *p = content;
  size_t n;
  for (; len > 0; p += n, len -= n) {
    n = len < 60000 ? len : 60000;
    send_record(type, id, p, n);
  }
}

void send_end(unsigned id, uint32_t app_status, unsigned status) {
  unsigned char body[8] = {(unsigned char) (app_status >> 24),
                           (unsigned char) (app_status >> 16),
                           (unsigned char) (app_status >> 8),
                           (unsigned char) app_status,
                           (unsigned char) status,
                           0,
                           0,
                           0};
  send_record(END, id, body, sizeof body);
}

/* ---- Receiving ---- */

static void drop(size_t len) {
  memmove(conn.in.base, conn.in.base + len, conn.in.len - len + 1);
  conn.in.len -= len;
}

/* A header whose first bytes nobody should see. */
static int is_shocking(const unsigned char *p) {
  return (fault("10.1") && p[0] == 0 && p[1] == BEGIN) || (fault("10.2") && p[0] == 2) ||
         (fault("10.3") && p[0] == 'G') || (fault("10.4") && p[0] == 0x16) ||
         (fault("10.5") && p[0] == 0 && p[1] == 0) || (fault("10.6") && p[0] == 0xff) ||
         (fault("10.7") && p[0] == 60);
}

/* What of the padding is skipped. */
static size_t skipped(const unsigned char *p, size_t len) {
  size_t n = p[6];
  if ((fault("1.5") && p[1] == PARAMS && n == 7) || (fault("1.6") && p[1] == PARAMS && n == 255) ||
      (fault("1.7") && p[1] == BEGIN) || (fault("1.8") && p[1] == PARAMS && len == 0) ||
      (fault("1.9") && p[1] == STDIN && len == 9 && n == 255) ||
      (fault("1.10") && p[1] == STDIN && len == 0) ||
      (fault("1.12") && p[1] == STDIN && len == 1 && n == 100) ||
      (fault("5.8") && p[1] == GET_VALUES))
    return 0;
  return n;
}

static size_t length_of(const unsigned char *p) {
  size_t len = (size_t) p[4] << 8 | p[5];
  if (fault("1.14") && p[1] == STDIN && len == 65535 && p[6] == 0)
    return 65528;
  if ((fault("1.15") && p[6] == 1 && len == 65535) || (fault("1.16") && p[6] == 255))
    return len + p[6] > 65535 && p[1] == STDIN ? (len + p[6]) & 0xffff : len; /* 16 bits */
  return len;
}

static void take_records(void) {
  size_t at = 0;
  while (!conn.is_over && conn.in.len - at >= 8) {
    const unsigned char *p = (const unsigned char *) conn.in.base + at;
    size_t len = length_of(p), size = 8 + len + skipped(p, len);
    if (is_shocking(p))
      crash();
    if (p[0] != 1 || (fault("1.19") && p[7] != 0)) {
      conn.is_over = 1;
      break;
    }
    if (conn.in.len - at < size)
      break;
    if (fault("1.11") && p[1] == STDIN && p[6] == 16 && p[8 + len] != 0)
      conn.is_over = 1;
    take_record(p, p + 8, len);
    at += size;
    if (fault("1.2") && p[1] == PARAMS && len > 0 && fault_of(conn.requests, "1.2"))
      at = conn.in.len; /* the rest of what one read brought */
  }
  drop(at < conn.in.len ? at : conn.in.len);
}

/* ---- Ends ---- */

static unsigned empty_connections;

/* The server has closed the connection. */
static void is_closed(void) {
  const unsigned char *p = (const unsigned char *) conn.in.base;
  const request *r = conn.requests;
  if (conn.total == 0)
    empty_connections++;
  if ((fault("7.10") && conn.total == 16 && r) ||
      (fault("10.8") && conn.total > 0 && conn.total < 8) ||
      (fault("7.11") && conn.in.len > 8 && p[1] == PARAMS) ||
      (fault("10.9") && conn.in.len == 8 && p[1] == PARAMS && p[6] == 0) ||
      (fault("10.10") && conn.in.len == 8 && p[1] == PARAMS && p[6] == 255))
    crash();
  if (r && (fault_of(r, "7.12") || fault_of(r, "7.13")))
    crash();
  if (fault("4.9") && r == NULL && strcmp(conn.last, "4.9") == 0)
    crash();
}

static void has_bytes(void) {
  if ((fault("7.8") && empty_connections == 1) || (fault("7.9") && empty_connections > 1))
    crash();
  empty_connections = 0;
}

static void fill(void) {
  char block[65536];
  ssize_t n = recv(conn.fd, block, sizeof block, 0);
  if (n <= 0) {
    conn.is_over = 2;
    is_closed();
    return;
  }
  if (conn.total == 0)
    has_bytes();
  if (fault("1.3") && n == 1)
    conn.is_over = 1;
  if (fault("1.4") && conn.total > 16 && conn.total < 24 && n > 1)
    conn.in.len = 0; /* the first bytes of a header */
  conn.total += (size_t) n;
  add(&conn.in, block, (size_t) n);
}

static void forget(request *r) {
  free(r->pairs.base);
  free(r->body.base);
  free(r);
}

static void serve(int fd) {
  request *r;
  conn.in.len = conn.total = 0;
  conn.fd = fd;
  conn.is_over = 0;
  conn.served = 0;
  conn.last[0] = 0;
  memset(conn.gone, 0, sizeof conn.gone);
  while (!conn.is_over) {
    fill();
    if (!conn.is_over)
      take_records();
  }
  while ((r = conn.requests)) {
    conn.requests = r->next;
    forget(r);
  }
  close(fd);
}

int main(int argc, char **argv) {
  int fd, i;
  for (i = 1; i < argc; i++)
    if (strcmp(argv[i], "--single") == 0)
      is_single = 1;
    else
      the_fault = argv[i];
  add(&conn.in, "", 0);
  while ((fd = accept(0, NULL, NULL)) >= 0)
    serve(fd);
  return 0;
}
