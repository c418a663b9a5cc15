/* headers.c: the client's header fields become HTTP_* parameters (RFC 3875 section 4.1.18), never
 * two of one name. */
#include <fcgiclient/cgi.h>
#include "base/memory.h"
#include <string.h>

enum { JOIN_ON_STACK = 1024 };

#define PREFIX     "HTTP_"
#define PREFIX_LEN (sizeof PREFIX - 1)

/* What a field name's byte becomes in a parameter's name: letters upper case, '-' an '_'; 0 for all
   that is refused.
   '_' is refused, or X_User would pass for X-User behind a proxy that removes only the latter. */
static const char mapped[256] = {
    ['-'] = '_', ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5',
    ['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'A', ['B'] = 'B', ['C'] = 'C',
    ['D'] = 'D', ['E'] = 'E', ['F'] = 'F', ['G'] = 'G', ['H'] = 'H', ['I'] = 'I', ['J'] = 'J',
    ['K'] = 'K', ['L'] = 'L', ['M'] = 'M', ['N'] = 'N', ['O'] = 'O', ['P'] = 'P', ['Q'] = 'Q',
    ['R'] = 'R', ['S'] = 'S', ['T'] = 'T', ['U'] = 'U', ['V'] = 'V', ['W'] = 'W', ['X'] = 'X',
    ['Y'] = 'Y', ['Z'] = 'Z', ['a'] = 'A', ['b'] = 'B', ['c'] = 'C', ['d'] = 'D', ['e'] = 'E',
    ['f'] = 'F', ['g'] = 'G', ['h'] = 'H', ['i'] = 'I', ['j'] = 'J', ['k'] = 'K', ['l'] = 'L',
    ['m'] = 'M', ['n'] = 'N', ['o'] = 'O', ['p'] = 'P', ['q'] = 'Q', ['r'] = 'R', ['s'] = 'S',
    ['t'] = 'T', ['u'] = 'U', ['v'] = 'V', ['w'] = 'W', ['x'] = 'X', ['y'] = 'Y', ['z'] = 'Z'};

/* A parameter's name under construction. */
typedef struct name {
  char text[PREFIX_LEN + FCL_CGI_NAME_MAX];
  size_t len;
} name;

static int map_name(name *n, fcl_slice field) {
  char *to = n->text + PREFIX_LEN;
  size_t i;
  if (field.len == 0 || field.len > FCL_CGI_NAME_MAX)
    return 0;
  for (i = 0; i < field.len; i++)
    if ((to[i] = mapped[(unsigned char) field.base[i]]) == 0)
      return 0;
  n->len = PREFIX_LEN + field.len;
  return 1;
}

static int is(const name *n, const char *text, size_t len) {
  return n->len == PREFIX_LEN + len && memcmp(n->text + PREFIX_LEN, text, len) == 0;
}

static int starts(const name *n, const char *text, size_t len) {
  return n->len >= PREFIX_LEN + len && memcmp(n->text + PREFIX_LEN, text, len) == 0;
}

#define IS(n, text)     is((n), (text), sizeof(text) - 1)
#define STARTS(n, text) starts((n), (text), sizeof(text) - 1)

/* Fields that are between the client and the server, and the length, which is the sender's. */
static int stays_here(const name *n, unsigned flags) {
  switch (n->text[PREFIX_LEN]) {
  case 'A':
    return IS(n, "AUTHORIZATION") && !(flags & FCL_CGI_AUTHORIZATION);
  case 'C':
    return IS(n, "CONNECTION") || IS(n, "CONTENT_LENGTH");
  case 'E':
    return IS(n, "EXPECT");
  case 'K':
    return IS(n, "KEEP_ALIVE");
  case 'P':
    return STARTS(n, "PROXY_");
  case 'T':
    return IS(n, "TE") || IS(n, "TRAILER") || IS(n, "TRANSFER_ENCODING");
  case 'U':
    return IS(n, "UPGRADE");
  }
  return 0;
}

static fcl_slice trim(fcl_slice s) {
  while (s.len && (s.base[0] == ' ' || s.base[0] == '\t'))
    s.base++, s.len--;
  while (s.len && (s.base[s.len - 1] == ' ' || s.base[s.len - 1] == '\t'))
    s.len--;
  return s;
}

static int same_name(fcl_slice a, fcl_slice b) {
  size_t i;
  if (a.len != b.len)
    return 0;
  for (i = 0; i < a.len; i++)
    if (mapped[(unsigned char) a.base[i]] != mapped[(unsigned char) b.base[i]])
      return 0;
  return 1;
}

/* One of 64 bits for a name: equal names have equal bits. */
static uint64_t name_bit(fcl_slice s) {
  unsigned first = s.len ? (unsigned char) mapped[(unsigned char) s.base[0]] : 0;
  unsigned last = s.len ? (unsigned char) mapped[(unsigned char) s.base[s.len - 1]] : 0;
  return (uint64_t) 1 << ((s.len * 5 + first * 3 + last) & 63);
}

/* The bits that more than one field has: only among these can names be equal. */
static uint64_t repeated_bits(const fcl_header *headers, size_t count) {
  uint64_t once = 0, twice = 0;
  size_t i;
  for (i = 0; i < count; i++) {
    uint64_t bit = name_bit(headers[i].name);
    twice |= once & bit;
    once |= bit;
  }
  return twice;
}

/* The first field from `at` on that has this name, or `count`. */
static size_t find(const fcl_header *headers, size_t at, size_t count, fcl_slice field) {
  while (at < count && !same_name(headers[at].name, field))
    at++;
  return at;
}

static size_t joined_len(const fcl_header *headers, size_t i, size_t count, size_t separator_len) {
  size_t at, len = 0;
  for (at = i; at < count; at = find(headers, at + 1, count, headers[i].name))
    len += trim(headers[at].value).len + (at == i ? 0 : separator_len);
  return len;
}

static void join(char *out, const fcl_header *headers, size_t i, size_t count,
                 const char *separator) {
  size_t at, separator_len = strlen(separator);
  for (at = i; at < count; at = find(headers, at + 1, count, headers[i].name)) {
    fcl_slice value = trim(headers[at].value);
    if (at != i)
      memcpy(out, separator, separator_len), out += separator_len;
    if (value.len)
      memcpy(out, value.base, value.len), out += value.len;
  }
}

/* RFC 9110 section 5.3: a list is joined with commas; RFC 9113 section 8.2.3: cookies with
 * semicolons. */
static void set_joined(fcl_params *p, const name *n, const fcl_header *headers, size_t i,
                       size_t count) {
  const char *separator = IS(n, "COOKIE") ? "; " : ", ";
  fcl__memory memory;
  char on_stack[JOIN_ON_STACK], *room = on_stack;
  fcl_slice parameter, value;
  memory.fn = p->realloc_fn;
  memory.user = p->user;
  value.len = joined_len(headers, i, count, 2);
  if (value.len > sizeof on_stack)
    room = fcl__realloc(&memory, NULL, value.len);
  if (room == NULL) {
    if (p->failed == FCL_OK) {
      p->failed = FCL_E_NOMEM;
      p->failed_size = value.len;
    }
    return;
  }
  join(room, headers, i, count, separator);
  parameter.base = n->text;
  parameter.len = n->len;
  value.base = room;
  fcl_params_set(p, parameter, value);
  if (room != on_stack)
    fcl__free(&memory, room);
}

static int already_set(const fcl_params *p, fcl_slice parameter) {
  fcl_slice value;
  return fcl_params_get(p, parameter, &value);
}

/* Returns 1 if the field was dropped and counts. */
static size_t add(fcl_params *p, const fcl_header *headers, size_t i, size_t count,
                  uint64_t repeated, unsigned flags) {
  int is_repeated = (repeated & name_bit(headers[i].name)) != 0, is_type;
  fcl_slice parameter;
  name n;
  if (!map_name(&n, headers[i].name) || IS(&n, "PROXY"))
    return 1;
  if (stays_here(&n, flags))
    return 0;
  is_type = IS(&n, "CONTENT_TYPE");
  if (is_repeated && find(headers, 0, i, headers[i].name) < i)
    return is_type; /* joined with the first */
  memcpy(n.text, PREFIX, PREFIX_LEN);
  parameter.base = is_type ? n.text + PREFIX_LEN : n.text;
  parameter.len = is_type ? n.len - PREFIX_LEN : n.len;
  if (already_set(p, parameter))
    return 0;
  if (is_repeated && !is_type && find(headers, i + 1, count, headers[i].name) < count)
    set_joined(p, &n, headers, i, count);
  else
    fcl_params_set(p, parameter, trim(headers[i].value));
  return 0;
}

size_t fcl_cgi_headers(fcl_params *params, const fcl_header *headers, size_t count,
                       unsigned flags) {
  uint64_t repeated = repeated_bits(headers, count);
  size_t i, dropped = 0;
  for (i = 0; i < count; i++)
    dropped += add(params, headers, i, count, repeated, flags);
  return dropped;
}

int fcl_cgi_fields(fcl_slice block, fcl_header *fields, size_t max, size_t *count) {
  const char *at = block.base, *end = at + block.len;
  for (*count = 0; at < end; (*count)++) {
    const char *lf = memchr(at, '\n', (size_t) (end - at)), *colon;
    size_t len = lf && lf > at ? (size_t) (lf - at - 1) : 0;
    colon = memchr(at, ':', len);
    if (colon == NULL || colon == at || at[len] != '\r' || memchr(at, '\r', len))
      return 400;
    if (*count == max)
      return 431;
    fields[*count].name.base = at;
    fields[*count].name.len = (size_t) (colon - at);
    fields[*count].value.base = colon + 1;
    fields[*count].value.len = len - (size_t) (colon + 1 - at);
    at = lf + 1;
  }
  return 0;
}
