/* edit.c: a fcgiext.ini is changed: what a change is not about stays as it is, and what would be no
   good file is refused. */
#include "config/edit.h"
#include <string.h>

struct fcl_config_edit {
  fcl__memory memory;
  fcl_config_options options;
  char *name; /* in sentences */
  fcl__draft text;
  fcl_config *config; /* what the text says */
};

static fcl_slice text_of(const char *s) {
  fcl_slice t = {s ? s : "", s ? strlen(s) : 0};
  return fcl__ini_trim(t);
}

static fcl_slice whole(const fcl__draft *t) {
  fcl_slice s = {t->base, t->len};
  return s;
}

static const fcl_slice types = {"Types", 5};

/* ---- Changing ---- */

/* The new text takes the place of the old one if it is a good file; else it is dropped. */
static int adopt(fcl_config_edit *e, fcl__draft *changed, fcl_error *error) {
  fcl_config *config = NULL;
  int code;
  if (changed->has_failed)
    code = fcl__error_setx(error, FCL_E_NOMEM, 0, "%.300s: no memory to change it", e->name);
  else
    code = fcl_config_parse(&config, e->name, whole(changed), &e->options, error);
  if (code) {
    fcl__free(&e->memory, changed->base);
    return code;
  }
  fcl_config_free(e->config);
  fcl__free(&e->memory, e->text.base);
  e->config = config;
  e->text = *changed;
  return FCL_OK;
}

static fcl__draft copy(const fcl_config_edit *e) {
  fcl__draft t = {&e->memory, NULL, 0, 0, 0};
  fcl__draft_add(&t, e->text.base, e->text.len);
  return t;
}

static int refuse(const fcl_config_edit *e, fcl_error *error, const char *what, fcl_slice culprit,
                  const char *why) {
  return fcl__error_setx(error, FCL_E_CONFIG, 0, "%.300s: %s \"%.*s\" %s", e->name, what,
                         FCL__CULPRIT(culprit), why);
}

/* What would be another line, or the end of a name. */
static int has_any(fcl_slice s, const char *bytes) {
  size_t i;
  for (i = 0; i < s.len; i++)
    if ((unsigned char) s.base[i] < ' ' || s.base[i] == 0x7f || strchr(bytes, s.base[i]))
      return 1;
  return 0;
}

static void end_last_line(fcl__draft *t, const char *line_end) {
  if (t->len && t->base[t->len - 1] != '\n')
    fcl__draft_print(t, "%s", line_end);
}

/* "name=value" into its section, behind what is there. */
static void put_line(fcl__draft *t, fcl_slice section, fcl_slice name, fcl_slice value) {
  const char *line_end = fcl__line_end(whole(t));
  fcl__draft line = {t->memory, NULL, 0, 0, 0};
  fcl__span in;
  fcl__draft_print(&line, "%.*s=%.*s%s", (int) name.len, name.base, (int) value.len, value.base,
                   line_end);
  end_last_line(t, line_end);
  in = fcl__find_section(whole(t), section);
  if (!line.has_failed && !t->has_failed)
    fcl__draft_replace(t, in.end, 0, whole(&line));
  t->has_failed |= line.has_failed;
  fcl__free(t->memory, line.base);
}

static void put_section(fcl__draft *t, fcl_slice name) {
  const char *line_end = fcl__line_end(whole(t));
  end_last_line(t, line_end);
  fcl__draft_print(t, "%s[%.*s]%s", t->len ? line_end : "", (int) name.len, name.base, line_end);
}

/* ---- The verbs ---- */

