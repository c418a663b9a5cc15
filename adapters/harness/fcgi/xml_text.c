/* xml_text.c: elements are found by a walk over the text; a change is a new text, walked again. */
#include "xml_text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int starts(const char *at, const char *with) {
  return strncmp(at, with, strlen(with)) == 0;
}

/* Behind `end`, or NULL. */
static const char *behind(const char *at, const char *end) {
  const char *found = strstr(at, end);
  return found ? found + strlen(end) : NULL;
}

/* Behind the '>' of a tag; quotes may hold one. */
static const char *behind_tag(const char *at) {
  for (; *at && *at != '>'; at++)
    if (*at == '"' || *at == '\'') {
      at = strchr(at + 1, *at);
      if (at == NULL)
        return NULL;
    }
  return *at ? at + 1 : NULL;
}

static size_t name_length(const char *at) {
  return strcspn(at, " \t\r\n/>");
}

/* ---- Reading ---- */

static xml_element *add_element(xml_text *x, const char *at, size_t parent) {
  xml_element *more = x->elements;
  if (x->count == XML_ELEMENTS_MAX)
    return NULL;
  if (x->count == x->room) {
    x->room = x->room ? x->room * 2 : 256;
    more = realloc(x->elements, x->room * sizeof *more);
    if (more == NULL)
      return NULL;
    x->elements = more;
  }
  more += x->count++;
  more->name = at + 1;
  more->name_len = name_length(at + 1);
  more->begin = (size_t) (at - x->base);
  more->parent = parent;
  return more;
}

static const char *skip(const char *at) {
  return starts(at, "<!--")        ? behind(at + 4, "-->")
         : starts(at, "<![CDATA[") ? behind(at + 9, "]]>")
         : starts(at, "<?")        ? behind(at + 2, "?>")
                                   : NULL;
}

static int ends(const xml_text *x, size_t element, const char *at) {
  const xml_element *e = &x->elements[element];
  return name_length(at) == e->name_len && memcmp(at, e->name, e->name_len) == 0;
}

static const char *walk(xml_text *x) {
  size_t open[XML_DEPTH_MAX], depth = 0;
  const char *at = x->base, *next;
  while ((at = strchr(at, '<')) != NULL) {
    next = at[1] == '!' || at[1] == '?' ? skip(at) : behind_tag(at);
    if (next == NULL)
      return "something in it does not end";
    if (at[1] == '/') {
      xml_element *e;
      if (depth == 0 || !ends(x, open[--depth], at + 2))
        return "an element ends that did not begin";
      e = &x->elements[open[depth]];
      e->close = (size_t) (at - x->base);
      e->end = (size_t) (next - x->base);
    } else if (at[1] != '!' && at[1] != '?') {
      size_t own = x->count;
      xml_element *e = add_element(x, at, depth ? open[depth - 1] : own);
      if (e == NULL || depth == XML_DEPTH_MAX)
        return "it has too many elements";
      e->inside = e->close = e->end = (size_t) (next - x->base);
      if (next[-2] != '/')
        open[depth++] = own;
    }
    at = next;
  }
  return depth ? "an element does not end" : x->count ? NULL : "there is no element in it";
}

const char *xml_read(xml_text *x, char *text, size_t len) {
  memset(x, 0, sizeof *x);
  x->base = text;
  x->len = len;
  text[len] = 0;
  return strlen(text) < len ? "it is not in UTF-8" : walk(x);
}

void xml_free(xml_text *x) {
  free(x->base);
  free(x->elements);
  memset(x, 0, sizeof *x);
}

/* ---- Asking ---- */

int xml_is(const xml_text *x, size_t element, const char *path) {
  for (;;) {
    const xml_element *e = &x->elements[element];
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char rest[200];
    if (strlen(name) != e->name_len || memcmp(name, e->name, e->name_len) != 0)
      return 0;
    if (slash == NULL)
      return 1;
    if (e->parent == element)
      return 0;
    snprintf(rest, sizeof rest, "%.*s", (int) (slash - path), path);
    return xml_is(x, e->parent, rest);
  }
}

/* The letter that "&amp;" and the like stand for; *at is behind it. */
static char decode(const char **at) {
  static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
  size_t i;
  for (i = 0; i < 5; i++)
    if (starts(*at, names[i])) {
      *at += strlen(names[i]);
      return "&<>\"'"[i];
    }
  return *(*at)++;
}

/* Its opening quote, or NULL. */
static const char *find_value(const xml_text *x, size_t element, const char *name) {
  const xml_element *e = &x->elements[element];
  const char *at = e->name + e->name_len, *end = x->base + e->inside;
  size_t len = strlen(name);
  while (at < end) {
    const char *word, *quote;
    at += strspn(at, " \t\r\n/>");
    word = at;
    at += strcspn(at, "=>");
    if (at >= end || *at != '=')
      return NULL;
    quote = at + strcspn(at, "\"'");
    if (strncmp(word, name, len) == 0 && strchr("= \t\r\n", word[len]))
      return quote;
    at = strchr(quote + 1, *quote) + 1;
  }
  return NULL;
}

