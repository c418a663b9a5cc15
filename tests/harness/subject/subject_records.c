/* subject_records.c: what each record means, and what is broken about that. */
#include "subject.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static request *find(unsigned id) {
  request *r;
  for (r = conn.requests; r && r->id != id; r = r->next)
    ;
  return r;
}

/* Forgets the request; the connection goes on or not, as its flags say. */
static void end(request *r) {
  request **at;
  for (at = &conn.requests; *at != r; at = &(*at)->next)
    ;
  *at = r->next;
  conn.served++;
  snprintf(conn.last, sizeof conn.last, "%s", param(r, "FCGI_CHECK"));
  if (!(r->flags & 1) && !fault_of(r, "4.1") && !(fault_of(r, "4.5") && conn.served > 1))
    conn.is_over = 1;
  if (fault_of(r, "4.2") || (r->is_aborted && fault_of(r, "7.4")))
    conn.is_over = 1;
  free(r->pairs.base);
  free(r->body.base);
  free(r);
}

/* ---- BEGIN_REQUEST ---- */

static unsigned role_of(const unsigned char *body) {
  unsigned role = (unsigned) body[0] << 8 | body[1];
  if (fault("3.6") && role == 257)
    return 1;
  if ((fault("3.4") && role == 0) || (fault("3.5") && role == 4))
    return 1;
  return role;
}

static void refuse(unsigned id, unsigned role, unsigned flags) {
  static const char early[] = "Content-Type: text/plain\r\n\r\nno";
  if ((fault("3.2") && role == 2) || (fault("3.3") && role == 3)) {
    conn.is_over = 1;
    return;
  }
  if (fault("3.7") && role == 9)
    send_record(STDOUT, id, early, sizeof early - 1);
  send_end(id, 0, UNKNOWN_ROLE);
  if (flags & 1)
    conn.is_over = fault("3.9") && role == 9;
  else
    conn.is_over = !(fault("3.8") && role == 9);
}

static int is_bad_begin(unsigned id, const unsigned char *body, size_t len) {
  static const unsigned char zeros[5];
  if ((fault("10.11") && len < 8) || (fault("10.12") && len == 65535) ||
      (fault("10.13") && id == 0) || (fault("10.14") && find(id)))
    crash();
  if (fault("1.20") && len == 8 && memcmp(body + 3, zeros, 5) != 0)
    return 1;
  if (fault("1.21") && len == 8 && body[2] & 0xfe)
    return 1;
  return len < 8 || id == 0 || find(id) != NULL;
}

static void begin(unsigned id, const unsigned char *body, size_t len) {
  request *r;
  if (is_bad_begin(id, body, len)) {
    conn.is_over = 1;
    return;
  }
  if (conn.requests && is_single) {
    send_end(id, 0, CANT_MPX);
    if (fault_of(conn.requests, "6.3"))
      end(conn.requests);
    return;
  }
  if (role_of(body) != 1) {
    refuse(id, role_of(body), body[2]);
    return;
  }
  if (fault("6.8") && conn.requests && fault_of(conn.requests, "6.8") && id < 64 &&
      conn.gone[id / 8] & 1 << id % 8)
    return;
  r = calloc(1, sizeof *r);
  if (r == NULL)
    crash();
  r->id = id;
  r->flags = body[2];
  r->next = conn.requests;
  conn.requests = r;
  if (id < 64)
    conn.gone[id / 8] |= (char) (1 << id % 8);
}

/* ---- PARAMS ---- */

static int is_whole(const unsigned char *p, size_t len) {
  const unsigned char *end_of = p + len, *n, *v;
  size_t n_len, v_len;
  int more;
  while ((more = next_pair(&p, end_of, &n, &n_len, &v, &v_len)) > 0)
    ;
  return more == 0;
}

static void params_over(request *r) {
  const unsigned char *p = (const unsigned char *) r->pairs.base, *end_of = p + r->pairs.len, *n,
                      *v;
  size_t n_len, v_len;
  int more = 1;
  r->has_params = 1;
  if (fault("2.12") && r->pairs.len == 0)
    conn.is_over = 1;
  while (p && (more = next_pair(&p, end_of, &n, &n_len, &v, &v_len)) > 0)
    if (fault("2.10") && n_len == 7 && memcmp(n, "CHECK_B", 7) == 0 && n[-4] == 0x80)
      conn.is_over = 1;
  if (more == 0 || p == NULL)
    return;
  conn.is_over = 1;
  if ((fault("10.15") && p[0] == 4 && p[1] == 0x7f) || (fault("10.16") && p[4] == 0xff) ||
      (fault("10.17") && p[0] == 0xff && p[4] == 0x80) || (fault("10.18") && end_of - p == 3))
    crash();
}

