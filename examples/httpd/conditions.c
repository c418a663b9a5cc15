/* conditions.c: ETag, Last-Modified, If-* and Range. */
#include "conditions.h"
#include "system.h"
#include "text.h"
#include <stdio.h>

void version_set(version *v, int64_t size, time_t modified, long nanoseconds) {
  struct tm tm;
  char *to = v->tag;
  v->size = size;
  v->modified = modified;
  *to++ = '"';
  to = put_hex(to, (uint64_t) modified);
  *to++ = '.';
  to = put_hex(to, (uint64_t) nanoseconds);
  *to++ = '-';
  to = put_hex(to, (uint64_t) size);
  *to++ = '"';
  *to = 0;
  system_utc(modified, &tm);
  strftime(v->modified_text, sizeof v->modified_text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
}

/* Whether a list of entity tags names ours.  W/ is looked through, for ours are strong. */
static int names_tag(fcl_slice list, const version *v) {
  fcl_slice tag = text(v->tag);
  size_t i;
  if (same(list, LITERAL("*")))
    return 1;
  for (i = 0; i + tag.len <= list.len; i++)
    if (memcmp(list.base + i, tag.base, tag.len) == 0)
      return 1;
  return 0;
}

/* Days from 1970 to the first of that month; `month` from 0. */
static int64_t days_until(int year, int month) {
  static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  int64_t years = year - 1970, last = year - (month < 2);
  return years * 365 + (last / 4 - last / 100 + last / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400) +
         before[month];
}

/* The time in a date field, or -1. */
static time_t date_of(fcl_slice value) {
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  char room[DATE_LEN + 1], name[4];
  int day, year, hour, minute, second, end = 0;
  const char *month;
  if (value.len != DATE_LEN)
    return -1;
  memcpy(room, value.base, DATE_LEN);
  room[DATE_LEN] = 0;
  if (sscanf(room, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &day, name, &year, &hour,
             &minute, &second, &end) != 6 ||
      end != DATE_LEN || (month = strstr(months, name)) == NULL || (month - months) % 3 != 0)
    return -1;
  if (day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60)
    return -1;
  return (time_t) ((days_until(year, (int) (month - months) / 3) + day - 1) * 86400 + hour * 3600 +
                   minute * 60 + second);
}

static int is_unchanged(const exchange *x, const version *v) {
  fcl_slice value;
  time_t since;
  if (exchange_field(x, "if-none-match", &value))
    return names_tag(value, v);
  if (!exchange_field(x, "if-modified-since", &value))
    return 0;
  since = date_of(value);
  return since != -1 && v->modified <= since;
}

static int is_refused(const exchange *x, const version *v) {
  fcl_slice value;
  time_t since;
  if (exchange_field(x, "if-match", &value))
    return !names_tag(value, v);
  if (!exchange_field(x, "if-unmodified-since", &value))
    return 0;
  since = date_of(value);
  return since != -1 && v->modified > since;
}

/* If-Range: a range only of the version that the client has. */
static int wants_range(const exchange *x, const version *v) {
  fcl_slice value;
  if (!exchange_field(x, "if-range", &value))
    return 1;
  if (value.len && value.base[0] == '"')
    return same(value, text(v->tag));
  return same(value, text(v->modified_text));
}

/* Digits at *at, moved behind them.  -1: none, or too many. */
static int64_t number(const char **at, const char *end) {
  int64_t n = -1;
  for (; *at < end && **at >= '0' && **at <= '9'; (*at)++) {
    n = n < 0 ? 0 : n;
    if (n > (INT64_MAX - 9) / 10)
      return -1;
    n = n * 10 + (**at - '0');
  }
  return n;
}

/* "bytes=a-b", "bytes=a-", "bytes=-n".  Returns 206, 416, or 200 for what is not understood,
   several ranges among it: RFC 9110 section 14.2 lets a server ignore them. */
static int range(fcl_slice value, int64_t size, int64_t *from, int64_t *len) {
  const char *at = value.base, *end = at + value.len;
  int64_t first, last;
  if (value.len < 7 || memcmp(at, "bytes=", 6) != 0)
    return 200;
  at += 6;
  first = number(&at, end);
  if (at == end || *at++ != '-')
    return 200;
  last = number(&at, end);
  if (at != end || (first < 0 && last < 0) || (first >= 0 && last >= 0 && last < first))
    return 200;
  if (first >= size || (first < 0 && (last == 0 || size == 0)))
    return 416;
  *from = first >= 0 ? first : last < size ? size - last : 0;
  *len = size - *from;
  if (first >= 0 && last >= 0 && last < size)
    *len = last - first + 1;
  return 206;
}

int conditions_check(const exchange *x, const version *v, int64_t *from, int64_t *len) {
  fcl_slice value;
  *from = 0;
  *len = v->size;
  if (is_refused(x, v))
    return 412;
  if (is_unchanged(x, v))
    return 304;
  if (exchange_field(x, "range", &value) && wants_range(x, v))
    return range(value, v->size, from, len);
  return 200;
}
