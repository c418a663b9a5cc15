/* script.c: what --script means: which part is the script, which PATH_INFO, which the query. */
#define _GNU_SOURCE
#include "call.h"
#include "system.h"
#include <fcgiclient/cgi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_LONGEST = 4096 };

static int is_file(const char *path, size_t len) {
  char name[NAME_LONGEST];
  if (len == 0 || len >= sizeof name)
    return 0;
  memcpy(name, path, len);
  name[len] = 0;
  return system_is_file(name);
}

/* The length of the part of path[0, len) that is a file, where a '/' or the end follows it; 0. */
static size_t file_part(const char *path, size_t len) {
  size_t at;
  for (at = 1; at <= len; at++)
    if ((at == len || path[at] == '/') && is_file(path, at))
      return at;
  return 0;
}

/* Without a '/' at its end, and absolute.  NULL: no memory, or no current folder. */
static char *absolute(const char *path, size_t len) {
  char *here, *full = NULL;
  while (len >= 2 && path[0] == '.' && path[1] == '/')
    for (path += 2, len -= 2; len && *path == '/'; path++)
      len--;
  if (len == 1 && path[0] == '.')
    len = 0;
  while (len && path[len - 1] == '/')
    len--;
  here = system_is_absolute(path) ? strdup("") : system_here();
  if (here && asprintf(&full, "%s%s%.*s", here, here[0] && len ? "/" : "", (int) len, path) < 0)
    full = NULL;
  free(here);
  return full;
}

/* Percent-encodes what may not stand in a path as it is (RFC 3986 section 3.3). */
static char *put_encoded(char *at, const char *text) {
  static const char plain[] = "-._~!$&'()*+,;=:@/", digits[] = "0123456789ABCDEF";
  for (; *text; text++) {
    unsigned char c = (unsigned char) *text;
    if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || strchr(plain, c)) {
      *at++ = (char) c;
    } else {
      *at++ = '%';
      *at++ = digits[c >> 4];
      *at++ = digits[c & 15];
    }
  }
  return at;
}

static char *make_uri(const fcgi_script *s) {
  char *out = malloc(3 * (strlen(s->name) + strlen(s->info)) + strlen(s->query) + 2);
  if (out)
    sprintf(put_encoded(put_encoded(out, s->name), s->info), "%s%s", *s->query ? "?" : "",
            s->query);
  return out;
}

static char *copy(const char *text, size_t len) {
  char *out = malloc(len + 1);
  if (out) {
    memcpy(out, text, len);
    out[len] = 0;
  }
  return out;
}

static char *joined(const char *first, const char *second) {
  char *out = NULL;
  return asprintf(&out, "%s%s", first, second) < 0 ? NULL : out;
}

/* The script is the file `path`, and what follows it is PATH_INFO. */
static void take_file(fcgi_script *s, const char *path, size_t file_len, size_t len) {
  size_t root_len;
  s->file = absolute(path, file_len);
  s->info = copy(path + file_len, len - file_len);
  if (s->file == NULL)
    return;
  if (s->root == NULL)
    s->root = copy(s->file, (size_t) (strrchr(s->file, '/') - s->file));
  root_len = s->root ? strlen(s->root) : 0;
  if (strncmp(s->file, s->root ? s->root : "", root_len) == 0 && s->file[root_len] == '/')
    s->name = strdup(s->file + root_len);
  else
    s->name = strdup(strrchr(s->file, '/'));
}

static const char *take_path(fcgi_script *s, const char *path, size_t len) {
  char *room = malloc(len + 1), *full;
  fcl_slice raw, decoded;
  size_t file_len, root_len;
  int status;
  raw.base = path;
  raw.len = len;
  if (room == NULL)
    return "there is no memory";
  status = fcl_cgi_path(raw, 0, room, len, &decoded);
  if (status) {
    free(room);
    return "a web server would refuse this path: '..', '\\', '%2F', '%' without two digits, or a "
           "control character is in it";
  }
  room[decoded.len] = 0;
  if (s->root == NULL)
    s->root = strdup("");
  root_len = s->root ? strlen(s->root) : 0;
  full = joined(s->root ? s->root : "", room);
  file_len = full && root_len ? file_part(full, root_len + decoded.len) : 0;
  if (file_len > root_len) {
    take_file(s, full, file_len, root_len + decoded.len);
    free(full);
    free(room);
    return NULL;
  }
  s->file = full;
  s->name = room;
  s->info = strdup("");
  return NULL;
}

static const char *find(fcgi_script *s, const char *text, const char *root, const char *query) {
  size_t len = strlen(text), file_len;
  const char *why = NULL;
  memset(s, 0, sizeof *s);
  if (!is_file(text, len))
    len = strcspn(text, "?");
  s->query = strdup(query ? query : text[len] ? text + len + 1 : "");
  if (root && (s->root = absolute(root, strlen(root))) == NULL)
    return "there is no memory, or no current folder";
  file_len = file_part(text, len);
  if (file_len)
    take_file(s, text, file_len, len);
  else if (text[0] == '/')
    why = take_path(s, text, len);
  else
    why = "there is no such file, and a URL path begins with '/'";
  if (why)
    return why;
  if (s->query && s->name && s->info && s->root && s->file)
    s->uri = make_uri(s);
  return s->uri ? NULL : "there is no memory";
}

const char *fcgi_script_find(fcgi_script *s, const char *text, const char *root,
                             const char *query) {
  char *plain = system_slashes(text), *plain_root = root ? system_slashes(root) : NULL;
  const char *why = "there is no memory";
  memset(s, 0, sizeof *s);
  if (plain && (plain_root || root == NULL))
    why = find(s, plain, plain_root, query);
  free(plain);
  free(plain_root);
  return why;
}

void fcgi_script_free(fcgi_script *s) {
  free(s->name);
  free(s->info);
  free(s->file);
  free(s->root);
  free(s->query);
  free(s->uri);
  memset(s, 0, sizeof *s);
}
