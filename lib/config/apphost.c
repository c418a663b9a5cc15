/* apphost.c: <fastCgi>, <handlers> and <sites> of applicationHost.config and web.config. */
#include "config/apphost.h"
#include "config/expand.h"
#include "config/xml.h"
#include <stdio.h>
#include <string.h>

typedef enum place {
  ELSEWHERE,
  ROOT,
  CONFIGURATION,
  HOST,
  SITES,
  SITE,
  LOCATION,
  SERVER,
  FASTCGI,
  APPLICATION,
  VARIABLES,
  VARIABLE,
  HANDLERS,
  ADD,
  REMOVE,
  CLEAR
} place;

static const struct element {
  place in;
  const char *name;
  place place;
} elements[] = {
    {ROOT, "configuration", CONFIGURATION},
    {CONFIGURATION, "system.applicationHost", HOST},
    {HOST, "sites", SITES},
    {SITES, "site", SITE},
    {CONFIGURATION, "location", LOCATION},
    {CONFIGURATION, "system.webServer", SERVER},
    {LOCATION, "system.webServer", SERVER},
    {SERVER, "fastCgi", FASTCGI},
    {FASTCGI, "application", APPLICATION},
    {APPLICATION, "environmentVariables", VARIABLES},
    {VARIABLES, "environmentVariable", VARIABLE},
    {SERVER, "handlers", HANDLERS},
    {HANDLERS, "add", ADD},
    {HANDLERS, "remove", REMOVE},
    {HANDLERS, "clear", CLEAR},
};

enum { DEPTH_MAX = 10 }; /* of these; more is below something that is none of ours */

typedef struct reading {
  fcl__config_reader *r;
  place places[DEPTH_MAX];
  unsigned depth;       /* of elements that are open */
  const char *location; /* the path of the open <location>, or NULL */
  fcl__config_app *app; /* the open <application>, or NULL */
  char *variables;      /* of it, as EnvironmentVars has them */
  size_t used, room;
} reading;

static fcl_slice text(const char *s) {
  fcl_slice t = {s, strlen(s)};
  return t;
}

/* The value of an attribute, copied; NULL: it is not there, or there is no memory. */
static const char *keep(reading *at, const char *const *attributes, const char *name) {
  const char *value = fcl__xml_get(attributes, name);
  return value ? fcl__config_copy(at->r, text(value)) : NULL;
}

/* ---- Applications ---- */

static void set(reading *at, const char *name, fcl_slice value, unsigned line) {
  fcl__ini_item item = {line, text(name), value, NULL};
  fcl__config_set(at->r, at->app, &item);
}

/* "php-cgi" of C:\php\php-cgi.exe; the number of those before it that are called so. */
static fcl_slice base_name(const char *path) {
  fcl_slice name = text(path);
  size_t i, end = name.len;
  for (i = name.len; i > 0 && path[i - 1] != '/' && path[i - 1] != '\\'; i--)
    if (path[i - 1] == '.' && end == name.len && i > 1)
      end = i - 1;
  name.base = path + i;
  name.len = end > i ? end - i : name.len - i;
  return name;
}

/* What may stand between the brackets of a fcgiext.ini, so that each can be written as one. */
static void make_section(char *name) {
  if (fcl__ini_same(text(name), text("types")))
    strcpy(name, "types app");
  for (; *name; name++)
    if (strchr("[];", *name) || (unsigned char) *name < ' ' || *name == 0x7f)
      *name = '_';
}

static int is_taken(const fcl_config *c, fcl_slice name) {
  size_t i;
  for (i = 0; i < c->app_count; i++)
    if (fcl__ini_same(text(c->apps[i].app.name), name))
      return 1;
  return 0;
}

/* No two have the same: a pool is known by it when the file is read again. */
static const char *name_app(reading *at, const char *path) {
  char name[120];
  fcl_slice base = base_name(path), whole;
  unsigned number = 1;
  if (base.len == 0)
    base = text("application");
  do {
    snprintf(name, sizeof name, number > 1 ? "%.*s %u" : "%.*s",
             (int) (base.len < 100 ? base.len : 100), base.base, number);
    make_section(name);
    whole = fcl__ini_trim(text(name));
    number++;
  } while (is_taken(at->r->config, whole));
  return fcl__config_copy(at->r, whole);
}

static int is_expanded(const char *name) {
  return strcmp(name, "fullPath") == 0 || strcmp(name, "arguments") == 0;
}

