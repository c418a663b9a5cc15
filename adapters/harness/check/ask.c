/* ask.c: whole requests, and whether they were answered. */
#define _GNU_SOURCE
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Putting ---- */

static void add_length(const ask *a, bytes *to) {
  char length[32];
  if (a->length) {
    bytes_text(to, "CONTENT_LENGTH", a->length);
  } else if (a->body) {
    snprintf(length, sizeof length, "%zu", a->body_len);
    bytes_text(to, "CONTENT_LENGTH", length);
    bytes_text(to, "CONTENT_TYPE", "application/octet-stream");
  }
}

void ask_pairs(const suite *s, const ask *a, bytes *to) {
  const char *const *more;
  const char *script = s->script ? s->script : "/check", *query = a->query ? a->query : "";
  char uri[80];
  snprintf(uri, sizeof uri, "/check%s%s", *query ? "?" : "", query);
  bytes_text(to, "FCGI_CHECK", s->id);
  bytes_text(to, "GATEWAY_INTERFACE", "CGI/1.1");
  bytes_text(to, "SERVER_PROTOCOL", "HTTP/1.1");
  bytes_text(to, "SERVER_SOFTWARE", "fcgi-check");
  bytes_text(to, "SERVER_NAME", "localhost");
  bytes_text(to, "SERVER_ADDR", "127.0.0.1");
  bytes_text(to, "SERVER_PORT", "80");
  bytes_text(to, "REMOTE_ADDR", "127.0.0.1");
  bytes_text(to, "REMOTE_PORT", "1");
  bytes_text(to, "REQUEST_METHOD", a->body || a->length ? "POST" : "GET");
  bytes_text(to, "REQUEST_URI", uri);
  bytes_text(to, "SCRIPT_NAME", "/check");
  bytes_text(to, "SCRIPT_FILENAME", script);
  bytes_text(to, "QUERY_STRING", query);
  bytes_text(to, "REDIRECT_STATUS", "200"); /* PHP wants to be sure that a web server calls */
  add_length(a, to);
  for (more = a->more; more && more[0]; more += 2)
    bytes_text(to, more[0], more[1]);
}

void ask_begin(suite *s, const ask *a) {
  host_begin(s, a->id, a->role ? a->role : FCL_RESPONDER, a->flags);
}

/* A pair that does not fit starts a new record, as every server has it. */
void ask_params(suite *s, const ask *a) {
  bytes pairs = {0};
  const char *p, *end, *from;
  ask_pairs(s, a, &pairs);
  p = from = pairs.base;
  end = p + pairs.len;
  while (p < end) {
    const char *pair = p;
    fcl_slice name, value;
    fcl_get_pair(&p, end, &name, &value);
    if (p - from > FCL_CONTENT_MAX && pair > from) {
      host_record(s, FCL_PARAMS, a->id, from, (size_t) (pair - from), 0);
      from = pair;
    }
  }
  host_record(s, FCL_PARAMS, a->id, from, (size_t) (end - from), 0);
  host_record(s, FCL_PARAMS, a->id, "", 0, 0);
  bytes_free(&pairs);
}

void ask_body(suite *s, const ask *a) {
  size_t at, n;
  for (at = 0; at < a->body_len; at += n) {
    n = a->body_len - at < FCL_CONTENT_ALIGNED ? a->body_len - at : FCL_CONTENT_ALIGNED;
    host_record(s, FCL_STDIN, a->id, a->body + at, n, 0);
  }
  host_record(s, FCL_STDIN, a->id, "", 0, 0);
}

void ask_fill(bytes *body, size_t len) {
  size_t at;
  bytes_fill(body, 0, len);
  for (at = 0; at < len; at++)
    body->base[at] = (char) ((uint32_t) at * 2654435761u >> 24);
}

void ask_put(suite *s, const ask *a) {
  ask_begin(s, a);
  ask_params(s, a);
  ask_body(s, a);
}

/* ---- What came back ---- */

fcl_slice ask_body_of(const host_answer *a) {
  fcl_slice none = {"", 0}, body;
  fcl_head_scan scan = {0};
  size_t head = a->out.len ? fcl_head_end(&scan, a->out.base, a->out.len) : 0;
  if (head == 0)
    return none;
  body.base = a->out.base + head;
  body.len = a->out.len - head;
  return body;
}

