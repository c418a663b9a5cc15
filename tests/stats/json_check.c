/* json_check.c: is it JSON (RFC 8259)? */
#include "stats/formats.h"
#include <stdio.h>
#include <string.h>

static const char *start;
static char fault[200];

static int bad(const char *at, const char *why) {
  if (fault[0] == 0)
    snprintf(fault, sizeof fault, "at byte %d, before \"%.40s\": %s", (int) (at - start), at, why);
  return 0;
}

static void blank(const char **at) {
  *at += strspn(*at, " \t\r\n");
}

static int string(const char **at) {
  if (*(*at)++ != '"')
    return bad(*at - 1, "no string");
  for (; **at != '"'; ++*at) {
    if ((unsigned char) **at < 0x20)
      return bad(*at, "a control, or the end, in a string");
    if (**at == '\\' && (*++*at == 0 || strchr("\"\\/bfnrtu", **at) == NULL))
      return bad(*at, "no such escape");
  }
  ++*at;
  return 1;
}

static int number(const char **at) {
  const char *from = *at;
  size_t digits;
  *at += **at == '-';
  digits = strspn(*at, "0123456789");
  if (digits == 0 || (digits > 1 && **at == '0'))
    return bad(from, "no number");
  *at += digits;
  if (**at == '.' && (digits = strspn(++*at, "0123456789")) == 0)
    return bad(from, "no number");
  *at += from[0] && strchr(from, '.') && *at > from && (*at)[-1] == '.' ? digits : 0;
  return 1;
}

static int value(const char **at, int depth);

static int list(const char **at, char end, int depth) {
  ++*at;
  blank(at);
  if (**at == end)
    return ++*at, 1;
  for (;;) {
    blank(at);
    if (end == '}') {
      if (!string(at))
        return 0;
      blank(at);
      if (*(*at)++ != ':')
        return bad(*at - 1, "no colon");
    }
    if (!value(at, depth))
      return 0;
    blank(at);
    if (**at == end)
      return ++*at, 1;
    if (*(*at)++ != ',')
      return bad(*at - 1, "neither comma nor end");
  }
}

static int value(const char **at, int depth) {
  blank(at);
  if (depth > 20)
    return bad(*at, "too deep");
  if (**at == '{')
    return list(at, '}', depth + 1);
  if (**at == '[')
    return list(at, ']', depth + 1);
  if (**at == '"')
    return string(at);
  return number(at);
}

const char *json_fault(const char *text) {
  const char *at = text;
  start = text;
  fault[0] = 0;
  if (value(&at, 0)) {
    blank(&at);
    if (*at)
      bad(at, "something behind the end");
  }
  return fault;
}
