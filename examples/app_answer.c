/* app_answer.c: what the application answers.  The query string says how, so that a test or a trial
   can have any answer:

   nothing        its parameters, a line each: NAME=value
   size=N         N bytes of body; byte n is pattern(n)
   length=1       with Content-Length
   echo=1         the request body
   sum=1          its length and FNV-1a hash
   pid=1          its process id
   uid=1          its user id
   early=1        answers before it reads the body
   slow=MS        pauses before each piece of the body
   pieces=N       in so many pieces (10)
   slowread=MS    pauses before each piece it reads
   stderr=TEXT    on the error stream
   status=CODE    Status: CODE
   location=URL   Location: URL, and nothing more
   header=N:V     another field; may come several times
   app=N          END_REQUEST's application status
   exit=N         exits in the middle of the body
   signal=N       likewise, by that signal
   before=1       ... or before it answers
   noend=1        closes without END_REQUEST
   hang=1         reads the request and never answers
   children=N     starts so many processes that stay, and names them
   setsid=1       ... in sessions of their own

   As an authorizer it answers likewise: without status=CODE that is 200, and the request goes on;
   header=Variable-NAME:VALUE gives it a variable.  As a filter its answer to nothing is its data in
   capital letters, and sum=1 tells of its data too; a body or data that is short is answered with
   400. */
#include "app.h"
#include "app_system.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATA_MAX ((size_t) 1 << 30) /* of a filter */
#define HANG_MS  60000
#define KILLED   9 /* as signals are numbered everywhere */

/* ---- The query ---- */

static int hex(char c) {
  const char *digits = "0123456789abcdef0123456789ABCDEF", *at = c ? strchr(digits, c) : NULL;
  return at ? (int) (at - digits) % 16 : -1;
}

static void decode(char *out, size_t cap, const char *p, const char *end) {
  for (; p < end && cap > 1; p++, cap--)
    if (*p == '%' && end - p > 2 && hex(p[1]) >= 0 && hex(p[2]) >= 0) {
      *out++ = (char) (hex(p[1]) << 4 | hex(p[2]));
      p += 2;
    } else {
      *out++ = *p == '+' ? ' ' : *p;
    }
  *out = 0;
}

/* The nth field of that name, from 0; decoded, and cut to fit.  Returns 0 when there is none. */
static int query(const request *r, const char *name, unsigned nth, char *out, size_t cap) {
  fcl_slice all = request_param(r, "QUERY_STRING");
  const char *p = all.base, *end = all.base + all.len, *next;
  size_t len = strlen(name);
  for (; p < end; p = next + 1) {
    next = memchr(p, '&', (size_t) (end - p));
    if (next == NULL)
      next = end;
    if ((size_t) (next - p) > len && memcmp(p, name, len) == 0 && p[len] == '=' && nth-- == 0) {
      decode(out, cap, p + len + 1, next);
      return 1;
    }
  }
  return 0;
}

static uint64_t number(const request *r, const char *name, uint64_t otherwise) {
  char text[32];
  return query(r, name, 0, text, sizeof text) ? strtoull(text, NULL, 10) : otherwise;
}

static int has(const request *r, const char *name) {
  char text[2];
  return query(r, name, 0, text, sizeof text);
}

/* ---- Small things ---- */

static void say(request *r, const char *format, ...) {
  char text[4096];
  va_list args;
  int n;
  va_start(args, format);
  n = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  request_write(r, FCL_STDOUT, text, n < (int) sizeof text ? (size_t) n : sizeof text - 1);
}

static size_t read_piece(request *r, const char **data) {
  request_pause(r, number(r, "slowread", 0));
  return request_read(r, data);
}

/* Never returns where the query wants the process to end. */
static void end_process(request *r) {
  request_flush(r);
  if (has(r, "signal"))
    app_end_by((int) number(r, "signal", KILLED));
  if (has(r, "exit"))
    app_end((int) number(r, "exit", 0));
}

/* ---- The head ---- */

static void put_head(request *r, uint64_t length, int is_known) {
  char text[2048];
  unsigned n;
  if (query(r, "status", 0, text, sizeof text))
    say(r, "Status: %s\r\n", text);
  if (query(r, "location", 0, text, sizeof text))
    say(r, "Location: %s\r\n", text);
  else
    say(r, "Content-Type: text/plain\r\n");
  for (n = 0; query(r, "header", n, text, sizeof text); n++)
    say(r, "%s\r\n", text);
  if (is_known && has(r, "length"))
    say(r, "Content-Length: %llu\r\n", (unsigned long long) length);
  say(r, "\r\n");
}

static void put_text(request *r, const char *text) {
  put_head(r, strlen(text), 1);
  say(r, "%s", text);
}

/* ---- Bodies ---- */

static void params(request *r) {
  const char *at = NULL;
  fcl_slice name, value;
  put_head(r, 0, 0);
  while (request_next_param(r, &at, &name, &value)) {
    request_write(r, FCL_STDOUT, name.base, name.len);
    request_write(r, FCL_STDOUT, "=", 1);
    request_write(r, FCL_STDOUT, value.base, value.len);
    request_write(r, FCL_STDOUT, "\n", 1);
  }
}

/* Bytes that tell where they belong: neither a lost nor a doubled piece goes unseen. */
static char pattern(uint64_t n) {
  return (char) ((uint32_t) n * 2654435761u >> 24);
}

static void put_pattern(request *r, uint64_t from, uint64_t to) {
  char block[8192];
  while (from < to) {
    size_t n = 0;
    while (n < sizeof block && from < to)
      block[n++] = pattern(from++);
    request_write(r, FCL_STDOUT, block, n);
  }
}

