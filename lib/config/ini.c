/* ini.c: the grammar of fcgiext.ini: comments, [sections], name=value; one line at a time. */
#include "config/ini.h"
#include <string.h>

static int is_blank(char c) {
  return c == ' ' || c == '\t';
}

fcl_slice fcl__ini_trim(fcl_slice s) {
  while (s.len && is_blank(s.base[0])) {
    s.base++;
    s.len--;
  }
  while (s.len && is_blank(s.base[s.len - 1]))
    s.len--;
  return s;
}

static unsigned char lower(char c) {
  return (unsigned char) (c >= 'A' && c <= 'Z' ? c + 32 : c);
}

int fcl__ini_same(fcl_slice a, fcl_slice b) {
  size_t i;
  if (a.len != b.len)
    return 0;
  for (i = 0; i < a.len; i++)
    if (lower(a.base[i]) != lower(b.base[i]))
      return 0;
  return 1;
}

void fcl__ini_init(fcl__ini *ini, fcl_slice text) {
  ini->rest = text;
  ini->line = 0;
  if (text.len >= 3 && memcmp(text.base, "\xef\xbb\xbf", 3) == 0) {
    ini->rest.base += 3;
    ini->rest.len -= 3;
  }
}

/* The next line without its LF or CRLF; moves behind them. */
static fcl_slice next_line(fcl__ini *ini) {
  const char *end = memchr(ini->rest.base, '\n', ini->rest.len);
  fcl_slice line = ini->rest;
  size_t used = end ? (size_t) (end - line.base) + 1 : line.len;
  line.len = end ? used - 1 : used;
  if (line.len && line.base[line.len - 1] == '\r')
    line.len--;
  ini->rest.base += used;
  ini->rest.len -= used;
  ini->line++;
  return fcl__ini_trim(line);
}

static int has_control(fcl_slice s) {
  size_t i;
  for (i = 0; i < s.len; i++)
    if (((unsigned char) s.base[i] < ' ' && s.base[i] != '\t') || s.base[i] == 0x7f)
      return 1;
  return 0;
}

static fcl__ini_kind bad(fcl__ini_item *item, const char *fault) {
  item->fault = fault;
  return FCL__INI_BAD;
}

static fcl__ini_kind read_section(fcl_slice line, fcl__ini_item *item) {
  const char *end = memchr(line.base, ']', line.len);
  if (end != line.base + line.len - 1)
    return bad(item, "is no [section]: the line begins with [ and ends with the only ]");
  item->name.base = line.base + 1;
  item->name.len = line.len - 2;
  item->name = fcl__ini_trim(item->name);
  if (item->name.len == 0)
    return bad(item, "has no name between the brackets");
  return FCL__INI_SECTION;
}

static fcl__ini_kind read_property(fcl_slice line, fcl__ini_item *item) {
  const char *equals = memchr(line.base, '=', line.len);
  if (equals == NULL)
    return bad(item, "is neither a [section] nor name=value; a comment begins with ;");
  item->name.base = line.base;
  item->name.len = (size_t) (equals - line.base);
  item->name = fcl__ini_trim(item->name);
  item->value.base = equals + 1;
  item->value.len = line.len - (size_t) (equals + 1 - line.base);
  item->value = fcl__ini_trim(item->value);
  if (item->name.len)
    return FCL__INI_PROPERTY;
  item->value = line;
  return bad(item, "has no name before the =");
}

fcl__ini_kind fcl__ini_next(fcl__ini *ini, fcl__ini_item *item) {
  memset(item, 0, sizeof *item);
  while (ini->rest.len) {
    fcl_slice line = next_line(ini);
    if (line.len == 0 || line.base[0] == ';')
      continue;
    item->line = ini->line;
    item->value = line;
    if (has_control(line))
      return bad(item, "has a control character; the file is text, in UTF-8 or an ANSI code page");
    return line.base[0] == '[' ? read_section(line, item) : read_property(line, item);
  }
  return FCL__INI_END;
}
