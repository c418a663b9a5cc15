/* setup_server.c: what becomes of a server's configuration when our DLL is installed, applications
   are added, and all of it is taken out. */
#include "../files.h"
#include "setup.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PATH_SIZE = 2000, EXTENSIONS_MAX = 100 };

static const char restrictions[] = "security/isapiCgiRestriction",
                  refusals[] = "security/requestFiltering/fileExtensions";

/* ---- The DLL ---- */

/* 64, 32, or 0: it is not here to be looked at. */
static int width_of(const char *dll) {
  unsigned char bytes[4096] = {0};
  FILE *f = fcl__file_open(dll, "rb");
  size_t len = f ? fread(bytes, 1, sizeof bytes, f) : 0, at;
  if (f)
    fclose(f);
  at = len == sizeof bytes ? bytes[0x3c] | (size_t) bytes[0x3d] << 8 : sizeof bytes;
  if (at + 6 > sizeof bytes || memcmp(bytes + at, "PE\0\0", 4) != 0)
    return 0;
  return bytes[at + 4] == 0x64 && bytes[at + 5] == 0x86   ? 64
         : bytes[at + 4] == 0x4c && bytes[at + 5] == 0x01 ? 32
                                                          : 0;
}

static const char *base_name(const char *path) {
  const char *at = path, *base = path;
  for (; *at; at++)
    if (*at == '/' || *at == '\\')
      base = at + 1;
  return base;
}

static int is_isapi(const char *dll) {
  const char *name = base_name(dll);
  for (; *name; name++)
    if (strncasecmp(name, "isapi", 5) == 0)
      return 1;
  return 0;
}

static void install_isapi(setup *s, const char *dll) {
  char path[PATH_SIZE], element[PATH_SIZE + 200];
  snprintf(element, sizeof element,
           "<add path=\"%s\" allowed=\"true\" groupId=\"" SETUP_NAME
           "\" description=\"FastCGI by libfcgiclient\" />",
           xml_quote(path, sizeof path, dll));
  setup_put(s, restrictions, setup_find(s, restrictions, "path", dll), NULL, element);
}

/* A pool of the other width would not start with a module that it cannot load. */
static void install_native(setup *s, const char *dll) {
  char path[PATH_SIZE], only[60] = "", element[PATH_SIZE + 200];
  int width = width_of(dll);
  if (width)
    snprintf(only, sizeof only, " preCondition=\"bitness%d\"", width);
  else
    printf("%s cannot be looked at from here, so pools of both widths will load it.\n", dll);
  snprintf(element, sizeof element, "<add name=\"" SETUP_NAME "\" image=\"%s\"%s />",
           xml_quote(path, sizeof path, dll), only);
  setup_put(s, "globalModules", setup_find(s, "globalModules", "name", SETUP_NAME), NULL, element);
  snprintf(element, sizeof element, "<add name=\"" SETUP_NAME "\"%s />", only);
  setup_put(s, "modules", setup_find(s, "modules", "name", SETUP_NAME), NULL, element);
}

void setup_install(setup *s, const char *dll) {
  if (is_isapi(dll))
    install_isapi(s, dll);
  else
    install_native(s, dll);
}

int setup_is_native(const setup *s) {
  return setup_find(s, "globalModules", "name", SETUP_NAME) < s->x.count;
}

int setup_isapi(const setup *s, char *out, size_t cap) {
  size_t at = setup_find(s, restrictions, "groupId", SETUP_NAME);
  return at < s->x.count && xml_get(&s->x, at, "path", out, cap);
}

/* ---- Applications ---- */

static void add_application(setup *s, const char *program) {
  char path[PATH_SIZE], element[PATH_SIZE + 100], arguments[PATH_SIZE];
  size_t i, parent;
  for (i = 1; i < s->x.count; i++) {
    parent = s->x.elements[i].parent;
    if (xml_is(&s->x, parent, "fastCgi") && xml_has(&s->x, i, "fullPath", program) &&
        (!xml_get(&s->x, i, "arguments", arguments, sizeof arguments) || arguments[0] == 0))
      return;
  }
  snprintf(element, sizeof element, "<application fullPath=\"%s\" />",
           xml_quote(path, sizeof path, program));
  setup_put(s, "fastCgi", s->x.count, NULL, element);
}

/* Of the whole server; sites may have handlers of the same name. */
static size_t find_handler(setup *s, const char *name) {
  size_t i, section = setup_section(s, "handlers");
  for (i = setup_next(s, 0, "handlers/add"); i < s->x.count;
       i = setup_next(s, i + 1, "handlers/add"))
    if (s->x.elements[i].parent == section && xml_has(&s->x, i, "name", name))
      break;
  return i;
}

/* The first handler that fits serves: so ours stands before the others. */
static void add_handler(setup *s, const char *extension, const char *module,
                        const char *processor) {
  char path[PATH_SIZE], name[100], element[PATH_SIZE + 400];
  snprintf(name, sizeof name, SETUP_NAME "-%s", extension);
  snprintf(element, sizeof element,
           "<add name=\"%s\" path=\"*.%s\" verb=\"*\" modules=\"%s\" scriptProcessor=\"%s\" "
           "resourceType=\"Either\" requireAccess=\"Script\" />",
           name, extension, module, xml_quote(path, sizeof path, processor));
  setup_put(s, "handlers", find_handler(s, name), "add", element);
}

