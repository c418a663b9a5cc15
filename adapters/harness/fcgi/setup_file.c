/* setup_file.c: an applicationHost.config is read, changed and written; the old one is kept. */
#include "../files.h"
#include "setup.h"
#include <errno.h>
#include <fcgiclient/config.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { TEXT_MAX = 16 << 20, BACKUPS_MAX = 1000 };

/* ---- The file ---- */

static char *read_all(FILE *f, size_t *len) {
  char *text = NULL, *more;
  size_t room = 65536, n = 1;
  for (*len = 0; n > 0 && *len < TEXT_MAX; *len += n, room *= 2) {
    more = realloc(text, room + 1);
    if (more == NULL)
      break;
    text = more;
    n = fread(text + *len, 1, room - *len, f);
  }
  return text;
}

int setup_open(setup *s) {
  FILE *f = fcl__file_open(s->file, "rb");
  const char *why;
  size_t len;
  char *text;
  memset(&s->x, 0, sizeof s->x);
  if (f == NULL)
    return fcgi_say("config: %s: %s", s->file, strerror(errno)), 0;
  text = read_all(f, &len);
  fclose(f);
  why = text ? xml_read(&s->x, text, len) : "no memory to read it";
  if (why == NULL && !xml_is(&s->x, 0, "configuration"))
    why = "it is no configuration of IIS";
  if (why)
    fcgi_say("config: %s: %s", s->file, why);
  return why == NULL;
}

static int keep_old(const setup *s) {
  char name[4096];
  unsigned n = 1;
  int code;
  do {
    uv_fs_t copied;
    snprintf(name, sizeof name, "%s.%u.backup", s->file, n);
    code = uv_fs_copyfile(NULL, &copied, s->file, name, UV_FS_COPYFILE_EXCL, NULL);
    uv_fs_req_cleanup(&copied);
  } while (code == UV_EEXIST && ++n < BACKUPS_MAX);
  if (code)
    return fcgi_say("config: cannot keep a copy, %s: %s", name, uv_strerror(code)), 0;
  printf("%s is what it was before.\n", name);
  return 1;
}

int setup_close(setup *s) {
  fcl_slice text = {s->x.base, s->x.len};
  fcl_error e;
  int ok = !s->has_failed;
  if (!ok)
    fcgi_say("config: no memory to change %s; it is as it was", s->file);
  else if (s->changes == 0)
    printf("Nothing is to be done: %s is so already.\n", s->file);
  else if (s->is_dry_run)
    printf("%s is as it was (--dry-run).\n", s->file);
  else if (!keep_old(s))
    ok = 0;
  else if (fcl_config_replace(s->file, text, &e) != FCL_OK)
    ok = (fcgi_say("config: %s", e.text), 0);
  xml_free(&s->x);
  return ok ? FCGI_OK : FCGI_USAGE;
}

/* ---- Where things stand ---- */

/* Not in the <location> of a site. */
static int is_servers(const setup *s, size_t element) {
  size_t parent = s->x.elements[element].parent;
  char path[300];
  if (!xml_is(&s->x, parent, "location"))
    return xml_is(&s->x, parent, "configuration");
  return !xml_get(&s->x, parent, "path", path, sizeof path) || path[0] == 0 ||
         strcmp(path, ".") == 0;
}

size_t setup_next(const setup *s, size_t from, const char *path) {
  while (from < s->x.count && !xml_is(&s->x, from, path))
    from++;
  return from;
}

/* The one with something in it, else the first. */
static size_t find_section(const setup *s, const char *path) {
  size_t i, best = s->x.count;
  char names[200];
  snprintf(names, sizeof names, "system.webServer/%s", path);
  for (i = setup_next(s, 0, names); i < s->x.count; i = setup_next(s, i + 1, names)) {
    size_t server = s->x.elements[i].parent;
    while (!xml_is(&s->x, server, "system.webServer"))
      server = s->x.elements[server].parent;
    if (!is_servers(s, server))
      continue;
    if (best == s->x.count || xml_child(&s->x, best, NULL) == s->x.count)
      best = i;
  }
  return best;
}

static size_t make_in(setup *s, size_t into, const char *name, const char *path) {
  char element[100];
  snprintf(element, sizeof element, "<%s />", name);
  s->has_failed |= !xml_put(&s->x, into, NULL, element);
  return s->has_failed ? 0 : find_section(s, path);
}

static size_t server_of(setup *s) {
  size_t i;
  for (i = 0; i < s->x.count; i++)
    if (xml_is(&s->x, i, "configuration/system.webServer"))
      return i;
  s->has_failed |= !xml_put(&s->x, 0, NULL, "<system.webServer />");
  return s->has_failed ? 0 : setup_next(s, 0, "configuration/system.webServer");
}

size_t setup_section(setup *s, const char *path) {
  const char *slash = strrchr(path, '/');
  size_t found = find_section(s, path), in;
  char outer[100];
  if (s->has_failed || found < s->x.count)
    return found;
  if (slash == NULL)
    return in = server_of(s), make_in(s, in, path, path);
  snprintf(outer, sizeof outer, "%.*s", (int) (slash - path), path);
  return in = setup_section(s, outer), make_in(s, in, slash + 1, path);
}

size_t setup_find(const setup *s, const char *section, const char *attribute, const char *value) {
  size_t i;
  for (i = 1; i < s->x.count; i++)
    if (xml_is(&s->x, s->x.elements[i].parent, section) && xml_has(&s->x, i, attribute, value))
      return i;
  return s->x.count;
}

/* ---- Changing ---- */

static void told(setup *s, const char *what, const char *element, const char *end) {
  printf("%s%s %.*s\n", s->is_dry_run ? "would " : "", what, (int) (end - element), element);
  s->changes++;
}

void setup_put(setup *s, const char *section, size_t old, const char *before, const char *element) {
  const xml_element *e = old < s->x.count ? &s->x.elements[old] : NULL;
  char what[100];
  if (s->has_failed || (e && e->end - e->begin == strlen(element) &&
                        memcmp(s->x.base + e->begin, element, strlen(element)) == 0))
    return;
  snprintf(what, sizeof what, "%s %s:", e ? "change in" : "add to", section);
  told(s, what, element, element + strlen(element));
  if (e)
    s->has_failed |= !xml_replace(&s->x, old, element);
  else {
    size_t into = setup_section(s, section);
    s->has_failed |= s->has_failed || !xml_put(&s->x, into, before, element);
  }
}

void setup_take_out(setup *s, size_t element) {
  const xml_element *e = &s->x.elements[element];
  told(s, "take out:", s->x.base + e->begin, s->x.base + e->inside);
  s->has_failed |= !xml_remove(&s->x, element);
}
