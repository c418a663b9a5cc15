/* app_serve.c: one connection of app.c: FastCGI 1.0 from the application's side, on codec.h.  One
   request at a time; kept open when the server asks for that (FCGI_KEEP_CONN). */
#include "app.h"
#include "app_system.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARAMS_MAX 1048576

struct request {
  unsigned id, role;
  int is_active, is_kept, is_dropped; /* is_kept: FCGI_KEEP_CONN */
  int has_params, has_body, has_data; /* their ends came */
  int has_stderr;                     /* something was written to STDERR */
  uint32_t app_status;
  char *params; /* the pairs, as they came */
  size_t params_len;
};

/* The one connection that is served at a time. */
static struct {
  int fd, is_over;
  fcl_decoder decoder;
  char in[65536], content[65536], out[32768];
  const char *at, *end; /* in `in`: not decoded yet */
  size_t content_len, out_len;
  size_t open; /* in `out`: the record that more bytes of its stream may join */
  int is_open;
  request request;
} conn;

unsigned app_role = FCL_RESPONDER;
void (*app_watch)(int is_ours, const char *data, size_t len);

/* ---- Sending ---- */

static void flush(void) {
  size_t at = 0;
  while (at < conn.out_len && !conn.is_over) {
    ptrdiff_t n = app_send(conn.fd, conn.out + at, conn.out_len - at);
    if (n > 0 && app_watch)
      app_watch(1, conn.out + at, (size_t) n);
    if (n > 0)
      at += (size_t) n;
    else
      conn.is_over = 1;
  }
  conn.out_len = 0;
  conn.is_open = 0;
}

static void put_record(fcl_type type, unsigned id, const void *content, size_t len) {
  if (sizeof conn.out - conn.out_len < FCL_HEADER_SIZE + len)
    flush();
  fcl_put_header((uint8_t *) conn.out + conn.out_len, type, id, len, 0);
  if (len > 0)
    memcpy(conn.out + conn.out_len + FCL_HEADER_SIZE, content, len);
  conn.out_len += FCL_HEADER_SIZE + len;
  conn.is_open = 0;
}

static void put_end(unsigned id, uint32_t app_status, unsigned protocol_status) {
  uint8_t record[16];
  fcl_put_end(record, id, app_status, protocol_status);
  put_record(FCL_END_REQUEST, id, record + FCL_HEADER_SIZE, 8);
}

/* Small writes to one stream share a record: its header is written again with the new length. */
void request_write(request *r, fcl_type stream, const char *data, size_t len) {
  r->has_stderr |= stream == FCL_STDERR;
  while (len > 0 && !conn.is_over) {
    uint8_t *header = (uint8_t *) conn.out + conn.open;
    size_t n = sizeof conn.out - conn.out_len;
    if (!conn.is_open || header[1] != stream || n == 0) {
      if (n <= FCL_HEADER_SIZE)
        flush();
      conn.open = conn.out_len;
      put_record(stream, r->id, NULL, 0);
      conn.is_open = 1;
      continue;
    }
    n = n < len ? n : len;
    memcpy(conn.out + conn.out_len, data, n);
    conn.out_len += n;
    data += n;
    len -= n;
    fcl_put_header(header, stream, r->id, conn.out_len - conn.open - FCL_HEADER_SIZE, 0);
  }
}

void request_flush(request *r) {
  flush();
}

/* ---- Receiving: records that are not the body ---- */

static void answer_values(void) {
  uint8_t out[APP_VALUES_MAX];
  size_t len = app_values(out, conn.content, conn.content_len, 1, 1, 0);
  put_record(FCL_GET_VALUES_RESULT, 0, out, len);
  flush();
}

static void begin_request(unsigned id) {
  request *r = &conn.request;
  unsigned role = (unsigned) (uint8_t) conn.content[0] << 8 | (uint8_t) conn.content[1];
  if (conn.content_len < 8) {
    conn.is_over = 1;
  } else if (r->is_active) {
    put_end(id, 0, FCL_CANT_MPX_CONN);
  } else if (role != app_role) {
    put_end(id, 0, FCL_UNKNOWN_ROLE);
    flush(); /* what is over sends nothing any more */
    conn.is_over |= !(conn.content[2] & FCL_KEEP_CONN);
  } else {
    free(r->params);
    memset(r, 0, sizeof *r);
    r->is_active = 1;
    r->id = id;
    r->role = role;
    r->has_data = role != FCL_FILTER;
    r->is_kept = conn.content[2] & FCL_KEEP_CONN;
    return;
  }
  flush();
}

static void add_params(request *r) {
  size_t len = r->params_len + conn.content_len;
  char *grown;
  if (conn.content_len == 0) {
    r->has_params = 1;
    return;
  }
  grown = len > PARAMS_MAX ? NULL : realloc(r->params, len);
  if (grown == NULL) {
    conn.is_over = 1;
    return;
  }
  memcpy(grown + r->params_len, conn.content, conn.content_len);
  r->params = grown;
  r->params_len = len;
}