/* A site's own handlers come before the server's. */
static void tell_of_sites(setup *s, const char *extension, const char *what) {
  char path[100], site[PATH_SIZE];
  size_t i, at, section = setup_section(s, "handlers");
  snprintf(path, sizeof path, "*.%s", extension);
  for (i = setup_next(s, 0, "handlers/add"); i < s->x.count;
       i = setup_next(s, i + 1, "handlers/add")) {
    at = s->x.elements[i].parent;
    if (at == section || !xml_has(&s->x, i, "path", path))
      continue;
    while (at != 0 && !xml_is(&s->x, at, "location"))
      at = s->x.elements[at].parent;
    if (at != 0 && xml_get(&s->x, at, "path", site, sizeof site) && site[0])
      printf("\"%s\" has a handler of its own for %s: %s.\n", site, path, what);
  }
}

void setup_add(setup *s, const char *program, const char *extension, const char *dll) {
  char dotted[100];
  size_t refused;
  if (dll == NULL)
    add_application(s, program);
  add_handler(s, extension, dll ? "IsapiModule" : SETUP_NAME, dll ? dll : program);
  snprintf(dotted, sizeof dotted, ".%s", extension);
  refused = setup_find(s, refusals, "fileExtension", dotted);
  if (!s->has_failed && refused < s->x.count && xml_has(&s->x, refused, "allowed", "false"))
    setup_take_out(s, refused);
  tell_of_sites(s, extension, "there it comes before this one");
}

/* ---- All of it out ---- */

typedef struct gone {
  size_t count;
  char extensions[EXTENSIONS_MAX][64], processors[EXTENSIONS_MAX][PATH_SIZE];
} gone;

static int is_ours(const setup *s, size_t handler) {
  char dll[PATH_SIZE];
  size_t i;
  if (xml_has(&s->x, handler, "modules", SETUP_NAME))
    return 1;
  for (i = setup_next(s, 0, "isapiCgiRestriction/add"); i < s->x.count;
       i = setup_next(s, i + 1, "isapiCgiRestriction/add"))
    if (xml_has(&s->x, i, "groupId", SETUP_NAME) && xml_get(&s->x, i, "path", dll, sizeof dll) &&
        xml_has(&s->x, handler, "scriptProcessor", dll))
      return 1;
  return 0;
}

static void note(const setup *s, size_t handler, gone *g) {
  char path[100];
  if (g->count == EXTENSIONS_MAX || !xml_get(&s->x, handler, "path", path, sizeof path) ||
      strncmp(path, "*.", 2) != 0)
    return;
  snprintf(g->extensions[g->count], sizeof *g->extensions, "%.60s", path + 1);
  xml_get(&s->x, handler, "scriptProcessor", g->processors[g->count], sizeof *g->processors);
  g->count++;
}

static void take_handlers_out(setup *s, gone *g) {
  size_t i = setup_next(s, 0, "handlers/add");
  while (i < s->x.count && !s->has_failed) {
    if (is_ours(s, i)) {
      note(s, i, g);
      setup_take_out(s, i);
      i--;
    }
    i = setup_next(s, i + 1, "handlers/add");
  }
}

/* Every one that there is, so named. */
static void take_out_all(setup *s, const char *section, const char *attribute) {
  size_t i;
  while (!s->has_failed && (i = setup_find(s, section, attribute, SETUP_NAME)) < s->x.count)
    setup_take_out(s, i);
}

static void take_application_out(setup *s, const char *program) {
  size_t i = setup_find(s, "fastCgi", "fullPath", program);
  if (!s->has_failed && i < s->x.count &&
      setup_find(s, "handlers", "scriptProcessor", program) == s->x.count)
    setup_take_out(s, i);
}

static void refuse(setup *s, const char *extension) {
  char path[100], element[200];
  size_t i, section;
  snprintf(path, sizeof path, "*%s", extension);
  section = setup_section(s, "handlers");
  for (i = setup_next(s, 0, "handlers/add"); i < s->x.count;
       i = setup_next(s, i + 1, "handlers/add"))
    if (s->x.elements[i].parent == section && xml_has(&s->x, i, "path", path))
      return;
  snprintf(element, sizeof element, "<add fileExtension=\"%s\" allowed=\"false\" />", extension);
  setup_put(s, refusals, setup_find(s, refusals, "fileExtension", extension), NULL, element);
  tell_of_sites(s, extension + 1,
                "allow the extension in its requestFiltering, or it is refused there too");
}

void setup_uninstall(setup *s) {
  gone *g = calloc(1, sizeof *g);
  size_t i;
  s->has_failed |= g == NULL;
  if (g == NULL)
    return;
  take_handlers_out(s, g);
  for (i = 0; i < g->count; i++)
    refuse(s, g->extensions[i]);
  for (i = 0; i < g->count; i++)
    take_application_out(s, g->processors[i]);
  take_out_all(s, "modules", "name");
  take_out_all(s, "globalModules", "name");
  take_out_all(s, restrictions, "groupId");
  free(g);
}
