/* redact.c: secrets stay out of what is recorded. */
#include "session.h"
#include <string.h>
#include <strings.h>

static int is_secret(fcl_slice name) {
  static const char *const names[] = {
      "HTTP_COOKIE",   "HTTP_AUTHORIZATION", "HTTP_PROXY_AUTHORIZATION",
      "AUTH_PASSWORD", "HTTP_COOKIE2",       "PHP_AUTH_PW"};
  size_t n;
  for (n = 0; n < sizeof names / sizeof *names; n++)
    if (fcl__slice_is(name, names[n]))
      return 1;
  return 0;
}

void redact_pair(fcl__text *out, fcl_slice name, fcl_slice value, int is_redacted) {
  fcl_slice hidden = {"redacted", 8};
  fcl__text_pair(out, name, is_redacted && value.len > 0 && is_secret(name) ? hidden : value,
                 SIZE_MAX);
}

/* Where the value of a Set-Cookie field begins in the line, or NULL. */
static const char *cookie_value(const char *line, const char *end) {
  static const char name[] = "set-cookie";
  const char *at = line + sizeof name - 1;
  if ((size_t) (end - line) < sizeof name || strncasecmp(line, name, sizeof name - 1) != 0)
    return NULL;
  while (at < end && (*at == ' ' || *at == '\t'))
    at++;
  return at < end && *at == ':' ? at + 1 : NULL;
}

static const char *line_end(const char *line, const char *end) {
  const char *lf = memchr(line, '\n', (size_t) (end - line));
  return lf ? lf + 1 : end;
}

/* In the head only: a gap stands for the value, so that another one fits too. */
void redact_answer(fcl__text *out, const char *bytes, size_t len, int is_redacted) {
  const char *end = bytes + len, *from = bytes, *line = bytes;
  while (is_redacted && line < end && *line != '\n' && *line != '\r') {
    const char *next = line_end(line, end), *value = cookie_value(line, next);
    if (value) {
      fcl__text_quote(out, from, (size_t) (value - from), SIZE_MAX);
      fcl__text_say(out, " ... ");
      from = next - (next > value && next[-1] == '\n') - (next > value + 1 && next[-2] == '\r');
    }
    line = next;
  }
  fcl__text_quote(out, from, (size_t) (end - from), SIZE_MAX);
}