static void begin_application(reading *at, const char *const *attributes, unsigned line) {
  const char *path = fcl__xml_get(attributes, "fullPath"), *name;
  fcl_slice expanded = path ? fcl__config_expand(at->r, path) : text("");
  at->used = 0;
  name = expanded.base ? name_app(at, expanded.base) : NULL;
  at->app = name ? fcl__config_add_app(at->r, name, line) : NULL;
  for (; at->app && *attributes; attributes += 2) {
    fcl_slice value = text(attributes[1]);
    if (is_expanded(attributes[0]))
      value = fcl__config_expand(at->r, attributes[1]);
    else
      value.base = fcl__config_copy(at->r, value);
    if (value.base)
      set(at, attributes[0], value, line);
  }
}

static void put(reading *at, char c) {
  if (fcl__config_grow(at->r, (void **) &at->variables, at->used, &at->room, 1))
    at->variables[at->used++] = c;
}

/* NAME:"value", where / stands before what has a meaning. */
static void add_variable(reading *at, const char *const *attributes, unsigned line) {
  const char *name = fcl__xml_get(attributes, "name"), *value = fcl__xml_get(attributes, "value");
  if (at->app == NULL)
    return;
  if (name == NULL || *name == 0 || name[strcspn(name, ":,=\"")]) {
    fcl__config_say(at->r, FCL_LEVEL_ERROR, line,
                    "[%.100s] environmentVariable has the name \"%.100s\"; give one without : , = "
                    "and quotes",
                    at->app->app.name, name ? name : "");
    return;
  }
  if (at->used)
    put(at, ',');
  while (*name)
    put(at, *name++);
  put(at, ':');
  put(at, '"');
  for (; value && *value; value++) {
    if (*value == '/' || *value == '"')
      put(at, '/');
    put(at, *value);
  }
  put(at, '"');
}

static const fcl__config_app *find_same(const reading *at) {
  const fcl_config *c = at->r->config;
  size_t i;
  for (i = 0; i < at->app->app.index; i++)
    if (fcl__config_is_same_app(&c->apps[i], at->app))
      return &c->apps[i];
  return NULL;
}

static void end_application(reading *at) {
  const fcl__config_app *same;
  fcl_slice variables = {at->variables, at->used};
  if (at->app == NULL)
    return;
  if (at->used && (variables.base = fcl__config_copy(at->r, variables)) != NULL)
    set(at, "environmentVariables", variables, at->app->app.line);
  same = find_same(at);
  if (same)
    fcl__config_say(at->r, FCL_LEVEL_ERROR, at->app->app.line,
                    "[%.100s] has the fullPath and arguments of line %u; give each pair once",
                    at->app->app.name, same->app.line);
  at->app = NULL;
}

/* ---- Handlers ---- */

static fcl__config_handler *new_handler(reading *at, const char *const *attributes, unsigned line) {
  fcl_config *c = at->r->config;
  fcl__config_handler *h;
  if (c->handler_count == FCL_CONFIG_ROUTES_MAX) {
    fcl__config_say(at->r, FCL_LEVEL_ERROR, line, "<handlers> have more than %d lines in all",
                    FCL_CONFIG_ROUTES_MAX);
    return NULL;
  }
  if (!fcl__config_grow(at->r, (void **) &c->handlers, c->handler_count, &c->handler_room,
                        sizeof *c->handlers))
    return NULL;
  h = &c->handlers[c->handler_count++];
  memset(h, 0, sizeof *h);
  h->line = line;
  h->location = at->location;
  h->name = keep(at, attributes, "name");
  h->name = h->name ? h->name : "";
  return h;
}

/* "*" and "*.php"; others are left out. */
static int read_path(fcl__config_handler *h) {
  if (strcmp(h->path, "*") == 0)
    return 1;
  if (h->path[0] != '*' || h->path[1] != '.')
    return 0;
  h->extension = text(h->path + 2);
  return fcl__config_is_extension(h->extension);
}

/* Microsoft's module, or ours under the names that its documents give it. */
static int has_module(const char *modules) {
  static const fcl_slice theirs = {"FastCgiModule", 13}, ours = {"fcgiclient", 10},
                         of_64_bits = {"fcgiclient64", 12}, of_32_bits = {"fcgiclient32", 12};
  while (modules && *modules) {
    size_t len = strcspn(modules, ",");
    fcl_slice one = {modules, len};
    one = fcl__ini_trim(one);
    if (fcl__ini_same(one, theirs) || fcl__ini_same(one, ours) || fcl__ini_same(one, of_64_bits) ||
        fcl__ini_same(one, of_32_bits))
      return 1;
    modules += len + (modules[len] == ',');
  }
  return 0;
}

