/* talk.c: connects, sends bytes, reads one response at a time. */
#include "support/talk.h"
#include "support/socket.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

void talk_end(talk *t) {
  test_socket_close(t->fd);
  free(t->in);
  memset(t, 0, sizeof *t);
  t->fd = -1;
}

int talk_try(talk *t, unsigned port) {
  memset(t, 0, sizeof *t);
  t->fd = test_socket_connect(port, 20);
  return t->fd >= 0;
}

void talk_begin(talk *t, unsigned port) {
  ck_assert_msg(talk_try(t, port), "cannot connect to port %u", port);
}

/* A server may close before it has read all: what cannot be sent is not. */
void say_bytes(talk *t, const char *data, size_t len) {
  while (len > 0) {
    long n = test_socket_send(t->fd, data, len);
    if (n <= 0)
      return;
    data += n;
    len -= (size_t) n;
  }
}

void say(talk *t, const char *text) {
  say_bytes(t, text, strlen(text));
}

/* Returns 0 at the end. */
static int read_more(talk *t) {
  long n;
  if (t->len + 65536 > t->cap) {
    t->cap = t->cap * 2 + 65536;
    t->in = realloc(t->in, t->cap);
  }
  n = test_socket_receive(t->fd, t->in + t->len, t->cap - t->len - 1);
  if (n <= 0)
    return 0;
  t->len += (size_t) n;
  return 1;
}

static char *copy(const char *data, size_t len) {
  char *text = malloc(len + 1);
  if (len)
    memcpy(text, data, len);
  text[len] = 0;
  return text;
}

static void take(talk *t, size_t len) {
  memmove(t->in, t->in + len, t->len - len);
  t->len -= len;
}

/* Length of the line at `at` with its CRLF, reading on until it is there; 0 at the end. */
static size_t line_len(talk *t, size_t at) {
  for (;;) {
    size_t i;
    for (i = at; i + 1 < t->len; i++)
      if (t->in[i] == '\r' && t->in[i + 1] == '\n')
        return i + 2 - at;
    if (!read_more(t))
      return 0;
  }
}

static int need(talk *t, size_t len) {
  while (t->len < len)
    if (!read_more(t))
      return 0;
  return 1;
}

int has_come(talk *t) {
  return need(t, 1);
}

int hear_byte(talk *t, char *byte) {
  if (!need(t, 1))
    return 0;
  *byte = t->in[0];
  take(t, 1);
  return 1;
}

static int hear_head(talk *t, answer *a) {
  size_t len = 0, line;
  do {
    line = line_len(t, len);
    len += line;
  } while (line > 2);
  a->head = copy(t->in ? t->in : "", line ? len : t->len);
  if (line == 0 || sscanf(a->head, "HTTP/1.1 %d ", &a->status) != 1) {
    a->status = 0;
    return 0;
  }
  take(t, len);
  return 1;
}

/* Strictly as RFC 9112 section 7.1 has it, without extensions and trailers: the server sends none.
 */
static void hear_chunks(talk *t, answer *a) {
  char *body = NULL;
  size_t have = 0, cap = 0;
  for (;;) {
    size_t line = line_len(t, 0), size;
    char *end;
    if (line < 3)
      break;
    size = strtoul(t->in, &end, 16);
    if (end != t->in + line - 2 || !need(t, line + size + 2) ||
        memcmp(t->in + line + size, "\r\n", 2) != 0)
      break;
    if (body == NULL || have + size > cap)
      body = realloc(body, cap = (have + size) * 2 + 1);
    memcpy(body + have, t->in + line, size);
    have += size;
    take(t, line + size + 2);
    if (size == 0) {
      a->is_whole = 1;
      break;
    }
  }
  a->body = copy(body ? body : "", have);
  a->body_len = have;
  free(body);
}

static void take_body(talk *t, answer *a, size_t len) {
  a->body = copy(t->in ? t->in : "", len);
  a->body_len = len;
  if (len)
    take(t, len);
}

static void hear_body(talk *t, answer *a) {
  const char *length = field(a, "Content-Length"), *coding = field(a, "Transfer-Encoding");
  size_t want;
  if (coding) {
    a->is_chunked = 1;
    hear_chunks(t, a);
    return;
  }
  length = field(a, "Content-Length");
  if (length == NULL) {
    while (read_more(t))
      ;
    a->until_close = a->is_whole = 1;
    take_body(t, a, t->len);
    return;
  }
  want = strtoul(length, NULL, 10);
  a->is_whole = need(t, want);
  take_body(t, a, a->is_whole ? want : t->len);
}

answer hear(talk *t, int is_head) {
  answer a;
  memset(&a, 0, sizeof a);
  if (!hear_head(t, &a) || is_head || a.status < 200 || a.status == 204 || a.status == 304) {
    a.is_whole = a.status != 0;
    a.body = copy("", 0);
    return a;
  }
  hear_body(t, &a);
  return a;
}

void answer_free(answer *a) {
  free(a->head);
  free(a->body);
  memset(a, 0, sizeof *a);
}

static int is_same(const char *a, const char *b, size_t len) {
  for (; len && tolower((unsigned char) *a) == tolower((unsigned char) *b); len--)
    a++, b++;
  return len == 0;
}

const char *field(const answer *a, const char *name) {
  static char value[1024];
  const char *at = a->head;
  size_t len = strlen(name);
  while ((at = strstr(at, "\r\n")) != NULL) {
    at += 2;
    if (is_same(at, name, len) && at[len] == ':') {
      at += len + 1;
      at += strspn(at, " ");
      snprintf(value, sizeof value, "%.*s", (int) strcspn(at, "\r"), at);
      return value;
    }
  }
  return NULL;
}

int is_closed(talk *t) {
  return t->len == 0 && !read_more(t);
}

answer ask(unsigned port, const char *request) {
  talk t;
  answer a;
  talk_begin(&t, port);
  say(&t, request);
  a = hear(&t, strncmp(request, "HEAD ", 5) == 0);
  talk_end(&t);
  return a;
}

answer get(unsigned port, const char *target) {
  char request[20000];
  snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: test\r\n\r\n", target);
  return ask(port, request);
}