int fcl_config_set(fcl_config_edit *e, const char *section, const char *setting, const char *value,
                   fcl_error *error) {
  fcl_slice in = text_of(section), name = text_of(setting), to = text_of(value);
  fcl__span where = fcl__find_section(whole(&e->text), in), line;
  fcl__draft t;
  if (where.end == 0 || fcl__ini_same(in, types))
    return refuse(e, error, "the section", in, "is not there; give one that is");
  if (has_any(name, "=[;") || name.len == 0)
    return refuse(e, error, "the setting", name, "is no name");
  if (has_any(to, ""))
    return refuse(e, error, "the value", to, "has a control character");
  t = copy(e);
  line = fcl__find_property(whole(&t), where, name);
  if (line.end && to.len == 0) {
    fcl_slice nothing = {"", 0};
    fcl__draft_replace(&t, line.start, line.end - line.start, nothing);
  } else if (line.end && !t.has_failed) {
    const char *equals = memchr(t.base + line.start, '=', line.end - line.start);
    size_t at = (size_t) (equals + 1 - t.base), end = line.end;
    while (end > at && (t.base[end - 1] == '\n' || t.base[end - 1] == '\r'))
      end--;
    fcl__draft_replace(&t, at, end - at, to);
  } else if (to.len) {
    put_line(&t, in, name, to);
  }
  return adopt(e, &t, error);
}

/* "php", "php:4", "php:/lm/w3svc/4/root/blog" */
static void print_key(fcl__draft *key, const fcl_config_line *l) {
  fcl_slice extension = text_of(l->extension ? l->extension : "*");
  if (extension.len && extension.base[0] == '.') {
    extension.base++;
    extension.len--;
  }
  fcl__draft_print(key, "%.*s", (int) extension.len, extension.base);
  if (l->application)
    fcl__draft_print(key, ":%s", l->application);
  else if (l->site)
    fcl__draft_print(key, ":%u", l->site);
}

static void put_all(fcl__draft *t, const fcl_config_line *l, fcl_slice section, int is_new) {
  static const fcl_slice program = {"ExePath", 7};
  fcl__draft key = {t->memory, NULL, 0, 0, 0};
  print_key(&key, l);
  if (fcl__find_section(whole(t), types).end == 0)
    put_section(t, types);
  put_line(t, types, whole(&key), section);
  if (is_new) {
    put_section(t, section);
    put_line(t, section, program, text_of(l->program));
  }
  t->has_failed |= key.has_failed;
  fcl__free(t->memory, key.base);
}

int fcl_config_add(fcl_config_edit *e, const fcl_config_line *l, fcl_error *error) {
  fcl_slice section = text_of(l->section);
  int is_new = fcl__find_section(whole(&e->text), section).end == 0;
  fcl__draft t;
  if (section.len == 0 || has_any(section, "[];") || fcl__ini_same(section, types))
    return refuse(e, error, "the section", section, "is no name for an application");
  if (has_any(text_of(l->extension), "=:") || has_any(text_of(l->application), "="))
    return refuse(e, error, "the extension", text_of(l->extension), "is none");
  if (is_new && (text_of(l->program).len == 0 || has_any(text_of(l->program), "")))
    return refuse(e, error, "the section", section,
                  "is not there yet; give the absolute path of its program");
  if (!is_new && text_of(l->program).len)
    return refuse(e, error, "the section", section,
                  "is there already; leave the program out to add an extension to it, or set its "
                  "ExePath");
  if (l->site && l->application)
    return refuse(e, error, "the section", section,
                  "gets a site or an application, not both: an application names its site");
  t = copy(e);
  if (!t.has_failed)
    put_all(&t, l, section, is_new);
  return adopt(e, &t, error);
}

static unsigned routes_to(const fcl_config *c, fcl_slice section) {
  unsigned count = 0;
  size_t i;
  for (i = 0; i < c->route_count; i++)
    count += (unsigned) fcl__ini_same(c->routes[i].target, section);
  return count;
}

static void take_out(fcl__draft *t, fcl__span span) {
  static const fcl_slice nothing = {"", 0};
  if (span.end && !t->has_failed)
    fcl__draft_replace(t, span.start, span.end - span.start, nothing);
}

