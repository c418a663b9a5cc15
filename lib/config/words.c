/* words.c: a command line taken apart, by the rules of each system. */
#include "config/words.h"
#include <string.h>

static int is_blank(char c) {
  return c == ' ' || c == '\t';
}

const char *fcl__word_posix(const char *s, char **out) {
  char *at = *out, quote = 0;
  for (; *s && (quote || !is_blank(*s)); s++) {
    if (quote ? *s == quote : *s == '"' || *s == '\'')
      quote = quote ? 0 : *s;
    else if (*s == '\\' && s[1] && (!quote || (quote == '"' && strchr("\"\\$`", s[1]))))
      *at++ = *++s;
    else
      *at++ = *s;
  }
  *at++ = 0;
  *out = at;
  return quote ? NULL : s;
}

static char *put_backslashes(char *at, size_t n) {
  memset(at, '\\', n);
  return at + n;
}

/* The quote at `s`: escaped by an odd number of backslashes before it, doubled, or one that opens
   or closes. */
static const char *read_quote(const char *s, int is_escaped, int *is_quoted, char **at) {
  if (is_escaped) {
    *(*at)++ = '"';
    return s + 1;
  }
  if (*is_quoted && s[1] == '"') {
    *(*at)++ = '"';
    return s + 2;
  }
  *is_quoted = !*is_quoted;
  return s + 1;
}

const char *fcl__word_windows(const char *s, char **out) {
  char *at = *out;
  int is_quoted = 0;
  while (*s && (is_quoted || !is_blank(*s))) {
    size_t n = strspn(s, "\\");
    int at_quote = s[n] == '"';
    at = put_backslashes(at, at_quote ? n / 2 : n);
    s += n;
    if (at_quote)
      s = read_quote(s, n % 2 == 1, &is_quoted, &at);
    else if (n == 0)
      *at++ = *s++;
  }
  *at++ = 0;
  *out = at;
  return s;
}