/* A module that only takes what exists as a file or directory does not stand before applications.
 */
static int takes_all(const char *const *attributes) {
  const char *type = fcl__xml_get(attributes, "resourceType");
  return type == NULL || strcmp(type, "Unspecified") == 0;
}

static void add_handler(reading *at, const char *const *attributes, unsigned line) {
  int is_ours = has_module(fcl__xml_get(attributes, "modules"));
  fcl__config_handler *h;
  if (!is_ours && !takes_all(attributes))
    return;
  h = new_handler(at, attributes, line);
  if (h == NULL)
    return;
  h->path = keep(at, attributes, "path");
  h->verbs = keep(at, attributes, "verb");
  h->buffer_limit = keep(at, attributes, "responseBufferLimit");
  h->act = FCL__LEFT_OUT;
  if (h->path && read_path(h))
    h->act = is_ours ? FCL__SERVES : FCL__FOREIGN;
  if (is_ours) {
    const char *processor = fcl__xml_get(attributes, "scriptProcessor");
    h->processor = fcl__config_expand(at->r, processor ? processor : "").base;
  }
}

static void add_other(reading *at, const char *const *attributes, unsigned line, int act) {
  fcl__config_handler *h = new_handler(at, attributes, line);
  if (h)
    h->act = (fcl__config_act) act;
}

/* ---- Sites ---- */

static void add_site(reading *at, const char *const *attributes, unsigned line) {
  const char *name = keep(at, attributes, "name"), *id = fcl__xml_get(attributes, "id");
  fcl_config *c = at->r->config;
  unsigned number = 0;
  if (name == NULL || id == NULL || !fcl__config_read_site(text(id), &number)) {
    if (!at->r->is_out_of_memory)
      fcl__config_say(at->r, FCL_LEVEL_ERROR, line,
                      "<site> has the name \"%.100s\" and the id \"%.20s\"; give a name, and a "
                      "number from 1 on",
                      name ? name : "", id ? id : "");
    return;
  }
  if (fcl__config_grow(at->r, (void **) &c->sites, c->site_count, &c->site_room,
                       sizeof *c->sites)) {
    c->sites[c->site_count].name = name;
    c->sites[c->site_count++].id = number;
  }
}

/* ---- Elements ---- */

static place find_place(place in, const char *name) {
  size_t i;
  for (i = 0; i < sizeof elements / sizeof *elements; i++)
    if (elements[i].in == in && strcmp(elements[i].name, name) == 0)
      return elements[i].place;
  return ELSEWHERE;
}

static void enter(reading *at, place p, const char *const *attributes, unsigned line) {
  switch (p) {
  case SITE:
    add_site(at, attributes, line);
    break;
  case LOCATION:
    at->location = keep(at, attributes, "path");
    break;
  case APPLICATION:
    begin_application(at, attributes, line);
    break;
  case VARIABLE:
    add_variable(at, attributes, line);
    break;
  case ADD:
    add_handler(at, attributes, line);
    break;
  case REMOVE:
    add_other(at, attributes, line, FCL__REMOVES);
    break;
  case CLEAR:
    add_other(at, attributes, line, FCL__CLEARS);
    break;
  default:
    break;
  }
}

static void on_begin(void *user, const char *name, const char *const *attributes, unsigned line) {
  reading *at = user;
  place in = at->depth == 0 ? ROOT : at->depth <= DEPTH_MAX ? at->places[at->depth - 1] : ELSEWHERE;
  place p = find_place(in, name);
  if (at->depth == 0 && p == ELSEWHERE)
    fcl__config_say(at->r, FCL_LEVEL_ERROR, line,
                    "the file begins with <%.100s>; give an applicationHost.config or web.config, "
                    "which begin with <configuration>",
                    name);
  if (at->depth < DEPTH_MAX)
    at->places[at->depth] = p;
  at->depth++;
  if (!at->r->is_out_of_memory)
    enter(at, p, attributes, line);
}

static void on_end(void *user, const char *name) {
  reading *at = user;
  place p = --at->depth < DEPTH_MAX ? at->places[at->depth] : ELSEWHERE;
  if (p == APPLICATION)
    end_application(at);
  if (p == LOCATION)
    at->location = NULL;
}

void fcl__config_read_apphost(fcl__config_reader *r, fcl_slice file) {
  reading at;
  fcl__xml to = {on_begin, on_end, &at};
  memset(&at, 0, sizeof at);
  at.r = r;
  fcl__xml_read(r, file, &to);
  fcl__free(&r->config->memory, at.variables);
}
