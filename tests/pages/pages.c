/* pages.c: requests for pages, the pattern, meetings with scripts. */
#include "pages/pages.h"
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

host pages_host;

/* ---- What the server cannot ---- */

static const host_limit *limit_of(host_lack what) {
  const host_limit *l = pages_host.limits;
  for (; l->what != HOST_NOTHING; l++)
    if (l->what == what)
      return l;
  return NULL;
}

int pages_status(host_lack what, int status) {
  const host_limit *l = limit_of(what);
  return l ? l->status : status;
}

int pages_can(host_lack what, const char *test) {
  const host_limit *l = limit_of(what);
  if (l == NULL || l->status != 0)
    return 1;
  printf("%s: left out: %s: %s\n", pages_host.name, test, l->why);
  return 0;
}

/* ---- Requests ---- */

const char *request(const char *method, const char *path, const char *fields) {
  static char text[4][40000];
  static unsigned turn;
  char *into = text[turn++ % 4];
  snprintf(into, sizeof text[0], "%s %s%s HTTP/1.1\r\nHost: test\r\n%s\r\n", method,
           pages_host.prefix, path, fields);
  return into;
}

void begin(talk *t) {
  talk_begin(t, pages_host.port);
}

answer page(const char *path) {
  return page_with("GET", path, "", NULL);
}

answer page_with(const char *method, const char *path, const char *fields, const char *body) {
  talk t;
  answer a;
  begin(&t);
  say(&t, request(method, path, fields));
  if (body)
    say(&t, body);
  a = hear(&t, strcmp(method, "HEAD") == 0);
  talk_end(&t);
  return a;
}

static const char *next_line(const char *line) {
  line = strchr(line, '\n');
  return line ? line + 1 : NULL;
}

int has_line(const answer *a, const char *wanted) {
  size_t len = strlen(wanted);
  const char *line;
  for (line = a->body; line; line = next_line(line))
    if (strncmp(line, wanted, len) == 0 && (line[len] == '\n' || line[len] == 0))
      return 1;
  return 0;
}

int has_name(const answer *a, const char *beginning) {
  const char *line;
  for (line = a->body; line; line = next_line(line))
    if (strncmp(line, beginning, strlen(beginning)) == 0)
      return 1;
  return 0;
}

void still_serves(void) {
  ck_assert_answer(page("/hello.php"), 200, "hello\n");
}

/* ---- The pattern ---- */

const char *pattern(void) {
  static char bytes[PATTERN_SIZE];
  uint64_t i;
  if (bytes[1] == 0)
    for (i = 0; i < PATTERN_SIZE; i++)
      bytes[i] = (char) (i * 2654435761u >> 24);
  return bytes;
}

void say_pattern(talk *t, uint64_t from, uint64_t n) {
  while (n > 0) {
    size_t at = (size_t) (from % PATTERN_SIZE), piece = PATTERN_SIZE - at;
    if (piece > n)
      piece = (size_t) n;
    say_bytes(t, pattern() + at, piece);
    from += piece;
    n -= piece;
  }
}

int is_pattern(const char *data, size_t len) {
  size_t piece;
  for (; len > 0; data += piece, len -= piece) {
    piece = len < PATTERN_SIZE ? len : PATTERN_SIZE;
    if (memcmp(data, pattern(), piece) != 0)
      return 0;
  }
  return 1;
}

const char *pattern_sum(uint64_t n) {
  static char text[80];
  uint64_t hash = 0xcbf29ce484222325u, i; /* FNV-1a */
  size_t at = 0;
  for (i = 0; i < n; i++) {
    hash = (hash ^ (unsigned char) pattern()[at]) * 0x100000001b3u;
    at = at + 1 == PATTERN_SIZE ? 0 : at + 1;
  }
  snprintf(text, sizeof text, "%llu %016llx %llu", (unsigned long long) n,
           (unsigned long long) hash, (unsigned long long) n);
  return text;
}

/* ---- Meetings ---- */

static void path_of(const meeting *m, char *path, size_t size) {
  snprintf(path, size, "%s/meet/%s", pages_host.folder, m->name);
}

/* Open for both ways on this side: so neither side waits for the other to come. */
void meeting_make(meeting *m) {
  static unsigned count;
  char path[128];
  snprintf(m->name, sizeof m->name, "%ld-%u", (long) getpid(), count++);
  path_of(m, path, sizeof path);
  ck_assert_int_eq(mkfifo(path, 0666), 0);
  ck_assert_int_eq(chmod(path, 0666), 0);
  m->fd = open(path, O_RDWR);
  ck_assert_int_ge(m->fd, 0);
}

void meeting_say(meeting *m, unsigned times) {
  for (; times > 0; times--)
    ck_assert_int_eq(write(m->fd, "x", 1), 1);
}

char meeting_hear(meeting *m) {
  struct pollfd p = {m->fd, POLLIN, 0};
  char told = 0;
  if (poll(&p, 1, 20000) == 1 && read(m->fd, &told, 1) == 1)
    return told;
  return 0;
}

void meeting_end(meeting *m) {
  char path[128];
  path_of(m, path, sizeof path);
  unlink(path);
  close(m->fd);
}
