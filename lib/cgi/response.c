/* response.c: what a web server sends for the head of a CGI response (RFC 3875 section 6, RFC 9110,
 * RFC 9112). */
#include <fcgiclient/cgi.h>
#include <stdio.h>
#include <string.h>

/* `text` is in lower case. */
static int starts(fcl_slice name, const char *text, size_t len) {
  size_t i;
  if (name.len < len)
    return 0;
  for (i = 0; i < len; i++)
    if ((name.base[i] | 32) != text[i] && name.base[i] != text[i])
      return 0;
  return 1;
}

#define STARTS(name, text) starts((name), (text), sizeof(text) - 1)
#define IS(name, text)     ((name).len == sizeof(text) - 1 && STARTS(name, text))

/* Fields that the server writes itself, or that concern only it and the application. */
static int stays_here(fcl_slice name) {
  switch (name.len ? name.base[0] | 32 : 0) {
  case 'c':
    return IS(name, "connection") || IS(name, "content-length");
  case 'd':
    return IS(name, "date");
  case 'k':
    return IS(name, "keep-alive");
  case 'p':
    return STARTS(name, "proxy-");
  case 's':
    return IS(name, "status") || IS(name, "server");
  case 't':
    return IS(name, "te") || IS(name, "trailer") || IS(name, "transfer-encoding");
  case 'u':
    return IS(name, "upgrade");
  }
  return 0;
}

static int has_no_body(int status) {
  return status == 204 || status == 205 || status == 304;
}

void fcl_cgi_reply_init(fcl_cgi_reply *reply, const fcl_head *head, fcl_slice method, int minor) {
  int is_head = method.len == 4 && memcmp(method.base, "HEAD", 4) == 0; /* methods know case */
  memset(reply, 0, sizeof *reply);
  reply->head = head;
  reply->status = head->status;
  reply->reason = head->reason.len ? head->reason : fcl_cgi_reason(head->status);
  reply->local_redirect = head->local_redirect;
  reply->content_length = head->content_length;
  if (has_no_body(head->status)) {
    reply->framing = FCL_CGI_NO_BODY;
    reply->content_length = head->status == 205 ? 0 : -1; /* RFC 9110 section 15.3.6, 8.6 */
  } else if (is_head) {
    reply->framing = FCL_CGI_NO_BODY;
  } else if (head->content_length >= 0) {
    reply->framing = FCL_CGI_LENGTH;
    reply->left = head->content_length;
  } else {
    reply->framing = minor == 1 ? FCL_CGI_CHUNKED : FCL_CGI_CLOSE;
  }
}

const fcl_header *fcl_cgi_reply_next(const fcl_cgi_reply *reply, size_t *at) {
  while (*at < reply->head->count) {
    const fcl_header *field = &reply->head->headers[(*at)++];
    if (!stays_here(field->name))
      return field;
  }
  return NULL;
}

/* Moves *at on whether the bytes fit or not. */
static void put(char *out, size_t cap, size_t *at, const char *bytes, size_t len) {
  if (len > 0 && len <= cap && *at <= cap - len)
    memcpy(out + *at, bytes, len);
  *at += len;
}

static void put_field(char *out, size_t cap, size_t *at, fcl_slice name, fcl_slice value) {
  put(out, cap, at, name.base, name.len);
  put(out, cap, at, ": ", 2);
  put(out, cap, at, value.base, value.len);
  put(out, cap, at, "\r\n", 2);
}

size_t fcl_cgi_reply_fields(const fcl_cgi_reply *reply, char *out, size_t cap) {
  static const fcl_slice content_length = {"Content-Length", 14};
  char digits[24];
  const fcl_header *field;
  size_t next = 0, at = 0;
  while ((field = fcl_cgi_reply_next(reply, &next)) != NULL)
    put_field(out, cap, &at, field->name, field->value);
  if (reply->content_length >= 0) {
    fcl_slice value;
    value.base = digits;
    value.len = (size_t) snprintf(digits, sizeof digits, "%lld", (long long) reply->content_length);
    put_field(out, cap, &at, content_length, value);
  }
  put(out, cap, &at, "\r\n", 2);
  return at;
}

size_t fcl_cgi_reply_take(fcl_cgi_reply *reply, size_t len) {
  switch (reply->framing) {
  case FCL_CGI_NO_BODY:
    return 0;
  case FCL_CGI_LENGTH:
    if ((uint64_t) len > (uint64_t) reply->left)
      len = (size_t) reply->left;
    reply->left -= (int64_t) len;
    return len;
  case FCL_CGI_CHUNKED:
  case FCL_CGI_CLOSE:
    return len;
  }
  return len;
}

int fcl_cgi_reply_short(const fcl_cgi_reply *reply) {
  return reply->framing == FCL_CGI_LENGTH && reply->left > 0;
}

static fcl_slice text(const char *bytes) {
  fcl_slice s;
  s.base = bytes;
  s.len = strlen(bytes);
  return s;
}

static void add(fcl_cgi_page *page, const char *name, const char *value) {
  page->headers[page->head.count].name = text(name);
  page->headers[page->head.count++].value = text(value);
}

void fcl_cgi_page_init(fcl_cgi_page *page, int status, uint32_t retry_after_s) {
  fcl_slice reason = fcl_cgi_reason(status);
  int len = (int) reason.len;
  memset(page, 0, sizeof *page);
  snprintf(page->text, sizeof page->text,
           "<!doctype html>\n<title>%d %.*s</title>\n<h1>%d %.*s</h1>\n", status, len, reason.base,
           status, len, reason.base);
  page->body = text(page->text);
  page->head.status = status;
  page->head.content_length = (int64_t) page->body.len;
  page->head.headers = page->headers;
  add(page, "Content-Type", "text/html");
  add(page, "Cache-Control", "no-store");
  snprintf(page->seconds, sizeof page->seconds, "%lu", (unsigned long) retry_after_s);
  if (retry_after_s)
    add(page, "Retry-After", page->seconds);
}

void fcl_cgi_page_show(fcl_cgi_page *page, fcl_slice shown) {
  page->body = shown;
  page->head.content_length = (int64_t) shown.len;
  page->headers[0].value = text("text/plain; charset=utf-8");
  add(page, "X-Content-Type-Options", "nosniff");
}