/* In pieces, each behind its pause; where the process is to end, it does so in the middle. */
static void sized(request *r) {
  uint64_t size = number(r, "size", 1000), ms = number(r, "slow", 0),
           pieces = number(r, "pieces", 10), n;
  put_head(r, size, 1);
  if (has(r, "exit") || has(r, "signal")) {
    put_pattern(r, 0, size / 2);
    end_process(r);
  }
  if (!has(r, "slow") && !has(r, "pieces"))
    pieces = 1;
  for (n = 0; n < pieces; n++) {
    if (pieces > 1)
      request_flush(r);
    request_pause(r, ms);
    put_pattern(r, size / pieces * n, n + 1 == pieces ? size : size / pieces * (n + 1));
  }
}

static void echo(request *r) {
  fcl_slice length = request_param(r, "CONTENT_LENGTH");
  char text[32];
  const char *data;
  size_t n;
  snprintf(text, sizeof text, "%.*s", (int) length.len, length.base);
  put_head(r, strtoull(text, NULL, 10), length.len > 0);
  while ((n = read_piece(r, &data)) > 0) {
    request_write(r, FCL_STDOUT, data, n);
    request_flush(r);
  }
}

static void sum_of(request *r, size_t (*read)(request *, const char **), char *text, size_t cap) {
  uint64_t len = 0, hash = 0xcbf29ce484222325u;
  const char *data;
  size_t n, i;
  while ((n = read(r, &data)) > 0) {
    for (i = 0; i < n; i++)
      hash = (hash ^ (uint8_t) data[i]) * 0x100000001b3u;
    len += n;
  }
  snprintf(text, cap, "%llu bytes, FNV-1a %016llx\n", (unsigned long long) len,
           (unsigned long long) hash);
}

static void sum(request *r) {
  char text[128];
  size_t len;
  sum_of(r, read_piece, text, 64);
  len = strlen(text);
  if (request_role(r) == FCL_FILTER)
    sum_of(r, request_read_data, text + len, 64);
  put_text(r, text);
}

static void children(request *r) {
  uint64_t n = number(r, "children", 0);
  put_head(r, 0, 0);
  request_flush(r);
  while (n-- > 0)
    say(r, "child %ld\n", app_start_child(request_connection(r), has(r, "setsid")));
}

static void read_all(request *r) {
  const char *data;
  while (read_piece(r, &data) > 0)
    ;
}

/* SIGTERM stays blocked, so this is a process that does not leave when asked. */
static void hang(request *r) {
  request_flush(r);
  while (!request_is_aborted(r))
    request_pause(r, HANG_MS);
}

/* ---- Filters ---- */

static uint64_t param_number(const request *r, const char *name) {
  fcl_slice value = request_param(r, name);
  char text[32];
  snprintf(text, sizeof text, "%.*s", (int) value.len, value.base);
  return strtoull(text, NULL, 10);
}

static void put_short(request *r, const char *what) {
  say(r, "Status: 400 Short\r\nContent-Type: text/plain\r\n\r\n%s was short\n", what);
}

/* The data is kept until it is known to be whole (section 6.4). */
static char *read_data(request *r, size_t want) {
  char *all = want < DATA_MAX ? malloc(want + 1) : NULL;
  const char *data;
  size_t n, at = 0;
  while (all && (n = request_read_data(r, &data)) > 0) {
    n = n < want - at ? n : want - at;
    memcpy(all + at, data, n);
    at += n;
  }
  if (all && at == want)
    return all;
  free(all);
  return NULL;
}

static void filter(request *r) {
  size_t want = (size_t) param_number(r, "FCGI_DATA_LENGTH"), i, body = 0, n;
  const char *data;
  char *all;
  while ((n = read_piece(r, &data)) > 0)
    body += n;
  if (body != param_number(r, "CONTENT_LENGTH")) {
    put_short(r, "the body");
    return;
  }
  all = read_data(r, want);
  if (all == NULL) {
    put_short(r, "the data");
    return;
  }
  put_head(r, want, 1);
  for (i = 0; i < want; i++)
    if (all[i] >= 'a' && all[i] <= 'z')
      all[i] = (char) (all[i] - 32);
  request_write(r, FCL_STDOUT, all, want);
  free(all);
}

static void put_body(request *r) {
  char text[32];
  if (request_role(r) == FCL_FILTER && !has(r, "sum"))
    filter(r);
  else if (has(r, "location"))
    put_head(r, 0, 1);
  else if (has(r, "sum"))
    sum(r);
  else if (has(r, "echo"))
    echo(r);
  else if (has(r, "children"))
    children(r);
  else if (has(r, "pid"))
    snprintf(text, sizeof text, "%ld\n", app_process()), put_text(r, text);
  else if (has(r, "uid"))
    snprintf(text, sizeof text, "%lu\n", app_user()), put_text(r, text);
  else if (has(r, "size") || has(r, "slow") || has(r, "exit") || has(r, "signal"))
    sized(r);
  else
    params(r);
}

void answer(request *r) {
  char text[2048];
  if (!has(r, "early") && !has(r, "sum") && !has(r, "echo") && request_role(r) != FCL_FILTER)
    read_all(r);
  if (has(r, "before"))
    end_process(r);
  if (query(r, "stderr", 0, text, sizeof text))
    request_write(r, FCL_STDERR, text, strlen(text));
  if (has(r, "hang"))
    hang(r);
  request_exit_status(r, (uint32_t) number(r, "app", 0));
  put_body(r);
  if (has(r, "noend"))
    request_drop(r);
}