static int is_line(const char *at, const char *end, const char *name, const char *value) {
  size_t name_len = strlen(name), value_len = strlen(value);
  const char *behind = at + name_len + 1 + value_len;
  return (size_t) (end - at) > name_len + value_len && memcmp(at, name, name_len) == 0 &&
         at[name_len] == '=' && memcmp(at + name_len + 1, value, value_len) == 0 &&
         (behind == end || *behind == '\n' || *behind == '\r');
}

/* Looks from *from on, and from the beginning: they mostly come in the order in which they were
   sent. */
static int find_line(fcl_slice body, const char **from, const char *name, const char *value) {
  const char *at = *from, *end = body.base + body.len;
  int rounds = 0;
  while (rounds < 2) {
    if (at >= end) {
      at = body.base;
      rounds++;
    }
    if (is_line(at, end, name, value))
      return *from = at, 1;
    at = memchr(at, '\n', (size_t) (end - at));
    at = at ? at + 1 : end;
  }
  return 0;
}

int ask_has_line(const host_answer *a, const char *name, const char *value) {
  fcl_slice body = ask_body_of(a);
  const char *from = body.base;
  return body.len > 0 && find_line(body, &from, name, value);
}

host_answer *ask_ended(suite *s, const ask *a) {
  static const char *const statuses[] = {"REQUEST_COMPLETE", "CANT_MPX_CONN", "OVERLOADED",
                                         "UNKNOWN_ROLE"};
  host_answer *answer;
  if (!host_wait(s, host_has_end, a->id)) {
    check_fail(s, "END_REQUEST of request %u did not come: %s", a->id, host_state(s, a->id));
    return NULL;
  }
  answer = host_find(&s->host, a->id);
  if (answer->protocol_status == FCL_REQUEST_COMPLETE)
    return answer;
  check_fail(s, "END_REQUEST of request %u says protocolStatus %u (%s)", a->id,
             answer->protocol_status,
             answer->protocol_status < 4 ? statuses[answer->protocol_status] : "?");
  return NULL;
}

static int lines_came(suite *s, const ask *a, const host_answer *answer) {
  fcl_slice body = ask_body_of(answer);
  const char *from = body.base, *const * more;
  if (body.len == 0 || !find_line(body, &from, "FCGI_CHECK", s->id))
    return check_fail(s, "the answer to request %u (%zu bytes of STDOUT) is not its own parameters",
                      a->id, answer->out.len);
  for (more = a->more; more && more[0]; more += 2)
    if (!find_line(body, &from, more[0], more[1]))
      return check_fail(s, "the parameter %.60s (%zu bytes) did not arrive as it was sent", more[0],
                        strlen(more[1]));
  return 1;
}

static int body_came(suite *s, const ask *a, const host_answer *answer) {
  fcl_slice body = ask_body_of(answer);
  size_t at;
  if (body.len != a->body_len)
    return check_fail(s, "of the body of %zu bytes %zu came back", a->body_len, body.len);
  for (at = 0; at < body.len; at++)
    if (body.base[at] != a->body[at])
      return check_fail(s, "byte %zu of the body came back as 0x%02x, not 0x%02x", at,
                        (unsigned) (unsigned char) body.base[at],
                        (unsigned) (unsigned char) a->body[at]);
  return 1;
}

int ask_served(suite *s, const ask *a) {
  host_answer *answer = ask_ended(s, a);
  if (answer == NULL)
    return 0;
  if (!s->has_probe)
    return 1;
  if (a->query == NULL)
    return lines_came(s, a, answer);
  return strcmp(a->query, "echo=1") != 0 || body_came(s, a, answer);
}

int ask_once(suite *s, const ask *a) {
  if (!host_dial(s))
    return 0;
  ask_put(s, a);
  return host_send(s) && ask_served(s, a);
}

int ask_lives(suite *s) {
  ask plain = {.id = 1};
  s->context = "afterwards, on a new connection: ";
  return ask_once(s, &plain);
}

int ask_keeps(suite *s) {
  ask a = {.id = 1, .flags = FCL_KEEP_CONN};
  if (s->keeps == NOT_ASKED && !check_is_over(s)) {
    s->keeps = 0;
    if (ask_once(s, &a) && !s->host.is_closed) {
      host_forget(s);
      ask_put(s, &a);
      s->keeps = host_send(s) && host_wait(s, host_has_end, 1);
    }
    memset(&s->result, 0, sizeof s->result);
  }
  return s->keeps == 1 || check_skip(s, "the application does not keep connections");
}
