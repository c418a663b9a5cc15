/* head.c: the CGI response head (RFC 3875 section 6): where it ends, and what it says. */
#include <fcgiclient/codec.h>
#include "base/error.h"
#include <stdio.h>
#include <string.h>

static unsigned char lower(char c) {
  return (unsigned char) (c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static int same_text(const char *a, const char *b, size_t len) {
  size_t i;
  for (i = 0; i < len; i++)
    if (lower(a[i]) != lower(b[i]))
      return 0;
  return 1;
}

/* `lower_case` has letters and '-' alone; only a letter (0x40) may differ in its case (0x20). */
static int is_named(const char *name, const char *lower_case, size_t len) {
  unsigned differ = 0;
  size_t i;
  for (i = 0; i < len; i++) {
    const unsigned wanted = (unsigned char) lower_case[i];
    differ |= ((unsigned char) name[i] ^ wanted) & ~((wanted & 0x40) >> 1);
  }
  return differ == 0;
}

static int is_blank(char c) {
  return c == ' ' || c == '\t';
}

int fcl_head_get(const fcl_head *head, const char *name, fcl_slice *value) {
  const size_t len = strlen(name);
  size_t i;
  for (i = 0; i < head->count; i++) {
    const fcl_header *h = &head->headers[i];
    if (h->name.len == len && same_text(h->name.base, name, len)) {
      *value = h->value;
      return 1;
    }
  }
  return 0;
}

/* ---- Where it ends ---- */

enum { LINE_START, LINE_START_CR, IN_LINE }; /* fcl_head_scan.phase; LINE_START is 0 */

size_t fcl_head_end(fcl_head_scan *s, const char *data, size_t len) {
  while (s->at < len) {
    const char *lf;
    const char c = data[s->at];
    if (s->phase != IN_LINE) {
      s->at++;
      if (c == '\n')
        return s->at;
      s->phase = c == '\r' && s->phase == LINE_START ? LINE_START_CR : IN_LINE;
      continue;
    }
    lf = memchr(data + s->at, '\n', len - s->at);
    s->at = lf ? (size_t) (lf - data) + 1 : len;
    s->phase = lf ? LINE_START : IN_LINE;
  }
  return 0;
}

/* ---- What it says ---- */

enum { SHOWN = 80 }; /* bytes of a line in a sentence */

typedef struct parser {
  const char *at, *end;
  fcl_slice line; /* the current one, without its end */
  unsigned number;
  fcl_header field;
  fcl_header *room;
  size_t cap;
  fcl_head *head;
  fcl_error *error;
  fcl_slice location;
  int has_status, has_type; /* Content-Type: also when empty */
  int is_bare;              /* nothing but Location, Status and extension fields was kept */
} parser;

/* As much of the line as a sentence shows: up to 80 bytes, no UTF-8 sign cut in two. */
static size_t shown_len(fcl_slice line) {
  size_t n = SHOWN;
  if (line.len <= SHOWN)
    return line.len;
  while (n > SHOWN - 4 && ((unsigned char) line.base[n] & 0xc0) == 0x80)
    n--;
  return n;
}

/* Refuses the head because of the current line: `what` goes on after "line 3 of the response head".
 */
static int refuse(parser *p, const char *what) {
  char shown[4 * SHOWN + 1]; /* "\x00" for each byte */
  const size_t len = shown_len(p->line);
  fcl__escape(shown, sizeof shown, p->line.base, len);
  fcl__error_setx(p->error, FCL_E_HEAD, 0, "line %u of the response head %s: \"%s%s\"", p->number,
                  what, shown, len < p->line.len ? "..." : "");
  return 0;
}

/* Takes the next line; returns 0 at the blank one, or when there is none. */
static int next_line(parser *p) {
  const size_t left = (size_t) (p->end - p->at);
  const char *lf = left ? memchr(p->at, '\n', left) : NULL;
  p->line.base = p->at;
  p->line.len = lf ? (size_t) (lf - p->at) : left;
  p->at += p->line.len + (lf != NULL);
  if (lf && p->line.len > 0 && lf[-1] == '\r')
    p->line.len--;
  p->number++;
  return p->line.len > 0;
}

/* RFC 9110 section 5.6.2: letters, digits and !#$%&'*+-.^_`|~, a bit for each. */
static int is_token(fcl_slice s) {
  static const uint64_t may[4] = {0x3ff6cfa00000000u, 0x57ffffffc7fffffeu, 0, 0};
  uint64_t all = s.len > 0;
  size_t i;
  for (i = 0; i < s.len; i++) {
    const unsigned char c = (unsigned char) s.base[i];
    all &= may[c >> 6] >> (c & 63);
  }
  return (int) all;
}

static int has_control(fcl_slice s) {
  unsigned any = 0;
  size_t i;
  for (i = 0; i < s.len; i++) {
    const unsigned char c = (unsigned char) s.base[i];
    any |= (unsigned) (c < 0x20) & (unsigned) (c != '\t');
    any |= (unsigned) (c == 0x7f);
  }
  return (int) any;
}

static fcl_slice trimmed(const char *from, const char *to) {
  fcl_slice s;
  while (from < to && is_blank(*from))
    from++;
  while (from < to && is_blank(to[-1]))
    to--;
  s.base = from;
  s.len = (size_t) (to - from);
  return s;
}

static int split_line(parser *p) {
  const fcl_slice line = p->line;
  const char *colon = memchr(line.base, ':', line.len);
  if (p->number == 1 && line.len >= 5 && memcmp(line.base, "HTTP/", 5) == 0)
    return refuse(
        p, "is the status line of a script that speaks HTTP itself (NPH), which FastCGI does not "
           "have; it should say \"Status: ...\"");
  if (is_blank(line.base[0]))
    return refuse(p, "begins with a blank (folded lines are not accepted)");
  if (colon == NULL)
    return refuse(p, "has no colon");
  p->field.name.base = line.base;
  p->field.name.len = (size_t) (colon - line.base);
  p->field.value = trimmed(colon + 1, line.base + line.len);
  if (!is_token(p->field.name))
    return refuse(p, "has a field name that is empty or holds a sign that no name may have");
  if (has_control(p->field.value))
    return refuse(p, "has a control character in its value");
  return 1;
}

/* ---- Fields that mean something to us ---- */

static int take_status(parser *p) {
  const fcl_slice v = p->field.value;
  int i, status = 0;
  if (v.len == 0) /* an empty value counts as a field not sent */
    return 1;
  if (p->has_status)
    return refuse(p, "repeats Status");
  for (i = 0; i < 3 && (size_t) i < v.len && v.base[i] >= '0' && v.base[i] <= '9'; i++)
    status = status * 10 + (v.base[i] - '0');
  if (i < 3 || (v.len > 3 && !is_blank(v.base[3])))
    return refuse(p, "has a Status that does not begin with three digits and a blank");
  if (status < 200)
    return refuse(p, "has a Status below 200, which is no final response");
  p->has_status = 1;
  p->head->status = status;
  p->head->reason = trimmed(v.base + 3, v.base + v.len);
  return 1;
}

static int read_length(parser *p, int64_t *length) {
  const fcl_slice v = p->field.value;
  int64_t n = 0;
  size_t i;
  if (v.len == 0)
    return refuse(p, "has an empty Content-Length");
  for (i = 0; i < v.len; i++) {
    const int digit = v.base[i] - '0';
    if (digit < 0 || digit > 9)
      return refuse(p, "has a Content-Length that is not all digits");
    if (n > (INT64_MAX - digit) / 10)
      return refuse(p, "has a Content-Length above 2^63 - 1");
    n = n * 10 + digit;
  }
  *length = n;
  return 1;
}

static int keep(parser *p) {
  if (p->head->count == p->cap) {
    char what[64];
    snprintf(what, sizeof what, "is one field more than the %zu allowed", p->cap);
    return refuse(p, what);
  }
  p->room[p->head->count++] = p->field;
  return 1;
}

static int take_location(parser *p) {
  if (p->field.value.len == 0)
    return 1;
  if (p->location.len > 0)
    return refuse(p, "repeats Location");
  p->location = p->field.value;
  return keep(p);
}

static int take_type(parser *p) {
  if (p->has_type)
    return refuse(p, "repeats Content-Type");
  p->has_type = 1;
  p->is_bare = 0;
  return keep(p);
}

static int take_length(parser *p) {
  if (p->head->content_length >= 0)
    return refuse(p, "repeats Content-Length");
  p->is_bare = 0;
  return read_length(p, &p->head->content_length) && keep(p);
}

/* What concerns one connection only is not passed on. */
static int drop(parser *p) {
  return 1;
}

static int take_other(parser *p) {
  const fcl_slice name = p->field.name;
  if (name.len >= 6 && is_named(name.base, "proxy-", 6))
    return drop(p);
  if (name.len < 2 || !is_named(name.base, "x-", 2))
    p->is_bare = 0;
  return keep(p);
}

static int take_field(parser *p) {
  static const struct {
    const char *name;
    size_t len;
    int (*take)(parser *p);
  } known[] = {
      {"status", 6, take_status},
      {"location", 8, take_location},
      {"content-type", 12, take_type},
      {"content-length", 14, take_length},
      {"connection", 10, drop},
      {"keep-alive", 10, drop},
      {"te", 2, drop},
      {"trailer", 7, drop},
      {"transfer-encoding", 17, drop},
      {"upgrade", 7, drop},
  };
  const fcl_slice name = p->field.name;
  size_t i;
  for (i = 0; i < sizeof known / sizeof known[0]; i++)
    if (name.len == known[i].len && is_named(name.base, known[i].name, name.len))
      return known[i].take(p);
  return take_other(p);
}

/* Section 6.2: a path alone is for the server itself (6.2.2); any other Location without Status is
   a redirect for the client.  A path has status 302 too, for the server that leaves such things to
   the client.  Section 6 wants Content-Type where there is neither Location nor Status; PHP leaves
   it out when it is told to.  Without any field there is no head. */
static int conclude(parser *p) {
  fcl_head *head = p->head;
  const fcl_slice to = p->location;
  if (p->number == 1) {
    fcl__error_setx(p->error, FCL_E_HEAD, 0,
                    "the response head has no field at all: its first line is blank");
    return 0;
  }
  if (!p->has_status)
    head->status = to.len > 0 ? 302 : 200;
  head->local_redirect = !p->has_status && p->is_bare && to.len > 0 && to.base[0] == '/' &&
                         !(to.len > 1 && to.base[1] == '/');
  return 1;
}

fcl_code fcl_head_parse(const char *data, size_t len, fcl_header *room, size_t cap, fcl_head *head,
                        fcl_error *e) {
  parser p;
  memset(&p, 0, sizeof p);
  memset(head, 0, sizeof *head);
  head->headers = room;
  head->content_length = -1;
  p.at = data;
  p.end = data + len;
  p.room = room;
  p.cap = cap;
  p.head = head;
  p.error = e;
  p.is_bare = 1;
  if (len > FCL_HEAD_MAX)
    return fcl__error_setx(e, FCL_E_HEAD, 0,
                           "the response head takes %zu bytes, more than the %d that one may have",
                           len, FCL_HEAD_MAX);
  while (next_line(&p))
    if (!split_line(&p) || !take_field(&p))
      return FCL_E_HEAD;
  return conclude(&p) ? FCL_OK : FCL_E_HEAD;
}