/* The record is complete; its content, other than STDIN's, lies in conn.content. */
static void take_record(const fcl_record *record) {
  request *r = &conn.request;
  int is_its = r->is_active && record->id == r->id;
  char unknown[8] = {0};
  if (record->type == FCL_BEGIN_REQUEST) {
    begin_request(record->id);
  } else if (record->type == FCL_GET_VALUES) {
    answer_values();
  } else if (record->type == FCL_PARAMS && is_its && !r->has_params) {
    add_params(r);
  } else if (record->type == FCL_STDIN && is_its && record->length == 0) {
    r->has_body = 1;
  } else if (record->type == FCL_DATA && is_its && record->length == 0) {
    r->has_data = 1;
  } else if (record->type == FCL_ABORT_REQUEST && is_its) {
    r->has_params = r->has_body = r->has_data = 1;
  } else if (record->id == 0) {
    unknown[0] = (char) record->type;
    put_record(FCL_UNKNOWN_TYPE, 0, unknown, sizeof unknown);
    flush();
  }
}

static void fill(void) {
  ptrdiff_t n = app_receive(conn.fd, conn.in, sizeof conn.in);
  if (n > 0 && app_watch)
    app_watch(0, conn.in, (size_t) n);
  conn.is_over = n <= 0;
  conn.at = conn.in;
  conn.end = conn.in + (n > 0 ? n : 0);
}

/* DATA comes behind the body; elsewhere it is nobody's. */
static int is_read(const request *r, const fcl_record *record) {
  if (!r->is_active || record->id != r->id)
    return 0;
  return record->type == FCL_STDIN ? !r->has_body : r->has_body && !r->has_data;
}

/* Takes bytes up to the next event.  Returns the length of a piece of the body or of a filter's
   data, or 0. */
static size_t step(const char **body) {
  const fcl_record *record = &conn.decoder.record;
  fcl_slice span;
  switch (fcl_decode(&conn.decoder, &conn.at, conn.end, &span)) {
  case FCL_EV_MORE:
    fill();
    break;
  case FCL_EV_RECORD:
    conn.content_len = 0;
    break;
  case FCL_EV_CONTENT:
    *body = span.base;
    if (record->type == FCL_STDIN || record->type == FCL_DATA)
      return is_read(&conn.request, record) ? span.len : 0;
    memcpy(conn.content + conn.content_len, span.base, span.len);
    conn.content_len += span.len;
    break;
  case FCL_EV_END:
    take_record(record);
    break;
  case FCL_EV_BAD_VERSION:
    conn.is_over = 1;
    break;
  }
  return 0;
}

/* ---- Requests ---- */

void request_pairs(const request *r, const char **base, size_t *len) {
  *base = r->params;
  *len = r->params_len;
}

size_t request_read(request *r, const char **data) {
  size_t len = 0;
  while (len == 0 && !r->has_body && !conn.is_over)
    len = step(data);
  return len;
}

size_t request_read_data(request *r, const char **data) {
  size_t len = 0;
  while (len == 0 && r->has_body && !r->has_data && !conn.is_over)
    len = step(data);
  return len;
}

fcl_role request_role(const request *r) {
  return (fcl_role) r->role;
}

void request_drop(request *r) {
  r->is_dropped = 1;
}

void request_exit_status(request *r, uint32_t app_status) {
  r->app_status = app_status;
}

int request_connection(const request *r) {
  return conn.fd;
}

int request_is_aborted(const request *r) {
  return 0;
}

void request_pause(request *r, uint64_t ms) {
  app_sleep(ms);
}

/* An answer may end before the body has come: the rest is read and dropped, so that the server is
   not cut off in its sending, and the connection can be kept. */
static void end_request(request *r) {
  const char *rest;
  if (!r->is_dropped) {
    if (r->has_stderr)
      put_record(FCL_STDERR, r->id, NULL, 0);
    put_record(FCL_STDOUT, r->id, NULL, 0);
    put_end(r->id, r->app_status, FCL_REQUEST_COMPLETE);
  }
  flush();
  while (!r->is_dropped && (request_read(r, &rest) > 0 || request_read_data(r, &rest) > 0))
    ;
  r->is_active = 0;
  if (!r->is_kept || r->is_dropped)
    conn.is_over = 1;
}

/* ---- Life ---- */

unsigned app_serve(int fd, unsigned left) {
  const char *ignored;
  unsigned served = 0;
  request *r = &conn.request;
  memset(&conn.decoder, 0, sizeof conn.decoder);
  conn.fd = fd;
  conn.is_over = 0;
  conn.at = conn.end = conn.in;
  r->is_active = 0;
  while (!conn.is_over && served < left) {
    int is_idle = !r->is_active && conn.at == conn.end && fcl_decoder_between(&conn.decoder);
    if (is_idle && !app_wait_idle(fd))
      break;
    step(&ignored);
    if (!r->is_active || !r->has_params || conn.is_over)
      continue;
    answer(r);
    end_request(r);
    served++;
  }
  app_close(fd);
  free(r->params);
  r->params = NULL;
  return served;
}
