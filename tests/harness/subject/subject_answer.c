/* subject_answer.c: what is answered, as a probe has it, and what is broken about that. */
#include "subject.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* ---- The body of the answer ---- */

static text leaked; /* what an earlier request had */

static int is_dropped(const request *r, const unsigned char *name, size_t n, size_t v) {
  return (fault("2.5") && v == 127) || (fault("2.6") && v == 128 && n == 7) ||
         (fault("2.7") && n == 127) || (fault("2.8") && n == 128) ||
         (fault("2.25") && v == 64000) || (fault("8.6") && n == 10000) ||
         (fault("2.9") && v == 0 && n == 7 && name[0] == 'N');
}

static void put_params(const request *r, text *out) {
  const unsigned char *p = (const unsigned char *) r->pairs.base, *end = p + r->pairs.len, *n, *v;
  size_t n_len, v_len, at;
  while (p && next_pair(&p, end, &n, &n_len, &v, &v_len) > 0) {
    if (is_dropped(r, n, n_len, v_len))
      continue;
    if (n_len == 12 && memcmp(n, "CHECK_SECRET", 12) == 0 &&
        (fault_of(r, "4.6") || fault_of(r, "4.7")))
      add(&leaked, "CHECK_SECRET=secret\n", 20);
    add(out, n, n_len);
    add(out, "=", 1);
    add(out, v, v_len);
    if (fault_of(r, "2.11"))
      for (at = out->len - v_len; at < out->len; at++)
        out->base[at] &= 0x7f;
    add(out, "\n", 1);
  }
  if ((fault_of(r, "4.6") && conn.served > 0) || (fault_of(r, "4.7") && leaked.len > 0))
    add(out, leaked.base, leaked.len);
}

/* The number behind NAME= in the query; -1. */
static long query(const request *r, const char *name) {
  const char *at = strstr(param(r, "QUERY_STRING"), name);
  return at ? strtol(at + strlen(name), NULL, 10) : -1;
}

static void put_body(const request *r, text *out) {
  static const char xs[8192];
  long left = query(r, "size=");
  if (strcmp(param(r, "QUERY_STRING"), "echo=1") == 0)
    add(out, r->body.base, r->body.len);
  else if (left < 0)
    put_params(r, out);
  if ((fault("2.20") && left == 200000) || (fault("8.9") && left == 8000000))
    left--;
  for (; left > 0; left -= (long) sizeof xs)
    add(out, xs, left < (long) sizeof xs ? (size_t) left : sizeof xs);
  if (out->len > 0 && (fault_of(r, "2.14") || fault_of(r, "2.15") || fault_of(r, "2.16")))
    out->len--;
}

/* ---- Its head ---- */

static void put_head(const request *r, text *out, size_t body_len) {
  char line[64];
  long status = query(r, "status=");
  if (fault_of(r, "9.1")) {
    add(out, "Content-Type: text/plain\n", 25);
    return;
  }
  if (fault_of(r, "9.2"))
    add(out, "no field\r\n", 10);
  snprintf(line, sizeof line, "Status: %ld\r\n", status > 0 ? status : 200);
  add(out, line, strlen(line));
  if (fault_of(r, "9.4"))
    out->len = 0, add(out, "Status: not found\r\n", 19);
  if (!fault_of(r, "9.3"))
    add(out, "Content-Type: text/plain\r\n", 26);
  snprintf(line, sizeof line, "Content-Length: %zu\r\n", body_len + (fault_of(r, "9.5") != 0));
  add(out, line, strlen(line));
  add(out, "\r\n", 2);
}

/* ---- The streams, and the end ---- */

static unsigned id_of(const request *r) {
  if ((fault_of(r, "1.17") && r->id == 256) || (fault_of(r, "1.18") && r->id == 65535))
    return r->id & 0xff;
  return r->id;
}

static void send_errors(const request *r) {
  if (strstr(param(r, "QUERY_STRING"), "stderr=") == NULL)
    return;
  send_stream(fault("2.21") ? STDOUT : STDERR, id_of(r), "oops\n", 5);
  if (!fault("2.22"))
    send_record(STDERR, id_of(r), "", 0);
}

static void send_last(const request *r) {
  static const char zeros[16];
  unsigned id = id_of(r);
  uint32_t status = query(r, "app=") > 0 ? (uint32_t) query(r, "app=") : 0;
  if (fault_of(r, "9.10"))
    status = 1;
  if (!fault_of(r, "2.23"))
    send_record(STDOUT, id, "", 0);
  if (fault_of(r, "2.24"))
    send_record(STDOUT, id, "x", 1);
  if (fault_of(r, "1.23"))
    send_record(DATA, id, "x", 1);
  if (fault_of(r, "9.12"))
    send_record(STDOUT, id + 1, "x", 1);
  if (fault_of(r, "9.11"))
    status = (status & 0xff) << 24 | (status & 0xff00) << 8 | (status >> 8 & 0xff00) | status >> 24;
  if (fault_of(r, "9.8"))
    send_record(END, id, zeros, 16);
  else
    send_end(id, status, r->is_aborted && fault_of(r, "7.2") ? OVERLOADED : COMPLETE);
  if (fault_of(r, "9.7") || fault_of(r, "7.7"))
    send_end(id, status, COMPLETE);
  if (fault_of(r, "9.9"))
    send_record(STDERR, id, "x", 1);
}