int xml_get(const xml_text *x, size_t element, const char *name, char *out, size_t cap) {
  const char *quote = find_value(x, element, name), *at = quote ? quote + 1 : NULL;
  size_t n = 0;
  while (at && *at != *quote && n + 1 < cap)
    out[n++] = decode(&at);
  out[n] = 0;
  return at && *at == *quote;
}

int xml_has(const xml_text *x, size_t element, const char *name, const char *value) {
  char own[2000];
  return xml_get(x, element, name, own, sizeof own) && strcasecmp(own, value) == 0;
}

/* ---- Changing ---- */

/* The bytes [from, to) are others. */
static int splice(xml_text *x, size_t from, size_t to, const char *with) {
  size_t more = strlen(with), len = x->len - (to - from) + more;
  char *text = malloc(len + 1);
  if (text == NULL)
    return 0;
  memcpy(text, x->base, from);
  memcpy(text + from, with, more);
  memcpy(text + from + more, x->base + to, x->len - to);
  xml_free(x);
  return xml_read(x, text, len) == NULL;
}

static const char *line_end(const xml_text *x) {
  return strstr(x->base, "\r\n") ? "\r\n" : "\n";
}

/* The blanks before an element in its line. */
static int indent(const xml_text *x, size_t at) {
  size_t from = at;
  while (from > 0 && (x->base[from - 1] == ' ' || x->base[from - 1] == '\t'))
    from--;
  return (int) (at - from);
}

size_t xml_child(const xml_text *x, size_t of, const char *name) {
  size_t i;
  for (i = of + 1; i < x->count && x->elements[i].begin < x->elements[of].end; i++)
    if (x->elements[i].parent == of && (name == NULL || xml_is(x, i, name)))
      return i;
  return x->count;
}

/* What stands before the lines inside an element: as before its own, and one step more. */
static void deeper(const xml_text *x, const xml_element *e, char *out, size_t cap) {
  int blanks = indent(x, e->begin);
  const char *own = x->base + e->begin - blanks;
  snprintf(out, cap, "%.*s%s", blanks, own, blanks && *own == '\t' ? "\t" : "    ");
}

/* <name/> becomes <name>, the element, </name>. */
static int open_up(xml_text *x, size_t into, const char *element) {
  const xml_element *e = &x->elements[into];
  char text[4000], inside[200];
  size_t slash = e->inside - 2;
  int blanks = indent(x, e->begin);
  while (slash > 0 && strchr(" \t\r\n", x->base[slash - 1]))
    slash--;
  deeper(x, e, inside, sizeof inside);
  snprintf(text, sizeof text, ">%s%s%s%s%.*s</%.*s>", line_end(x), inside, element, line_end(x),
           blanks, x->base + e->begin - blanks, (int) e->name_len, e->name);
  return splice(x, slash, e->inside, text);
}

int xml_put(xml_text *x, size_t into, const char *before, const char *element) {
  const xml_element *e = &x->elements[into];
  size_t child = before ? xml_child(x, into, before) : x->count, any = xml_child(x, into, NULL), at;
  char text[4000], inside[200];
  if (e->end == e->inside && x->base[e->inside - 2] == '/')
    return open_up(x, into, element);
  deeper(x, e, inside, sizeof inside);
  if (any < x->count) {
    int blanks = indent(x, x->elements[any].begin);
    snprintf(inside, sizeof inside, "%.*s", blanks, x->base + x->elements[any].begin - blanks);
  }
  at = child < x->count ? x->elements[child].begin : e->close;
  at -= (size_t) indent(x, at);
  if (at > 0 && x->base[at - 1] == '\n')
    snprintf(text, sizeof text, "%s%s%s", inside, element, line_end(x));
  else
    snprintf(text, sizeof text, "%s", element);
  return splice(x, at, at, text);
}

int xml_replace(xml_text *x, size_t element, const char *with) {
  return splice(x, x->elements[element].begin, x->elements[element].end, with);
}

int xml_remove(xml_text *x, size_t element) {
  size_t from = x->elements[element].begin, to = x->elements[element].end, line = from, rest = to;
  line -= (size_t) indent(x, from);
  rest += strspn(x->base + rest, " \t\r");
  if ((line == 0 || x->base[line - 1] == '\n') && x->base[rest] == '\n') {
    from = line;
    to = rest + 1;
  }
  return splice(x, from, to, "");
}

char *xml_quote(char *out, size_t cap, const char *value) {
  size_t n = 0;
  for (; *value && n + 7 < cap; value++) {
    const char *as = *value == '&'   ? "&amp;"
                     : *value == '<' ? "&lt;"
                     : *value == '"' ? "&quot;"
                                     : NULL;
    n += (size_t) snprintf(out + n, cap - n, as ? "%s" : "%.1s", as ? as : value);
  }
  out[n] = 0;
  return out;
}
