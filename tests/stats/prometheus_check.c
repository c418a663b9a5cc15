/* prometheus_check.c: is it Prometheus' text exposition format, version 0.0.4, and does it add up?
 */
#include "stats/formats.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 20000 };

static char fault[400];
static char metric[128], type[16];           /* of the family that is being read */
static char *series[LINES_MAX], *names[500]; /* that have been */
static size_t series_count, name_count;
static double last_bucket, last_le, total;
static char last_labels[512];

static int bad(const char *line, const char *why) {
  if (fault[0] == 0)
    snprintf(fault, sizeof fault, "%s: %.200s", why, line);
  return 0;
}

static size_t name_len(const char *at) {
  size_t len = 0;
  while (isalnum((unsigned char) at[len]) || at[len] == '_' || at[len] == ':')
    len++;
  return isdigit((unsigned char) at[0]) ? 0 : len;
}

static char *copy(const char *text, size_t len) {
  char *to = malloc(len + 1);
  memcpy(to, text, len);
  to[len] = 0;
  return to;
}

static int is_new(char **seen, size_t *count, size_t max, const char *text, size_t len) {
  size_t i;
  for (i = 0; i < *count; i++)
    if (strlen(seen[i]) == len && memcmp(seen[i], text, len) == 0)
      return 0;
  if (*count < max)
    seen[(*count)++] = copy(text, len);
  return 1;
}

/* "# HELP name text", and right behind it "# TYPE name kind". */
static int comment(const char *line, int *expects_type) {
  const char *name = line + 7;
  size_t len = name_len(name);
  if (strncmp(line, "# HELP ", 7) == 0 && len && name[len] == ' ' && name[len + 1]) {
    snprintf(metric, sizeof metric, "%.*s", (int) len, name);
    *expects_type = 1;
    if (strchr(name + len, '\\'))
      return bad(line, "a backslash in HELP");
    return is_new(names, &name_count, 500, metric, len) ? 1 : bad(line, "a family twice");
  }
  if (strncmp(line, "# TYPE ", 7) != 0 || !*expects_type)
    return bad(line, "neither HELP nor the TYPE behind it");
  *expects_type = 0;
  last_labels[0] = 0;
  if (len != strlen(metric) || memcmp(name, metric, len) != 0)
    return bad(line, "TYPE of another family than HELP");
  snprintf(type, sizeof type, "%s", name + len + 1);
  if (strcmp(type, "gauge") && strcmp(type, "counter") && strcmp(type, "histogram"))
    return bad(line, "no such type");
  if (strcmp(type, "counter") == 0 && (len < 6 || strcmp(metric + len - 6, "_total") != 0))
    return bad(line, "a counter's name ends in _total");
  return 1;
}

/* Past "{a=\"b\",c=\"d\"}"; *le is where the label le begins, or NULL. */
static const char *labels(const char *at, const char *line, const char **le) {
  *le = NULL;
  if (*at != '{')
    return at;
  do {
    size_t len = name_len(++at);
    if (len == 0 || strncmp(at + len, "=\"", 2) != 0)
      return bad(line, "no label"), NULL;
    if (len == 2 && strncmp(at, "le", 2) == 0)
      *le = at;
    for (at += len + 2; *at != '"'; at++) {
      if ((unsigned char) *at < 0x20)
        return bad(line, "a control, or the end, in a label"), NULL;
      if (*at == '\\' && strchr("\\\"n", *++at) == NULL)
        return bad(line, "no such escape"), NULL;
    }
    at++;
  } while (*at == ',');
  return *at == '}' ? at + 1 : (bad(line, "labels have no end"), NULL);
}

/* Buckets grow, the last is +Inf, and _count is as much. */
static int histogram(const char *line, const char *suffix, const char *le, double value) {
  if (strncmp(suffix, "_bucket", 7) == 0) {
    size_t len = le ? (size_t) (le - suffix) : 0;
    double bound = le ? strtod(le + 4, NULL) : 0;
    if (le == NULL)
      return bad(line, "a bucket without le");
    if (strncmp(last_labels, suffix, len) != 0 || strlen(last_labels) != len) {
      snprintf(last_labels, sizeof last_labels, "%.*s", (int) len, suffix);
      last_bucket = last_le = -1;
    }
    if (value < last_bucket || bound <= last_le)
      return bad(line, "buckets do not grow");
    last_bucket = value;
    last_le = bound;
    total = strncmp(le, "le=\"+Inf\"", 9) == 0 ? value : -1;
    return 1;
  }
  if (strncmp(suffix, "_sum", 4) == 0)
    return total >= 0 ? 1 : bad(line, "the last bucket was not +Inf");
  if (strncmp(suffix, "_count", 6) == 0)
    return value == total ? 1 : bad(line, "_count is not the bucket +Inf");
  return bad(line, "no line of a histogram");
}

static int sample(const char *line) {
  const char *at = line + name_len(line), *le, *end;
  size_t len = strlen(metric);
  char *rest;
  double value;
  if (at == line || strncmp(line, metric, len) != 0)
    return bad(line, "a line of another family");
  end = labels(at, line, &le);
  if (end == NULL || *end != ' ')
    return bad(line, "no blank before the value");
  value = strtod(end + 1, &rest);
  if (rest == end + 1 || *rest || strspn(end + 1, "0123456789.") != strlen(end + 1))
    return bad(line, "no value");
  if (!is_new(series, &series_count, LINES_MAX, line, (size_t) (end - line)))
    return bad(line, "a series twice");
  if (strcmp(type, "histogram") == 0)
    return histogram(line, line + len, le, value);
  return line[len] == '{' || line[len] == ' ' ? 1 : bad(line, "a line of another family");
}

const char *prometheus_fault(const char *text) {
  int expects_type = 0, is_good = 1;
  fault[0] = metric[0] = last_labels[0] = 0;
  while (series_count > 0)
    free(series[--series_count]);
  while (name_count > 0)
    free(names[--name_count]);
  while (is_good && *text) {
    const char *end = strchr(text, '\n');
    char line[1024];
    if (end == NULL)
      return "the last line has no end";
    snprintf(line, sizeof line, "%.*s", (int) (end - text), text);
    if (line[0] == '#')
      is_good = comment(line, &expects_type);
    else
      is_good = expects_type ? bad(line, "a family without TYPE") : sample(line);
    text = end + 1;
  }
  return fault;
}

double prometheus_value(const char *text, const char *wanted) {
  size_t len = strlen(wanted);
  const char *at;
  for (at = strstr(text, wanted); at; at = strstr(at + 1, wanted))
    if ((at == text || at[-1] == '\n') && at[len] == ' ')
      return strtod(at + len, NULL);
  return -1;
}