/* What ends without END_REQUEST. */
static int is_lost(const request *r) {
  static const char *const always[] = {"1.1", "2.13", "3.1"};
  size_t i, total = r->pairs.len;
  for (i = 0; i < sizeof always / sizeof *always; i++)
    if (fault_of(r, always[i]))
      return 1;
  return (fault_of(r, "4.3") && r->id == 300) || (fault_of(r, "4.4") && conn.served == 5) ||
         (fault_of(r, "8.1") && total > 15000) || (fault_of(r, "8.3") && total > 100000) ||
         (fault_of(r, "8.4") && total > 10000) || (fault_of(r, "6.9") && r->id == 50);
}

static void maybe_crash(const request *r) {
  if ((fault_of(r, "8.7") && r->pairs.len > 100000) ||
      (fault_of(r, "8.8") && r->pairs.len > 10000) || fault_of(r, "7.14") ||
      (fault_of(r, "10.19") && strcmp(param(r, "CONTENT_LENGTH"), "-1") == 0) ||
      (fault_of(r, "10.20") && param(r, "CONTENT_LENGTH")[0] == '9') ||
      (fault_of(r, "10.21") && param(r, "CONTENT_LENGTH")[0] == 'a'))
    crash();
}

/* With the one that runs beside it. */
static int is_refused(request *r) {
  if (conn.requests->next == NULL)
    return 0;
  if (fault_of(r, "6.1"))
    return send_end(r->id, 0, UNKNOWN_ROLE), 1;
  if (fault_of(r, "6.2"))
    return send_end(r->id, 0, CANT_MPX), 1;
  return 0;
}

void answer(request *r) {
  text head = {0}, body = {0};
  char rest;
  maybe_crash(r);
  if (is_refused(r))
    return;
  if (is_lost(r)) {
    conn.is_over = 1;
    return;
  }
  if (fault_of(r, "7.16") && recv(conn.fd, &rest, 1, 0) == 0)
    crash();
  put_body(r, &body);
  if (fault_of(r, "4.8") && conn.served > 0)
    body.len = 0;
  put_head(r, &head, body.len);
  send_errors(r);
  send_stream(STDOUT, id_of(r), head.base, head.len);
  send_stream(STDOUT, id_of(r), body.base, body.len);
  send_last(r);
  free(head.base);
  free(body.base);
}

/* ---- GET_VALUES ---- */

static void put_value(text *out, const char *name, const char *value) {
  unsigned char lengths[2] = {(unsigned char) strlen(name), (unsigned char) strlen(value)};
  add(out, lengths, 2);
  add(out, name, lengths[0]);
  add(out, value, lengths[1]);
}

static int is_asked(const unsigned char *p, size_t len, const char *name, unsigned *names) {
  const unsigned char *end = p + len, *n, *v;
  size_t n_len, v_len;
  int is_there = 0;
  *names = 0;
  while (next_pair(&p, end, &n, &n_len, &v, &v_len) > 0) {
    ++*names;
    is_there |= n_len == strlen(name) && memcmp(n, name, n_len) == 0;
  }
  return is_there;
}

void answer_values(const unsigned char *p, size_t len, int is_within) {
  static const char *const names[] = {"FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS"};
  const char *values[] = {"1", fault("5.3") ? "x" : "100", is_single ? "0" : "1"};
  text out = {0};
  unsigned count = 0;
  int i, is_all;
  add(&out, "", 0);
  is_asked(p, len, "", &count);
  is_all = (fault("5.5") && count == 1) || (fault("5.7") && count == 0);
  for (i = 0; i < 3; i++)
    if ((is_all || is_asked(p, len, names[i], &count)) && !(fault("5.4") && i == 1))
      put_value(&out, names[i], values[i]);
  if (fault("5.6") && is_asked(p, len, "CHECK_UNKNOWN", &count))
    put_value(&out, "CHECK_UNKNOWN", "");
  if (fault("5.2") && count == 3)
    add(&out, "\x05", 1);
  if (!fault("5.1") && !(fault("5.13") && is_within))
    send_record(VALUES, 0, out.base, out.len);
  if (fault("5.10"))
    send_record(VALUES, 0, "", 0);
  if ((fault("5.9") && !is_within) || (fault("5.13") && is_within))
    conn.is_over = 1;
  free(out.base);
}
