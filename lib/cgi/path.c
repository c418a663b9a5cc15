/* path.c: a request target becomes a path that is safe to look up, and a path a script and its
 * PATH_INFO. */
#include <fcgiclient/cgi.h>
#include <string.h>

static fcl_slice slice(const char *base, size_t len) {
  fcl_slice s;
  s.base = base;
  s.len = len;
  return s;
}

static unsigned char lower(unsigned char c) {
  return c >= 'A' && c <= 'Z' ? (unsigned char) (c + 32) : c;
}

static int equal(fcl_slice a, fcl_slice b, int fold_case) {
  size_t i;
  if (a.len != b.len)
    return 0;
  if (!fold_case)
    return memcmp(a.base, b.base, a.len) == 0;
  for (i = 0; i < a.len; i++)
    if (lower((unsigned char) a.base[i]) != lower((unsigned char) b.base[i]))
      return 0;
  return 1;
}

/* ---- The target ---- */

static int has_bad_byte(fcl_slice raw) {
  size_t i;
  for (i = 0; i < raw.len; i++) {
    unsigned char c = (unsigned char) raw.base[i];
    if (c <= ' ' || c == 0x7f || c == '#')
      return 1;
  }
  return 0;
}

/* "http://host" before the path; moves *rest behind it. */
static int absolute(fcl_slice *rest, fcl_cgi_target *t) {
  const char *at = memchr(rest->base, ':', rest->len), *end = rest->base + rest->len, *stop;
  if (at == NULL || end - at < 3 || memcmp(at, "://", 3) != 0)
    return 0;
  t->scheme = slice(rest->base, (size_t) (at - rest->base));
  if (!equal(t->scheme, slice("http", 4), 1) && !equal(t->scheme, slice("https", 5), 1))
    return 0;
  at += 3;
  for (stop = at; stop < end && *stop != '/' && *stop != '?'; stop++)
    if (*stop == '@')
      return 0;
  t->authority = slice(at, (size_t) (stop - at));
  *rest = slice(stop, (size_t) (end - stop));
  return t->authority.len > 0;
}

int fcl_cgi_target_parse(fcl_slice raw, fcl_cgi_target *target) {
  const char *question;
  fcl_slice rest = raw;
  memset(target, 0, sizeof *target);
  if (raw.len == 0 || has_bad_byte(raw))
    return 400;
  target->path = raw;
  if (raw.len == 1 && raw.base[0] == '*')
    return 0;
  if (raw.base[0] != '/' && !absolute(&rest, target))
    return 400;
  question = rest.len ? memchr(rest.base, '?', rest.len) : NULL;
  target->has_query = question != NULL;
  if (question) {
    target->query = slice(question + 1, rest.len - (size_t) (question + 1 - rest.base));
    rest.len = (size_t) (question - rest.base);
  }
  target->path =
      rest.len ? rest : slice("/", 1); /* RFC 9112 section 3.2.2: http://host is http://host/ */
  return 0;
}

/* ---- Decoding ---- */

static int hex(char c) {
  unsigned char d = lower((unsigned char) c);
  return d >= '0' && d <= '9' ? d - '0' : d >= 'a' && d <= 'f' ? d - 'a' + 10 : -1;
}

/* The byte at raw.base[*at], decoded, or -1 if it is none that a path may hold.  Moves *at behind
 * it. */
static int next_byte(fcl_slice raw, size_t *at, unsigned flags) {
  int c = (unsigned char) raw.base[(*at)++];
  if (c == '%' && !(flags & FCL_CGI_DECODED)) {
    int high, low;
    if (raw.len - *at < 2)
      return -1;
    high = hex(raw.base[*at]);
    low = hex(raw.base[*at + 1]);
    *at += 2;
    if (high < 0 || low < 0)
      return -1;
    c = high * 16 + low;
    if (c == '/')
      return -1;
  }
  if (c < ' ' || c == 0x7f || c == '\\' || (c == ':' && (flags & FCL_CGI_WINDOWS)))
    return -1;
  return c;
}

/* Looks at the segment out[start, end), which follows a '/'.  Returns where the path ends now: at
   `start` for a segment that says nothing; 0 for one that is refused. */
static size_t close_segment(const char *out, size_t start, size_t end, unsigned flags) {
  size_t len = end - start;
  if (len == 1 && out[start] == '.')
    return start;
  if (len == 2 && out[start] == '.' && out[start + 1] == '.')
    return 0;
  if (len && (flags & FCL_CGI_WINDOWS) && (out[end - 1] == '.' || out[end - 1] == ' '))
    return 0;
  return end;
}

int fcl_cgi_path(fcl_slice raw, unsigned flags, char *out, size_t cap, fcl_slice *path) {
  size_t at = 1, len = 1, segment = 1; /* out[segment, len) is the segment being read */
  if (raw.len == 0 || raw.base[0] != '/')
    return 400;
  if (cap < raw.len)
    return 414;
  out[0] = '/';
  while (at < raw.len) {
    int c = next_byte(raw, &at, flags);
    if (c < 0)
      return 400;
    if (c != '/') {
      out[len++] = (char) c;
      continue;
    }
    if ((len = close_segment(out, segment, len, flags)) == 0)
      return 400;
    if (len > segment)
      out[len++] = '/';
    segment = len;
  }
  if ((len = close_segment(out, segment, len, flags)) == 0)
    return 400;
  *path = slice(out, len);
  return 0;
}

/* ---- Splitting ---- */

/* The extension that ends path[0, end), or `count`. */
static size_t match(fcl_slice path, size_t end, const fcl_slice *extensions, size_t count,
                    unsigned flags) {
  size_t i;
  for (i = 0; i < count; i++) {
    fcl_slice x = extensions[i];
    if (x.len && x.len <= end &&
        equal(slice(path.base + end - x.len, x.len), x, (flags & FCL_CGI_FOLD_CASE) != 0))
      return i;
  }
  return count;
}

/* The next place from `at` on that a '/' or the end stands at. */
static size_t segment_end(fcl_slice path, size_t at) {
  const char *slash = at < path.len ? memchr(path.base + at, '/', path.len - at) : NULL;
  return slash ? (size_t) (slash - path.base) : path.len;
}

fcl_cgi_found fcl_cgi_split(fcl_slice path, const fcl_slice *extensions, size_t count,
                            unsigned flags, int (*exists)(void *user, fcl_slice name), void *user,
                            fcl_cgi_script *script) {
  size_t at = 0;
  while (at < path.len) {
    size_t end = segment_end(path, at + 1), which = match(path, end, extensions, count, flags);
    at = end;
    if (which == count)
      continue;
    script->name = slice(path.base, end);
    script->info = slice(path.base + end, path.len - end);
    script->extension = which;
    return exists == NULL || exists(user, script->name) ? FCL_CGI_SCRIPT : FCL_CGI_MISSING;
  }
  return FCL_CGI_NO_SCRIPT;
}

int fcl_cgi_join(fcl_slice first, fcl_slice second, char *out, size_t cap, fcl_slice *joined) {
  if (first.len > cap || second.len > cap - first.len)
    return 0;
  if (first.len)
    memcpy(out, first.base, first.len);
  if (second.len)
    memcpy(out + first.len, second.base, second.len);
  *joined = slice(out, first.len + second.len);
  return 1;
}