int fcl_config_remove(fcl_config_edit *e, const char *name, fcl_error *error) {
  fcl_slice section = text_of(name);
  fcl__span where = fcl__find_section(whole(&e->text), section);
  fcl__draft t;
  if (where.end == 0 || fcl__ini_same(section, types))
    return refuse(e, error, "the section", section, "is not there; give one that is");
  if (routes_to(e->config, section) > 1)
    return refuse(e, error, "the section", section,
                  "has more than one line in [Types]; take those out first, but one");
  t = copy(e);
  if (!t.has_failed)
    where.end = fcl__skip_blank_lines(whole(&t), where.end);
  take_out(&t, where);
  if (!t.has_failed)
    take_out(&t, fcl__find_route(whole(&t), fcl__find_section(whole(&t), types), section));
  return adopt(e, &t, error);
}

/* ---- Lives ---- */

/* Takes `text`, NULL: there was no memory for it. */
static int open_edit(fcl_config_edit **out, const char *name, fcl__draft *text,
                     const fcl_config_options *options, fcl_error *error) {
  fcl__memory memory = *text->memory;
  fcl_config_edit *e = fcl__zalloc(&memory, sizeof *e);
  int code;
  *out = NULL;
  if (e) {
    e->memory = memory;
    e->options = *options;
    e->name = fcl__strdup(&memory, name);
  }
  if (e == NULL || e->name == NULL) {
    fcl__free(&memory, text->base);
    fcl__free(&memory, e);
    return fcl__error_setx(error, FCL_E_NOMEM, 0, "%.300s: no memory to change it", name);
  }
  text->memory = &e->memory;
  code = adopt(e, text, error);
  if (code == FCL_OK && e->config->is_xml)
    code = fcl__error_setx(error, FCL_E_CONFIG, 0,
                           "%.300s: only a fcgiext.ini can be changed; this is XML", name);
  if (code == FCL_OK)
    *out = e;
  else
    fcl_config_edit_free(e);
  return code;
}

int fcl__config_edit_new(fcl_config_edit **edit, const char *name, fcl_slice text,
                         const fcl_config_options *options, size_t size, fcl_error *error) {
  fcl_config_options o;
  fcl__memory memory;
  fcl__draft t = {&memory, NULL, 0, 0, 0};
  memset(&o, 0, sizeof o);
  if (options)
    memcpy(&o, options, size < sizeof o ? size : sizeof o);
  memory.fn = o.realloc_fn;
  memory.user = o.user;
  fcl__draft_add(&t, text.base, text.len);
  return open_edit(edit, name, &t, &o, error);
}

int fcl_config_export(fcl_config_edit **edit, const fcl_config *config, const char *name,
                      fcl_error *error) {
  fcl_config_options o;
  fcl__draft t = {&config->memory, NULL, 0, 0, 0};
  memset(&o, 0, sizeof o);
  o.realloc_fn = config->memory.fn;
  o.user = config->memory.user;
  fcl__config_write(&t, config);
  return open_edit(edit, name, &t, &o, error);
}

fcl_slice fcl_config_text(const fcl_config_edit *e) {
  return whole(&e->text);
}

fcl_slice fcl_config_section(const fcl_config_edit *e, const char *section) {
  fcl__span where = fcl__find_section(whole(&e->text), text_of(section));
  fcl_slice found = {e->text.base + where.start, where.end - where.start};
  return found;
}

const fcl_config *fcl_config_edited(const fcl_config_edit *e) {
  return e->config;
}

void fcl_config_edit_free(fcl_config_edit *e) {
  fcl__memory memory;
  if (e == NULL)
    return;
  memory = e->memory;
  fcl_config_free(e->config);
  fcl__free(&memory, e->text.base);
  fcl__free(&memory, e->name);
  fcl__free(&memory, e);
}

int fcl_config_save(const fcl_config_edit *e, const char *path, fcl_error *error) {
  return fcl_config_replace(path, fcl_config_text(e), error);
}