static void params(request *r, const unsigned char *content, size_t len) {
  static const char early[] = "Content-Type: text/plain\r\n\r\n";
  request *other = r->next;
  if (fault("10.29") && r->has_params)
    crash();
  if (r->has_params) {
    conn.is_over = 1;
    return;
  }
  if (len == 0) {
    params_over(r);
    return;
  }
  if (++r->params_records > 1 && fault_of(r, "2.1"))
    return;
  add(&r->pairs, content, len);
  if ((fault_of(r, "2.2") || fault_of(r, "2.3") || fault_of(r, "2.4")) && !is_whole(content, len))
    conn.is_over = 1;
  if (fault_of(r, "8.2") && len == 65535)
    conn.is_over = 1;
  if (fault_of(r, "8.5") && !is_whole(content, len))
    conn.is_over = 1;
  if (fault_of(r, "9.6"))
    send_record(STDOUT, r->id, early, sizeof early - 1);
  if (other && fault_of(r, "6.4")) { /* the later one's are taken for both */
    other->pairs.len = 0;
    add(&other->pairs, r->pairs.base, r->pairs.len);
  }
}

/* ---- The body ---- */

static int is_ready(const request *r) {
  size_t announced = strtoul(param(r, "CONTENT_LENGTH"), NULL, 10);
  if (r->is_aborted)
    return 1;
  if (!r->has_params || !r->has_body)
    return 0;
  if (fault_of(r, "2.17") || fault_of(r, "2.18") || fault_of(r, "2.19"))
    return r->body.len == announced;
  return 1;
}

static void answer_ready(request *r) {
  if (conn.is_over || !is_ready(r))
    return;
  if (fault_of(r, "6.6") && r->next)
    return; /* it waits for the one before */
  answer(r);
  end(r);
}

static void body(request *r, const unsigned char *content, size_t len) {
  if (fault("10.28") && !r->has_params)
    crash();
  if (len > 0) {
    request *to = fault_of(r, "6.5") && r->next ? r->next : r;
    if (++r->body_records != 2 || !fault_of(r, "1.13"))
      add(&to->body, content, len);
    return;
  }
  r->has_body = 1;
  if (fault_of(r, "10.30")) {
    const unsigned char *behind = content; /* what the same read brought */
    if ((const char *) behind + 8 <= conn.in.base + conn.in.len && behind[1] == STDIN)
      conn.is_over = 1;
  }
  answer_ready(r);
}

static void abort_request(request *r) {
  request *other, *next;
  if (fault_of(r, "7.1") || (fault_of(r, "7.3") && !r->has_params))
    return;
  for (other = conn.requests; other && fault_of(r, "6.7"); other = next) {
    next = other->next;
    if (other != r) {
      send_end(other->id, 0, COMPLETE);
      end(other);
    }
  }
  r->is_aborted = 1;
  answer(r);
  end(r);
}

/* ---- All ---- */

static void unknown(unsigned type) {
  unsigned char told[8] = {(unsigned char) type};
  if (fault("5.11") && type == 99)
    return;
  if (fault("5.12") && type == 255)
    conn.is_over = 1;
  send_record(UNKNOWN, 0, told, sizeof told);
}

/* Of an id that is not active: nothing happens, where nothing is broken. */
static void inactive(unsigned type, unsigned id, const unsigned char *content, size_t len) {
  if ((fault("7.5") || fault("7.6")) && type == ABORT)
    conn.is_over = fault("7.5") ? conn.served == 0 : conn.served > 0;
  if (fault("10.26") && type == STDIN && id == 7)
    conn.is_over = 1;
  if (fault("10.24") && type == STDIN && conn.requests)
    add(&conn.requests->body, content, len);
}

void take_record(const unsigned char *header, const unsigned char *content, size_t len) {
  unsigned type = header[1], id = (unsigned) header[2] << 8 | header[3];
  request *r = find(id);
  if (fault("10.27") && (type == END || type == STDOUT || type == VALUES))
    crash();
  if ((fault("10.22") && type == 12) || (fault("10.23") && type == 200) ||
      (fault("10.25") && type == DATA && r))
    conn.is_over = 1;
  if (type == BEGIN)
    begin(id, content, len);
  else if (id == 0 && type == GET_VALUES)
    answer_values(content, len, conn.requests != NULL);
  else if (id == 0)
    unknown(type);
  else if (r == NULL)
    inactive(type, id, content, len);
  else if (type == PARAMS)
    params(r, content, len);
  else if (type == STDIN)
    body(r, content, len);
  else if (type == ABORT)
    abort_request(r);
}
